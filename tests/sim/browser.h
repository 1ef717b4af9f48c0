/* What a browser does for a contestant: keeps cookies, follows where it is led, reads
 * forms and posts them. */
#ifndef TESTS_SIM_BROWSER_H
#define TESTS_SIM_BROWSER_H

#include "world.h"

#define BROWSER_COOKIE_BYTES 256

struct browser {
	char cookie[BROWSER_COOKIE_BYTES];	/* "hoithi=…", "" none */
	uint32_t address;
};

/* What came of a request. Texts live in `arena`, which the caller gave. */
struct page {
	struct arena *arena;
	int status;		/* 0: no answer came */
	struct text location, body;
	bool done;
};

/* Takes the cookie of an answer into the jar. */
void browser_take_cookie(struct browser *browser, const struct world_answer *answer);

/* Asks and lets the world step until the answer is there. `form` NULL is a GET. */
struct page browser_ask(struct world *w, struct browser *browser, struct arena *arena,
			struct text target, const struct text *form);

/* The same, and goes where a 303 leads. */
struct page browser_go(struct world *w, struct browser *browser, struct arena *arena,
		       struct text target, const struct text *form);

/* The value of the page's first field of that name, as it stands in the HTML; "" none.
 * Those that are read here hold nothing that HTML would escape. */
struct text page_field(struct text html, const char *name);

/* Adds "name=value" to a form, encoded. */
void form_add(struct buf *form, const char *name, struct text value);

#endif
