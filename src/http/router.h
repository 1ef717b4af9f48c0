/* Finding the route of a path.
 *
 * A route's path is literal parts, "{contest}" and "{}". Where two fit, the one
 * with the earlier literal part wins ("/dang-nhap" before "/{contest}"), so the
 * table's order does not matter. Any thread. */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include "pages/route.h"

#define ROUTER_PARTS_MAX 16

struct router_match {
	const struct route *route;	/* NULL when none fits */
	bool get, post;			/* which methods the path has, for Allow */
	struct text contest;		/* code at "{contest}", decoded; "" none */
	struct text part;		/* what stood at "{}", decoded; "" none */
};

/* The path cut at its slashes, each part decoded. */
struct path {
	struct text parts[ROUTER_PARTS_MAX];
	int n;			/* 0 for "/" */
	bool slash_at_end;	/* "/a/": parts without the empty one */
};

/* Reads a path as sent ("/a%20b/c"). Answers 0 done, 1 malformed (bad escape,
 * no UTF-8, a control character or an escaped slash, an empty or dot part), 2
 * too many parts, -1 the arena is full. */
int path_parse(struct arena *arena, struct text raw, struct path *ret) MUST_CHECK;

/* A table cut up once, since every request is held against all of it. */
struct router;

/* `table` stays the caller's and has to outlive it. NULL when memory is out. */
struct router *router_new(const struct route *table, int n) MUST_CHECK;

/* Takes NULL, returns NULL. */
struct router *router_free(struct router *router);

/* Finds the route of `method`. A path with a slash at its end fits no route. */
struct router_match router_find(const struct router *router, enum http_method method,
				const struct path *path);

#endif
