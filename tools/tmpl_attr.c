#include "tools/tmpl_inner.h"

#define REFRESH_ADDRESS "url="

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_attr_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == ':' || c == '.';
}

const struct attr *attr_find(const struct place *place, const char *name)
{
	for (size_t i = 0; i < place->n_attrs; i++)
		if (text_equal_z(place->attrs[i].name, name))
			return &place->attrs[i];
	return NULL;
}

/* The kind of an attribute where it stands: with http-equiv before it, content
 * is an instruction to the browser, a number of seconds and perhaps an address. */
static enum attr_kind kind_of(const struct place *place, struct text name)
{
	if (text_equal_z(place->tag, "meta") && text_equal_z(name, "content") &&
	    attr_find(place, "http-equiv"))
		return ATTR_NUMBER;
	return name_attr_kind(place->tag, name);
}

static void check_attr(struct unit *unit, struct text name, int line)
{
	struct place *place = &unit->place;
	const struct attr *content = attr_find(place, "content");

	place->attr_kind = kind_of(place, name);
	if (place->attr_kind == ATTR_FORBIDDEN)
		unit_error(unit, line, "the attribute %.*s is refused: put %s", TEXT_ARGS(name),
			   text_equal_z(name, "style") ? "a class here and the style into assets/" :
			   "the script into assets/ and data-* here");
	if (attr_find(place, text_z(unit->arena, name)))
		unit_error(unit, line, "the attribute %.*s stands here twice", TEXT_ARGS(name));
	if (text_equal_z(name, "http-equiv") && content)
		unit_error(unit, line, "http-equiv has to stand before content");
}

/* Notes the attribute whose name has been read. */
static void add_attr(struct unit *unit, struct text name, bool always, int line)
{
	struct place *place = &unit->place;

	if (!place->spaced)
		unit_error(unit, line, "white space is missing before %.*s", TEXT_ARGS(name));
	check_attr(unit, name, line);
	if (place->n_attrs == MAX_ATTRS) {
		unit_error(unit, line, "a tag has more than %d attributes", MAX_ATTRS);
		unit->has_failed = true;
		return;
	}
	place->attrs[place->n_attrs++] = (struct attr){ name, TEXT_EMPTY, always };
	place->spaced = false;
}

void attr_add_flag(struct unit *unit, struct text name, int line)
{
	add_attr(unit, name, false, line);
	if (unit->place.attr_kind != ATTR_PLAIN)
		unit_error(unit, line, "%.*s is not an attribute without a value",
			   TEXT_ARGS(name));
}

static void begin_value(struct unit *unit, struct text name, size_t end)
{
	struct text rest = html_rest(unit, end);
	struct place *place = &unit->place;

	if (rest.len < 2 || (rest.ptr[1] != '"' && rest.ptr[1] != '\'')) {
		unit_error(unit, unit->line, "an unquoted attribute: write %.*s=\"…\"",
			   TEXT_ARGS(name));
		unit->has_failed = true;
		return;
	}
	place->kind = PLACE_VALUE;
	place->quote = rest.ptr[1];
	place->url = URL_START;
	place->scheme_len = 0;
	memset(place->scheme, 0, sizeof(place->scheme));
	buf_text(&unit->fixed, text_part(rest, 0, 2));
	unit_advance(unit, 2);
	unit->value_start = unit->at;
}

static void attr_name(struct unit *unit, size_t end)
{
	struct text rest = html_rest(unit, end);
	size_t len = 0;
	char *lower;

	while (len < rest.len && is_attr_char(rest.ptr[len]))
		len++;
	if (len == 0) {
		unit_error(unit, unit->line, "'%c' cannot stand in a tag", rest.ptr[0]);
		unit->has_failed = true;
		return;
	}
	lower = arena_alloc(unit->arena, len);
	if (!lower)
		return;
	for (size_t i = 0; i < len; i++)
		lower[i] = (char)(rest.ptr[i] >= 'A' && rest.ptr[i] <= 'Z' ? rest.ptr[i] | 0x20 :
				  rest.ptr[i]);
	struct text name = text_from_bytes(lower, len);
	add_attr(unit, name, true, unit->line);
	buf_char(&unit->fixed, ' ');
	buf_text(&unit->fixed, text_part(rest, 0, len));
	unit_advance(unit, len);
	if (unit->at < end && unit->source.ptr[unit->at] == '=' && !unit->has_failed)
		begin_value(unit, name, end);
}

