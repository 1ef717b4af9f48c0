#include "tools/tmpl_inner.h"

static struct text innermost(const struct place *place)
{
	return place->n_open ? place->open[place->n_open - 1] : TEXT_EMPTY;
}

/* Whether text may stand where we are; tells the error if not. */
bool tag_text_may_stand(struct unit *unit, int line, const char *what)
{
	struct text element = innermost(&unit->place);

	if (!name_children(element))
		return true;
	unit_error(unit, line, "%s cannot stand right inside <%.*s>", what, TEXT_ARGS(element));
	return false;
}

static void url_value(struct unit *unit, struct text expr, int line)
{
	struct place *place = &unit->place;
	const char *wrong = url_why_no_value(place);

	if (wrong) {
		unit_error(unit, line, "%s", wrong);
		unit->has_failed = true;
	} else if (place->url == URL_START) {
		place->url = URL_WHOLE;
		emit_value(unit, line, "HTML_IN_URL", expr);
	} else if (place->url == URL_SLASH || place->url == URL_PATH) {
		place->url = URL_PATH;
		emit_value(unit, line, "HTML_IN_SEGMENT", expr);
	} else {
		emit_value(unit, line, "HTML_IN_QUERY", expr);
	}
}

static void attr_value(struct unit *unit, struct text expr, int line)
{
	struct text name = unit->place.attrs[unit->place.n_attrs - 1].name;

	switch (unit->place.attr_kind) {
	case ATTR_PLAIN:
		emit_value(unit, line, "HTML_IN_ATTR", expr);
		break;
	case ATTR_NUMBER:
		emit_value(unit, line, "HTML_INTEGERS", expr);
		break;
	case ATTR_URL:
		url_value(unit, expr, line);
		break;
	case ATTR_SCRIPT_URL:
		unit_error(unit, line, "a script comes from {{asset}} or a fixed address");
		break;
	case ATTR_FIXED:
	case ATTR_FORBIDDEN:
		unit_error(unit, line, "a value cannot stand in the attribute %.*s",
			   TEXT_ARGS(name));
		break;
	}
}

static void tag_value(struct unit *unit, struct text expr, int line)
{
	if (!expr_check(unit, expr, line))
		return;
	switch (unit->place.kind) {
	case PLACE_TEXT:
		if (!tag_text_may_stand(unit, line, "a value"))
			break;
		emit_value(unit, line, html_in(&unit->place, "svg") ? "HTML_IN_PLAIN" :
			   "HTML_IN_TEXT", expr);
		break;
	case PLACE_PLAIN:
		emit_value(unit, line, "HTML_IN_PLAIN", expr);
		break;
	case PLACE_RAW:
		unit_error(unit, line, "a value cannot stand inside <%.*s>",
			   TEXT_ARGS(innermost(&unit->place)));
		break;
	case PLACE_TAG:
		unit_error(unit, line, "a value cannot stand in a tag but in a quoted attribute");
		break;
	case PLACE_VALUE:
		attr_value(unit, expr, line);
		break;
	}
}

/* name "header.h" struct type */
static bool declare(struct unit *unit, struct text *rest)
{
	unit->name = take_name(rest);
	if (!unit->name.len || !take_literal(rest, &unit->header) ||
	    !text_equal_z(take_name(rest), "struct"))
		return false;
	unit->type = take_name(rest);
	if (unit->kind == UNIT_PAGE && text_equal_z(take_name(rest), "layout"))
		unit->layout = take_name(rest);
	return unit->type.len && rest->len == 0 && unit->header.len &&
	       !memchr(unit->header.ptr, '\\', unit->header.len);
}

static void tag_declaration(struct unit *unit, struct text tag, int line)
{
	struct text word = take_word(&tag);

	if (text_equal_z(word, "page"))
		unit->kind = UNIT_PAGE;
	else if (text_equal_z(word, "part"))
		unit->kind = UNIT_PART;
	else if (text_equal_z(word, "layout"))
		unit->kind = UNIT_LAYOUT;
	if (unit->kind != UNIT_NONE && declare(unit, &tag))
		return;
	unit_error(unit, line, "a template begins with {{page name \"header.h\" struct type}}, "
		   "{{part …}} or {{layout …}}; a page may add: layout name");
	unit->has_failed = true;
}

