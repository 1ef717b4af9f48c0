/* The disk under SQLite alone: locks, snapshots, cuts and faults. */
#include "disk.h"

#include "base/compiler.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define WAL "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;"
/* EXTRA: with less, the removal of a journal may be undone by a cut. */
#define ROLLBACK "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA;"
#define UNSAFE WAL "PRAGMA synchronous=OFF;"
#define TABLE "CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, filler BLOB);"

static sqlite3 *open_file(void)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open("/sim/t.db", &db), SQLITE_OK);
	return db;
}

static int run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static void must(sqlite3 *db, const char *sql)
{
	if (run(db, sql) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static int64_t number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t value = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	if (sqlite3_step(statement) == SQLITE_ROW)
		value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

static void is_whole(sqlite3 *db)
{
	sqlite3_stmt *statement;

	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &statement, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(statement, 0), "ok");
	sqlite3_finalize(statement);
}

static int add(sqlite3 *db, int n)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "INSERT INTO t VALUES (%d, zeroblob(%d))", n, 100 + n * 37 % 900);
	return run(db, sql);
}

static void connections_see_and_lock_each_other(void **state UNUSED)
{
	struct disk *disk = disk_new(1);
	sqlite3 *a = open_file(), *b = open_file(), *c = open_file();

	must(a, WAL TABLE);
	assert_int_equal(add(a, 1), SQLITE_OK);
	must(b, "BEGIN");
	assert_int_equal(number(b, "SELECT count(*) FROM t"), 1);
	must(a, "BEGIN IMMEDIATE");
	for (int i = 2; i <= 200; i++)
		assert_int_equal(add(a, i), SQLITE_OK);
	assert_int_equal(run(c, "BEGIN IMMEDIATE"), SQLITE_BUSY);
	assert_int_equal(number(c, "SELECT count(*) FROM t"), 1);
	must(a, "COMMIT");
	assert_int_equal(number(b, "SELECT count(*) FROM t"), 1);
	assert_int_equal(number(c, "SELECT count(*) FROM t"), 200);
	/* What b still reads keeps the log from being begun anew. */
	assert_int_equal(number(c, "PRAGMA wal_checkpoint(TRUNCATE)"), 1);
	must(b, "COMMIT");
	assert_int_equal(number(c, "PRAGMA wal_checkpoint(TRUNCATE)"), 0);
	assert_int_equal(add(c, 201), SQLITE_OK);
	assert_int_equal(number(b, "SELECT count(*) FROM t"), 201);
	is_whole(b);
	sqlite3_close(a);
	sqlite3_close(b);
	sqlite3_close(c);
	a = open_file();
	assert_int_equal(number(a, "SELECT count(*) FROM t"), 201);
	sqlite3_close(a);
	disk_free(disk);
}

/* Writes until the disk stops somewhere, and ends the process. Returns the last
 * row whose COMMIT was answered with OK; what is there goes to *ret_found. */
static int one_cut(uint64_t seed, const char *mode, bool is_safe, enum disk_end end,
		   int64_t *ret_found)
{
	struct disk *disk = disk_new(seed);
	sqlite3 *db = open_file();
	int last = 0;

	must(db, mode);
	must(db, TABLE);
	disk_stop(disk, 1 + (int64_t)(seed * 7 % 90));
	for (int i = 1; i <= 40 && add(db, i) == SQLITE_OK; i++) {
		last = i;
		if (i % 9 == 0)
			(void)number(db, "PRAGMA wal_checkpoint(PASSIVE)");
	}
	disk_stop(disk, 0);
	sqlite3_close(db);
	disk_restart(disk, end);
	db = open_file();
	*ret_found = run(db, "SELECT count(*) FROM t") == SQLITE_OK
			 ? number(db, "SELECT max(n) FROM t") : -1;
	if (is_safe) {
		assert_int_equal(number(db, "SELECT count(*) FROM t"), *ret_found > 0 ? *ret_found : 0);
		is_whole(db);
	}
	sqlite3_close(db);
	disk_free(disk);
	return last;
}

