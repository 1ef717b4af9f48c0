/* What a person may do at a moment: start, go on, or neither. Pure functions of
 * profile, papers and now. */
#ifndef RULES_ATTEMPT_H
#define RULES_ATTEMPT_H

#include "rules/phase.h"

/* A paper of one person, in short. */
struct attempt {
	int64_t paper;		/* id */
	int round;		/* number in the profile; -1 none of it */
	int number;		/* from 1 in its round */
	bool submitted;		/* as stored */
	int64_t started_at;	/* ms, contest clock */
	int64_t deadline_at;
};

/* An open paper can be saved and submitted before its deadline; from then on it
 * reads as closed, whether or not the clock has submitted it yet. */
bool attempt_is_open(const struct attempt *attempt, int64_t now);

enum start_verdict {
	START_MAY,		/* a new paper: `number` in `round` */
	START_GO_ON,		/* `open` is the paper to go on with */
	START_NO_ROUND,		/* no round is open */
	START_RULES_MISSING,	/* a rule value is still null */
	START_USED_UP,		/* all attempts of the period are used */
	START_TOO_YOUNG,
	START_ENDED,		/* the entry takes part no more; only the store knows */
};

struct start_decision {
	enum start_verdict verdict;
	int round;		/* number in the profile; -1 none */
	int number;		/* of the new paper */
	int open;		/* index into the attempts; -1 none */
	int left;		/* attempts left in the period, this one included; -1
				 * unlimited */
};

/* `attempts` are all papers of one person in the contest. */
struct start_decision attempt_decide_start(const struct profile *profile,
					   const struct attempt *attempts, int n_attempts,
					   bool old_enough, int64_t now);

/* Full time for a paper that the clock ended, else what it took: never less than 0,
 * even when the machine's clock was set back meanwhile. */
int64_t attempt_elapsed_ms(int64_t started_at, int64_t deadline_at, int64_t submitted_at);

#endif
