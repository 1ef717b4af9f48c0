#include "http/router.h"

#include "http/form.h"

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

static enum part_kind part_kind(struct text pattern)
{
	if (text_equal_z(pattern, "{contest}"))
		return PART_CONTEST;
	return text_equal_z(pattern, "{}") ? PART_FREE : PART_LITERAL;
}

/* Whether the pattern fits; *ret_literal has a bit for each literal part, the
 * highest for the first, so that the greater one is the more exact. */
static bool route_fits(const char *pattern_z, const struct path *path, unsigned *ret_literal,
		       struct router_match *match)
{
	struct text rest = text_from_z(pattern_z + 1);
	unsigned literal = 0;
	int at = 0;

	if (rest.len == 0)
		rest.ptr = NULL;
	for (; rest.ptr; at++) {
		struct text pattern = text_cut(&rest, '/');
		if (at == path->n)
			return false;
		switch (part_kind(pattern)) {
		case PART_CONTEST:
			match->contest = path->parts[at];
			break;
		case PART_FREE:
			match->part = path->parts[at];
			break;
		case PART_LITERAL:
			if (!text_equal(pattern, path->parts[at]))
				return false;
			literal |= 1u << (ROUTER_PARTS_MAX - at);
			break;
		}
	}
	*ret_literal = literal;
	return at == path->n;
}

struct router_match router_find(const struct route *table, int n, enum http_method method,
				const struct path *path)
{
	struct router_match best = { .contest = TEXT_EMPTY, .part = TEXT_EMPTY };
	unsigned best_literal = 0;

	if (path->slash_at_end)
		return best;
	for (int i = 0; i < n; i++) {
		struct router_match match = { .contest = TEXT_EMPTY, .part = TEXT_EMPTY };
		unsigned literal;
		if (!route_fits(table[i].path, path, &literal, &match))
			continue;
		best.get |= table[i].method == METHOD_GET;
		best.post |= table[i].method == METHOD_POST;
		if (table[i].method != method || (best.route && literal <= best_literal))
			continue;
		best.route = &table[i];
		best.contest = match.contest;
		best.part = match.part;
		best_literal = literal;
	}
	return best;
}
