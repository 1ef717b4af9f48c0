/* The writer: the one place where a database changes. Of use to store.c only. */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

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
	atomic_int_fast64_t jobs, batches, commit_us, log_pages;	/* as in
				 * struct store_figures; read by any thread */
	int64_t make_room_at;	/* not before, time_mono_ms */
	int64_t background_at;	/* when its last batch ended, time_mono_ms */
	void (*fatal)(void *ctx, const char *why);
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

/* A sync failed: nothing is acknowledged any more, and whoever asked to be told is
 * told, once. Any thread. */
void writer_die(struct writer *writer, const char *why);

/* Any thread. */
struct store_figures writer_figures(struct writer *writer);

#endif
