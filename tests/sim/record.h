/* What a contestant knows of what was promised: every vector that was sent, every one
 * that the server said is stored, every act that changes who may save. And the
 * invariants that the store has to keep against it, whatever happened in between:
 *
 *   a  what was acknowledged is there: the registration, the start, the submission,
 *      and of each answer that was said to be stored the value, unless somebody who
 *      may save sent another one for it
 *   b  nothing counts that arrived at or after the deadline, and deadlines are what
 *      the rules make them
 *   c  a score is what the stored answers are worth by the key
 *   d  one open paper a person and round, and no more attempts than allowed
 *   e  nobody sees another person's name
 *   f  participation is what the papers say
 *   x  the server answers as it should: no 500, no form of its own refused
 *
 * `tick` counts what happens, so that two things can be told to follow each other. */
#ifndef TESTS_SIM_RECORD_H
#define TESTS_SIM_RECORD_H

#include "browser.h"

#define QUESTIONS 30
#define ATTEMPTS_MAX 4
#define NOT_YET INT64_MAX
#define MARKER_BYTES 6

/* One character a question, and the prediction (-1 none). '?' and PREDICTION_UNKNOWN:
 * not told. */
#define PREDICTION_UNKNOWN (-2)
struct vector {
	char answers[QUESTIONS];
	int64_t prediction;
};

/* A request that was under way from one tick to another. */
struct span {
	int64_t from, to;
};

struct post {
	struct post *next;
	struct span span;
	struct vector base, sent;
	int64_t device, arrived_at;	/* contest clock */
};

/* What was said to be stored. */
struct shown {
	struct shown *next;
	struct span span;
	struct vector vector;
	int64_t revision;	/* -1 not told */
};

/* What changes who may save. */
enum act_kind {
	ACT_TAKE,		/* this device goes on with the paper */
	ACT_SIGN_IN,
	ACT_END_OTHERS,		/* all devices but this one are signed out */
	ACT_END_OWN,
};

struct act_of_person {
	struct act_of_person *next;
	struct span span;
	enum act_kind kind;
	int64_t device;
	int attempt;		/* of ACT_TAKE */
	bool done;		/* the server said so */
};

struct paper_record {
	bool started, submitted;
	struct post *posts;
	struct shown *shown;
	struct vector final;	/* submitted: what the row held then */
	int64_t submitted_at;
	char receipt[16];
};

struct person {
	int number;
	char marker[MARKER_BYTES + 1];
	bool registered;
	int64_t id, entry;	/* 0 not known yet */
	struct paper_record papers[ATTEMPTS_MAX];
	struct act_of_person *acts;
};

struct record {
	uint64_t seed;
	struct world *w;
	struct arena *arena;
	int64_t tick, highest_now;	/* … that the machine's clock showed */
	const char *doing;		/* for the message */
};

/* Ends the program: `invariant` is broken. */
void record_broken(struct record *r, char invariant, const char *format, ...)
	PRINTF(3, 4) __attribute__((noreturn));

struct post *record_post(struct record *r, struct paper_record *paper);
struct shown *record_shown(struct record *r, struct paper_record *paper);
struct act_of_person *record_act(struct record *r, struct person *person);

/* The name that carries the marker. */
struct text record_name(struct arena *arena, const struct person *person);

/* e: `body` was meant for `person` (NULL: for everyone). */
void record_look(struct record *r, const struct person *person, struct text body);

/* The submission was acknowledged: what the row holds now stays. `post` NULL: what was
 * stored was submitted. */
void record_submitted(struct record *r, struct person *person, int attempt,
		      int64_t arrived_at, const struct post *post, int64_t revision,
		      int64_t save_no);

/* The start was acknowledged. */
void record_started(struct record *r, struct person *person, int attempt);

/* Who this cookie says is signed in; the device always. */
struct session record_session(struct record *r, const char *cookie);

/* Whether this device holds the paper now. */
bool record_holds(struct record *r, struct person *person, int attempt, int64_t device);

/* a to d of one person. */
void record_check(struct record *r, struct person *person);

/* f, after the jobs have run; and as many entries as people who registered. */
void record_check_all(struct record *r, struct person *people, int n);

#endif
