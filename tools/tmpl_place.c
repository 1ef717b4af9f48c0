#include "tools/tmpl_inner.h"

static bool same_elements(const struct place *a, const struct place *b)
{
	if (a->n_open != b->n_open)
		return false;
	for (size_t i = 0; i < a->n_open; i++)
		if (!text_equal(a->open[i], b->open[i]))
			return false;
	return true;
}

static bool is_in_tag(const struct place *place)
{
	return place->kind == PLACE_TAG || place->kind == PLACE_VALUE;
}

static bool same_tag(const struct place *a, const struct place *b)
{
	if (!is_in_tag(a))
		return true;
	/* A tag begun in one branch and another of its name begun in the
	 * other are not the same tag: its attributes would get mixed up. */
	return text_equal(a->tag, b->tag) && a->tag.ptr == b->tag.ptr;
}

static bool same_value(const struct place *a, const struct place *b)
{
	if (a->kind != PLACE_VALUE)
		return true;
	return a->quote == b->quote && a->attr_kind == b->attr_kind &&
	       a->attrs[a->n_attrs - 1].name.ptr == b->attrs[b->n_attrs - 1].name.ptr;
}

static bool is_past_start(enum url_pos url)
{
	return (url >= URL_SLASH && url <= URL_FRAGMENT) || url == URL_WHOLE || url == URL_ENDED;
}

static bool merge_url(struct place *into, const struct place *other)
{
	if (into->kind != PLACE_VALUE)
		return true;
	if (into->url == other->url)
		return into->scheme_len == other->scheme_len &&
		       memcmp(into->scheme, other->scheme, sizeof(into->scheme)) == 0;
	if (!is_past_start(into->url) || !is_past_start(other->url))
		return false;
	into->url = URL_ENDED;
	return true;
}

static const struct attr *find_attr(const struct place *place, struct text name)
{
	for (size_t i = 0; i < place->n_attrs; i++)
		if (text_equal(place->attrs[i].name, name))
			return &place->attrs[i];
	return NULL;
}

/* What stands in one branch only does not always stand there. */
static void merge_attrs(struct place *into, const struct place *other)
{
	for (size_t i = 0; i < into->n_attrs; i++) {
		const struct attr *same = find_attr(other, into->attrs[i].name);
		if (!same || !same->always)
			into->attrs[i].always = false;
		/* Values that differ are no fixed text to compare with. */
		if (same && !text_equal(same->value, into->attrs[i].value))
			into->attrs[i].value = TEXT("{{if}}");
	}
	for (size_t i = 0; i < other->n_attrs; i++) {
		if (find_attr(into, other->attrs[i].name) || into->n_attrs == MAX_ATTRS)
			continue;
		struct attr *added = &into->attrs[into->n_attrs++];
		*added = other->attrs[i];
		added->always = false;
	}
}

/* Joins the ends of two branches; false when they are not the same place. */
bool place_merge(struct place *into, const struct place *other)
{
	if (into->kind != other->kind || !same_elements(into, other) ||
	    !same_tag(into, other) || !same_value(into, other) || !merge_url(into, other))
		return false;
	into->at_edge = into->at_edge && other->at_edge;
	if (into->kind == PLACE_TAG) {
		merge_attrs(into, other);
		into->spaced = into->spaced && other->spaced;
	}
	return true;
}

struct text place_describe(struct arena *arena, const struct place *place)
{
	struct text name = place->n_open ? place->open[place->n_open - 1] : TEXT_EMPTY;

	if (place->kind == PLACE_VALUE)
		return text_format(arena, "in the value of %.*s",
				   TEXT_ARGS(place->attrs[place->n_attrs - 1].name));
	if (place->kind == PLACE_TAG)
		return text_format(arena, "in the tag <%.*s", TEXT_ARGS(place->tag));
	if (!name.len)
		return TEXT("outside all elements");
	return text_format(arena, "in <%.*s> of line %d", TEXT_ARGS(name),
			   place->open_line[place->n_open - 1]);
}
