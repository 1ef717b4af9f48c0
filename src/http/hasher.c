#include "http/hasher.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <sodium.h>

#define MEMORY_BYTES (19 << 20)
#define PASSES 2
#define THREADS_MAX 8

static_assert(HASHER_ENCODED_BYTES == crypto_pwhash_STRBYTES, "room for an encoded hash");

struct hasher {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct hasher_job *oldest, *newest;
	int waiting, queue_max;
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

static enum hash_result hash(struct hasher_job *job)
{
	if (job->encoded[0])
		return crypto_pwhash_str_verify(job->encoded, job->password.ptr,
						job->password.len) == 0 ?
			       HASH_MATCHES :
			       HASH_DIFFERS;
	return crypto_pwhash_str_alg(job->encoded, job->password.ptr, job->password.len, PASSES,
				     MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) == 0 ?
		       HASH_MATCHES :
		       HASH_FAILED;
}

bool hasher_step(struct hasher *hasher)
{
	pthread_mutex_lock(&hasher->lock);
	struct hasher_job *job = take_oldest(hasher);
	pthread_mutex_unlock(&hasher->lock);
	if (!job)
		return false;
	job->result = hash(job);
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
	pthread_mutex_lock(&hasher->lock);
	bool full = hasher->waiting >= hasher->queue_max || hasher->ending;
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

int hasher_waiting(struct hasher *hasher)
{
	pthread_mutex_lock(&hasher->lock);
	int waiting = hasher->waiting;
	pthread_mutex_unlock(&hasher->lock);
	return waiting;
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
