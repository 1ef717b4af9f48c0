/* Guide, questions and answers, news. */
#ifndef PAGES_ARTICLE_VIEW_H
#define PAGES_ARTICLE_VIEW_H

#include "pages/page_view.h"

struct article_view {
	struct page_view page;
	struct text title;	/* "" when the text begins with its own */
	struct text dated;	/* "20/09/2024", "" none */
	struct html_safe html;
	bool is_news;
};

struct news_item {
	struct text slug;
	struct text title;
	struct text summary;
	struct text dated;
};

struct news_list_view {
	struct page_view page;
	struct news_item *items;
	int n_items;
};

#endif
