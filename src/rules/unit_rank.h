/* Ranking units by block.
 *
 * All in whole numbers, so that every machine and program agrees. In millionths
 * (ppm), each rounded half up:
 *   rate  = min(people ÷ headcount, 1), 0 without a headcount
 *   mean  = sum of scores ÷ (people · full score)
 *   index = (rate_weight · rate + mean_score_weight · mean) ÷ 1000, of the
 *           rounded rate and mean
 * People are those of groups that choose a unit, with a counted paper, each
 * once: at the node they chose and at each of its ancestors. A node's headcount
 * is its own plus that of all below it. */
#ifndef RULES_UNIT_RANK_H
#define RULES_UNIT_RANK_H

#include "rules/profile.h"

struct unit_node {
	int64_t unit;		/* id */
	struct text code;	/* settles the order of equals in lists */
	int parent;		/* index of a node that stands before this one; -1 root */
	int block;		/* number in the profile; -1 not ranked */
	int headcount;		/* its own, without those below */

	/* filled by the caller: counted people who chose this very node */
	int own_people;
	int64_t own_score_points;
	int own_perfect;

	/* filled by unit_rank: with all below */
	int people;
	int total_headcount;
	int64_t score_points;
	int perfect;
	bool over_full;		/* more people than headcount: rate was capped */
	int rate_ppm;
	int mean_ppm;
	int index_ppm;
};

/* The first gate that a unit does not pass, in this order. */
enum unit_gate {
	UNIT_GATE_PASSED,
	UNIT_GATE_NO_HEADCOUNT,
	UNIT_GATE_MIN_HEADCOUNT,
	UNIT_GATE_MIN_RATE,	/* of the exact rate, not the rounded one */
};

struct unit_place {
	int node;		/* index into the nodes */
	int block;
	int place;		/* from 1, shared by equals; 0 when a gate stopped it */
	enum unit_gate gate;
};

/* Rolls up and ranks. Order: block, ranked before not ranked, index, rate, mean,
 * people (each more first), code; those equal in the four numbers share a place,
 * and the next is skipped as often: 1 2 2 4. No rule value of the profile is
 * undecided. `*ret_places` (in `arena`) has a row for each
 * node of a block with at least one counted person. 0 done, -1 memory is out. */
int unit_rank(struct arena *arena, const struct profile *profile, struct unit_node *nodes,
	      int n_nodes, struct unit_place **ret_places, int *ret_n) MUST_CHECK;

#endif
