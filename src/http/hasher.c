#include "http/hasher.h"

#include "base/random.h"
#include "base/time.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <sodium.h>

#define MEMORY_BYTES (19 << 20)
#define PASSES 2
#define THREADS_MAX 8

#define SALT_BYTES 16
#define RESULT_BYTES 32
/* Dearer than anything that was ever made here: a row that somebody changed must
 * not take the machine's memory. */
#define MEMORY_KIB_MAX (256 << 10)
#define PASSES_MAX 10

static_assert(HASHER_ENCODED_BYTES == crypto_pwhash_STRBYTES, "room for an encoded hash");
static_assert(SALT_BYTES == crypto_pwhash_SALTBYTES, "salt");

/* What makes a hash besides the password. */
struct recipe {
	int64_t memory_kib, passes;
	unsigned char salt[SALT_BYTES];
};

struct hasher {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct hasher_job *oldest, *newest;
	int waiting, queue_max, busy;
	uint64_t done, refused;
	struct metric_histogram wait;
	bool ending;
	pthread_t threads[THREADS_MAX];
	int n_threads;
};

struct hasher *hasher_new(int queue_max)
{
	struct hasher *hasher = mem_new(sizeof(*hasher));

	if (!hasher)
		return NULL;
	pthread_mutex_init(&hasher->lock, NULL);
	pthread_cond_init(&hasher->changed, NULL);
	hasher->queue_max = queue_max;
	return hasher;
}

/* Needs the lock. */
static struct hasher_job *take_oldest(struct hasher *hasher)
{
	struct hasher_job *job = hasher->oldest;

	if (!job)
		return NULL;
	hasher->oldest = job->next;
	if (!hasher->oldest)
		hasher->newest = NULL;
	hasher->waiting--;
	return job;
}

/* Takes "NAME=NUMBER" off the front, up to `end`. */
static bool take_number(struct text *rest, char end, const char *name, int64_t max, int64_t *ret)
{
	struct text word = text_cut(rest, end);
	size_t len = strlen(name);

	return text_starts_with(word, text_from_z(name)) &&
	       text_to_int64(text_part(word, len, word.len), ret) == 0 && *ret >= 1 && *ret <= max;
}

