/* The pages for what went wrong (page_problem in pages/route.h), the waiting page
 * among them, and what is said of a contest before it is announced: nothing. */
#ifndef PAGES_PROBLEM_H
#define PAGES_PROBLEM_H

#include "pages/page_view.h"
#include "pages/request.h"

/* Whether the contest of the path is not announced yet; then it left a 404. All
 * pages of a contest but its home ask this first. */
bool page_hides_contest(struct request *request);

/* Takes everything about the contest out of a layout's part. */
void page_view_forget_contest(struct page_view *view);

#endif
