#include "tools/tmpl_inner.h"

/* All files that are compiled together. */
struct all {
	struct unit **units;
	size_t n;
};

static const struct unit *find_unit(const struct all *all, enum unit_kind kind, struct text name)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->units[i]->kind == kind && text_equal(all->units[i]->name, name))
			return all->units[i];
	return NULL;
}

static struct unit *unit_new(struct arena *arena, const struct tmpl_file *file,
			     const struct tmpl_options *options)
{
	struct unit *unit = arena_alloc(arena, sizeof(*unit));

	if (!unit)
		return NULL;
	unit->arena = arena;
	unit->options = options;
	unit->file = file->name;
	unit->source = file->source;
	buf_init(&unit->fixed, arena, MAX_OUTPUT_BYTES);
	buf_init(&unit->code, arena, MAX_OUTPUT_BYTES);
	return unit;
}

static void check_name(const struct all *all, size_t index)
{
	struct unit *unit = all->units[index];
	const struct unit *first = find_unit(all, unit->kind, unit->name);

	if (unit->kind != UNIT_NONE && first != unit)
		unit_error(unit, 1, "the name %.*s is that of %.*s already",
			   TEXT_ARGS(unit->name), TEXT_ARGS(first->file));
}

static void check_calls(const struct all *all, struct unit *unit)
{
	for (size_t i = 0; i < unit->n_notes; i++) {
		const struct note *note = &unit->notes[i];
		if (note->kind == NOTE_CALL && !find_unit(all, UNIT_PART, note->text))
			unit_error(unit, note->line, "there is no part %.*s",
				   TEXT_ARGS(note->text));
	}
}

static bool has_fixed_id(const struct unit *unit, struct text id)
{
	for (size_t i = 0; i < unit->n_notes; i++)
		if (unit->notes[i].kind == NOTE_ID && text_equal(unit->notes[i].text, id))
			return true;
	return false;
}

static void check_layout(const struct all *all, struct unit *unit)
{
	const struct unit *layout = find_unit(all, UNIT_LAYOUT, unit->layout);

	if (!unit->layout.len)
		return;
	if (!layout) {
		unit_error(unit, 1, "there is no layout %.*s", TEXT_ARGS(unit->layout));
		return;
	}
	for (size_t i = 0; i < unit->n_notes; i++) {
		const struct note *note = &unit->notes[i];
		if (note->kind == NOTE_ID && text_find(note->text, TEXT("{{"), 0) < 0 &&
		    has_fixed_id(layout, note->text))
			unit_error(unit, note->line, "the id \"%.*s\" stands in the layout already",
				   TEXT_ARGS(note->text));
	}
}

/* The level of a part is one more than those of the parts that it calls. When
 * levels still rise after as many rounds as there are parts, a part calls
 * itself. */
static bool raise_level(const struct all *all, struct unit *unit)
{
	int level = unit->level;

	for (size_t i = 0; i < unit->n_notes; i++) {
		if (unit->notes[i].kind != NOTE_CALL)
			continue;
		const struct unit *part = find_unit(all, UNIT_PART, unit->notes[i].text);
		if (part && part->level >= level)
			level = part->level + 1;
	}
	if (level == unit->level)
		return false;
	unit->level = level;
	return true;
}

static void check_circles(const struct all *all)
{
	bool rising = true;

	for (size_t round = 0; round <= all->n && rising; round++) {
		rising = false;
		for (size_t i = 0; i < all->n; i++)
			if (raise_level(all, all->units[i]))
				rising = true;
	}
	for (size_t i = 0; i < all->n && rising; i++)
		if (all->units[i]->kind == UNIT_PART && all->units[i]->level > (int)all->n)
			unit_error(all->units[i], 1, "the part %.*s calls itself, by itself or "
				   "through others", TEXT_ARGS(all->units[i]->name));
}

static void sort_errors(struct unit *unit)
{
	for (size_t i = 1; i < unit->n_errors; i++)
		for (size_t j = i; j && unit->errors[j - 1].line > unit->errors[j].line; j--) {
			struct tmpl_error later = unit->errors[j - 1];
			unit->errors[j - 1] = unit->errors[j];
			unit->errors[j] = later;
		}
}

