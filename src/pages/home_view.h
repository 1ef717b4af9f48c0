/* The home page of a contest, by phase. */
#ifndef PAGES_HOME_VIEW_H
#define PAGES_HOME_VIEW_H

#include "pages/article_view.h"

struct home_round {
	struct text name;
	struct text open_at;
	struct text close_at;
	struct text state;	/* T("…") */
	struct text code;
	bool is_open;
	bool has_results;
};

struct home_group {
	struct text name;
	struct text who;
};

struct home_basis {
	struct text title;
	struct text number;	/* "số 254/KH-UBND ngày 20/08/2024", parts may be missing */
	struct text issuer;
};

struct home_view {
	struct page_view page;
	bool is_before;		/* nothing is public: all below is empty */
	bool is_announced;
	bool is_open;
	bool is_closed;
	bool is_published;
	struct text state;	/* T("…") */
	struct text theme;
	struct text slogan;

	/* what comes next; "" nothing */
	struct text next;	/* "Khai mạc lúc 08:00 ngày 20/09/2024" */
	struct text next_iso;
	bool opens_next;	/* that is an opening, else a close */
	int64_t now_ms;		/* contest clock, when the page was made */
	int64_t shift_ms;	/* contest clock minus machine clock */

	bool may_enter;		/* a round is open and its rules are complete */
	bool rules_missing;	/* … are not complete */
	bool is_late;		/* the hour of results has come, the results have not */
	bool has_practice;
	bool is_pending;	/* the rules are still to be decided in part */
	struct text launch_at, open_at, close_at, result_at;
	struct text decision_no;	/* of the latest publication */
	struct text decision_date;

	bool has_snapshot;
	struct text people, papers, units;
	struct text as_of;

	struct home_round *rounds;	/* when there are several */
	int n_rounds;
	struct home_group *groups;
	int n_groups;
	struct home_basis *bases;
	int n_bases;
	struct news_item *news;
	int n_news;
	bool has_guide;
	bool has_faq;
};

#endif
