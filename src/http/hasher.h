/* Hashing passwords, away from the loops: Argon2id by libsodium, 19 MiB, two
 * passes (10 to 14 ms and 19 MiB a hash), by a few threads that only take what
 * the machine has left (SCHED_IDLE), from a bounded queue.
 *
 * A hash is text as libsodium and others write it: "$argon2id$v=19$m=19456,t=2,p=1$"
 * and salt and hash in base64. Nothing here compares: the caller has a password
 * hashed like one that is kept, with its salt and cost, and compares the texts. So
 * one hash answers for everybody who shares a salt, and for nobody at all it costs
 * the same.
 *
 * Without threads a test drives it with hasher_step. */
#ifndef HTTP_HASHER_H
#define HTTP_HASHER_H

#include "base/metric.h"
#include "pages/request.h"

#define HASHER_QUEUE_MAX 256
#define HASHER_ENCODED_BYTES 128

struct hasher;

/* The caller owns it and leaves it alone from hasher_push to `done`. */
struct hasher_job {
	struct text password;
	char encoded[HASHER_ENCODED_BYTES];	/* ends with NUL. In: whose salt and cost to
						 * use, "" a new salt; out: the hash */
	enum hash_result result;
	void (*done)(struct hasher_job *job);	/* on a hasher thread */
	struct hasher_job *next;
	int64_t queued_us;			/* time_mono_us */
};

/* NULL when memory is out. `queue_max` jobs wait at most. */
struct hasher *hasher_new(int queue_max) MUST_CHECK;

/* Starts `threads` of them. 0 done, -1 the system has none. */
int hasher_start(struct hasher *hasher, int threads) MUST_CHECK;

/* Any thread. 0 taken, 1 the queue is full (`done` is not called). */
int hasher_push(struct hasher *hasher, struct hasher_job *job) MUST_CHECK;

/* Hashes with a new salt on this thread, at once: for programs that serve nobody.
 * Answers HASH_DONE or HASH_FAILED. */
enum hash_result hasher_hash(struct text password, char ret_encoded[HASHER_ENCODED_BYTES]) MUST_CHECK;

/* Does the oldest job on this thread. False when none waits. */
bool hasher_step(struct hasher *hasher);

struct hasher_figures {
	int waiting, waiting_max;
	int busy;		/* threads at work */
	uint64_t done;		/* hashes made so far */
	uint64_t refused;	/* jobs for which the queue was full */
	const struct metric_histogram *wait;	/* in the queue; lives as long as the hasher */
};

/* Any thread. */
struct hasher_figures hasher_figures(struct hasher *hasher);

/* Ends the threads; jobs that wait end as HASH_FAILED. Takes NULL, returns NULL. */
struct hasher *hasher_free(struct hasher *hasher);

#endif