static bool read_recipe(struct text encoded, struct recipe *ret)
{
	static const char head[] = "$argon2id$v=19$";
	struct text rest = text_part(encoded, sizeof(head) - 1, encoded.len);
	int64_t lanes;
	size_t len = 0;

	if (!text_starts_with(encoded, TEXT("$argon2id$v=19$")) ||
	    !take_number(&rest, ',', "m=", MEMORY_KIB_MAX, &ret->memory_kib) ||
	    !take_number(&rest, ',', "t=", PASSES_MAX, &ret->passes) ||
	    !take_number(&rest, '$', "p=", 1, &lanes))
		return false;
	struct text salt = text_cut(&rest, '$');
	return sodium_base642bin(ret->salt, SALT_BYTES, salt.ptr, salt.len, NULL, &len, NULL,
				 sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
	       len == SALT_BYTES;
}

static enum hash_result hash(struct hasher_job *job)
{
	struct recipe recipe = { .memory_kib = MEMORY_BYTES >> 10, .passes = PASSES };
	unsigned char bytes[RESULT_BYTES];
	char salt[32], hash[64];

	random_bytes(recipe.salt, SALT_BYTES);
	if (job->encoded[0] && !read_recipe(text_from_z(job->encoded), &recipe))
		return HASH_FAILED;
	if (crypto_pwhash(bytes, sizeof(bytes), job->password.ptr, job->password.len, recipe.salt,
			  (unsigned long long)recipe.passes, (size_t)recipe.memory_kib << 10,
			  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return HASH_FAILED;
	sodium_bin2base64(salt, sizeof(salt), recipe.salt, SALT_BYTES,
			  sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	sodium_bin2base64(hash, sizeof(hash), bytes, sizeof(bytes),
			  sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	snprintf(job->encoded, sizeof(job->encoded), "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s",
		 (int)recipe.memory_kib, (int)recipe.passes, salt, hash);
	sodium_memzero(bytes, sizeof(bytes));
	return HASH_DONE;
}

enum hash_result hasher_hash(struct text password, char ret_encoded[HASHER_ENCODED_BYTES])
{
	struct hasher_job job = { .password = password };
	enum hash_result result = hash(&job);

	if (result == HASH_DONE)
		memcpy(ret_encoded, job.encoded, HASHER_ENCODED_BYTES);
	return result;
}

bool hasher_step(struct hasher *hasher)
{
	pthread_mutex_lock(&hasher->lock);
	struct hasher_job *job = take_oldest(hasher);
	hasher->busy += job != NULL;
	pthread_mutex_unlock(&hasher->lock);
	if (!job)
		return false;
	metric_observe_us(&hasher->wait, time_mono_us() - job->queued_us);
	job->result = hash(job);
	pthread_mutex_lock(&hasher->lock);
	hasher->busy--;
	hasher->done++;
	pthread_mutex_unlock(&hasher->lock);
	job->done(job);
	return true;
}

static void *thread_main(void *ctx)
{
	struct hasher *hasher = ctx;
	struct sched_param none = { 0 };
	bool ending = false;

	/* A refusal only means that hashes compete with the rest. */
	(void)pthread_setschedparam(pthread_self(), SCHED_IDLE, &none);
	while (!ending) {
		pthread_mutex_lock(&hasher->lock);
		while (!hasher->oldest && !hasher->ending)
			pthread_cond_wait(&hasher->changed, &hasher->lock);
		ending = hasher->ending;
		pthread_mutex_unlock(&hasher->lock);
		if (!ending)
			(void)hasher_step(hasher);
	}
	return NULL;
}

int hasher_start(struct hasher *hasher, int threads)
{
	assert(threads > 0 && threads <= THREADS_MAX && hasher->n_threads == 0);
	for (int i = 0; i < threads; i++) {
		if (pthread_create(&hasher->threads[i], NULL, thread_main, hasher))
			return -1;
		hasher->n_threads++;
	}
	return 0;
}

int hasher_push(struct hasher *hasher, struct hasher_job *job)
{
	job->queued_us = time_mono_us();
	pthread_mutex_lock(&hasher->lock);
	bool full = hasher->waiting >= hasher->queue_max || hasher->ending;
	hasher->refused += full;
	if (!full) {
		job->next = NULL;
		if (hasher->newest)
			hasher->newest->next = job;
		else
			hasher->oldest = job;
		hasher->newest = job;
		hasher->waiting++;
		pthread_cond_signal(&hasher->changed);
	}
	pthread_mutex_unlock(&hasher->lock);
	return full;
}

struct hasher_figures hasher_figures(struct hasher *hasher)
{
	pthread_mutex_lock(&hasher->lock);
	struct hasher_figures figures = {
		.waiting = hasher->waiting, .waiting_max = hasher->queue_max,
		.busy = hasher->busy, .done = hasher->done, .refused = hasher->refused,
		.wait = &hasher->wait,
	};
	pthread_mutex_unlock(&hasher->lock);
	return figures;
}

struct hasher *hasher_free(struct hasher *hasher)
{
	if (!hasher)
		return NULL;
	pthread_mutex_lock(&hasher->lock);
	hasher->ending = true;
	pthread_cond_broadcast(&hasher->changed);
	pthread_mutex_unlock(&hasher->lock);
	for (int i = 0; i < hasher->n_threads; i++)
		pthread_join(hasher->threads[i], NULL);
	struct hasher_job *job;
	while ((job = take_oldest(hasher))) {
		job->result = HASH_FAILED;
		job->done(job);
	}
	pthread_cond_destroy(&hasher->changed);
	pthread_mutex_destroy(&hasher->lock);
	return mem_free(hasher);
}
