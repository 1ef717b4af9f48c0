/* A write, as data.
 *
 * The jobs of the sitting (start, save, submit) are plain records, so that an
 * engine can run many of one kind in one statement; all others are a function. A
 * batch holds at most one job of a `key`, and so of a paper at most one of a kind.
 * Jobs may run more than once (a batch that failed is run again one by one), so
 * they must not reply, and read their arguments only. */
#ifndef STORE_JOB_H
#define STORE_JOB_H

#include "store/db.h"

/* What is served first, and refused last. */
enum store_class {
	STORE_CLASS_SAVE,	/* save and submit */
	STORE_CLASS_START,
	STORE_CLASS_DOOR,	/* register, sign in, profile */
	STORE_CLASS_BACKGROUND,
	STORE_CLASS_COUNT
};

enum store_kind {
	STORE_CALL,
	STORE_BETWEEN,	/* a call outside of any transaction (copy.c) */
	STORE_START,
	STORE_SAVE,
	STORE_SAVE_UNREAD,	/* of a paper that nobody read, so its id is not known */
	STORE_SUBMIT,
};

/* Never run: its queue was full or it waited longer than STORE_WAIT_MAX_MS. */
#define STORE_REFUSED (-3)
#define STORE_WAIT_MAX_MS 10000

/* A new paper. Its time begins when the writer takes it. */
struct job_start {
	/* in */
	int64_t id, contest, round, entry, group, attempt;
	int64_t rules_version, bank, draw_version;
	struct text seed, drawn, answers, flags;
	int64_t holder;		/* device */
	int64_t clock_shift_ms;	/* contest clock minus machine clock */
	int64_t open_at, close_at;	/* the round: no start outside of it */
	int64_t time_limit_ms;
	int64_t latest_end;	/* deadlines are not later than this (at_close = cut) */
	/* out */
	int64_t paper;		/* the new one, or the one of an earlier click */
};

/* Results of a start: STORE_ONE there is a paper, STORE_NONE the round is not
 * open at this moment, or the entry is in another group by now. */

/* What a save or submit found when its guard (open, holder, revision, deadline)
 * did not hold. */
enum save_verdict {
	SAVE_DONE,
	SAVE_ALREADY,	/* this very save is stored already: its reply was lost */
	SAVE_CONFLICT,	/* another revision: `stored_*` has it */
	SAVE_MOVED,	/* another device holds the paper */
	SAVE_CLOSED,	/* submitted, or its deadline had passed */
	SAVE_GONE,	/* there is no such paper */
};

struct job_save {
	/* in */
	int64_t paper, holder, revision, save_no, now;
	struct text answers, flags;
	int64_t prediction;
	/* in, for STORE_SAVE_UNREAD only, which has no `paper`: whose it is, in the
	 * session that asks, and the rules by which the form was read */
	int64_t contest, person, round, attempt, epoch, rules_version;
	/* in, for STORE_SUBMIT only */
	int64_t submitted_at, elapsed_ms, by_clock, score_points, correct, perfect;
	struct text salt, leaf_hash, receipt;
	/* out; texts live in `arena` */
	struct arena *arena;
	enum save_verdict verdict;
	int64_t stored_revision;
	struct text stored_answers, stored_flags;
	int64_t stored_prediction;
	int64_t deadline_at;	/* of STORE_SAVE_UNREAD */
};

struct store_job {
	/* the caller's */
	enum store_class class;
	enum store_kind kind;
	const char *name;
	int64_t key;		/* paper, entry or person, which have no id in common;
				 * 0: may share a batch with all */
	int (*fn)(void *ctx, struct db *db);	/* STORE_CALL, STORE_BETWEEN */
	void *ctx;
	union {
		struct job_start start;
		struct job_save save;
	};
	void (*done)(struct store_job *job);
	void (*when_done)(void *ctx);	/* for callers who know of jobs nothing but
					 * that they end */
	void *done_ctx;

	/* the answer: what fn answered, STORE_ONE/STORE_NONE of a start, STORE_ONE
	 * of a save that came to a verdict, STORE_NONE of one of an unread paper
	 * that was not made, for whatever reason; STORE_FAILED, STORE_REFUSED */
	int result;

	/* the store's */
	int64_t queued_us;	/* time_mono_us */
	struct store_job *next;
};

/* Runs one of the sitting's jobs on a connection with an open transaction. */
int paper_job_run(struct db *db, struct store_job *job) MUST_CHECK;

#endif
