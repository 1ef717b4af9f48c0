#include "tools/tmpl_inner.h"

#include "tools/c_literal.h"

/* Where messages may stand: the function that writes one there, or NULL after
 * telling the error. */
static const char *writer(struct unit *unit, int line)
{
	switch (unit->place.kind) {
	case PLACE_TEXT:
		return tag_text_may_stand(unit, line, "a message") ? "text" : NULL;
	case PLACE_PLAIN:
		return "text";
	case PLACE_VALUE:
		if (unit->place.attr_kind == ATTR_PLAIN)
			return "attr";
		break;
	case PLACE_RAW:
	case PLACE_TAG:
		break;
	}
	unit_error(unit, line, "a message stands in text or in a quoted attribute that is read");
	return NULL;
}

/* Reads the directives of a message into `ret`, one letter each; answers how
 * many, or -1 after telling the error. */
static int directives(struct unit *unit, struct text message, int line, char ret[MAX_ARGS])
{
	int n = 0;

	for (size_t at = 0; at < message.len; at++) {
		if (message.ptr[at] != '%')
			continue;
		char c = at + 1 < message.len ? message.ptr[at + 1] : 0;
		if (c == '%') {
			at++;
		} else if ((c == 'd' || c == 's') && n < MAX_ARGS) {
			ret[n++] = c;
		} else {
			unit_error(unit, line, "in a message with values only %%d, %%s and %%%% "
				   "are known");
			return -1;
		}
	}
	return n;
}

/* A message without values is printed as it is. */
static bool check_plain(struct unit *unit, struct text message, int line)
{
	if (text_find(message, TEXT("%d"), 0) < 0 && text_find(message, TEXT("%s"), 0) < 0 &&
	    text_find(message, TEXT("%%"), 0) < 0)
		return true;
	unit_error(unit, line, "the message has no values: %%d and %%s want some, and a percent "
		   "sign is written once");
	return false;
}

static size_t read_args(struct unit *unit, struct text rest, int line, struct text *ret)
{
	if (rest.ptr[0] != ',') {
		unit_error(unit, line, "a comma is missing after the message");
		return 0;
	}
	return expr_split(unit, text_part(rest, 1, rest.len), line, ret, MAX_ARGS);
}

static void write_args(struct buf *buf, const char *kinds, const struct text *args, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_z(buf, i ? ", " : "");
		buf_format(buf, "_Generic((%.*s), %s)(%.*s)", TEXT_ARGS(args[i]),
			   kinds[i] == 'd' ? "LANG_INTEGERS" : "LANG_TEXTS", TEXT_ARGS(args[i]));
	}
}

/* The look-up of a message: `number` is what picks its plural form. */
static struct text lookup(struct unit *unit, struct text message, bool plural, struct text number)
{
	struct buf buf;

	buf_init(&buf, unit->arena, MAX_OUTPUT_BYTES);
	buf_z(&buf, plural ? "lang_text_n(out->lang, TN(" : "lang_text(out->lang, T(");
	c_literal(&buf, message);
	if (plural)
		buf_format(&buf, "), LANG_INT(%.*s).number)", TEXT_ARGS(number));
	else
		buf_z(&buf, "))");
	return buf_done(&buf);
}

static void pattern(struct unit *unit, struct text message, struct text rest, bool plural,
		    int line)
{
	struct text args[MAX_ARGS];
	char kinds[MAX_ARGS];
	const char *place = writer(unit, line);
	size_t n = read_args(unit, rest, line, args);
	int wanted = directives(unit, message, line, kinds);
	struct buf buf;

	if (!n || wanted < 0 || !place)
		return;
	if ((size_t)wanted != n) {
		unit_error(unit, line, "the message wants %d values, %zu are given", wanted, n);
		return;
	}
	if (plural && kinds[0] != 'd') {
		unit_error(unit, line, "the first value of {{tn}} is its number: %%d");
		return;
	}
	buf_init(&buf, unit->arena, MAX_OUTPUT_BYTES);
	write_args(&buf, kinds, args, n);
	struct text looked_up = lookup(unit, message, plural, args[0]);
	struct text written = buf_done(&buf);
	emit(unit, line, "html_%smessage(out, %.*s, (struct lang_arg[]){ %.*s }, %zu);",
	     place[0] == 'a' ? "attr_" : "", TEXT_ARGS(looked_up), TEXT_ARGS(written), n);
}

static void literal(struct unit *unit, struct text raw, struct text rest, bool plural, int line)
{
	struct text message = literal_value(unit, raw, line);

	if (!text_trim(message).len) {
		unit_error(unit, line, "an empty message");
		return;
	}
	unit_note(unit, plural ? NOTE_PLURAL : NOTE_MESSAGE, line, raw);
	if (rest.len) {
		pattern(unit, message, rest, plural, line);
		return;
	}
	const char *place = writer(unit, line);
	if (plural)
		unit_error(unit, line, "{{tn}} needs a number: {{tn \"… %%d …\", number}}");
	if (plural || !place || !check_plain(unit, message, line))
		return;
	struct text looked_up = lookup(unit, message, false, TEXT_EMPTY);
	emit(unit, line, "html_%s(out, %.*s);", place, TEXT_ARGS(looked_up));
}

void tag_t(struct unit *unit, struct text rest, int line)
{
	struct text raw;

	if (take_literal(&rest, &raw)) {
		literal(unit, raw, rest, false, line);
		return;
	}
	const char *place = writer(unit, line);
	if (place && expr_check(unit, rest, line))
		emit(unit, line, "html_%s(out, lang_text(out->lang, (%.*s)));", place,
		     TEXT_ARGS(rest));
}

void tag_tn(struct unit *unit, struct text rest, int line)
{
	struct text raw;

	if (take_literal(&rest, &raw))
		literal(unit, raw, rest, true, line);
	else
		unit_error(unit, line, "{{tn}} needs a message: {{tn \"… %%d …\", number}}");
}

void tag_asset(struct unit *unit, struct text rest, int line)
{
	struct place *place = &unit->place;
	const struct tmpl_options *options = unit->options;
	struct text name;

	if (!take_literal(&rest, &name) || rest.len) {
		unit_error(unit, line, "write {{asset \"name\"}}");
		return;
	}
	if (place->kind != PLACE_VALUE || place->url != URL_START ||
	    (place->attr_kind != ATTR_URL && place->attr_kind != ATTR_SCRIPT_URL)) {
		unit_error(unit, line, "{{asset}} is the whole of an attribute that is an address");
		return;
	}
	place->url = URL_WHOLE;
	struct text url = options->asset_url ? options->asset_url(options->ctx, name) : TEXT_EMPTY;
	if (url.len)
		buf_text(&unit->fixed, url);
	else
		unit_error(unit, line, "there is no asset \"%.*s\"", TEXT_ARGS(name));
}
