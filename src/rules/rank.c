#include "rules/rank.h"

#include "rules/score.h"

#include <assert.h>

/* Put on the prediction key's value of guesses above the target, so that they
 * stand behind all others that have one: greater than any error. */
#define OVERSHOOT (INT64_C(1) << 40)

/* A counted paper while it is being ranked. */
struct standing {
	struct rank_place place;
	struct text entry_code;
	int64_t values[PROFILE_RANK_KEYS_MAX];	/* by key; less is better */
};

static int order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int order_best(const struct rank_paper *a, const struct rank_paper *b)
{
	int by = order(b->score_points, a->score_points);
	by = by ? by : order(a->elapsed_ms, b->elapsed_ms);
	return by ? by : order(a->submitted_at, b->submitted_at);
}

static int order_counting(const struct profile *profile, const struct rank_paper *a,
			  const struct rank_paper *b)
{
	int by = 0;

	switch (profile->attempt_counting) {
	case ATTEMPT_COUNTING_UNDECIDED:
		break;
	case ATTEMPT_COUNTING_BEST:
		by = order_best(a, b);
		break;
	case ATTEMPT_COUNTING_ONLY:
		by = order(a->started_at, b->started_at);
		break;
	case ATTEMPT_COUNTING_LAST:
		by = order(b->started_at, a->started_at);
		break;
	}
	by = by ? by : order(a->attempt, b->attempt);
	return by ? by : order(a->paper, b->paper);
}

bool rank_counts_before(const struct profile *profile, const struct rank_paper *a,
			const struct rank_paper *b)
{
	return order_counting(profile, a, b) < 0;
}

/* Excluded ones last, then person by person, the counted paper first. */
static int compare_papers(const void *left, const void *right, void *ctx)
{
	const struct rank_paper *a = left, *b = right;
	int by = order(a->excluded, b->excluded);

	by = by ? by : order(a->entry, b->entry);
	return by ? by : order_counting(ctx, a, b);
}

static bool begins_person(const struct rank_paper *papers, int at)
{
	return at == 0 || papers[at].entry != papers[at - 1].entry;
}

static bool is_in_target(const struct profile *profile, const struct rank_paper *paper,
			 bool counted)
{
	switch (profile->prediction_target) {
	case PREDICTION_UNDECIDED:
	case PREDICTION_NONE:
		return false;
	case PREDICTION_PARTICIPANTS:
		return counted;
	case PREDICTION_ALL_CORRECT_PEOPLE:
		return counted && paper->perfect;
	case PREDICTION_ALL_CORRECT_ATTEMPTS:
		return paper->perfect;
	}
	return false;
}

/* `papers` are sorted and hold no excluded ones. */
static void count_targets(const struct profile *profile, const struct rank_paper *papers, int n,
			  struct rank_target targets[PROFILE_GROUPS_MAX])
{
	int64_t groups[PROFILE_GROUPS_MAX] = { 0 };
	int64_t all = 0;

	for (int i = 0; i < n; i++) {
		assert(papers[i].group >= 0 && papers[i].group < profile->n_groups);
		if (is_in_target(profile, &papers[i], begins_person(papers, i))) {
			groups[papers[i].group]++;
			all++;
		}
	}
	for (int g = 0; g < PROFILE_GROUPS_MAX; g++) {
		if (g >= profile->n_groups || profile->prediction_target == PREDICTION_NONE)
			targets[g].value = -1;
		else if (profile->prediction_scope == PREDICTION_SCOPE_ROUND)
			targets[g].value = all;
		else
			targets[g].value = groups[g];
	}
}

static int64_t prediction_value(const struct profile *profile, const struct rank_paper *paper,
				int64_t target)
{
	if (target < 0)
		return 0;
	if (paper->prediction == PREDICTION_MISSING)
		return INT64_MAX;
	if (paper->prediction <= target)
		return target - paper->prediction;
	return paper->prediction - target +
	       (profile->prediction_distance == PREDICTION_DISTANCE_NO_OVERSHOOT ? OVERSHOOT : 0);
}

static int64_t key_value(const struct profile *profile, const struct rank_paper *paper,
			 enum rank_key key, int64_t target, int n_perfect)
{
	switch (key) {
	case RANK_KEY_SCORE:
		return -(int64_t)paper->score_points;
	case RANK_KEY_PREDICTION_ERROR:
		return prediction_value(profile, paper, target);
	case RANK_KEY_ELAPSED_MS:
		return paper->elapsed_ms;
	case RANK_KEY_SUBMITTED_AT:
		return paper->submitted_at;
	case RANK_KEY_STARTED_AT:
		return paper->started_at;
	case RANK_KEY_N_PERFECT:
		return -(int64_t)n_perfect;
	}
	return 0;
}

