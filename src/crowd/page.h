/* What stands in pages of a site: all of them texts that are whole and inflated. */
#ifndef CROWD_PAGE_H
#define CROWD_PAGE_H

#include "crowd/answer.h"

/* It is there to its end. */
bool page_ends_well(struct text page);

/* The page before the start, with its button. */
bool page_may_start(struct text page);

/* The form's token. False when there is none. */
bool page_token(struct text page, struct text *ret);

/* "1-2" of the location "/CODE/bai-thi/1-2". False when it leads elsewhere. */
bool page_paper_part(struct text location, const char *contest, struct text *ret);

/* How many items the paper has; 0 it is none. */
int page_paper_items(struct text page);

/* A paper's page: every question with its four options, the buttons, and the end. */
bool page_paper_is_whole(struct text page, const char *contest, struct text part);

bool page_paper_has_prediction(struct text page);

/* The slip of who has just registered; *ret_code is the mã dự thi. */
bool page_is_slip(struct text page, struct text *ret_code);

/* A page that asks again by itself: in how many seconds, and where ("" at its own
 * address). */
bool page_asks_again(struct text page, int64_t *ret_s, struct text *ret_path);

/* The session that an answer sets. False when it sets none. */
bool answer_session(const struct answer *answer, struct text *ret);

#endif
