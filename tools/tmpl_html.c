#include "tools/tmpl_inner.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The fixed text from here to `end`. */
struct text html_rest(const struct unit *unit, size_t end)
{
	return text_part(unit->source, unit->at, end - unit->at);
}

static struct text innermost(const struct place *place)
{
	return place->n_open ? place->open[place->n_open - 1] : TEXT_EMPTY;
}

bool html_in(const struct place *place, const char *name)
{
	for (size_t i = 0; i < place->n_open; i++)
		if (text_equal_z(place->open[i], name))
			return true;
	return false;
}

bool html_keeps_space(const struct place *place)
{
	for (size_t i = 0; i < place->n_open; i++)
		if (name_keeps_space(place->open[i]))
			return true;
	return false;
}

static void copy(struct unit *unit, size_t len)
{
	buf_text(&unit->fixed, text_part(unit->source, unit->at, len));
	unit_advance(unit, len);
}

static struct text lower(struct unit *unit, struct text name)
{
	char *copied = arena_alloc(unit->arena, name.len ? name.len : 1);

	if (!copied)
		return TEXT_EMPTY;
	for (size_t i = 0; i < name.len; i++)
		copied[i] = is_letter(name.ptr[i]) ? (char)(name.ptr[i] | 0x20) : name.ptr[i];
	return text_from_bytes(copied, name.len);
}

static size_t name_len(struct text rest)
{
	size_t len = 0;

	while (len < rest.len && (is_letter(rest.ptr[len]) || rest.ptr[len] == '-' ||
				  (rest.ptr[len] >= '0' && rest.ptr[len] <= '9')))
		len++;
	return len;
}

/* Whether a character reference stands here; tells the error if not. Copies
 * it. In an address only &amp; will do, so that no slash can hide in it. */
bool html_reference(struct unit *unit, size_t end)
{
	struct text rest = html_rest(unit, end);
	size_t len = 1;

	if (rest.len > 1 && rest.ptr[1] == '#')
		len++;
	size_t start = len;
	while (len < rest.len && (is_letter(rest.ptr[len]) ||
				  (rest.ptr[len] >= '0' && rest.ptr[len] <= '9')))
		len++;
	if (len == start || len == rest.len || rest.ptr[len] != ';') {
		unit_error(unit, unit->line, "a bare &: write &amp;");
		copy(unit, 1);
		return false;
	}
	copy(unit, len + 1);
	return true;
}

static void comment(struct unit *unit, struct text rest)
{
	ptrdiff_t end = text_find(rest, TEXT("-->"), 4);

	if (end < 0) {
		unit_error(unit, unit->line, "an HTML comment without an end in the same text; "
			   "to hide tags use {{# … }}");
		unit->has_failed = true;
		end = (ptrdiff_t)rest.len - 3;
	}
	unit_advance(unit, (size_t)end + 3);
}

static void doctype(struct unit *unit, struct text rest)
{
	struct text wanted = TEXT("<!doctype html>");

	if (!text_equal_ascii_case(text_part(rest, 0, wanted.len), wanted)) {
		unit_error(unit, unit->line, "only <!doctype html> and comments begin with <!");
		unit->has_failed = true;
		return;
	}
	if (unit->place.n_open || unit->has_doctype || unit->n_blocks || unit->kind == UNIT_PART)
		unit_error(unit, unit->line, "<!doctype html> stands at the top of a page");
	unit->has_doctype = true;
	copy(unit, wanted.len);
}

static void close_element(struct unit *unit, struct text name, int line)
{
	struct place *place = &unit->place;
	struct text open = innermost(place);

	if (name_is_void(name)) {
		unit_error(unit, line, "</%.*s>: this element has no end tag", TEXT_ARGS(name));
	} else if (text_equal(open, name)) {
		place->n_open--;
		place->kind = PLACE_TEXT;
		place->at_edge = name_is_block(name);
	} else if (open.len) {
		unit_error(unit, line, "</%.*s> cannot stand here: <%.*s> of line %d is open",
			   TEXT_ARGS(name), TEXT_ARGS(open), place->open_line[place->n_open - 1]);
		unit->has_failed = true;
	} else {
		unit_error(unit, line, "</%.*s> closes nothing", TEXT_ARGS(name));
		unit->has_failed = true;
	}
}

