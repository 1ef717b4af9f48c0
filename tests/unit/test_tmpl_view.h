/* The views of test_tmpl_page.html and its parts. */
#ifndef TESTS_TEST_TMPL_VIEW_H
#define TESTS_TEST_TMPL_VIEW_H

#include "views/html.h"

struct test_frame {
	struct text title;
};

struct test_row {
	struct text name;
	struct url url;
	int number;
};

struct test_view {
	struct test_frame page;
	struct text any;
	const struct test_row *rows;
	size_t n_rows;
	int64_t number;
	bool on;
	struct html_safe safe;
};

#endif