static void what_was_synced_stays(void **state UNUSED)
{
	static const char *const modes[] = { WAL, ROLLBACK };
	int64_t found;
	int cut_short = 0;

	for (uint64_t seed = 1; seed <= 200; seed++)
		for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
			int last = one_cut(seed, modes[i], true, DISK_CUT, &found);
			if (found < last || found > last + 1)
				fail_msg("seed %d, %s: %d acknowledged, %d there", (int)seed,
					 modes[i], last, (int)found);
			cut_short += last < 40;
		}
	assert_true(cut_short > 200);
}

static void what_was_not_synced_is_lost_in_a_cut(void **state UNUSED)
{
	int64_t found;
	int lost = 0;

	for (uint64_t seed = 1; seed <= 200; seed++)
		lost += one_cut(seed, UNSAFE, false, DISK_CUT, &found) > found;
	assert_true(lost > 50);
}

static void a_killed_process_loses_nothing(void **state UNUSED)
{
	int64_t found;

	for (uint64_t seed = 1; seed <= 200; seed++) {
		int last = one_cut(seed, UNSAFE, true, DISK_KILLED, &found);
		assert_true(found >= last && found <= last + 1);
	}
}

static void the_same_seed_is_the_same_cut(void **state UNUSED)
{
	int64_t first, again;

	for (uint64_t seed = 1; seed <= 50; seed++) {
		int last = one_cut(seed, UNSAFE, false, DISK_CUT, &first);
		assert_int_equal(last, one_cut(seed, UNSAFE, false, DISK_CUT, &again));
		assert_int_equal(first, again);
	}
}

static void the_fault_strikes_the_nth_and_then_is_over(void **state UNUSED)
{
	struct disk *disk = disk_new(1);
	sqlite3 *db = open_file();

	must(db, WAL TABLE);
	disk_fault(disk, DISK_WRITE, "-wal", 3, 1, DISK_FULL);
	assert_int_equal(add(db, 1), SQLITE_OK);
	assert_int_equal(add(db, 2), SQLITE_FULL);
	assert_int_equal(add(db, 3), SQLITE_OK);
	assert_int_equal(disk_struck(disk), 1);
	disk_fault(disk, DISK_WRITE, "-wal", 1, -1, DISK_SHORT);
	assert_int_equal(add(db, 4), SQLITE_IOERR);
	assert_int_equal(add(db, 5), SQLITE_IOERR);
	assert_int_equal(disk_struck(disk), 2);
	disk_fault(disk, DISK_WRITE, "", 0, 0, DISK_FAILS);
	assert_int_equal(number(db, "SELECT sum(n) FROM t"), 4);
	is_whole(db);
	sqlite3_close(db);
	disk_free(disk);
}

/* The row of a commit whose sync failed can be read after the process ended, and
 * may be gone when the power goes, whatever was synced since. */
static void a_failed_sync_is_not_made_good_by_the_next(void **state UNUSED)
{
	int gone = 0;

	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct disk *disk = disk_new(seed);
		sqlite3 *db = open_file();
		must(db, WAL TABLE);
		disk_fault(disk, DISK_SYNC, "-wal", 1, 1, DISK_FAILS);
		assert_int_equal(add(db, 1), SQLITE_IOERR);
		assert_int_equal(disk_struck(disk), 1);
		disk_stop(disk, 0);
		sqlite3_close(db);
		disk_restart(disk, DISK_KILLED);
		db = open_file();
		assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
		assert_int_equal(add(db, 2), SQLITE_OK);
		disk_stop(disk, 0);
		sqlite3_close(db);
		disk_restart(disk, DISK_CUT);
		db = open_file();
		gone += number(db, "SELECT count(*) FROM t WHERE n = 2") == 0;
		sqlite3_close(db);
		disk_free(disk);
	}
	assert_true(gone > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_see_and_lock_each_other),
		cmocka_unit_test(what_was_synced_stays),
		cmocka_unit_test(what_was_not_synced_is_lost_in_a_cut),
		cmocka_unit_test(a_killed_process_loses_nothing),
		cmocka_unit_test(the_same_seed_is_the_same_cut),
		cmocka_unit_test(the_fault_strikes_the_nth_and_then_is_over),
		cmocka_unit_test(a_failed_sync_is_not_made_good_by_the_next),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
