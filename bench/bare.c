/* bare: what SQLite and Argon2id do here with nothing around them.
 *
 *   bare --dir DIR [--batch N] [--seconds S] [--hash-threads N]
 *
 * Saves: a loop over SQLite's own functions (bare_save.h), N rows a commit; nothing is
 * parsed, queued or answered. Rows are papers of about the same time, as contestants
 * have them. Hashes: Argon2id as the sign-in has it, on as many threads.
 * Prints JSON. */
#include "bare_save.h"

#include "base/random.h"
#include "crowd/clock.h"
#include "crowd/histogram.h"

#include <pthread.h>
#include <sodium.h>

#define BATCH_MAX 4096
#define SAVES_A_PAPER 12
#define HASH_MEMORY_BYTES (19 << 20)
#define HASH_PASSES 2
#define HASH_THREADS_MAX 16

static int64_t batch = 64, seconds = 5, hash_threads = 2;
static atomic_bool over;

/* Each batch saves as many papers once; after SAVES_A_PAPER rounds come others. */
static void measure_saves(struct histogram *commits, double *ret_per_second)
{
	sqlite3 *db = bare_open();
	sqlite3_stmt *save = bare_prepare(db);
	pthread_t thread;
	int64_t n = 0;

	if (pthread_create(&thread, NULL, bare_checkpoints, &over))
		give_up("no thread");
	int64_t began = clock_us(), now = began, end = began + seconds * 1000000;
	for (int64_t round = 0; now < end; round++) {
		int64_t block = round / SAVES_A_PAPER, blocks = BARE_PAPERS / batch;
		int64_t revision = block / blocks * SAVES_A_PAPER + round % SAVES_A_PAPER;
		int64_t first = 1 + block % blocks * batch, started = now;
		bare_run(db, "BEGIN IMMEDIATE");
		for (int64_t i = 0; i < batch; i++)
			bare_save(db, save, first + i, revision);
		bare_run(db, "COMMIT");
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
	bare_folder(dir);
	measure_saves(&commits, &saves);
	printf("{\"saves_per_second\":%.1f,\"batch\":%lld,\"commit_p50_ms\":%.3f,"
	       "\"commit_p99_ms\":%.3f,",
	       saves, (long long)batch, histogram_ms(&commits, 500), histogram_ms(&commits, 990));
	printf("\"hashes_per_second\":%.1f,\"hash_threads\":%lld}\n", measure_hashes(),
	       (long long)hash_threads);
	return 0;
}
