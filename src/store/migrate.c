#include "store/migrate.h"

#include "base/hash.h"
#include "store/engine.h"

#include "store_queries.h"

#define SCRIPT_BYTES_MAX (1 << 20)

static bool has_schema_table(struct db *db)
{
	return db_number(db, "SELECT count(*) FROM sqlite_master WHERE name = 'schema_change'", 0) > 0;
}

/* The common dialect as SQLite wants it: two types by other names, and STRICT
 * at the end of each table. */
static const char *for_sqlite(struct arena *arena, const char *sql)
{
	static const struct {
		const char *from, *to;
	} words[] = { { "BIGINT", "INTEGER" }, { "BYTEA", "BLOB" }, { "\n);\n", "\n) STRICT;\n" } };
	struct text rest = text_from_z(sql);
	struct buf out;

	buf_init(&out, arena, SCRIPT_BYTES_MAX);
	while (rest.len) {
		size_t i = 0;
		while (i < ARRAY_LEN(words) && !text_starts_with(rest, text_from_z(words[i].from)))
			i++;
		size_t taken = i < ARRAY_LEN(words) ? strlen(words[i].from) : 1;
		if (i < ARRAY_LEN(words))
			buf_z(&out, words[i].to);
		else
			buf_char(&out, rest.ptr[0]);
		rest = text_part(rest, taken, rest.len);
	}
	return text_z(arena, buf_done(&out));
}

int migrate_check(struct db *db)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(1 << 20);
	struct q_schema_changes *done;

	if (!arena)
		return STORE_FAILED;
	if (!has_schema_table(db))
		return 1;
	int n = q_schema_changes(db, arena, &done);
	if (n < 0)
		return n;
	for (int i = 0; i < n && i < n_migrations; i++) {
		struct hash ours = hash_sha256(text_from_z(migrations[i].sql));
		if (done[i].number != migrations[i].number ||
		    !text_equal(done[i].checksum, hash_text(&ours)))
			return 4;
	}
	return n == n_migrations ? 0 : n < n_migrations ? 2 : 3;
}

static int apply(struct db *db, const struct migration *migration, int64_t now)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(8 * SCRIPT_BYTES_MAX);
	struct hash checksum = hash_sha256(text_from_z(migration->sql));
	int result = arena ? db_script(db, for_sqlite(arena, migration->sql)) : STORE_FAILED;

	if (result < 0)
		return result;
	return q_schema_change_add(db, migration->number, text_from_z(migration->name),
				   hash_text(&checksum), now);
}

static int apply_missing(struct db *db, bool is_new, int64_t now)
{
	int done = is_new ? 0 : (int)db_number(db, "SELECT count(*) FROM schema_change", 0);
	int result = 0;

	if (is_new)
		result = db_script(db, "CREATE TABLE schema_change (number INTEGER NOT NULL PRIMARY KEY,"
				       " name TEXT NOT NULL, checksum BLOB NOT NULL,"
				       " applied_at INTEGER NOT NULL) STRICT");
	for (; result >= 0 && done < n_migrations; done++)
		result = apply(db, &migrations[done], now);
	return result;
}

/* All in one transaction: what is cut short leaves the schema as it was. */
int migrate_run(struct db *db, int64_t now)
{
	int state = migrate_check(db);

	if (state < 0 || state == 0 || state >= 3)
		return state;
	int result = db_begin(db);
	if (result >= 0)
		result = apply_missing(db, state == 1, now);
	if (result >= 0)
		result = db_commit(db);
	if (result < 0) {
		db_rollback(db);
		return STORE_FAILED;
	}
	return 0;
}
