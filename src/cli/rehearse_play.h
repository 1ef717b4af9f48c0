/* A rehearsal as it is played: what holds, what gives way, and what it took. */
#ifndef CLI_REHEARSE_PLAY_H
#define CLI_REHEARSE_PLAY_H

#include "cli/rehearse_child.h"
#include "crowd/load.h"

#define STAGES_MAX 40
#define REHEARSE_SIGN_IN_EACH 5	/* of so many who come one has to sign in */
#define REHEARSE_SLOW_MS 1000	/* a step that takes longer has given way */

enum stage_kind {
	STAGE_WARM,	/* a few at once, one after the other */
	STAGE_STARTS,	/* many press Start at once */
	STAGE_SIGN_INS,
	STAGE_RISE,	/* whole journeys at a rate that rises … */
	STAGE_HOLD,	/* … and at a part of the last that held */
};

enum stage_verdict {
	STAGE_HELD,
	STAGE_SLOW,	/* a step took longer than REHEARSE_SLOW_MS */
	STAGE_FAULTY,	/* a step was refused or wrong */
	STAGE_BEHIND,	/* people came faster than they were done */
};

struct stage {
	enum stage_kind kind;
	double rate;		/* arrivals a second; 0: as fast as it goes */
	struct figures figures;
	struct use used;	/* between its begin and its end */
	enum stage_verdict verdict;
	enum step weakest;	/* the step that took longest or failed most */
	bool ran_out;		/* there were no people left */
};

struct rehearse_play {
	/* the caller's */
	struct arena *arena;
	pid_t server;
	int port, metrics_port;
	const char *contest;		/* its code */
	const struct text *cookies;	/* a person each, all fresh */
	const struct text *sign_ins;	/* the same people's "phone password" */
	int n_people;
	int saves;			/* of a paper */
	double seconds;			/* for all of it */
	const volatile sig_atomic_t *stop;
	/* What goes on, now and then; `load` as far as it is. */
	void (*told)(const struct stage *stage, const struct load *load);

	/* what came of it */
	struct stage *stages[STAGES_MAX];
	int n_stages;
	double good;		/* the highest rate that held, or less where that did not hold
				 * for long; 0 none did */
	double bad;		/* the lowest that did not; 0 none was found */
	int n_used;		/* people who came */
	int64_t journeys;	/* whole ones, with those who were done late */
	int64_t memory_kib;	/* of the server, at most */
};

/* 0 done; 1 it was stopped; -1 the server ended, or memory is out. */
int rehearse_play(struct rehearse_play *play) MUST_CHECK;

/* The last stage of a kind, of STAGE_RISE the first that gave way; NULL when there is none. */
const struct stage *rehearse_stage(const struct rehearse_play *play, enum stage_kind kind);

/* How long it took, and how many of `n` that is a second. */
double stage_seconds(const struct stage *stage);
double stage_per_second(const struct stage *stage, int64_t n);

#endif
