/* The route table: every address of the site, who may use it and what it asks
 * for. docs/pages.md is held against it by a test. */
#ifndef PAGES_ROUTE_H
#define PAGES_ROUTE_H

#include "pages/request.h"

enum audience {
	AUDIENCE_EVERYONE,
	AUDIENCE_CONTESTANT,	/* signed in; others are led to sign in */
};

/* What gives way first when the machine is full: the higher number. */
enum route_class {
	ROUTE_SAVE,		/* save and submit; signing out */
	ROUTE_START,
	ROUTE_DOOR,		/* register, sign in */
	ROUTE_OTHER,
};

struct route {
	enum http_method method;
	const char *path;	/* "/{contest}/vao-thi"; "{}" one free part */
	const char *name;	/* for logs and metrics */
	enum audience audience;
	enum route_class class;
	bool needs_token;	/* every POST but none of the GETs */

	/* Reads; NULL when there is nothing to read, or nothing yet (request_read).
	 * Answers as store results: negative the store failed, else show runs. */
	int (*load)(struct request *request, struct db *db);

	/* Leaves a reply, or goes to sleep with request_write or request_hash. */
	request_fn *show;

	/* The names of the form's fields, space-separated ("" for none): what
	 * docs/pages.md lists; others are refused with 400. A name that ends in
	 * "*" stands for all that begin so. */
	const char *fields;
};

extern const struct route routes[];
extern const int n_routes;

/* A page for what went wrong: 400, 403, 404, 405, 413, 414, 429, 503 … */
void page_problem(struct request *request, int status);

/* For who waits for a turn (http/waiting.h): says how many are before, and asks again by
 * itself. 202: what was posted is kept. */
struct route_turn {
	bool is_start;		/* waits to start a paper; else at the door */
	int before;		/* people, at most */
	int ask_again_s;
	int left_s;		/* until the turn comes, about; -1 not known */
	struct text path;	/* where the page asks */
};

void page_turn(struct request *request, const struct route_turn *turn);

#endif
