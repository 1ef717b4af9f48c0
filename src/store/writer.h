/* The writer: the one place where a database changes. Of use to store.c only. */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "store/engine.h"
#include "store/store.h"

#include <pthread.h>
#include <stdatomic.h>

#define BATCH_JOBS_MAX 256
#define BATCH_MS_MAX 4

struct job_queue {
	struct store_job *first;
	struct store_job **last;
	int64_t n;
	int64_t refused;
};

struct writer {
	struct db *db;
	int erasures_fd;	/* of erasures_open */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct job_queue queues[STORE_CLASS_COUNT];
	bool stopping;
	atomic_bool dead;	/* a sync failed: nothing is acknowledged any more */
	struct store_counts counts;
	int64_t page_bytes;
	_Atomic int64_t batches;	/* committed; any thread */
	_Atomic int64_t log_pages, log_left_pages;	/* when last looked at; any thread */
	int64_t make_room_at;	/* not before, time_mono_ms */
	int64_t background_us;	/* when its last batch ended, time_mono_us */
	void (*fatal)(void *ctx, const char *why);
	void (*failed)(void *ctx, const char *what, const char *why);
	void *ctx;
};

int writer_init(struct writer *writer, struct db *db, int erasures_fd) MUST_CHECK;
void writer_done(struct writer *writer);

/* Any thread. */
void writer_add(struct writer *writer, struct store_job *job);

/* Runs one batch of what waits; waits for work first when `wait`. Returns the
 * number of finished jobs; -1 when there is none and the writer is stopping. */
int writer_step(struct writer *writer, bool wait);

void writer_stop(struct writer *writer);

/* Copies what it can of the log on `db`, and notes how it stands; a failure is told as
 * by writer_failed. The answers of db_checkpoint. The thread of `db`. */
int writer_checkpoint(struct writer *writer, struct db *db, enum db_checkpoint_kind kind) MUST_CHECK;

/* Tells whoever asked that `db` has just refused some work. When it was a sync,
 * nothing is acknowledged any more; that is told once. The thread of `db`. */
void writer_failed(struct writer *writer, const char *what, const struct db *db);

/* Any thread. */
struct store_figures writer_figures(struct writer *writer);

#endif