static void finish_tag(struct unit *unit, bool slash)
{
	struct place *place = &unit->place;
	bool in_svg = html_in(place, "svg") || text_equal_z(place->tag, "svg");

	unit_advance(unit, slash ? 2 : 1);
	if (slash && !in_svg && !name_is_void(place->tag))
		unit_error(unit, unit->line, "<%.*s/>: write <%.*s></%.*s>", TEXT_ARGS(place->tag),
			   TEXT_ARGS(place->tag), TEXT_ARGS(place->tag));
	buf_z(&unit->fixed, slash && in_svg ? "/>" : ">");
	lint_tag(unit);
	html_element_opened(unit, slash && in_svg);
}

static void tag_space(struct unit *unit, size_t end)
{
	struct text rest = html_rest(unit, end);
	size_t len = 0;

	while (len < rest.len && is_space(rest.ptr[len]))
		len++;
	/* One is written before each attribute. */
	unit->place.spaced = true;
	unit_advance(unit, len);
}

void attr_feed_tag(struct unit *unit, size_t end)
{
	struct text rest = html_rest(unit, end);

	if (is_space(rest.ptr[0]))
		tag_space(unit, end);
	else if (rest.ptr[0] == '>')
		finish_tag(unit, false);
	else if (text_starts_with(rest, TEXT("/>")))
		finish_tag(unit, true);
	else
		attr_name(unit, end);
}

static void note_value(struct unit *unit, const struct attr *attr)
{
	if (text_equal_z(attr->name, "id"))
		unit_note(unit, NOTE_ID, unit->line, attr->value);
	else if (text_equal_z(attr->name, "for") && text_equal_z(unit->place.tag, "label"))
		unit_note(unit, NOTE_LABEL, unit->line, attr->value);
}

static void end_value(struct unit *unit)
{
	struct place *place = &unit->place;
	const char *wrong = place->attr_kind == ATTR_URL ? url_end(place) : NULL;

	if (wrong)
		unit_error(unit, unit->line, "%s", wrong);
	place->attrs[place->n_attrs - 1].value =
		text_part(unit->source, unit->value_start, unit->at - unit->value_start);
	note_value(unit, &place->attrs[place->n_attrs - 1]);
	place->kind = PLACE_TAG;
	place->spaced = false;
	buf_char(&unit->fixed, place->quote);
	unit_advance(unit, 1);
}

/* An address, one character or reference at a time. */
static void url_char(struct unit *unit, size_t end)
{
	char c = unit->source.ptr[unit->at];
	const char *wrong = url_feed(&unit->place, c);

	if (wrong) {
		unit_error(unit, unit->line, "%s", wrong);
		unit->has_failed = true;
	} else if (c == '&' && !text_starts_with(html_rest(unit, end), TEXT("&amp;"))) {
		unit_error(unit, unit->line, "in an address only the reference &amp; is known");
		unit->has_failed = true;
	} else if (c == '&') {
		(void)html_reference(unit, end);
	} else {
		buf_char(&unit->fixed, c);
		unit_advance(unit, 1);
	}
}

/* "5; url=" of a refresh. */
static bool address_begins(struct unit *unit, size_t end)
{
	if (unit->place.attr_kind != ATTR_NUMBER ||
	    !text_starts_with(html_rest(unit, end), TEXT(REFRESH_ADDRESS)))
		return false;
	unit->place.attr_kind = ATTR_URL;
	buf_z(&unit->fixed, REFRESH_ADDRESS);
	unit_advance(unit, sizeof(REFRESH_ADDRESS) - 1);
	return true;
}

void attr_feed_value(struct unit *unit, size_t end)
{
	struct place *place = &unit->place;
	char c = unit->source.ptr[unit->at];

	if (c == place->quote) {
		end_value(unit);
	} else if (address_begins(unit, end)) {
		return;
	} else if (place->attr_kind == ATTR_URL || place->attr_kind == ATTR_SCRIPT_URL) {
		url_char(unit, end);
	} else if (c == '&') {
		(void)html_reference(unit, end);
	} else {
		buf_char(&unit->fixed, c);
		unit_advance(unit, 1);
	}
}
