#include "tools/po.h"

enum field { FIELD_NONE, FIELD_ID, FIELD_PLURAL_ID, FIELD_TEXT, FIELD_PLURAL };

struct reader {
	struct arena *arena;
	struct po *po;
	struct po_entry entry;	/* the one being read */
	struct buf field;
	enum field at;
	int line;
};

static void wrong(struct reader *reader, const char *error)
{
	if (reader->po->error)
		return;
	reader->po->error = error;
	reader->po->error_line = reader->line;
}

static void end_field(struct reader *reader)
{
	struct text text = text_copy(reader->arena, buf_done(&reader->field));
	struct po_entry *entry = &reader->entry;

	switch (reader->at) {
	case FIELD_NONE:
		break;
	case FIELD_ID:
		entry->id = text;
		break;
	case FIELD_PLURAL_ID:
		entry->has_plural = true;
		break;
	case FIELD_TEXT:
		entry->text = text;
		break;
	case FIELD_PLURAL:
		entry->plural = text;
		break;
	}
	reader->field.len = 0;
}

static void end_entry(struct reader *reader)
{
	struct po *po = reader->po;

	end_field(reader);
	if (reader->at != FIELD_NONE && reader->entry.id.len) {
		if (po->n == PO_MAX_ENTRIES)
			wrong(reader, "too many messages");
		else
			po->entries[po->n++] = reader->entry;
	}
	reader->entry = (struct po_entry){ .line = 0 };
	reader->at = FIELD_NONE;
}

static char escaped(struct reader *reader, char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case '"':
	case '\\':
		return c;
	default:
		wrong(reader, "an escape other than \\n, \\t, \\\" and \\\\");
		return c;
	}
}

static void add_string(struct reader *reader, struct text quoted)
{
	if (quoted.len < 2 || quoted.ptr[0] != '"' || quoted.ptr[quoted.len - 1] != '"') {
		wrong(reader, "a string in quotes is wanted");
		return;
	}
	for (size_t at = 1; at < quoted.len - 1; at++) {
		char c = quoted.ptr[at];
		if (c == '"' || (c == '\\' && at + 1 == quoted.len - 1))
			wrong(reader, "a quote inside a string is written \\\"");
		else if (c == '\\')
			c = escaped(reader, quoted.ptr[++at]);
		buf_char(&reader->field, c);
	}
}

static void begin_field(struct reader *reader, enum field field, struct text string)
{
	if (field == FIELD_ID) {
		if (reader->at != FIELD_NONE)
			end_entry(reader);
		reader->entry.line = reader->line;
	} else if (reader->at == FIELD_NONE || reader->at >= field) {
		wrong(reader, "msgid, msgid_plural and msgstr stand in another order");
	}
	end_field(reader);
	reader->at = field;
	add_string(reader, text_trim(string));
}

static void read_keyword(struct reader *reader, struct text line)
{
	struct text keyword = text_cut(&line, ' ');

	if (text_equal_z(keyword, "msgid"))
		begin_field(reader, FIELD_ID, line);
	else if (text_equal_z(keyword, "msgid_plural"))
		begin_field(reader, FIELD_PLURAL_ID, line);
	else if (text_equal_z(keyword, "msgstr") || text_equal_z(keyword, "msgstr[0]"))
		begin_field(reader, FIELD_TEXT, line);
	else if (text_equal_z(keyword, "msgstr[1]"))
		begin_field(reader, FIELD_PLURAL, line);
	else
		wrong(reader, "this is not known here");
}

/* What the comments before a message say of it. */
static void read_comment(struct reader *reader, struct text line)
{
	struct po_entry *entry = &reader->entry;

	if (text_starts_with(line, TEXT("#,")) && text_find(line, TEXT("fuzzy"), 0) > 0)
		entry->is_fuzzy = true;
	if (text_starts_with(line, TEXT("#:")) && !entry->used_at.len) {
		line = text_trim(text_part(line, 2, line.len));
		entry->used_at = text_cut(&line, ' ');
	}
}

static void read_line(struct reader *reader, struct text line)
{
	if (line.len == 0 || line.ptr[0] == '#') {
		if (reader->at >= FIELD_TEXT)
			end_entry(reader);
		read_comment(reader, line);
	} else if (line.ptr[0] == '"') {
		if (reader->at == FIELD_NONE)
			wrong(reader, "a string without msgid or msgstr");
		add_string(reader, line);
	} else {
		read_keyword(reader, line);
	}
}

static int order(const void *a, const void *b)
{
	const struct po_entry *one = a, *other = b;

	return text_compare(one->id, other->id);
}

/* A .pot file may name a message twice: nothing is lost. */
static void check_twice(struct po *po)
{
	for (size_t i = 1; i < po->n && !po->error; i++)
		if (po->entries[i].text.len &&
		    text_equal(po->entries[i - 1].id, po->entries[i].id)) {
			po->error = "the message stands here twice";
			po->error_line = po->entries[i].line;
		}
}

int po_read(struct arena *arena, struct text source, struct po *ret)
{
	struct po po = { .entries = arena_array(arena, PO_MAX_ENTRIES, sizeof(*po.entries)) };
	struct reader reader = { .arena = arena, .po = &po };

	if (!po.entries)
		return -1;
	if (!text_is_utf8(source))
		wrong(&reader, "it is not UTF-8");
	buf_init(&reader.field, arena, 1 << 20);
	for (struct text rest = source; rest.ptr && !po.error;) {
		reader.line++;
		read_line(&reader, text_trim(text_cut(&rest, '\n')));
	}
	end_entry(&reader);
	qsort(po.entries, po.n, sizeof(*po.entries), order);
	check_twice(&po);
	if (arena_failed(arena))
		return -1;
	*ret = po;
	return po.error ? 1 : 0;
}

const struct po_entry *po_find(const struct po *po, struct text id)
{
	struct po_entry wanted = { .id = id };

	return bsearch(&wanted, po->entries, po->n, sizeof(wanted), order);
}
