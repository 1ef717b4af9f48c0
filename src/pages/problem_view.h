/* The pages for what went wrong. Text that is not yet translated is marked T(…)
 * in problem.c. */
#ifndef PAGES_PROBLEM_VIEW_H
#define PAGES_PROBLEM_VIEW_H

#include "pages/page_view.h"

/* A field of the form that could not be taken, to be sent again. */
struct problem_field {
	struct text name;
	struct text value;
	bool is_password;	/* typed again: its value is not kept */
};

struct problem_view {
	struct page_view page;
	struct text title;	/* T("…") */
	struct text what;	/* T("…") */
	struct text advice;	/* T("…") */
	struct url home;
	struct url sign_in;	/* empty: not offered */
	struct url action;	/* where the form goes again; empty: nothing was posted */
	struct problem_field *fields;
	int n_fields;
	bool has_password;
	struct text wait;	/* how long until it may be sent again; "" not told */
	struct text request_id;	/* "" not shown */
	int refresh_s;		/* 0: does not come back by itself */
};

#endif
