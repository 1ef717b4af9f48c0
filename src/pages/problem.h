/* The pages for what went wrong (page_problem in pages/route.h), the waiting page
 * among them, and what is said of a contest before it is announced: nothing. */
#ifndef PAGES_PROBLEM_H
#define PAGES_PROBLEM_H

#include "pages/page_view.h"
#include "pages/request.h"

/* Whether the contest of the path is not announced yet; then it left a 404. All
 * pages of a contest but its home ask this first. */
bool page_hides_contest(struct request *request);

/* The 429 page: `what` (a T("…")) says of what there was too much, and that it may
 * be sent again in `wait_ms`. All that was posted is kept in it, but passwords. */
void page_too_many(struct request *request, struct text what, int64_t wait_ms);

/* Takes everything about the contest out of a layout's part. */
void page_view_forget_contest(struct page_view *view);

#endif
