#include "rules/unit_rank.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NODES 60

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

static struct profile random_profile(void)
{
	int weight = 50 * random_below(21);

	return (struct profile){
		.n_questions = 1 + random_below(30), .points_per_question = 1 + random_below(3),
		.unit_rate_weight_milli = weight, .unit_mean_score_weight_milli = 1000 - weight,
		.unit_min_rate_percent = 10 * random_below(6),
		.unit_min_headcount = random_below(6),
		.n_blocks = 2,
	};
}

/* Parents stand before children; small numbers, so that ties are common. */
static int random_nodes(const struct profile *profile, struct arena *arena,
			struct unit_node *nodes)
{
	int n = 1 + random_below(NODES);
	int full = profile->n_questions * profile->points_per_question;

	for (int i = 0; i < n; i++) {
		int people = random_below(3) ? random_below(5) : 0;
		int64_t score = 0;
		for (int k = 0; k < people; k++)
			score += random_below(full + 1);
		nodes[i] = (struct unit_node){
			.unit = i, .code = text_format(arena, "U%03d", (i * 71) % 101),
			.parent = random_below(i + 1) - 1, .block = random_below(3) - 1,
			.headcount = random_below(8), .own_people = people,
			.own_score_points = score, .own_perfect = people ? random_below(people) : 0,
		};
	}
	return n;
}

static bool is_below(const struct unit_node *nodes, int node, int ancestor)
{
	while (node >= 0 && node != ancestor)
		node = nodes[node].parent;
	return node == ancestor;
}

static void check_node(const struct profile *profile, const struct unit_node *nodes, int n, int at)
{
	const struct unit_node *node = &nodes[at];
	int64_t people = 0, headcount = 0, score = 0, perfect = 0;
	int64_t full = (int64_t)profile->n_questions * profile->points_per_question;

	for (int i = 0; i < n; i++) {
		if (!is_below(nodes, i, at))
			continue;
		people += nodes[i].own_people;
		headcount += nodes[i].headcount;
		score += nodes[i].own_score_points;
		perfect += nodes[i].own_perfect;
	}
	assert_int_equal(node->people, people);
	assert_int_equal(node->total_headcount, headcount);
	assert_int_equal(node->score_points, score);
	assert_int_equal(node->perfect, perfect);
	assert_int_equal(node->over_full, headcount > 0 && people > headcount);
	int64_t rate = headcount ? (2000000 * people + headcount) / (2 * headcount) : 0;
	rate = rate > 1000000 ? 1000000 : rate;
	int64_t mean = people ? (2000000 * score + people * full) / (2 * people * full) : 0;
	assert_int_equal(node->rate_ppm, rate);
	assert_int_equal(node->mean_ppm, mean);
	int64_t weighted = profile->unit_rate_weight_milli * rate +
			   profile->unit_mean_score_weight_milli * mean;
	assert_int_equal(node->index_ppm, (weighted + 500) / 1000);
}

static bool stronger(const struct unit_node *a, const struct unit_node *b)
{
	if (a->index_ppm != b->index_ppm)
		return a->index_ppm > b->index_ppm;
	if (a->rate_ppm != b->rate_ppm)
		return a->rate_ppm > b->rate_ppm;
	if (a->mean_ppm != b->mean_ppm)
		return a->mean_ppm > b->mean_ppm;
	return a->people > b->people;
}

static void check_place(const struct profile *profile, const struct unit_node *nodes,
			const struct unit_place *places, int n, int at)
{
	const struct unit_place *place = &places[at];
	const struct unit_node *node = &nodes[place->node];
	int headcount = node->total_headcount;
	enum unit_gate gate = headcount == 0 ? UNIT_GATE_NO_HEADCOUNT
		: headcount < profile->unit_min_headcount ? UNIT_GATE_MIN_HEADCOUNT
		: 100 * node->people < profile->unit_min_rate_percent * headcount
		? UNIT_GATE_MIN_RATE : UNIT_GATE_PASSED;
	int better = 0;

	assert_int_equal(place->gate, gate);
	assert_int_equal(place->block, node->block);
	assert_true(node->people > 0);
	for (int i = 0; i < n; i++)
		better += places[i].block == place->block && places[i].gate == UNIT_GATE_PASSED &&
			  stronger(&nodes[places[i].node], node);
	assert_int_equal(place->place, gate == UNIT_GATE_PASSED ? better + 1 : 0);
	if (at == 0)
		return;
	const struct unit_place *before = &places[at - 1];
	const struct unit_node *other = &nodes[before->node];
	assert_true(before->block <= place->block);
	if (before->block != place->block)
		return;
	assert_true(before->gate == UNIT_GATE_PASSED || gate != UNIT_GATE_PASSED);
	if ((before->gate == UNIT_GATE_PASSED) != (gate == UNIT_GATE_PASSED))
		return;
	assert_false(stronger(node, other));
	if (!stronger(other, node))
		assert_true(text_compare(other->code, node->code) < 0);
}

