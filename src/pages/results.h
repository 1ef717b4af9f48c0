/* GET /{contest}/ket-qua[?dot=CODE]: prize places and units of a round, once they
 * are published. Names and units of those who win a prize, of nobody else. */
#ifndef PAGES_RESULTS_H
#define PAGES_RESULTS_H

#include "pages/contest.h"
#include "pages/request.h"
#include "pages/results_view.h"

#include "store_queries.h"

/* People listed of one group: more at one prize place are only counted. */
#define RESULTS_ROWS_MAX 500

/* What was read of a published round. */
struct results_group {
	int64_t id;
	int64_t people;		/* ranked */
	int64_t target;		/* -1 none */
	int last_place;		/* with a prize; 0 there are no prizes */
	struct q_ranking_places *places;
	int n_places;
	int n_more;
};

struct results_page {
	bool wrong_round;
	int round;			/* in the rules in force; -1 none is published */
	const struct publication *publication;	/* NULL: not published */
	const struct rules_in_force *rules;	/* that were ranked by */
	struct results_group groups[PROFILE_GROUPS_MAX];	/* as in `rules` */
	struct q_ranking_units *units;
	int n_units;
};


/* What an enum rank_key says of who stands before the next, as a message id; "" when
 * nothing decided. */
struct text results_decided_text(int64_t key);

int page_results_load(struct request *request, struct db *db);
void page_results_show(struct request *request);

#endif
