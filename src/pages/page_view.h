/* What the layout of every page shows. First member of each page's view. */
#ifndef PAGES_PAGE_VIEW_H
#define PAGES_PAGE_VIEW_H

#include "views/html.h"

struct page_view {
	struct text title;
	struct text description;	/* for search engines and link previews */
	struct text contest_title;	/* "" on site-wide pages */
	struct text contest_short;
	struct text organizer;
	struct text contact;
	struct text code;		/* the contest's part of addresses */
	struct text section;		/* the menu's item: "home", "rules", … or "" */
	struct text absolute_url;	/* of this page, "" when the site's address is
					 * not known */
	struct text image_url;		/* absolute, for link previews; "" as above */
	struct text token;		/* of forms; "" on pages that are the same for all */
	struct text other_lang_query;	/* "lang=en" or "lang=vi" */
	bool english;
	bool is_private;		/* belongs to a person: not indexed */
	bool rehearsal;
	bool is_open;			/* papers can be started now */
	bool narrow;			/* a form or paper: one column */
};

/* One mistake of a form. */
struct field_problem {
	struct text field;	/* id of the input */
	struct text text;
};

#define FIELD_PROBLEMS_MAX 8

/* What is wrong with a posted form, on top of its page (views/problems.html); the same
 * stands at the fields. */
struct problem_list {
	struct text title;	/* marked with T */
	struct text what;	/* … and not one field's fault; "" nothing of that kind */
	struct text wait;	/* before the next try: "2 phút"; "" none */
	struct field_problem items[FIELD_PROBLEMS_MAX];
	int n;
};

/* What stands in forms of the door besides their own fields. */
struct door_view {
	bool shared;		/* "máy dùng chung" is ticked */
	struct text trap;	/* always "": the field that nobody sees */
};

#endif
