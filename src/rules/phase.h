/* Where a contest stands at a moment. Pure functions of profile and now. */
#ifndef RULES_PHASE_H
#define RULES_PHASE_H

#include "rules/profile.h"

enum phase {
	PHASE_BEFORE,		/* before launch: nothing is public */
	PHASE_ANNOUNCED,	/* launched; countdown, early registration, practice */
	PHASE_OPEN,		/* from open_at to close_at */
	PHASE_CLOSED,		/* after close_at, results not published */
	PHASE_PUBLISHED,	/* the organizers published the results */
};

/* `published_at` is TIME_NONE until an act of publication. */
enum phase phase_at(const struct profile *profile, int64_t published_at, int64_t now);

/* The round that takes starts at `now`; NULL when there is none. */
const struct profile_round *phase_open_round(const struct profile *profile, int64_t now);

/* The next round that opens after `now`; NULL when there is none. */
const struct profile_round *phase_next_round(const struct profile *profile, int64_t now);

/* The moment of the daily snapshot on the day that begins at `day`, and the first
 * one that is due once the contest is open. */
int64_t phase_snapshot_on(const struct profile *profile, int64_t day);
int64_t phase_first_snapshot(const struct profile *profile);

/* Whether papers may be started: a round is open and no rule value is null.
 * 0 yes, 1 no round is open, 2 the rules are not complete. */
int phase_may_start(const struct profile *profile, int64_t now) MUST_CHECK;

/* The moment at which a paper started at `started_at` in `round` ends. */
int64_t phase_deadline(const struct profile *profile, const struct profile_round *round,
		       int64_t started_at);

/* The period that an attempt started at `started_at` counts in, as the half-open
 * span [*ret_from, *ret_to) of start times. */
void phase_attempt_period(const struct profile *profile, const struct profile_round *round,
			  int64_t started_at, int64_t *ret_from, int64_t *ret_to);

#endif
