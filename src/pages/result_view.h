/* After submitting: the result of one paper, and the paper that says one took
 * part. */
#ifndef PAGES_RESULT_VIEW_H
#define PAGES_RESULT_VIEW_H

#include "pages/page_view.h"

struct result_view {
	struct page_view page;
	struct text part;
	struct text name;
	struct text unit;
	struct text entry_code;
	struct text round;
	int attempt;
	bool shows_score;
	int correct;
	int n_questions;
	int points;
	bool shows_points;	/* points are not simply one a question */
	struct text elapsed;	/* "12:34" */
	bool by_clock;		/* time was over */
	struct text submitted_at;
	struct text receipt;	/* "" until the clock has submitted it */
	struct text prediction;	/* "1.200", "" none */
	bool has_prediction;
	bool annulled;
	struct text counts;	/* "Lượt 1 (28 câu đúng) đang được tính …", "" */
	bool this_counts;
	int left;		/* attempts left; -1 unlimited */
	bool may_start;
};

#endif
