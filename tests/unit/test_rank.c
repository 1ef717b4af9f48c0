#include "rules/rank.h"
#include "rules/score.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PAPERS 120

/* splitmix64: the tests' own randomness, the same on every run. */
static uint64_t random_state;

static uint64_t random_u64(void)
{
	uint64_t z = (random_state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static int random_below(int n)
{
	return (int)(random_u64() % (uint64_t)n);
}

static void shuffle(struct rank_paper *papers, int n)
{
	for (int i = n - 1; i > 0; i--) {
		int other = random_below(i + 1);
		struct rank_paper paper = papers[i];
		papers[i] = papers[other];
		papers[other] = paper;
	}
}

/* Values from small ranges, so that ties are common. */
static int random_papers(struct rank_paper *papers, struct arena *arena)
{
	int n_entries = 1 + random_below(40);
	int n = 0;

	for (int entry = 0; entry < n_entries; entry++) {
		int n_own = 1 + random_below(3);
		int group = random_below(2);
		bool excluded = random_below(10) == 0;
		struct text code = text_format(arena, "E%04d", (entry * 37) % 101);
		for (int i = 0; i < n_own; i++, n++)
			papers[n] = (struct rank_paper){
				.paper = 1000 + n, .entry = 1 + entry, .entry_code = code,
				.group = group, .attempt = i + 1,
				.score_points = 3 + random_below(3),
				.prediction = random_below(8) - 1,
				.started_at = 100 * (i + 1) + random_below(3),
				.submitted_at = 500 + random_below(3),
				.elapsed_ms = 50 + random_below(2), .excluded = excluded,
			};
	}
	for (int i = 0; i < n; i++)
		papers[i].perfect = papers[i].score_points == 5;
	shuffle(papers, n);
	return n;
}

static void random_profile(struct profile *profile)
{
	static const enum rank_key keys[] = {
		RANK_KEY_SCORE, RANK_KEY_PREDICTION_ERROR, RANK_KEY_ELAPSED_MS,
		RANK_KEY_SUBMITTED_AT, RANK_KEY_STARTED_AT, RANK_KEY_N_PERFECT,
	};
	*profile = (struct profile){
		.n_groups = 2,
		.attempt_counting = (enum attempt_counting)(1 + random_below(3)),
		.prediction_target = (enum prediction_target)(1 + random_below(4)),
		.prediction_scope = (enum prediction_scope)(1 + random_below(2)),
		.prediction_distance = (enum prediction_distance)(1 + random_below(2)),
		.n_rank_keys = 1 + random_below(ARRAY_LEN(keys)),
	};
	int from = random_below(ARRAY_LEN(keys));
	for (int k = 0; k < profile->n_rank_keys; k++)
		profile->rank_keys[k] = keys[(from + k) % (int)ARRAY_LEN(keys)];
}

static const struct rank_paper *paper_of_id(const struct rank_paper *papers, int n, int64_t id)
{
	for (int i = 0; i < n; i++)
		if (papers[i].paper == id)
			return &papers[i];
	fail();
	return NULL;
}

/* <0 when `a` stands before `b` by this key; written from the header. */
static int compare_by(const struct profile *profile, enum rank_key key, int64_t target,
		      const struct rank_place *a, const struct rank_paper *p,
		      const struct rank_place *b, const struct rank_paper *q)
{
	bool over = profile->prediction_distance == PREDICTION_DISTANCE_NO_OVERSHOOT;

	switch (key) {
	case RANK_KEY_SCORE:
		return q->score_points - p->score_points;
	case RANK_KEY_PREDICTION_ERROR:
		if (target < 0)
			return 0;
		if (p->prediction < 0 || q->prediction < 0)
			return (p->prediction < 0) - (q->prediction < 0);
		if (over && (p->prediction > target) != (q->prediction > target))
			return p->prediction > target ? 1 : -1;
		return (int)(a->prediction_error - b->prediction_error);
	case RANK_KEY_ELAPSED_MS:
		return (int)(p->elapsed_ms - q->elapsed_ms);
	case RANK_KEY_SUBMITTED_AT:
		return (int)(p->submitted_at - q->submitted_at);
	case RANK_KEY_STARTED_AT:
		return (int)(p->started_at - q->started_at);
	case RANK_KEY_N_PERFECT:
		return b->n_perfect - a->n_perfect;
	}
	return 0;
}

static void check_pair(const struct profile *profile, const struct rank_result *result,
		       const struct rank_paper *papers, int n, int at)
{
	const struct rank_place *a = &result->places[at], *b = a + 1;
	const struct rank_paper *p = paper_of_id(papers, n, a->paper);
	const struct rank_paper *q = paper_of_id(papers, n, b->paper);
	enum rank_key decided_by = 0;

	if (a->group != b->group) {
		assert_true(a->group < b->group);
		assert_int_equal(b->place, 1);
		assert_int_equal(a->decided_by, 0);
		return;
	}
	for (int k = 0; k < profile->n_rank_keys && !decided_by; k++) {
		int by = compare_by(profile, profile->rank_keys[k],
				    result->targets[a->group].value, a, p, b, q);
		assert_true(by <= 0);
		decided_by = by ? profile->rank_keys[k] : 0;
	}
	assert_int_equal(a->decided_by, decided_by);
	if (!decided_by) {
		assert_int_equal(b->place, a->place);
		assert_true(text_compare(p->entry_code, q->entry_code) < 0);
		return;
	}
	int first = at + 1;
	while (first > 0 && result->places[first - 1].group == b->group)
		first--;
	assert_int_equal(b->place, at + 1 - first + 1);
}

static int64_t brute_target(const struct profile *profile, const struct rank_paper *papers, int n,
			    int group)
{
	int64_t value = 0;

	if (profile->prediction_target == PREDICTION_NONE)
		return -1;
	for (int i = 0; i < n; i++) {
		const struct rank_paper *paper = &papers[i];
		bool counted = true;
		for (int k = 0; k < n; k++)
			if (papers[k].entry == paper->entry && papers[k].paper != paper->paper)
				counted = counted && rank_counts_before(profile, paper, &papers[k]);
		if (paper->excluded || (profile->prediction_scope == PREDICTION_SCOPE_GROUP_ROUND &&
					paper->group != group))
			continue;
		if (profile->prediction_target == PREDICTION_PARTICIPANTS)
			value += counted;
		else if (profile->prediction_target == PREDICTION_ALL_CORRECT_PEOPLE)
			value += counted && paper->perfect;
		else
			value += paper->perfect;
	}
	return value;
}

/* Each person who is not excluded stands once, by the paper that counts. */
static void check_people(const struct profile *profile, const struct rank_result *result,
			 const struct rank_paper *papers, int n)
{
	int n_people = 0;

	for (int i = 0; i < n; i++) {
		bool first = !papers[i].excluded;
		for (int k = 0; k < i; k++)
			first = first && papers[k].entry != papers[i].entry;
		n_people += first;
	}
	assert_int_equal(result->n_places, n_people);
	for (int i = 0; i < result->n_places; i++) {
		const struct rank_place *place = &result->places[i];
		const struct rank_paper *counted = paper_of_id(papers, n, place->paper);
		int n_perfect = 0;
		assert_false(counted->excluded);
		assert_int_equal(counted->entry, place->entry);
		assert_int_equal(counted->group, place->group);
		for (int k = 0; k < n; k++) {
			if (papers[k].entry != place->entry)
				continue;
			n_perfect += papers[k].perfect;
			if (papers[k].paper != place->paper)
				assert_true(rank_counts_before(profile, counted, &papers[k]));
		}
		assert_int_equal(place->n_perfect, n_perfect);
		for (int k = 0; k < i; k++)
			assert_true(result->places[k].entry != place->entry);
		int64_t target = result->targets[place->group].value;
		int64_t error = counted->prediction - target;
		assert_int_equal(place->prediction_error,
				 target < 0 || counted->prediction < 0 ? -1
				 : error < 0 ? -error : error);
	}
}

static void test_random_rankings(void **state)
{
	struct arena *arena = arena_new(1 << 22);
	static struct profile profile;
	struct rank_paper papers[PAPERS];

	(void)state;
	random_state = 1;
	for (int round = 0; round < 2000; round++) {
		struct rank_result result, again;
		arena_reset(arena);
		int n = random_papers(papers, arena);
		random_profile(&profile);
		assert_int_equal(rank_people(arena, &profile, papers, n, &result), 0);
		check_people(&profile, &result, papers, n);
		for (int g = 0; g < PROFILE_GROUPS_MAX; g++)
			assert_int_equal(result.targets[g].value,
					 g < 2 ? brute_target(&profile, papers, n, g) : -1);
		if (result.n_places > 0)
			assert_int_equal(result.places[0].place, 1);
		for (int i = 0; i + 1 < result.n_places; i++)
			check_pair(&profile, &result, papers, n, i);
		shuffle(papers, n);
		assert_int_equal(rank_people(arena, &profile, papers, n, &again), 0);
		assert_int_equal(again.n_places, result.n_places);
		for (int i = 0; i < result.n_places; i++)
			assert_memory_equal(&again.places[i], &result.places[i],
					    sizeof(result.places[i]));
	}
	arena_free(arena);
}

/* A strict total order for each way of counting. */
static void test_counting_is_an_order(void **state)
{
	struct profile profile = { .n_groups = 1 };
	struct rank_paper papers[30];

	(void)state;
	random_state = 2;
	for (int i = 0; i < 30; i++)
		papers[i] = (struct rank_paper){
			.paper = i, .attempt = i / 2, .score_points = random_below(2),
			.started_at = random_below(2), .submitted_at = random_below(2),
			.elapsed_ms = random_below(2),
		};
	for (int counting = ATTEMPT_COUNTING_BEST; counting <= ATTEMPT_COUNTING_LAST; counting++) {
		profile.attempt_counting = (enum attempt_counting)counting;
		for (int a = 0; a < 30; a++)
			for (int b = 0; b < 30; b++) {
				bool ab = rank_counts_before(&profile, &papers[a], &papers[b]);
				assert_int_equal(ab + rank_counts_before(&profile, &papers[b],
									 &papers[a]), a != b);
				for (int c = 0; c < 30 && ab; c++)
					if (rank_counts_before(&profile, &papers[b], &papers[c]))
						assert_true(rank_counts_before(&profile, &papers[a],
									       &papers[c]));
			}
	}
}

static struct rank_paper simple_paper(int64_t id, struct text code, int points, int64_t prediction)
{
	return (struct rank_paper){
		.paper = id, .entry = id, .entry_code = code, .attempt = 1, .score_points = points,
		.prediction = prediction, .started_at = 10, .submitted_at = 20, .elapsed_ms = 10,
	};
}

static void test_each_counting(void **state)
{
	struct profile profile = { .attempt_counting = ATTEMPT_COUNTING_BEST };
	struct rank_paper a = simple_paper(1, TEXT("A"), 5, 0), b = a;

	(void)state;
	b.paper = 2;
	assert_true(rank_counts_before(&profile, &a, &b));
	b.attempt = 2;
	a.submitted_at = 21;
	assert_true(rank_counts_before(&profile, &b, &a));
	b.elapsed_ms = 11;
	assert_true(rank_counts_before(&profile, &a, &b));
	b.score_points = 6;
	assert_true(rank_counts_before(&profile, &b, &a));
	profile.attempt_counting = ATTEMPT_COUNTING_LAST;
	assert_true(rank_counts_before(&profile, &a, &b));
	b.started_at = 11;
	assert_true(rank_counts_before(&profile, &b, &a));
	profile.attempt_counting = ATTEMPT_COUNTING_ONLY;
	assert_true(rank_counts_before(&profile, &a, &b));
}

static void check_order(struct profile *profile, struct rank_paper *papers, int n,
			const int64_t *paper_ids, const int *places,
			const enum rank_key *decided_by)
{
	struct arena *arena = arena_new(1 << 16);
	struct rank_result result;

	assert_int_equal(rank_people(arena, profile, papers, n, &result), 0);
	assert_int_equal(result.n_places, n);
	for (int i = 0; i < n; i++) {
		assert_int_equal(result.places[i].paper, paper_ids[i]);
		assert_int_equal(result.places[i].place, places[i]);
		assert_int_equal(result.places[i].decided_by, decided_by[i]);
	}
	arena_free(arena);
}

static void test_shared_places(void **state)
{
	struct profile profile = {
		.n_groups = 1, .attempt_counting = ATTEMPT_COUNTING_BEST,
		.prediction_target = PREDICTION_NONE,
		.rank_keys = { RANK_KEY_SCORE, RANK_KEY_ELAPSED_MS }, .n_rank_keys = 2,
	};
	struct rank_paper papers[] = {
		simple_paper(4, TEXT("D"), 7, -1), simple_paper(2, TEXT("B"), 8, -1),
		simple_paper(3, TEXT("A"), 8, -1), simple_paper(1, TEXT("C"), 9, -1),
	};
	papers[0].elapsed_ms = 5;

	(void)state;
	check_order(&profile, papers, 4, (int64_t[]){ 1, 3, 2, 4 }, (int[]){ 1, 2, 2, 4 },
		    (enum rank_key[]){ RANK_KEY_SCORE, 0, RANK_KEY_SCORE, 0 });
}

static void test_prediction_distances(void **state)
{
	struct profile profile = {
		.n_groups = 1, .attempt_counting = ATTEMPT_COUNTING_BEST,
		.prediction_target = PREDICTION_PARTICIPANTS,
		.prediction_scope = PREDICTION_SCOPE_GROUP_ROUND,
		.prediction_distance = PREDICTION_DISTANCE_ABSOLUTE,
		.rank_keys = { RANK_KEY_PREDICTION_ERROR }, .n_rank_keys = 1,
	};
	/* The target is 4. */
	struct rank_paper papers[] = {
		simple_paper(1, TEXT("A"), 1, 5), simple_paper(2, TEXT("B"), 1, 0),
		simple_paper(3, TEXT("C"), 1, -1), simple_paper(4, TEXT("D"), 1, 9),
	};
	const enum rank_key by = RANK_KEY_PREDICTION_ERROR;

	(void)state;
	check_order(&profile, papers, 4, (int64_t[]){ 1, 2, 4, 3 }, (int[]){ 1, 2, 3, 4 },
		    (enum rank_key[]){ by, by, by, 0 });
	profile.prediction_distance = PREDICTION_DISTANCE_NO_OVERSHOOT;
	check_order(&profile, papers, 4, (int64_t[]){ 2, 1, 4, 3 }, (int[]){ 1, 2, 3, 4 },
		    (enum rank_key[]){ by, by, by, 0 });
	profile.prediction_target = PREDICTION_NONE;
	check_order(&profile, papers, 4, (int64_t[]){ 1, 2, 3, 4 }, (int[]){ 1, 1, 1, 1 },
		    (enum rank_key[]){ 0, 0, 0, 0 });
}

static void test_nobody_and_no_memory(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	struct profile profile = {
		.n_groups = 1, .attempt_counting = ATTEMPT_COUNTING_BEST,
		.prediction_target = PREDICTION_ALL_CORRECT_PEOPLE,
		.prediction_scope = PREDICTION_SCOPE_ROUND,
		.prediction_distance = PREDICTION_DISTANCE_ABSOLUTE,
		.rank_keys = { RANK_KEY_SCORE }, .n_rank_keys = 1,
	};
	struct rank_result result;

	(void)state;
	assert_int_equal(rank_people(arena, &profile, NULL, 0, &result), 0);
	assert_int_equal(result.n_places, 0);
	assert_int_equal(result.targets[0].value, 0);
	arena_fail(arena);
	assert_int_equal(rank_people(arena, &profile, NULL, 0, &result), -1);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_rankings),
		cmocka_unit_test(test_counting_is_an_order),
		cmocka_unit_test(test_each_counting),
		cmocka_unit_test(test_shared_places),
		cmocka_unit_test(test_prediction_distances),
		cmocka_unit_test(test_nobody_and_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