/* The standing of a person whose papers are the first `n` of `own`. */
static struct standing stand(const struct profile *profile, const struct rank_paper *own, int n,
			     const struct rank_target *targets)
{
	int64_t target = targets[own->group].value;
	struct standing standing = {
		.place = { .paper = own->paper, .entry = own->entry, .group = own->group,
			   .score_points = own->score_points, .perfect = own->perfect,
			   .prediction_error = -1 },
		.entry_code = own->entry_code,
	};

	if (target >= 0 && own->prediction != PREDICTION_MISSING)
		standing.place.prediction_error = own->prediction > target
			? own->prediction - target
			: target - own->prediction;
	for (int i = 0; i < n; i++)
		standing.place.n_perfect += own[i].perfect;
	for (int k = 0; k < profile->n_rank_keys; k++)
		standing.values[k] = key_value(profile, own, profile->rank_keys[k], target,
					       standing.place.n_perfect);
	return standing;
}

/* The first key in which two standings differ; -1 when there is none. */
static int differing_key(const struct standing *a, const struct standing *b)
{
	for (int k = 0; k < PROFILE_RANK_KEYS_MAX; k++)
		if (a->values[k] != b->values[k])
			return k;
	return -1;
}

static int compare_standings(const void *left, const void *right)
{
	const struct standing *a = left, *b = right;
	int by = order(a->place.group, b->place.group);
	int key = differing_key(a, b);

	if (by)
		return by;
	if (key >= 0)
		return order(a->values[key], b->values[key]);
	by = text_compare(a->entry_code, b->entry_code);
	return by ? by : order(a->place.entry, b->place.entry);
}

/* Gives sorted standings their places and deciding keys. */
static void settle_places(const struct profile *profile, struct standing *standings, int n)
{
	int first = 0;	/* of the group */

	for (int i = 0; i < n; i++) {
		struct standing *this = &standings[i];
		const struct standing *before = i > 0 ? this - 1 : NULL;
		const struct standing *next = i + 1 < n ? this + 1 : NULL;
		if (!before || before->place.group != this->place.group)
			first = i;
		if (i > first && differing_key(before, this) < 0)
			this->place.place = before->place.place;
		else
			this->place.place = i - first + 1;
		int key = next && next->place.group == this->place.group
			? differing_key(this, next)
			: -1;
		if (key >= 0)
			this->place.decided_by = profile->rank_keys[key];
	}
}

static void assert_decided(const struct profile *profile)
{
	assert(profile->attempt_counting != ATTEMPT_COUNTING_UNDECIDED);
	assert(profile->prediction_target != PREDICTION_UNDECIDED);
	assert(profile->n_rank_keys > 0 && profile->n_rank_keys <= PROFILE_RANK_KEYS_MAX);
	if (profile->prediction_target != PREDICTION_NONE) {
		assert(profile->prediction_scope != PREDICTION_SCOPE_UNDECIDED);
		assert(profile->prediction_distance != PREDICTION_DISTANCE_UNDECIDED);
	}
}

int rank_people(struct arena *arena, const struct profile *profile, struct rank_paper *papers,
		int n_papers, struct rank_result *ret)
{
	struct rank_result result = { .n_places = 0 };
	int n_valid = 0;

	assert_decided(profile);
	if (n_papers > 0)
		qsort_r(papers, (size_t)n_papers, sizeof(*papers), compare_papers,
			(void *)profile);
	for (; n_valid < n_papers && !papers[n_valid].excluded; n_valid++)
		result.n_places += begins_person(papers, n_valid);
	count_targets(profile, papers, n_valid, result.targets);

	size_t n = result.n_places > 0 ? (size_t)result.n_places : 1;
	struct standing *standings = arena_array(arena, n, sizeof(*standings));
	result.places = arena_array(arena, n, sizeof(*result.places));
	if (!standings || !result.places)
		return -1;
	int at = 0;
	for (int i = 0, end; i < n_valid; i = end) {
		for (end = i + 1; end < n_valid && !begins_person(papers, end);)
			end++;
		standings[at++] = stand(profile, &papers[i], end - i, result.targets);
	}
	qsort(standings, (size_t)result.n_places, sizeof(*standings), compare_standings);
	settle_places(profile, standings, result.n_places);
	for (int i = 0; i < result.n_places; i++)
		result.places[i] = standings[i].place;
	*ret = result;
	return 0;
}
