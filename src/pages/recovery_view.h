#ifndef PAGES_RECOVERY_VIEW_H
#define PAGES_RECOVERY_VIEW_H

#include "pages/page_view.h"

/* The slip: to be photographed or printed. */
struct slip_view {
	struct page_view page;
	bool is_new;		/* its owner has just registered */
	bool password_changed;	/* it comes after a forgotten password */
	struct text name, unit, group;
	struct text entry_code;
	struct text recovery_code;	/* "12345 67890" */
	struct text made_at;
};

struct forgot_view {
	struct page_view page;
	struct text who;	/* as typed */
	bool failed;		/* phone and code do not go together */
	struct problem_list problems;
	struct text who_problem, code_problem, password_problem;
	struct text doubt;	/* why it is shown once more, as typed; "" it is not */
	struct door_view door;
};

#endif
