#include "tools/tmpl_inner.h"

static bool is_fixed(struct text value)
{
	return text_find(value, TEXT("{{"), 0) < 0;
}

static bool always_has(const struct place *place, const char *name)
{
	const struct attr *attr = attr_find(place, name);

	return attr && attr->always;
}

static void needs(struct unit *unit, const char *element, const char *attr)
{
	const struct place *place = &unit->place;

	if (text_equal_z(place->tag, element) && !always_has(place, attr))
		unit_error(unit, place->tag_line, "<%s> without %s", element, attr);
}

static bool needs_label(const struct place *place)
{
	const struct attr *type = attr_find(place, "type");

	if (!text_equal_z(place->tag, "input"))
		return name_in_list(" select textarea ", place->tag);
	return !type || !name_in_list(" hidden submit button reset image ", type->value);
}

static void check_control(struct unit *unit)
{
	const struct place *place = &unit->place;
	const struct attr *id = attr_find(place, "id");

	if (!needs_label(place) || html_in(place, "label") || always_has(place, "aria-label") ||
	    always_has(place, "aria-labelledby"))
		return;
	unit_note(unit, NOTE_CONTROL, place->tag_line, id && id->always ? id->value : TEXT_EMPTY);
}

/* A tag is complete. */
void lint_tag(struct unit *unit)
{
	const struct place *place = &unit->place;
	const struct attr *type = attr_find(place, "type");

	needs(unit, "img", "alt");
	needs(unit, "html", "lang");
	needs(unit, "iframe", "title");
	needs(unit, "script", "src");
	if (type && text_equal_z(type->value, "image") && text_equal_z(place->tag, "input"))
		needs(unit, "input", "alt");
	check_control(unit);
}

static const struct note *find_note(const struct unit *unit, enum note_kind kind,
				    struct text text)
{
	for (size_t i = 0; i < unit->n_notes; i++)
		if (unit->notes[i].kind == kind && text_equal(unit->notes[i].text, text))
			return &unit->notes[i];
	return NULL;
}

/* Whether the two are in different branches of one block, so that a page has
 * one of them only. */
static bool exclude_each_other(const struct note *one, const struct note *other)
{
	for (const struct branch *a = one->branch; a; a = a->parent)
		for (const struct branch *b = other->branch; b; b = b->parent)
			if (a->block == b->block && a->number != b->number)
				return true;
	return false;
}

static bool is_in_loop(const struct branch *branch)
{
	for (; branch; branch = branch->parent)
		if (branch->loop)
			return true;
	return false;
}

static void check_id(struct unit *unit, size_t index)
{
	const struct note *id = &unit->notes[index];

	if (!is_fixed(id->text))
		return;
	if (id->text.len == 0 || memchr(id->text.ptr, ' ', id->text.len))
		unit_error(unit, id->line, "an id is one word");
	if (is_in_loop(id->branch))
		unit_error(unit, id->line, "the fixed id \"%.*s\" in a loop would stand there "
			   "many times", TEXT_ARGS(id->text));
	for (size_t i = 0; i < index; i++) {
		const struct note *other = &unit->notes[i];
		if (other->kind == NOTE_ID && text_equal(other->text, id->text) &&
		    !exclude_each_other(id, other)) {
			unit_error(unit, id->line, "the id \"%.*s\" stands in line %d already",
				   TEXT_ARGS(id->text), other->line);
			return;
		}
	}
}

/* What can only be said when the whole file is known. */
void lint_unit(struct unit *unit)
{
	for (size_t i = 0; i < unit->n_notes && !unit->has_failed; i++) {
		const struct note *note = &unit->notes[i];
		switch (note->kind) {
		case NOTE_ID:
			check_id(unit, i);
			break;
		case NOTE_LABEL:
			if (is_fixed(note->text) && !find_note(unit, NOTE_ID, note->text))
				unit_error(unit, note->line, "a label for \"%.*s\", but there is "
					   "no such id", TEXT_ARGS(note->text));
			break;
		case NOTE_CONTROL:
			if (!note->text.len || !find_note(unit, NOTE_LABEL, note->text))
				unit_error(unit, note->line, "a form control without a label: put "
					   "it into <label>, or give it an id and a <label for>, "
					   "or aria-label");
			break;
		case NOTE_CALL:
		case NOTE_MESSAGE:
		case NOTE_PLURAL:
			break;
		}
	}
}