static size_t gather_errors(struct arena *arena, const struct all *all, struct tmpl_result *result)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		n += all->units[i]->n_errors;
	struct tmpl_error *errors = arena_array(arena, n + 1, sizeof(*errors));
	for (size_t i = 0; errors && i < all->n; i++) {
		sort_errors(all->units[i]);
		memcpy(errors + result->n_errors, all->units[i]->errors,
		       all->units[i]->n_errors * sizeof(*errors));
		result->n_errors += all->units[i]->n_errors;
	}
	result->errors = errors;
	return n;
}

static bool is_message(const struct note *note)
{
	return note->kind == NOTE_MESSAGE || note->kind == NOTE_PLURAL;
}

/* Whether a message was seen in the files up to this one, before this note. */
static bool is_known(const struct all *all, size_t index, const struct note *note)
{
	for (size_t i = 0; i <= index; i++)
		for (size_t j = 0; j < all->units[i]->n_notes; j++) {
			const struct note *other = &all->units[i]->notes[j];
			if (other == note)
				return false;
			if (other->kind == note->kind && text_equal(other->text, note->text))
				return true;
		}
	return false;
}

static void emit_messages(struct buf *buf, const struct all *all, size_t index)
{
	const struct unit *unit = all->units[index];

	for (size_t i = 0; i < unit->n_notes; i++)
		if (is_message(&unit->notes[i]) && !is_known(all, index, &unit->notes[i]))
			emit_message(buf, unit, &unit->notes[i]);
}

static bool is_first_of_header(const struct all *all, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (text_equal(all->units[i]->header, all->units[index]->header))
			return false;
	return true;
}

static void write_all(struct arena *arena, const struct all *all,
		      const struct tmpl_options *options, struct tmpl_result *result)
{
	static const char made[] = "/* Made from views/ by tools/tmplc. */\n";
	struct buf header, source, messages;

	buf_init(&header, arena, MAX_OUTPUT_BYTES);
	buf_init(&source, arena, MAX_OUTPUT_BYTES);
	buf_init(&messages, arena, MAX_OUTPUT_BYTES);
	buf_z(&messages, "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n");
	buf_format(&header, "%s#ifndef VIEWS_VIEWS_H\n#define VIEWS_VIEWS_H\n\n"
		   "#include \"views/html.h\"\n", made);
	buf_format(&source, "%s#include \"%.*s\"\n\n", made, TEXT_ARGS(options->header_name));
	for (size_t i = 0; i < all->n; i++) {
		const struct unit *unit = all->units[i];
		if (is_first_of_header(all, i))
			buf_format(&source, "#include \"%.*s\"\n", TEXT_ARGS(unit->header));
		emit_prototype(&header, unit);
	}
	for (size_t i = 0; i < all->n; i++) {
		emit_function(&source, all->units[i]);
		emit_messages(&messages, all, i);
	}
	buf_z(&header, "\n#endif\n");
	result->header = buf_done(&header);
	result->source = buf_done(&source);
	result->messages = buf_done(&messages);
}

int tmpl_compile(struct arena *arena, const struct tmpl_file *files, size_t n_files,
		 const struct tmpl_options *options, struct tmpl_result *ret)
{
	struct tmpl_result result = { .n_errors = 0 };
	struct all all = { arena_array(arena, n_files + 1, sizeof(*all.units)), n_files };

	if (!all.units || n_files > MAX_FILES)
		return -1;
	for (size_t i = 0; i < n_files; i++) {
		all.units[i] = unit_new(arena, &files[i], options);
		if (!all.units[i])
			return -1;
		unit_compile(all.units[i]);
	}
	for (size_t i = 0; i < n_files; i++) {
		check_name(&all, i);
		check_calls(&all, all.units[i]);
		check_layout(&all, all.units[i]);
	}
	check_circles(&all);
	size_t n_errors = gather_errors(arena, &all, &result);
	if (!n_errors)
		write_all(arena, &all, options, &result);
	if (arena_failed(arena))
		return -1;
	*ret = result;
	return n_errors ? 1 : 0;
}
