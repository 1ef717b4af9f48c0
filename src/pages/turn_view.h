/* The page of who waits for a turn. */
#ifndef PAGES_TURN_VIEW_H
#define PAGES_TURN_VIEW_H

#include "pages/page_view.h"

struct turn_view {
	bool is_start;
	int before;		/* people, at most */
	int ask_again_s;
	struct text left;	/* "3 phút"; "" not known */
	struct url path;	/* where it asks */
};

#endif
