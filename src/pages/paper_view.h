/* The paper while it is sat. */
#ifndef PAGES_PAPER_VIEW_H
#define PAGES_PAPER_VIEW_H

#include "pages/page_view.h"

struct paper_option_view {
	int position;		/* 1 to 4, as posted */
	struct text letter;	/* "A" to "D" */
	struct html_safe html;
	bool chosen;
};

struct paper_item_view {
	int number;		/* from 1 */
	struct html_safe body;
	struct paper_option_view options[4];
	bool answered;
	bool flagged;
};

struct paper_view {
	struct page_view page;
	struct text part;		/* "1-2": the paper's part of addresses */
	struct text round;		/* its name, "" when there is only one */
	int attempt;
	struct paper_item_view *items;
	int n_items;
	int n_answered;
	int64_t left_ms;		/* from the server's clock */
	struct text left;		/* "29:58" */
	struct text ends_at;		/* "09:41 ngày 20/09/2024" */
	struct text saved_at;		/* "09:41:07", "" never */
	bool just_saved;
	bool here;			/* this device holds the paper */

	/* what the form was made from */
	struct text answers;
	struct text flags;
	int64_t prediction_stored;	/* PREDICTION_MISSING none */
	int64_t revision;
	struct text save_no;		/* random, for this form's next save */

	bool has_prediction;
	struct html_safe prediction_question;
	struct text prediction;		/* as it stands in the input */
	struct text prediction_read;	/* "1.200", "" none */
	struct text prediction_problem;
};

/* "Còn 3 câu chưa trả lời: Nộp bài / Làm tiếp". */
struct submit_view {
	struct page_view page;
	struct text part;
	int n_blank;
	int first_blank;		/* number of the first, 0 none */
	bool prediction_missing;
	struct text left;
	struct text ends_at;
};

#endif
