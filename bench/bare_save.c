#include "bare_save.h"

#include "store/store.h"

#include <unistd.h>

#define ITEMS 30
#define CHECKPOINT_EVERY_US 200000
#define PRAGMAS                                                                              \
	"PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-16384;"       \
	"PRAGMA temp_store=MEMORY; PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL;"       \
	"PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA secure_delete=ON;"

static char db_path[4096];

void give_up(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

void bare_run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		give_up(sqlite3_errmsg(db));
}

sqlite3 *bare_open(void)
{
	sqlite3 *db;

	if (sqlite3_open_v2(db_path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK)
		give_up("cannot open the database");
	bare_run(db, PRAGMAS);
	return db;
}

/* The schema is the project's. */
static void make_schema(const char *dir)
{
	struct arena *arena = arena_new(1 << 20);
	const struct store_options options = { .dir = dir, .create = true };
	struct store *store = NULL;
	struct text why = TEXT_EMPTY;

	if (!arena || store_open(arena, &options, &store, &why) != 0)
		give_up("cannot make a data folder");
	store_close(store);
	arena_free(arena);
	snprintf(db_path, sizeof(db_path), "%s/hoithi.db", dir);
}

/* Papers with ids that grow, half an hour before their deadline. */
static void fill(sqlite3 *db)
{
	bare_run(db,
		"INSERT INTO paper SELECT value, 1, 1, value, 1, 1, 0, 1, 1, 1, randomblob(32),"
		" randomblob(180), 7, 0, 0, printf('%030d', 0), printf('%030d', 0), -1, value,"
		" 4000000000000, -1, -1, -1, 0, 0, 0, 0, x'', x'', '' FROM (WITH RECURSIVE n(value)"
		" AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 100000)"
		" SELECT value FROM n)");
}

void bare_folder(const char *dir)
{
	sqlite3 *db;

	/* Counting its memory is one lock for all threads. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	make_schema(dir);
	db = bare_open();
	fill(db);
	sqlite3_close(db);
}

sqlite3_stmt *bare_prepare(sqlite3 *db)
{
	sqlite3_stmt *save;

	for (int i = 0; i < db_n_queries; i++) {
		if (strcmp(db_queries[i].name, "paper_save") != 0)
			continue;
		if (sqlite3_prepare_v3(db, db_queries[i].sql, -1, SQLITE_PREPARE_PERSISTENT, &save,
				       NULL) != SQLITE_OK)
			give_up(sqlite3_errmsg(db));
		return save;
	}
	give_up("there is no query paper_save");
	return NULL;
}

static void bind_number(sqlite3_stmt *save, const char *name, int64_t value)
{
	if (sqlite3_bind_int64(save, sqlite3_bind_parameter_index(save, name), value) != SQLITE_OK)
		give_up("the query paper_save has other parameters");
}

static void bind_vector(sqlite3_stmt *save, const char *name, const char *vector)
{
	if (sqlite3_bind_text(save, sqlite3_bind_parameter_index(save, name), vector, ITEMS,
			      SQLITE_STATIC) != SQLITE_OK)
		give_up("the query paper_save has other parameters");
}

void bare_save(sqlite3 *db, sqlite3_stmt *save, int64_t paper, int64_t revision)
{
	char answers[ITEMS], flags[ITEMS];

	for (int i = 0; i < ITEMS; i++) {
		answers[i] = (char)('0' + (paper + revision + i) % 5);
		flags[i] = (char)('0' + (paper + revision + i) % 2);
	}
	bind_number(save, "$1", paper);
	bind_number(save, "$2", 7);
	bind_number(save, "$3", revision);
	bind_number(save, "$4", 1000000 + revision);
	bind_vector(save, "$5", answers);
	bind_vector(save, "$6", flags);
	bind_number(save, "$7", -1);
	bind_number(save, "$8", paper + revision);
	if (sqlite3_step(save) != SQLITE_DONE || sqlite3_changes(db) != 1)
		give_up("a save did not take");
	sqlite3_reset(save);
}

void *bare_checkpoints(void *over)
{
	sqlite3 *db = bare_open();

	while (!atomic_load((atomic_bool *)over)) {
		usleep(CHECKPOINT_EVERY_US);
		/* A connection that has read nothing checkpoints nothing. */
		bare_run(db, "SELECT count(*) FROM sqlite_master");
		(void)sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	}
	sqlite3_close(db);
	return NULL;
}
