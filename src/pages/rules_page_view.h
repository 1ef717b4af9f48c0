/* The thể lệ. */
#ifndef PAGES_RULES_PAGE_VIEW_H
#define PAGES_RULES_PAGE_VIEW_H

#include "pages/page_view.h"

struct rules_version_row {
	int64_t version;
	struct text decision;	/* "70/QĐ-BTC", "" none yet */
	struct text from;	/* "08:00 ngày 20/09/2024" */
	bool is_shown;
	bool is_in_force;
	bool is_to_come;
};

struct rules_page_view {
	struct page_view page;
	struct html_safe html;	/* Vietnamese; begins with an h1 */
	int64_t version;
	struct text decision_no;
	struct text decision_date;
	struct text from;
	bool is_in_force;
	bool is_to_come;
	bool is_pending;	/* some values are not decided */
	struct rules_version_row *versions;	/* newest first */
	int n_versions;
};

#endif
