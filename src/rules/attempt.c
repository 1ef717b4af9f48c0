#include "rules/attempt.h"

bool attempt_is_open(const struct attempt *attempt, int64_t now)
{
	return !attempt->submitted && now < attempt->deadline_at;
}

/* Papers of the period that a start now would count in. A round's period does
 * not reach into another round that happens to lie in the same days. */
static int count_in_period(const struct profile *profile, const struct profile_round *round,
			   const struct attempt *attempts, int n_attempts, int64_t now)
{
	int64_t from, to;
	int number = (int)(round - profile->rounds);
	int count = 0;

	phase_attempt_period(profile, round, now, &from, &to);
	for (int i = 0; i < n_attempts; i++) {
		if (profile->attempt_period == ATTEMPT_PERIOD_ROUND)
			count += attempts[i].round == number;
		else
			count += attempts[i].started_at >= from && attempts[i].started_at < to;
	}
	return count;
}

/* A paper in no round of these rules cannot be shown, and so not gone on with. */
static int find_open(const struct attempt *attempts, int n_attempts, int64_t now)
{
	for (int i = 0; i < n_attempts; i++)
		if (attempts[i].round >= 0 && attempt_is_open(&attempts[i], now))
			return i;
	return -1;
}

static int next_number(const struct attempt *attempts, int n_attempts, int round)
{
	int highest = 0;
	for (int i = 0; i < n_attempts; i++)
		if (attempts[i].round == round && attempts[i].number > highest)
			highest = attempts[i].number;
	return highest + 1;
}

struct start_decision attempt_decide_start(const struct profile *profile,
					   const struct attempt *attempts, int n_attempts,
					   bool old_enough, int64_t now)
{
	struct start_decision decision = { .round = -1, .open = find_open(attempts, n_attempts, now),
					   .left = -1 };
	const struct profile_round *round = phase_open_round(profile, now);

	if (round) {
		decision.round = (int)(round - profile->rounds);
		if (profile->attempt_limit > 0 && phase_may_start(profile, now) == 0) {
			int used = count_in_period(profile, round, attempts, n_attempts, now);
			decision.left = profile->attempt_limit > used ? profile->attempt_limit - used : 0;
		}
	}
	if (decision.open >= 0) {
		decision.verdict = START_GO_ON;
		decision.number = attempts[decision.open].number;
	} else if (phase_may_start(profile, now) == 2) {
		decision.verdict = START_RULES_MISSING;
	} else if (!round) {
		decision.verdict = START_NO_ROUND;
	} else if (decision.left == 0) {
		decision.verdict = START_USED_UP;
	} else if (!old_enough) {
		decision.verdict = START_TOO_YOUNG;
	} else {
		decision.verdict = START_MAY;
		decision.number = next_number(attempts, n_attempts, decision.round);
	}
	return decision;
}

int64_t attempt_elapsed_ms(int64_t started_at, int64_t deadline_at, int64_t submitted_at)
{
	int64_t elapsed = (submitted_at < deadline_at ? submitted_at : deadline_at) - started_at;

	return elapsed > 0 ? elapsed : 0;
}
