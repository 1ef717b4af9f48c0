/* A correction that needs another consent. */
#ifndef PAGES_CORRECT_VIEW_H
#define PAGES_CORRECT_VIEW_H

#include "pages/consent_view.h"

struct correct_view {
	struct page_view page;
	struct text name, birth;	/* as read, shown and carried on */
	struct consent_view consent;
	struct problem_list problems;
};

#endif
