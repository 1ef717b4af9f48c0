/* Results, once they are published. */
#ifndef PAGES_RESULTS_VIEW_H
#define PAGES_RESULTS_VIEW_H

#include "pages/page_view.h"

struct prize_row {
	struct text level;	/* "Giải Nhất" */
	int64_t place;
	struct text name;
	struct text unit;
	struct text score;	/* "29/30" */
	struct text prediction;	/* "1.150", "" none */
	struct text error;	/* "50", "" none */
	struct text elapsed;	/* "12:34,567" */
	struct text decided;	/* T("…"): what put it before the next one; "" last */
};

struct prize_group {
	struct text name;
	struct text people;	/* that were ranked */
	struct text target;	/* what predictions were measured against; "" none */
	bool has_prediction;
	struct prize_row *rows;
	int n_rows;
	int n_more;		/* at places with a prize, beyond what is listed */
	bool has_prizes;
};

struct unit_rank_row {
	int64_t place;		/* 0 not ranked */
	struct text name;
	struct text people;
	struct text headcount;
	struct text rate;
	struct text mean;
	struct text index;
	struct text gate;	/* why it is not ranked, "" it is */
	bool over_full;
};

struct unit_rank_block {
	struct text name;
	struct unit_rank_row *rows;
	int n_rows;
	bool has_over_full;
};

struct results_round {
	struct text code;
	struct text name;
	bool is_shown;
	bool is_published;
};

struct results_key {
	struct text text;	/* T("…") */
};

struct results_view {
	struct page_view page;
	bool is_published;	/* this round */
	bool is_late;		/* the hour has come, the results have not */
	bool is_over;		/* no more papers are taken */
	struct text result_at;
	struct text close_at;
	struct results_round *rounds;	/* when there are several */
	int n_rounds;
	struct text round;	/* name; "" the only one */
	struct text decision_no;
	struct text decision_date;
	struct prize_group *groups;
	int n_groups;
	struct unit_rank_block *blocks;
	int n_blocks;
	struct results_key keys[8];
	int n_keys;
	struct text rate_weight, mean_weight;	/* "0,5" */
	int64_t rules_version;
};

#endif
