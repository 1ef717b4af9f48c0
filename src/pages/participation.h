/* Participation rolled up the tree of units, and its tables. */
#ifndef PAGES_PARTICIPATION_H
#define PAGES_PARTICIPATION_H

#include "pages/contest.h"
#include "pages/request.h"
#include "pages/units_view.h"

/* People and papers of those who chose this very unit. */
struct participation_count {
	int64_t unit;		/* id */
	int64_t people;
	int64_t papers;
};

struct participation_node {
	int64_t own_people, own_papers;
	int64_t people, papers, headcount;	/* with all below */
};

struct participation {
	struct participation_node *nodes;	/* as contest->units */
	int n_chosen_units;	/* agencies that somebody chose */
};

/* Nodes are zero when memory is out. Units that the contest does not have any more
 * are left out. */
struct participation participation_sum(struct arena *arena, const struct contest *contest,
				       const struct participation_count *counts, int n);

struct participation_shower {
	const struct request *request;
	const struct participation *sums;
	struct text base;	/* path of this page, for links that drill down */
};

/* Tables of the whole: a block each, units outside of blocks, places. Nothing
 * that nobody chose stands in one. */
void participation_show_all(struct participation_shower *shower, struct units_view *v);

/* What is right below a unit, and those who chose it itself. */
void participation_show_unit(struct participation_shower *shower, int unit, struct units_view *v);

#endif
