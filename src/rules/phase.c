#include "rules/phase.h"

#include "base/time.h"

#include <assert.h>

enum phase phase_at(const struct profile *profile, int64_t published_at, int64_t now)
{
	if (published_at != TIME_NONE && now >= published_at)
		return PHASE_PUBLISHED;
	if (now >= profile->close_at)
		return PHASE_CLOSED;
	if (now >= profile->open_at)
		return PHASE_OPEN;
	if (now >= profile->launch_at)
		return PHASE_ANNOUNCED;
	return PHASE_BEFORE;
}

const struct profile_round *phase_open_round(const struct profile *profile, int64_t now)
{
	for (int i = 0; i < profile->n_rounds; i++) {
		const struct profile_round *round = &profile->rounds[i];
		if (now >= round->open_at && now < round->close_at)
			return round;
	}
	return NULL;
}

const struct profile_round *phase_next_round(const struct profile *profile, int64_t now)
{
	for (int i = 0; i < profile->n_rounds; i++)
		if (profile->rounds[i].open_at > now)
			return &profile->rounds[i];
	return NULL;
}

int64_t phase_snapshot_on(const struct profile *profile, int64_t day)
{
	return day + profile->snapshot_minute_of_day * TIME_MINUTE_MS;
}

int64_t phase_first_snapshot(const struct profile *profile)
{
	int64_t due = phase_snapshot_on(profile, time_day_start(profile->open_at));
	return due < profile->open_at ? due + TIME_DAY_MS : due;
}

int phase_may_start(const struct profile *profile, int64_t now)
{
	if (!phase_open_round(profile, now))
		return 1;
	return profile_undecided(profile, NULL, 0) > 0 ? 2 : 0;
}

int64_t phase_deadline(const struct profile *profile, const struct profile_round *round,
		       int64_t started_at)
{
	assert(profile->time_limit_s > 0 && profile->at_close != AT_CLOSE_UNDECIDED);
	int64_t deadline = started_at + profile->time_limit_s * TIME_SECOND_MS;

	if (profile->at_close == AT_CLOSE_CUT && deadline > round->close_at)
		return round->close_at;
	return deadline;
}

void phase_attempt_period(const struct profile *profile, const struct profile_round *round,
			  int64_t started_at, int64_t *ret_from, int64_t *ret_to)
{
	int64_t day = time_day_start(started_at);

	switch (profile->attempt_period) {
	case ATTEMPT_PERIOD_ROUND:
		*ret_from = round->open_at;
		*ret_to = round->close_at;
		return;
	case ATTEMPT_PERIOD_CONTEST:
		*ret_from = profile->open_at;
		*ret_to = profile->close_at;
		return;
	case ATTEMPT_PERIOD_WEEK:
		*ret_from = day - (time_weekday(started_at) - 1) * TIME_DAY_MS;
		*ret_to = *ret_from + 7 * TIME_DAY_MS;
		return;
	case ATTEMPT_PERIOD_DAY:
		*ret_from = day;
		*ret_to = day + TIME_DAY_MS;
		return;
	case ATTEMPT_PERIOD_UNDECIDED:
		break;
	}
	assert(false && "a decided period");
}
