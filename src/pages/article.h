/* GET /{contest}/huong-dan, /hoi-dap, /tin-tuc and /tin-tuc/{}. */
#ifndef PAGES_ARTICLE_H
#define PAGES_ARTICLE_H

#include "pages/article_view.h"
#include "pages/contest.h"
#include "pages/request.h"

void page_guide_show(struct request *request);
void page_faq_show(struct request *request);
void page_news_list_show(struct request *request);
void page_news_show(struct request *request);

/* The news that are out by now, newest first, at most `max`; *ret_next becomes
 * the moment at which the next one comes out, if that is sooner. Returns how many. */
int article_news(const struct request *request, struct news_item *ret, int max, int64_t *ret_next);

#endif