static void end_tag(struct unit *unit, struct text rest)
{
	size_t len = name_len(text_part(rest, 2, rest.len));
	size_t end = 2 + len;

	while (end < rest.len && is_space(rest.ptr[end]))
		end++;
	if (len == 0 || end == rest.len || rest.ptr[end] != '>') {
		unit_error(unit, unit->line, "an end tag is written </name>, without values");
		unit->has_failed = true;
		return;
	}
	int line = unit->line;
	struct text name = lower(unit, text_part(rest, 2, len));
	buf_text(&unit->fixed, text_part(rest, 0, 2 + len));
	buf_char(&unit->fixed, '>');
	unit_advance(unit, end + 1);
	close_element(unit, name, line);
}

static void check_element(struct unit *unit, struct text name)
{
	const struct place *place = &unit->place;
	struct text parent = innermost(place);
	const char *why = name_why_refused(name);
	const char *children = name_children(parent);
	const char *parents = name_parents(name);

	if (why && !(html_in(place, "svg") && name_is_svg(name)))
		unit_error(unit, unit->line, "<%.*s> is refused: %s", TEXT_ARGS(name), why);
	else if (html_in(place, "svg") && !name_is_svg(name))
		unit_error(unit, unit->line, "<%.*s> cannot stand in <svg>", TEXT_ARGS(name));
	else if ((children && !name_in_list(children, name) &&
		  !name_in_list(" script template ", name)) ||
		 (parents && parent.len && !name_in_list(parents, parent) &&
		  !text_equal_z(parent, "template")))
		unit_error(unit, unit->line, "<%.*s> cannot stand in <%.*s>", TEXT_ARGS(name),
			   TEXT_ARGS(parent));
	else if (name_ends_paragraph(name) && html_in(place, "p"))
		unit_error(unit, unit->line, "<%.*s> cannot stand in <p>: a browser would end "
			   "the paragraph", TEXT_ARGS(name));
	else if (name_is_heading(name) && name_is_heading(parent))
		unit_error(unit, unit->line, "a heading cannot stand in a heading");
	else if (name_not_in_itself(name) && html_in(place, text_z(unit->arena, name)))
		unit_error(unit, unit->line, "<%.*s> cannot stand in another <%.*s>",
			   TEXT_ARGS(name), TEXT_ARGS(name));
}

static void start_tag(struct unit *unit, struct text rest)
{
	struct place *place = &unit->place;
	size_t len = name_len(text_part(rest, 1, rest.len));
	struct text name = lower(unit, text_part(rest, 1, len));

	check_element(unit, name);
	place->kind = PLACE_TAG;
	place->tag = name;
	place->tag_line = unit->line;
	place->n_attrs = 0;
	place->spaced = false;
	copy(unit, 1 + len);
	if (1 + len == rest.len && unit->at < unit->source.len) {
		unit_error(unit, unit->line, "a value cannot stand in the name of a tag");
		unit->has_failed = true;
	}
}

/* After the ">" of a start tag. */
void html_element_opened(struct unit *unit, bool self_closed)
{
	struct place *place = &unit->place;
	bool in_svg = html_in(place, "svg");
	const char *first = name_keeps_space(place->tag);

	place->kind = PLACE_TEXT;
	place->at_edge = name_is_block(place->tag);
	if (self_closed || name_is_void(place->tag))
		return;
	if (place->n_open == MAX_OPEN) {
		unit_error(unit, unit->line, "more than %d elements are open", MAX_OPEN);
		unit->has_failed = true;
		return;
	}
	place->open[place->n_open] = place->tag;
	place->open_line[place->n_open++] = place->tag_line;
	if (name_is_raw(place->tag))
		place->kind = PLACE_RAW;
	else if (!in_svg && name_is_plain_text(place->tag))
		place->kind = PLACE_PLAIN;
	/* A parser drops the line feed after these tags: let it drop one of ours. */
	if (!in_svg && first)
		buf_z(&unit->fixed, first);
	if (!in_svg && first && unit->at < unit->source.len && unit->source.ptr[unit->at] == '\n')
		unit_advance(unit, 1);
}

