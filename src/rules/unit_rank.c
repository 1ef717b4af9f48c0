#include "rules/unit_rank.h"

#include <assert.h>

#define MILLION 1000000

/* a ÷ b, rounded half up; neither is negative. */
static int64_t divide_half_up(int64_t a, int64_t b)
{
	assert(a >= 0 && b > 0);
	int64_t whole = a / b;
	int64_t rest = a % b;
	return whole + (rest >= b - rest);
}

static void roll_up(struct unit_node *nodes, int n_nodes)
{
	for (int i = 0; i < n_nodes; i++) {
		struct unit_node *node = &nodes[i];
		assert(node->parent < i);
		node->people = node->own_people;
		node->total_headcount = node->headcount;
		node->score_points = node->own_score_points;
		node->perfect = node->own_perfect;
	}
	/* Children stand after their parent, so each is complete when it is added. */
	for (int i = n_nodes - 1; i >= 0; i--) {
		const struct unit_node *node = &nodes[i];
		if (node->parent < 0)
			continue;
		struct unit_node *parent = &nodes[node->parent];
		parent->people += node->people;
		parent->total_headcount += node->total_headcount;
		parent->score_points += node->score_points;
		parent->perfect += node->perfect;
	}
}

static void compute_index(const struct profile *profile, struct unit_node *node)
{
	int64_t full = (int64_t)profile->n_questions * profile->points_per_question;
	int64_t headcount = node->total_headcount;

	node->over_full = headcount > 0 && node->people > headcount;
	if (headcount == 0)
		node->rate_ppm = 0;
	else if (node->people >= headcount)
		node->rate_ppm = MILLION;
	else
		node->rate_ppm = (int)divide_half_up((int64_t)node->people * MILLION, headcount);
	node->mean_ppm = node->people == 0
		? 0
		: (int)divide_half_up(node->score_points * MILLION, node->people * full);
	node->index_ppm = (int)divide_half_up(
		(int64_t)profile->unit_rate_weight_milli * node->rate_ppm +
		(int64_t)profile->unit_mean_score_weight_milli * node->mean_ppm, 1000);
}

static enum unit_gate find_gate(const struct profile *profile, const struct unit_node *node)
{
	if (node->total_headcount == 0)
		return UNIT_GATE_NO_HEADCOUNT;
	if (node->total_headcount < profile->unit_min_headcount)
		return UNIT_GATE_MIN_HEADCOUNT;
	if ((int64_t)node->people * 100 <
	    (int64_t)profile->unit_min_rate_percent * node->total_headcount)
		return UNIT_GATE_MIN_RATE;
	return UNIT_GATE_PASSED;
}

static int more_first(int a, int b)
{
	return (a < b) - (a > b);
}

static int compare_strength(const struct unit_node *a, const struct unit_node *b)
{
	int by = more_first(a->index_ppm, b->index_ppm);
	by = by ? by : more_first(a->rate_ppm, b->rate_ppm);
	by = by ? by : more_first(a->mean_ppm, b->mean_ppm);
	return by ? by : more_first(a->people, b->people);
}

static int compare_places(const void *left, const void *right, void *ctx)
{
	const struct unit_node *nodes = ctx;
	const struct unit_place *p = left, *q = right;
	const struct unit_node *a = &nodes[p->node], *b = &nodes[q->node];
	int by = more_first(q->block, p->block);

	by = by ? by : more_first(p->gate == UNIT_GATE_PASSED, q->gate == UNIT_GATE_PASSED);
	by = by ? by : compare_strength(a, b);
	by = by ? by : text_compare(a->code, b->code);
	return by ? by : more_first(q->node, p->node);
}

static void settle_places(const struct unit_node *nodes, struct unit_place *places, int n)
{
	int first = 0;	/* of the block */

	for (int i = 0; i < n; i++) {
		struct unit_place *this = &places[i];
		if (i > 0 && places[i - 1].block != this->block)
			first = i;
		if (this->gate != UNIT_GATE_PASSED)
			continue;
		if (i > first && compare_strength(&nodes[places[i - 1].node],
						  &nodes[this->node]) == 0)
			this->place = places[i - 1].place;
		else
			this->place = i - first + 1;
	}
}

int unit_rank(struct arena *arena, const struct profile *profile, struct unit_node *nodes,
	      int n_nodes, struct unit_place **ret_places, int *ret_n)
{
	assert(profile->n_questions > 0 && profile->points_per_question > 0);
	assert(profile->unit_rate_weight_milli >= 0 && profile->unit_mean_score_weight_milli >= 0);
	assert(profile->unit_min_rate_percent >= 0 && profile->unit_min_headcount >= 0);
	int n = 0;

	roll_up(nodes, n_nodes);
	for (int i = 0; i < n_nodes; i++) {
		compute_index(profile, &nodes[i]);
		n += nodes[i].block >= 0 && nodes[i].people > 0;
	}
	struct unit_place *places = arena_array(arena, n > 0 ? (size_t)n : 1, sizeof(*places));
	if (!places)
		return -1;
	for (int i = 0, at = 0; i < n_nodes; i++)
		if (nodes[i].block >= 0 && nodes[i].people > 0)
			places[at++] = (struct unit_place){
				.node = i, .block = nodes[i].block,
				.gate = find_gate(profile, &nodes[i]),
			};
	qsort_r(places, (size_t)n, sizeof(*places), compare_places, nodes);
	settle_places(nodes, places, n);
	*ret_places = places;
	*ret_n = n;
	return 0;
}
