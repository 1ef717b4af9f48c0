/* limit: what this machine could do at best, for bench to hold figures against.
 *
 *   limit --dir DIR [--batch N] [--seconds S] [--hash-threads N]
 *
 * Saves: a bare loop over SQLite's own functions does the UPDATE of a save on
 * the table as it stands after the migrations, with the pragmas of the store and
 * a checkpoint thread as it has, N rows a commit; nothing is parsed, queued or
 * answered. Rows are papers of about the same time, as contestants have them.
 * Hashes: Argon2id as the sign-in has it, on as many threads.
 * Prints JSON. */
#include "clock.h"
#include "histogram.h"

#include "base/random.h"
#include "store/store.h"

#include <pthread.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <unistd.h>

#define ITEMS 30
#define BATCH_MAX 4096
#define SAVES_A_PAPER 12
#define CHECKPOINT_EVERY_US 200000
#define FILL_ROWS 100000
#define HASH_MEMORY_BYTES (19 << 20)
#define HASH_PASSES 2
#define HASH_THREADS_MAX 16
#define PRAGMAS                                                                              \
	"PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA mmap_size=1073741824;"    \
	"PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY; PRAGMA busy_timeout=5000;"      \
	"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"     \
	"PRAGMA secure_delete=ON;"

static char db_path[4096];
static int64_t batch = 64, seconds = 5, hash_threads = 2;
static atomic_bool over;

static void give_up(const char *what)
{
	fprintf(stderr, "limit: %s\n", what);
	exit(1);
}

static void run_sql(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		give_up(sqlite3_errmsg(db));
}

static sqlite3 *open_db(void)
{
	sqlite3 *db;

	if (sqlite3_open(db_path, &db) != SQLITE_OK)
		give_up("cannot open the database");
	run_sql(db, PRAGMAS);
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
	run_sql(db,
		"INSERT INTO paper SELECT value, 1, 1, value, 1, 1, 0, 1, 1, 1, randomblob(32),"
		" randomblob(180), 7, 0, 0, printf('%030d', 0), printf('%030d', 0), -1, value,"
		" 4000000000000, -1, -1, -1, 0, 0, 0, 0, x'', x'', '' FROM (WITH RECURSIVE n(value)"
		" AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 100000)"
		" SELECT value FROM n)");
}

static sqlite3_stmt *prepare_save(sqlite3 *db)
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

static void save_one(sqlite3 *db, sqlite3_stmt *save, int64_t paper, int64_t revision)
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

static void *run_checkpoints(void *arg)
{
	sqlite3 *db = open_db();

	(void)arg;
	while (!atomic_load(&over)) {
		usleep(CHECKPOINT_EVERY_US);
		/* A connection that has read nothing checkpoints nothing. */
		run_sql(db, "SELECT count(*) FROM sqlite_master");
		(void)sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	}
	sqlite3_close(db);
	return NULL;
}

/* Each batch saves as many papers once; after SAVES_A_PAPER rounds come others. */
static void measure_saves(struct histogram *commits, double *ret_per_second)
{
	sqlite3 *db = open_db();
	sqlite3_stmt *save = prepare_save(db);
	pthread_t thread;
	int64_t n = 0;

	fill(db);
	if (pthread_create(&thread, NULL, run_checkpoints, NULL))
		give_up("no thread");
	int64_t began = clock_us(), now = began, end = began + seconds * 1000000;
	for (int64_t round = 0; now < end; round++) {
		int64_t block = round / SAVES_A_PAPER, blocks = FILL_ROWS / batch;
		int64_t revision = block / blocks * SAVES_A_PAPER + round % SAVES_A_PAPER;
		int64_t first = 1 + block % blocks * batch, started = now;
		run_sql(db, "BEGIN IMMEDIATE");
		for (int64_t i = 0; i < batch; i++)
			save_one(db, save, first + i, revision);
		run_sql(db, "COMMIT");
		n += batch;
		now = clock_us();
		histogram_add(commits, now - started);
	}
	*ret_per_second = (double)n / ((double)(now - began) / 1e6);
	atomic_store(&over, true);
	pthread_join(thread, NULL);
	sqlite3_finalize(save);
	sqlite3_close(db);
}

struct hashing {
	pthread_t thread;
	int64_t until_us, n;
};

static void *run_hashes(void *arg)
{
	struct hashing *hashing = arg;
	char encoded[crypto_pwhash_STRBYTES];
	static const char password[] = "hoi-thi-2024";

	while (clock_us() < hashing->until_us) {
		if (crypto_pwhash_str_alg(encoded, password, sizeof(password) - 1, HASH_PASSES,
					  HASH_MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) != 0)
			give_up("no memory for a hash");
		hashing->n++;
	}
	return NULL;
}

static double measure_hashes(void)
{
	struct hashing hashing[HASH_THREADS_MAX];
	int64_t began = clock_us(), n = 0;

	for (int i = 0; i < hash_threads; i++) {
		hashing[i] = (struct hashing){ .until_us = began + seconds * 1000000 / 2 };
		if (pthread_create(&hashing[i].thread, NULL, run_hashes, &hashing[i]))
			give_up("no thread");
	}
	for (int i = 0; i < hash_threads; i++) {
		pthread_join(hashing[i].thread, NULL);
		n += hashing[i].n;
	}
	return (double)n / ((double)(clock_us() - began) / 1e6);
}

static void read_options(int argc, char **argv, const char **ret_dir)
{
	const struct {
		const char *name;
		int64_t *to, max;
	} numbers[] = { { "--batch", &batch, BATCH_MAX }, { "--seconds", &seconds, 3600 },
			{ "--hash-threads", &hash_threads, HASH_THREADS_MAX } };

	for (int i = 1; i + 1 < argc; i += 2) {
		bool known = strcmp(argv[i], "--dir") == 0;
		if (known)
			*ret_dir = argv[i + 1];
		for (size_t k = 0; k < ARRAY_LEN(numbers); k++)
			if (strcmp(argv[i], numbers[k].name) == 0)
				known = !text_to_int64(text_from_z(argv[i + 1]), numbers[k].to) &&
					*numbers[k].to >= 1 && *numbers[k].to <= numbers[k].max;
		if (!known)
			give_up(argv[i]);
	}
	if (argc % 2 == 0 || !*ret_dir)
		give_up("usage: --dir DIR [--batch N] [--seconds S] [--hash-threads N]");
}

int main(int argc, char **argv)
{
	static struct histogram commits;
	const char *dir = NULL;
	double saves;

	if (random_init() != 0)
		give_up("no randomness");
	read_options(argc, argv, &dir);
	make_schema(dir);
	measure_saves(&commits, &saves);
	printf("{\"saves_per_second\":%.1f,\"batch\":%lld,\"commit_p50_ms\":%.3f,"
	       "\"commit_p99_ms\":%.3f,",
	       saves, (long long)batch, histogram_ms(&commits, 500), histogram_ms(&commits, 990));
	printf("\"hashes_per_second\":%.1f,\"hash_threads\":%lld}\n", measure_hashes(),
	       (long long)hash_threads);
	return 0;
}