static void tag_again(struct unit *unit, struct text rest, int line)
{
	(void)rest;
	unit_error(unit, line, "a file declares one page, part or layout, at its top");
}

static void tag_body(struct unit *unit, struct text rest, int line)
{
	if (unit->kind != UNIT_LAYOUT || unit->has_body || rest.len)
		unit_error(unit, line, "{{body}} stands once, in a layout");
	else if (unit->place.kind != PLACE_TEXT || unit->n_blocks ||
		 html_in(&unit->place, "svg"))
		unit_error(unit, line, "{{body}} stands in the text of an element, in no block");
	unit->has_body = true;
	emit(unit, line, "body(out, body_view);");
}

static void tag_call(struct unit *unit, struct text rest, int line)
{
	struct text name = take_name(&rest);

	if (!name.len || !rest.len) {
		unit_error(unit, line, "write {{call name value}}");
		return;
	}
	if (!expr_check(unit, rest, line))
		return;
	if (unit->place.kind != PLACE_TEXT || html_in(&unit->place, "svg"))
		unit_error(unit, line, "{{call}} stands in the text of an element");
	unit_note(unit, NOTE_CALL, line, name);
	emit(unit, line, "part_%.*s(out, (%.*s));", TEXT_ARGS(name), TEXT_ARGS(rest));
}

static bool is_flag_name(struct text name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] < 'a' || name.ptr[i] > 'z')
			return false;
	return name.len > 0;
}

static void tag_flag(struct unit *unit, struct text rest, int line)
{
	struct text name = take_word(&rest);

	if (!is_flag_name(name) || !rest.len) {
		unit_error(unit, line, "write {{flag checked value}}");
	} else if (unit->place.kind != PLACE_TAG) {
		unit_error(unit, line, "{{flag}} stands in a tag, between its attributes");
	} else if (expr_check(unit, rest, line)) {
		attr_add_flag(unit, name, line);
		emit(unit, line, "if (HTML_IS(%.*s)) html_fixed(out, \" %.*s\", %zu);",
		     TEXT_ARGS(rest), TEXT_ARGS(name), name.len + 1);
	}
}

static const struct keyword {
	const char *name;
	void (*compile)(struct unit *unit, struct text rest, int line);
	bool leaves_no_line;
} keywords[] = {
	{ "page", tag_again, true },
	{ "part", tag_again, true },
	{ "layout", tag_again, true },
	{ "if", tag_if, true },
	{ "elif", tag_elif, true },
	{ "else", tag_else, true },
	{ "end", tag_end, true },
	{ "each", tag_each, true },
	{ "body", tag_body, false },
	{ "call", tag_call, false },
	{ "flag", tag_flag, false },
	{ "asset", tag_asset, false },
	{ "t", tag_t, false },
	{ "tn", tag_tn, false },
};

static const struct keyword *find_keyword(struct text word)
{
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (text_equal_z(word, keywords[i].name))
			return &keywords[i];
	return NULL;
}

/* Whether nothing is left of a line that holds only this tag. */
bool tag_leaves_no_line(struct text tag)
{
	if (text_starts_with(tag, TEXT("#")))
		return true;
	const struct keyword *keyword = find_keyword(take_word(&tag));
	return keyword && keyword->leaves_no_line;
}

void tag_compile(struct unit *unit, struct text tag, int line)
{
	struct text rest = tag;

	if (unit->kind == UNIT_NONE) {
		tag_declaration(unit, tag, line);
		return;
	}
	if (text_starts_with(tag, TEXT("#")))
		return;
	const struct keyword *keyword = find_keyword(take_word(&rest));
	if (!keyword || !keyword->leaves_no_line)
		unit->place.at_edge = false;
	if (keyword)
		keyword->compile(unit, rest, line);
	else
		tag_value(unit, tag, line);
}
