#include "tools/tmpl_inner.h"

#include "tools/c_literal.h"

/* Writes the fixed text that has gathered, a line of C for each of its lines. */
void emit_fixed(struct unit *unit)
{
	struct text rest = buf_done(&unit->fixed);

	if (rest.len == 0)
		return;
	buf_z(&unit->code, "\thtml_fixed(out,");
	for (size_t len; rest.len; rest = text_part(rest, len, rest.len)) {
		const char *end = memchr(rest.ptr, '\n', rest.len);
		len = end ? (size_t)(end - rest.ptr) + 1 : rest.len;
		buf_z(&unit->code, "\n\t\t");
		c_literal(&unit->code, text_part(rest, 0, len));
	}
	buf_format(&unit->code, ", %zu);\n", unit->fixed.len);
	unit->fixed.len = 0;
}

void emit_line(struct unit *unit, int line)
{
	buf_format(&unit->code, "#line %d ", line);
	c_literal(&unit->code, unit->file);
	buf_char(&unit->code, '\n');
}

/* Writes a line of C that the compiler takes for one of the template. */
void emit(struct unit *unit, int line, const char *format, ...)
{
	va_list args, again;

	emit_fixed(unit);
	emit_line(unit, line);
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *written = len < 0 ? NULL : arena_alloc(unit->arena, (size_t)len + 1);
	if (written) {
		(void)vsnprintf(written, (size_t)len + 1, format, again);
		/* A tag may go over several lines. */
		for (int i = 0; i < len; i++)
			if (written[i] == '\n' || written[i] == '\r')
				written[i] = ' ';
		buf_format(&unit->code, "\t%s\n", written);
	}
	va_end(again);
}

/* Writes a value whose type picks from a list of views/html.h. */
void emit_value(struct unit *unit, int line, const char *list, struct text expr)
{
	emit(unit, line, "_Generic((%.*s), %s)(out, (%.*s));", TEXT_ARGS(expr), list,
	     TEXT_ARGS(expr));
}

static const char *prefix(const struct unit *unit)
{
	switch (unit->kind) {
	case UNIT_PAGE:
		return "view";
	case UNIT_PART:
		return "part";
	case UNIT_LAYOUT:
		return "layout";
	case UNIT_NONE:
		return "";
	}
	return "";
}

static void signature(struct buf *buf, const struct unit *unit)
{
	buf_format(buf, "void %s_%.*s(struct html *out, const struct %.*s *v%s)", prefix(unit),
		   TEXT_ARGS(unit->name), TEXT_ARGS(unit->type), unit->kind != UNIT_LAYOUT ? "" :
		   ",\n\tvoid (*body)(struct html *, const void *), const void *body_view");
}

void emit_prototype(struct buf *buf, const struct unit *unit)
{
	buf_format(buf, "\nstruct %.*s;\n", TEXT_ARGS(unit->type));
	signature(buf, unit);
	buf_z(buf, ";\n");
}

void emit_function(struct buf *buf, const struct unit *unit)
{
	bool laid_out = unit->layout.len > 0;

	buf_char(buf, '\n');
	if (laid_out)
		buf_format(buf, "static void body_%.*s(struct html *out, const void *view)\n{\n"
			   "\tconst struct %.*s *v = view;\n\n", TEXT_ARGS(unit->name),
			   TEXT_ARGS(unit->type));
	else {
		signature(buf, unit);
		buf_z(buf, "\n{\n");
	}
	buf_z(buf, "\t(void)out;\n\t(void)v;\n");
	buf_text(buf, buf_done(&unit->code));
	buf_z(buf, "}\n");
	if (!laid_out)
		return;
	buf_char(buf, '\n');
	signature(buf, unit);
	buf_z(buf, "\n{\n#line 1 ");
	c_literal(buf, unit->file);
	buf_format(buf, "\n\tlayout_%.*s(out, &v->page, body_%.*s, v);\n}\n",
		   TEXT_ARGS(unit->layout), TEXT_ARGS(unit->name));
}

/* A message in the form that gettext's tools read. */
void emit_message(struct buf *buf, const struct unit *unit, const struct note *note)
{
	buf_format(buf, "\n#: %.*s:%d\nmsgid \"%.*s\"\n", TEXT_ARGS(unit->file), note->line,
		   TEXT_ARGS(note->text));
	if (note->kind == NOTE_PLURAL)
		buf_format(buf, "msgid_plural \"%.*s\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n",
			   TEXT_ARGS(note->text));
	else
		buf_z(buf, "msgstr \"\"\n");
}
