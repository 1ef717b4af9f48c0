/* The pace of what runs beside the paper: reports, rankings, snapshots, exports.
 *
 * It runs in slices. A slice that reads is a transaction on the read-only connection of its
 * thread, over before it holds up the log; one that writes is a call of the writer's lowest
 * class. One slice of all jobs runs at a time, and then all of them rest. Before each it waits while saves and starts queue up or commits are slow, though not
 * for ever, and while an operator has paused. What decides a result (freeze, publish) is not paused; papers whose time is over
 * are closed apart from all this (close_papers.h).
 *
 * A process has one data folder, and one pace. */
#ifndef JOBS_PACE_H
#define JOBS_PACE_H

#include "base/text.h"
#include "pages/site.h"
#include "store/db.h"

/* How long a slice may work, ms. */
#define PACE_READ_MS 50
#define PACE_WRITE_MS 5

/* An operator's pause ends by itself. */
#define PACE_PAUSE_MS (4 * TIME_HOUR_MS)
#define PACE_PAUSE_MAX_MS TIME_DAY_MS

enum pace_job {
	PACE_SNAPSHOT,
	PACE_FREEZE,
	PACE_RANK,
	PACE_LOOK,		/* suspicions.h */
	PACE_PUBLISH,
	PACE_EXPORT,
	PACE_RETENTION,
	PACE_REPORT,		/* of retention */
	PACE_RESEAL,
	PACE_JOBS
};

/* One run of a job. */
struct pace {
	struct site *site;
	enum pace_job job;
	const atomic_bool *stop;	/* true once the server ends; NULL nobody is served
					 * beside it, so that it need not wait */
	int64_t began;			/* mono */
};

struct pace_slice {
	int64_t from;		/* in: where it begins; 0 at first */
	int64_t next;		/* out: where the next one begins */
	int64_t rows;		/* out */
	int64_t until;		/* mono */
};

/* A slice: 1 there is more behind `next`, 0 that was all, negative as the store. One that
 * writes may run more than once. */
typedef int pace_fn(void *ctx, struct db *db, struct pace_slice *slice);

/* Notes a row that is done, behind which `next` stands. True when the slice has to end. */
bool pace_row(struct pace_slice *slice, int64_t next);

struct pace pace_begin(struct site *site, enum pace_job job, const atomic_bool *stop);
void pace_end(const struct pace *pace);

/* Slice by slice, to the last; `done` (may be NULL) is told of each that was committed.
 * 0 done; negative as the store, also when the server ends. */
int pace_read(const struct pace *pace, const char *name, pace_fn *fn, void *ctx) MUST_CHECK;
int pace_write(const struct pace *pace, const char *name, pace_fn *fn, void (*done)(void *ctx),
	       void *ctx) MUST_CHECK;

/* For threads of such work: they take what is left of the machine, for good. */
void pace_take_what_is_left(void);

/* Pauses for `ms` from now; 0 goes on. Returns how long it would have gone on. */
int64_t pace_pause(int64_t ms);

/* How long jobs of this kind wait for an operator from now on; 0 they do not. */
int64_t pace_paused_ms(enum pace_job job);

/* What an operator calls it: "snapshot", "contest rank". */
const char *pace_name(enum pace_job job);

enum pace_reason {
	PACE_GOES,
	PACE_PAUSED,
	PACE_QUEUE,		/* of saves and starts */
	PACE_COMMITS,		/* are slow */
};

struct pace_figures {
	int running;
	enum pace_reason waits;	/* for what a running one waits */
	/* of the last run that ended, or of those that are running */
	int64_t began_at;	/* machine clock; TIME_NONE none since this process began */
	int64_t took_ms;
	int64_t reads, writes;	/* slices */
	int64_t rows;
	int64_t longest_ms;	/* of a slice that wrote */
};

struct pace_figures pace_figures(enum pace_job job);

/* Test seam: slices end after so many rows; 0 when their time is over. */
void pace_set_rows(int64_t rows);

#endif
