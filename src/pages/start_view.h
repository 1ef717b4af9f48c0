/* The page before a paper begins. */
#ifndef PAGES_START_VIEW_H
#define PAGES_START_VIEW_H

#include "pages/page_view.h"

struct start_view {
	struct page_view page;
	struct text name;
	struct text unit;
	struct text round;
	bool may_start;
	bool may_go_on;
	struct text open_path;		/* part of the open paper: "1-2" */
	struct text refusal;		/* why neither, "" otherwise */
	int n_questions;
	int minutes;
	int number;			/* of the attempt that would begin */
	int left;			/* attempts left, this one included; -1 unlimited */
	struct text ends_at;		/* "09:41 ngày …": when a paper begun now ends */
	struct text open_ends_at;	/* of the paper to go on with */
	bool cut;			/* an open paper ends with the round */
	struct text round_closes_at;
	bool has_prediction;
	bool shows_score;		/* right after submitting */
	struct text next_round_at;	/* "" none */

	/* before the opening: the button is in the page already */
	bool waits;
	bool too_early;			/* it was pressed */
	struct text opens_at;
	int64_t wait_ms;		/* by the server's clock, when the page was made */
	struct text wait;		/* "2 giờ 5 phút" */
	bool shows_terms;		/* of the attempt that may begin, now or then */
};

#endif
