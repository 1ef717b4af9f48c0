#ifndef PAGES_PHONE_HELP_VIEW_H
#define PAGES_PHONE_HELP_VIEW_H

#include "pages/page_view.h"

struct phone_help_view {
	struct page_view page;
};

#endif
