/* The store: all that is kept, behind reads and writes.
 *
 * One process owns a data folder. Reads run at once on the calling thread's own
 * read-only connection. Writes are jobs in four bounded queues; one writer
 * takes what waits, runs it in one transaction, commits, and only then tells
 * each job. Queries are typed functions in store_queries.h (made from sql/);
 * what needs several of them in one transaction is a function of this room. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/metric.h"
#include "store/db.h"
#include "store/job.h"

#include <stdatomic.h>

struct store;

struct store_options {
	const char *dir;	/* the data folder; made when `create` */
	bool create;		/* make folder and schema when there is none */
	bool threads;		/* run writer and checkpoints on threads of their own;
				 * else store_step does the work (tests, commands) */
	/* Told once, from the writer's thread, when a sync failed: nothing may be
	 * acknowledged any more; the process must end. */
	void (*fatal)(void *ctx, const char *why);
	/* Told each time the database refuses some work (no room, an I/O error), from
	 * the thread that met it; `what` is the job's name, "commit" or "checkpoint".
	 * NULL: nobody is told. */
	void (*failed)(void *ctx, const char *what, const char *why);
	void *ctx;
};

/* Opens a folder. Answers
 *   0  done; close with store_close
 *   1  it is being served: another process holds it
 *   2  its schema is older: `hoithi migrate`
 *   3  its schema is newer than this program
 *   4  its schema was changed by someone else
 *   5  there is no database in it (and not `create`)
 *  -1  it cannot be opened: *ret_why says what was tried and why it failed
 * *ret_why lives in `arena`. */
int store_open(struct arena *arena, const struct store_options *options, struct store **ret,
	       struct text *ret_why) MUST_CHECK;

/* Lets the writer finish what is queued, then closes. Takes NULL, returns NULL. */
struct store *store_close(struct store *store);

/* Brings a folder's schema up to this program's. As store_open, but 2 is done. */
int store_migrate(struct arena *arena, const char *dir, int64_t now, struct text *ret_why) MUST_CHECK;

/* Runs `fn` in a read transaction and hands its answer, or STORE_FAILED, to
 * `done` (may be NULL). On SQLite both run before this returns, and its answer
 * is theirs; on an engine across a network it will be later. */
int store_read(struct store *store, const char *name, int (*fn)(void *ctx, struct db *db),
	       void *ctx, void (*done)(void *ctx, int result));

/* Queues a job. `job` stays the caller's and must live until its `done` was
 * called, which happens exactly once, on the writer's thread, also when the
 * queue is full (result STORE_REFUSED). */
void store_write(struct store *store, struct store_job *job);

/* Queues jobs and waits until all are done, whose results then stand in them. Their
 * `done` is not for the caller to use. Not for threads that serve. */
void store_write_all(struct store *store, struct store_job *jobs, int n);

/* The same for one call. */
int store_call(struct store *store, enum store_class class, const char *name,
	       int (*fn)(void *ctx, struct db *db), void *ctx) MUST_CHECK;

/* Copies the database, as it is at one moment between the call and its end, into a file
 * without a name: it is there as long as *ret_fd, which is at its beginning. Taken in slices
 * between the batches of the writer, after all that waits; when other processes write again
 * and again, from a snapshot, which holds the log up. Given up when *stop (may be NULL)
 * becomes true. 0 done; -1 *ret_why says why not. One at a time; not for threads that
 * serve. */
int store_copy(struct store *store, struct arena *arena, const atomic_bool *stop, int *ret_fd,
	       struct text *ret_why) MUST_CHECK;

/* Reads the whole database: 0 it is sound, 1 it is damaged, 2 rows point at rows that are
 * missing, negative as ever. */
int store_check(struct store *store) MUST_CHECK;

/* The data folder, as it was opened. */
const char *store_dir(const struct store *store);

/* Without threads: runs one batch. Returns how many jobs it finished. */
int store_step(struct store *store);

/* Whether a batch was committed since the last call; queues an empty one, so that a
 * writer that can take the database's lock and commit has by the next. The first call
 * tells nothing yet. One thread; with threads only. */
bool store_lives(struct store *store);

/* What became of papers, in committed jobs: repeated clicks and refusals do not count. */
enum store_paper_event {
	STORE_PAPER_STARTED,
	STORE_PAPER_SAVED,
	STORE_PAPER_SUBMITTED,
	STORE_PAPER_CLOSED,	/* submitted by the clock */
	STORE_PAPER_EVENT_COUNT
};

/* Any thread may read them, with metric_get. */
struct store_counts {
	_Atomic uint64_t jobs;			/* finished */
	_Atomic uint64_t failed;		/* times that store_options.failed was told */
	_Atomic uint64_t papers[STORE_PAPER_EVENT_COUNT];
	struct metric_histogram batch;		/* jobs a commit */
	struct metric_histogram commit;		/* in COMMIT, which ends with the sync */
	struct metric_histogram wait[STORE_CLASS_COUNT];	/* from the queue to the
						 * transaction that was committed */
	struct metric_histogram checkpoint;	/* of those that had something to copy */
};

struct store_figures {
	int64_t queued[STORE_CLASS_COUNT];
	int64_t refused[STORE_CLASS_COUNT];
	int64_t wal_bytes;	/* of pages in the WAL, when last looked at */
	int64_t wal_left_bytes;	/* of those that are not in the database file yet */
	const struct store_counts *counts;	/* lives as long as the store */
};

/* Any thread. */
struct store_figures store_figures(struct store *store);

#endif
