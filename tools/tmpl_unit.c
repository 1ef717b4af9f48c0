#include "tools/tmpl_inner.h"

void unit_error(struct unit *unit, int line, const char *format, ...)
{
	char message[400];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	for (size_t i = 0; i < unit->n_errors; i++)
		if (unit->errors[i].line == line &&
		    text_equal_z(unit->errors[i].message, message))
			return;
	if (unit->n_errors == MAX_ERRORS) {
		unit->has_failed = true;
		return;
	}
	unit->errors[unit->n_errors++] = (struct tmpl_error){
		unit->file, line, text_copy(unit->arena, text_from_z(message)),
	};
}

void unit_note(struct unit *unit, enum note_kind kind, int line, struct text text)
{
	if (unit->n_notes == MAX_NOTES) {
		unit_error(unit, line, "the file has too many ids, labels, calls and messages");
		unit->has_failed = true;
		return;
	}
	unit->notes[unit->n_notes++] = (struct note){ kind, line, text, unit->branch };
}

/* Moves on in the source, counting lines. */
void unit_advance(struct unit *unit, size_t len)
{
	for (size_t end = unit->at + len; unit->at < end; unit->at++)
		unit->line += unit->source.ptr[unit->at] == '\n';
}

/* Offset after the tag that opens at `open`; 0 when it has no end. */
static size_t tag_close(struct text source, size_t open)
{
	size_t at = open + 2;

	if (at < source.len && source.ptr[at] == '#') {
		ptrdiff_t end = text_find(source, TEXT("}}"), at);
		return end < 0 ? 0 : (size_t)end + 2;
	}
	for (char quote = 0; at < source.len; at++) {
		char c = source.ptr[at];
		if (quote && c == '\\')
			at++;
		else if (quote)
			quote = c == quote || c == '\n' ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '}' && at + 1 < source.len && source.ptr[at + 1] == '}')
			return at + 2;
	}
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static size_t skip_blanks(struct text source, size_t at)
{
	while (at < source.len && is_blank(source.ptr[at]))
		at++;
	return at;
}

static size_t blanks_before(struct text source, size_t at, size_t from)
{
	while (at > from && is_blank(source.ptr[at - 1]))
		at--;
	return at;
}

/* Whether the tag has its line for itself and leaves nothing on it. */
static bool is_alone(struct text source, size_t open, size_t close)
{
	struct text tag = text_part(source, open + 2, close - open - 4);
	size_t before = blanks_before(source, open, 0);
	size_t after = skip_blanks(source, close);

	return tag_leaves_no_line(tag) && (before == 0 || source.ptr[before - 1] == '\n') &&
	       (after == source.len || source.ptr[after] == '\n');
}

static bool may_trim(const struct place *place)
{
	return place->kind != PLACE_VALUE && !html_keeps_space(place);
}

/* The tag at `open`, which ends before `close`. */
static void step(struct unit *unit, size_t open, size_t close)
{
	bool alone = is_alone(unit->source, open, close);

	if (alone) {
		html_feed(unit, blanks_before(unit->source, open, unit->at));
		if (may_trim(&unit->place))
			unit_advance(unit, open - unit->at);
	}
	html_feed(unit, open);
	if (unit->has_failed)
		return;
	int line = unit->line;
	unit_advance(unit, close - open);
	tag_compile(unit, text_trim(text_part(unit->source, open + 2, close - open - 4)), line);
	if (alone && may_trim(&unit->place)) {
		size_t after = skip_blanks(unit->source, unit->at);
		unit_advance(unit, after - unit->at + (after < unit->source.len));
	}
}

static void walk(struct unit *unit)
{
	while (!unit->has_failed && !arena_failed(unit->arena)) {
		ptrdiff_t open = text_find(unit->source, TEXT("{{"), unit->at);
		if (open < 0) {
			html_feed(unit, unit->source.len);
			return;
		}
		size_t close = tag_close(unit->source, (size_t)open);
		if (close == 0) {
			html_feed(unit, (size_t)open);
			unit_error(unit, unit->line, "{{ without }}");
			unit->has_failed = true;
			return;
		}
		step(unit, (size_t)open, close);
	}
}

static void check_end(struct unit *unit)
{
	const struct place *place = &unit->place;

	if (unit->n_blocks)
		unit_error(unit, unit->blocks[unit->n_blocks - 1].line, "{{%s}} without {{end}}",
			   unit->blocks[unit->n_blocks - 1].is_loop ? "each" : "if");
	else if (place->kind == PLACE_TAG || place->kind == PLACE_VALUE)
		unit_error(unit, place->tag_line, "the tag <%.*s is not finished",
			   TEXT_ARGS(place->tag));
	else if (place->n_open)
		unit_error(unit, place->open_line[place->n_open - 1], "<%.*s> is not closed",
			   TEXT_ARGS(place->open[place->n_open - 1]));
	else if (unit->kind == UNIT_LAYOUT && !unit->has_body)
		unit_error(unit, unit->line, "a layout needs one {{body}}");
}

/* Reads the whole file; what it found stands in the unit. */
void unit_compile(struct unit *unit)
{
	unit->line = 1;
	if (unit->source.len > MAX_SOURCE_BYTES) {
		unit_error(unit, 1, "the file is too large");
	} else if (!text_is_utf8(unit->source)) {
		unit_error(unit, 1, "the file is not UTF-8");
	} else if (!text_starts_with(unit->source, TEXT("{{"))) {
		unit_error(unit, 1, "a template begins with {{page …}}, {{part …}} or {{layout …}}");
	} else {
		walk(unit);
		if (!unit->has_failed && !arena_failed(unit->arena)) {
			check_end(unit);
			emit_fixed(unit);
			lint_unit(unit);
		}
	}
}
