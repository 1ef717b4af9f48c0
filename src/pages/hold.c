#include "pages/hold.h"

#include "pages/contest.h"
#include "pages/results.h"

#include "store_queries.h"

static const struct contest *find(const struct contest *const *all, int n, int64_t id)
{
	for (int i = 0; i < n; i++)
		if (all[i]->id == id)
			return all[i];
	return NULL;
}

/* Until when the records of a place are kept; 0 it won nothing, or a newer ranking
 * was published since. */
static int64_t kept_until(const struct contest *contest,
			  const struct q_published_places_of_person *place, int64_t now)
{
	const struct publication *publication = contest_publication(contest, place->round);
	const struct rules_in_force *ranked = contest_rules_version(contest, place->rules_version);
	const struct profile *profile = &contest_rules(contest, now)->profile;

	if (!publication || publication->ranking != place->ranking || !ranked ||
	    place->place > profile_last_prize_place(&ranked->profile))
		return 0;
	return profile->result_at + profile->retention_winner_days * TIME_DAY_MS;
}

int hold_load(const struct site *site, struct arena *arena, struct db *db, int64_t person,
	      int64_t now, struct hold *ret)
{
	const struct contest *all[CONTESTS_MAX];
	struct q_published_places_of_person *places;
	struct q_papers_of_person papers;

	*ret = (struct hold){ .winner_until = 0 };
	if (q_papers_of_person(db, person, &papers) < 0)
		return STORE_FAILED;
	ret->papers = papers.n;
	ret->paper_open = papers.open > 0;
	int n_places = q_published_places_of_person(db, arena, person, &places);
	if (n_places <= 0)
		return n_places;
	int n = contest_acquire_all(site->contests, all);
	for (int i = 0; i < n_places; i++) {
		const struct contest *contest = find(all, n, places[i].contest);
		int64_t until = contest ? kept_until(contest, &places[i], now) : 0;
		if (until > ret->winner_until)
			ret->winner_until = until;
	}
	for (int i = 0; i < n; i++)
		contest_release(all[i]);
	return 0;
}

bool hold_refuses(const struct hold *hold, int64_t now)
{
	return hold->paper_open || now < hold->winner_until;
}