/* The same tree with its nodes in another order, parents still first. */
static void permute(const struct unit_node *nodes, int n, struct unit_node *ret)
{
	int new_index[NODES];
	bool placed[NODES] = { false };

	for (int at = 0; at < n;) {
		int node = random_below(n);
		if (placed[node] || (nodes[node].parent >= 0 && !placed[nodes[node].parent]))
			continue;
		placed[node] = true;
		new_index[node] = at;
		ret[at] = nodes[node];
		if (nodes[node].parent >= 0)
			ret[at].parent = new_index[nodes[node].parent];
		at++;
	}
}

static void test_random_trees(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct unit_node nodes[NODES], others[NODES];

	(void)state;
	random_state = 1;
	for (int round = 0; round < 1500; round++) {
		struct profile profile = random_profile();
		struct unit_place *places, *again;
		int n_places, n_again, n_rows = 0;
		arena_reset(arena);
		int n = random_nodes(&profile, arena, nodes);
		permute(nodes, n, others);
		assert_int_equal(unit_rank(arena, &profile, nodes, n, &places, &n_places), 0);
		for (int i = 0; i < n; i++) {
			check_node(&profile, nodes, n, i);
			n_rows += nodes[i].block >= 0 && nodes[i].people > 0;
		}
		assert_int_equal(n_places, n_rows);
		for (int i = 0; i < n_places; i++)
			check_place(&profile, nodes, places, n_places, i);
		assert_int_equal(unit_rank(arena, &profile, others, n, &again, &n_again), 0);
		assert_int_equal(n_again, n_places);
		for (int i = 0; i < n_places; i++) {
			assert_int_equal(others[again[i].node].unit, nodes[places[i].node].unit);
			assert_int_equal(again[i].place, places[i].place);
			assert_int_equal(again[i].gate, places[i].gate);
		}
	}
	arena_free(arena);
}

static void test_gates_and_rounding(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	struct profile profile = {
		.n_questions = 30, .points_per_question = 1, .unit_rate_weight_milli = 500,
		.unit_mean_score_weight_milli = 500, .unit_min_rate_percent = 50,
		.unit_min_headcount = 5,
	};
	/* E has 49.99998 %, which the rounded rate calls 50 %. */
	struct unit_node nodes[] = {
		{ .code = TEXT("A"), .parent = -1, .headcount = 6, .own_people = 4,
		  .own_score_points = 85 },
		{ .code = TEXT("B"), .parent = -1, .headcount = 0, .own_people = 1,
		  .own_score_points = 30 },
		{ .code = TEXT("C"), .parent = -1, .headcount = 4, .own_people = 4 },
		{ .code = TEXT("D"), .parent = -1, .headcount = 5, .own_people = 7,
		  .own_score_points = 7 * 30 },
		{ .code = TEXT("E"), .parent = -1, .headcount = 10000001, .own_people = 5000000 },
		{ .code = TEXT("F"), .parent = -1, .headcount = 10 },
	};
	static const struct {
		const char *code;
		int place;
		enum unit_gate gate;
	} expected[] = {
		{ "D", 1, UNIT_GATE_PASSED }, { "A", 2, UNIT_GATE_PASSED },
		{ "C", 0, UNIT_GATE_MIN_HEADCOUNT }, { "B", 0, UNIT_GATE_NO_HEADCOUNT },
		{ "E", 0, UNIT_GATE_MIN_RATE },
	};
	struct unit_place *places;
	int n;

	(void)state;
	assert_int_equal(unit_rank(arena, &profile, nodes, ARRAY_LEN(nodes), &places, &n), 0);
	assert_int_equal(n, ARRAY_LEN(expected));
	for (int i = 0; i < n; i++) {
		assert_true(text_equal_z(nodes[places[i].node].code, expected[i].code));
		assert_int_equal(places[i].place, expected[i].place);
		assert_int_equal(places[i].gate, expected[i].gate);
	}
	assert_int_equal(nodes[0].rate_ppm, 666667);
	assert_int_equal(nodes[0].mean_ppm, 708333);
	assert_int_equal(nodes[0].index_ppm, 687500);
	assert_int_equal(nodes[3].rate_ppm, 1000000);
	assert_true(nodes[3].over_full);
	assert_int_equal(nodes[4].rate_ppm, 500000);
	arena_fail(arena);
	assert_int_equal(unit_rank(arena, &profile, nodes, ARRAY_LEN(nodes), &places, &n), -1);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_trees),
		cmocka_unit_test(test_gates_and_rounding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