static void markup(struct unit *unit, size_t end)
{
	struct text rest = html_rest(unit, end);
	char next = rest.len > 1 ? rest.ptr[1] : ' ';

	if (text_starts_with(rest, TEXT("<!--"))) {
		comment(unit, rest);
	} else if (next == '!') {
		doctype(unit, rest);
	} else if (next == '/') {
		end_tag(unit, rest);
	} else if (is_letter(next)) {
		start_tag(unit, rest);
	} else {
		unit_error(unit, unit->line, rest.len > 1 ? "a bare <: write &lt;" :
			   "a value cannot stand in the name of a tag");
		unit->has_failed = true;
	}
}

static bool is_block_tag(struct unit *unit, struct text rest)
{
	size_t at = text_starts_with(rest, TEXT("</")) ? 2 : 1;
	struct text name = text_part(rest, at, rest.len);

	return text_starts_with(rest, TEXT("<")) &&
	       name_is_block(lower(unit, text_part(name, 0, name_len(name))));
}

/* Nothing is left where none is shown, nor of what begins a line when the tag on the
 * line before has left nothing of that: then a line feed stands before already. */
static void space(struct unit *unit, size_t end)
{
	struct text rest = html_rest(unit, end);
	size_t len = 0;

	while (len < rest.len && is_space(rest.ptr[len]))
		len++;
	if (html_keeps_space(&unit->place)) {
		copy(unit, len);
		return;
	}
	if (!unit->place.at_edge && unit->source.ptr[unit->at - 1] != '\n' &&
	    !is_block_tag(unit, text_part(rest, len, rest.len)))
		buf_char(&unit->fixed, memchr(rest.ptr, '\n', len) ? '\n' : ' ');
	unit_advance(unit, len);
}

static void words(struct unit *unit, size_t end)
{
	struct text rest = html_rest(unit, end);
	size_t len = 0;

	(void)tag_text_may_stand(unit, unit->line, "text");
	while (len < rest.len && !is_space(rest.ptr[len]) && rest.ptr[len] != '<' &&
	       rest.ptr[len] != '&')
		len++;
	copy(unit, len);
}

static void not_plain(struct unit *unit)
{
	unit_error(unit, unit->line, "<%.*s> holds text only: write &lt;",
		   TEXT_ARGS(innermost(&unit->place)));
	unit->has_failed = true;
}

static void feed_text(struct unit *unit, size_t end)
{
	char c = unit->source.ptr[unit->at];
	bool end_tag_next = text_starts_with(html_rest(unit, end), TEXT("</"));

	if (!is_space(c) && c != '<')
		unit->place.at_edge = false;
	if (is_space(c))
		space(unit, end);
	else if (c == '&')
		(void)html_reference(unit, end);
	else if (c == '<' && (unit->place.kind == PLACE_TEXT || end_tag_next))
		markup(unit, end);
	else if (c == '<')
		not_plain(unit);
	else
		words(unit, end);
}

static void feed_raw(struct unit *unit, size_t end)
{
	struct text rest = html_rest(unit, end);
	struct text name = innermost(&unit->place);

	if (is_space(rest.ptr[0])) {
		unit_advance(unit, 1);
	} else if (text_starts_with(rest, TEXT("</"))) {
		end_tag(unit, rest);
	} else {
		unit_error(unit, unit->line, "<%.*s> has to stay empty%s", TEXT_ARGS(name),
			   text_equal_z(name, "script") ? ": put the script under assets/" : "");
		unit->has_failed = true;
	}
}

void html_feed(struct unit *unit, size_t end)
{
	while (unit->at < end && !unit->has_failed && !arena_failed(unit->arena)) {
		switch (unit->place.kind) {
		case PLACE_TEXT:
		case PLACE_PLAIN:
			feed_text(unit, end);
			break;
		case PLACE_RAW:
			feed_raw(unit, end);
			break;
		case PLACE_TAG:
			attr_feed_tag(unit, end);
			break;
		case PLACE_VALUE:
			attr_feed_value(unit, end);
			break;
		}
	}
	if (unit->at < end)
		unit_advance(unit, end - unit->at);
}
