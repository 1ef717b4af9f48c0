#include "http/router.h"

#include "http/form.h"

#include <assert.h>

static bool part_is_good(struct text part)
{
	if (part.len == 0 || text_equal_z(part, ".") || text_equal_z(part, ".."))
		return false;
	for (size_t i = 0; i < part.len; i++) {
		unsigned char c = (unsigned char)part.ptr[i];
		if (c < ' ' || c == 0x7f || c == '/')
			return false;
	}
	return true;
}

int path_parse(struct arena *arena, struct text raw, struct path *ret)
{
	struct path path = { .n = 0 };
	struct text rest = raw;

	if (raw.len == 0 || raw.ptr[0] != '/')
		return 1;
	rest = text_part(raw, 1, raw.len);
	while (rest.ptr) {
		struct text part = text_cut(&rest, '/');
		if (part.len == 0 && !rest.ptr) {
			path.slash_at_end = path.n > 0;
			break;
		}
		if (path.n == ROUTER_PARTS_MAX)
			return 2;
		int result = percent_decode(arena, part, false, &path.parts[path.n]);
		if (result)
			return result;
		if (!part_is_good(path.parts[path.n++]))
			return 1;
	}
	*ret = path;
	return 0;
}

enum part_kind {
	PART_LITERAL,
	PART_CONTEST,
	PART_FREE,
};

/* A route's path, cut at its slashes. */
struct pattern {
	const struct route *route;
	int n;
	enum part_kind kinds[ROUTER_PARTS_MAX];
	struct text parts[ROUTER_PARTS_MAX];
	/* A bit for each literal part, the highest for the first, so that of two
	 * routes that fit the greater one is the more exact. */
	unsigned literal;
};

struct router {
	int n;
	struct pattern patterns[];
};

static enum part_kind part_kind(struct text pattern)
{
	if (text_equal_z(pattern, "{contest}"))
		return PART_CONTEST;
	return text_equal_z(pattern, "{}") ? PART_FREE : PART_LITERAL;
}

static void cut_pattern(struct pattern *pattern, const struct route *route)
{
	struct text rest = text_from_z(route->path + 1);

	pattern->route = route;
	while (rest.ptr && (rest.len || pattern->n)) {
		int at = pattern->n++;
		assert(at < ROUTER_PARTS_MAX);
		pattern->parts[at] = text_cut(&rest, '/');
		pattern->kinds[at] = part_kind(pattern->parts[at]);
		if (pattern->kinds[at] == PART_LITERAL)
			pattern->literal |= 1u << (ROUTER_PARTS_MAX - at);
	}
}

struct router *router_new(const struct route *table, int n)
{
	struct router *router = mem_new(sizeof(*router) + (size_t)n * sizeof(router->patterns[0]));

	if (!router)
		return NULL;
	router->n = n;
	for (int i = 0; i < n; i++)
		cut_pattern(&router->patterns[i], &table[i]);
	return router;
}

struct router *router_free(struct router *router)
{
	return mem_free(router);
}

static bool pattern_fits(const struct pattern *pattern, const struct path *path)
{
	if (pattern->n != path->n)
		return false;
	for (int i = pattern->n - 1; i >= 0; i--)
		if (pattern->kinds[i] == PART_LITERAL &&
		    !text_equal(pattern->parts[i], path->parts[i]))
			return false;
	return true;
}

static void take_parts(const struct pattern *pattern, const struct path *path,
		       struct router_match *match)
{
	match->route = pattern->route;
	match->contest = match->part = TEXT_EMPTY;
	for (int i = 0; i < pattern->n; i++) {
		if (pattern->kinds[i] == PART_CONTEST)
			match->contest = path->parts[i];
		else if (pattern->kinds[i] == PART_FREE)
			match->part = path->parts[i];
	}
}

struct router_match router_find(const struct router *router, enum http_method method,
				const struct path *path)
{
	struct router_match best = { .contest = TEXT_EMPTY, .part = TEXT_EMPTY };
	unsigned best_literal = 0;

	if (path->slash_at_end)
		return best;
	for (int i = 0; i < router->n; i++) {
		const struct pattern *pattern = &router->patterns[i];
		if (!pattern_fits(pattern, path))
			continue;
		best.get |= pattern->route->method == METHOD_GET;
		best.post |= pattern->route->method == METHOD_POST;
		if (pattern->route->method != method ||
		    (best.route && pattern->literal <= best_literal))
			continue;
		take_parts(pattern, path, &best);
		best_literal = pattern->literal;
	}
	return best;
}
