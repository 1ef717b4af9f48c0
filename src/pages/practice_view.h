#ifndef PAGES_PRACTICE_VIEW_H
#define PAGES_PRACTICE_VIEW_H

#include "pages/page_view.h"

struct practice_option_view {
	int position;		/* 1 to 4, as posted */
	struct text letter;
	struct html_safe html;
	bool chosen;
	bool right;
};

struct practice_item_view {
	int number;		/* from 1 */
	struct html_safe body;
	struct practice_option_view options[4];
	bool answered;
	bool right;
	struct text key;	/* "B" */
	struct text basis;	/* "" none */
};

struct practice_view {
	struct page_view page;
	struct text seed;
	struct practice_item_view *items;
	int n_items;
	bool done;		/* keys are shown */
	int correct;
	int n_blank;
	bool open;		/* the contest is: there is a real paper to go to */
	bool may_register;
};

#endif
