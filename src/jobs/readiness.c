#include "jobs/readiness.h"

#include "base/log.h"
#include "base/time.h"
#include "pages/contest.h"

#define PATHS_MAX 64

bool readiness_is_short(const struct profile *profile, int64_t now)
{
	struct text path;
	return now >= profile->open_at - TIME_DAY_MS && now < profile->close_at &&
	       profile_undecided(profile, &path, 1) > 0;
}

static void warn(const struct contest *contest, int64_t now)
{
	const struct profile *profile = &contest_rules(contest, now)->profile;
	struct text paths[PATHS_MAX];

	if (!readiness_is_short(profile, now))
		return;
	int n = profile_undecided(profile, paths, PATHS_MAX);
	log_warning("contest %.*s does not open at its hour: %d rule values are empty",
		    TEXT_ARGS(contest->code), n);
	for (int i = 0; i < n && i < PATHS_MAX; i++)
		log_warning("contest %.*s: %.*s is empty", TEXT_ARGS(contest->code),
			    TEXT_ARGS(paths[i]));
}

void readiness_step(struct site *site)
{
	const struct contest *contests[CONTESTS_MAX];
	int64_t now = time_mono_ms();

	if (now < site->jobs.readiness_at)
		return;
	site->jobs.readiness_at = now + TIME_HOUR_MS;
	int n = contest_acquire_all(site->contests, contests);
	for (int i = 0; i < n; i++) {
		warn(contests[i], contest_now_ms(&site->clock));
		contest_release(contests[i]);
	}
}
