/* Compiles a catalogue to C, or checks that it has all messages:
 *
 *   langc --source OUT.c NAME FILE.po          a table lang_table_NAME
 *   langc --check FILE.po MESSAGES.pot …       are all of these translated? */
#include "lang/table.h"
#include "tools/c_literal.h"
#include "tools/io.h"
#include "tools/po.h"

#define ARENA_BYTES ((size_t)256 << 20)
#define SOURCE_BYTES ((size_t)64 << 20)

static struct po read_po(struct arena *arena, const char *path)
{
	struct po po = { .n = 0 };

	if (po_read(arena, io_read(arena, path), &po) < 0)
		io_fail("langc: out of memory");
	if (po.error)
		io_fail("%s:%d: %s", path, po.error_line, po.error);
	for (size_t i = 0; i < po.n; i++)
		if (po_check(&po.entries[i]))
			io_fail("%s:%d: %s", path, po.entries[i].line, po_check(&po.entries[i]));
	return po;
}

static bool is_translated(const struct po_entry *entry)
{
	return entry && entry->text.len && !entry->is_fuzzy;
}

static void write_text(struct buf *buf, struct text text)
{
	buf_z(buf, "{ ");
	c_literal(buf, text);
	buf_format(buf, ", %zu }, ", text.len);
}

static void write_table(struct buf *buf, const char *name, const struct po_entry **slots, size_t n)
{
	buf_format(buf, "/* Made from lang/%s.po by tools/langc. */\n#include \"lang/table.h\"\n\n"
		   "static const struct lang_entry slots[%zu] = {\n", name, n);
	for (size_t i = 0; i < n; i++) {
		if (!slots[i])
			continue;
		buf_format(buf, "\t[%zu] = { ", i);
		write_text(buf, slots[i]->id);
		write_text(buf, slots[i]->text);
		write_text(buf, slots[i]->plural);
		buf_z(buf, "},\n");
	}
	buf_format(buf, "};\n\nconst struct lang_table lang_table_%s = { slots, %zu };\n", name,
		   n - 1);
}

static int make_source(struct arena *arena, const char *out, const char *name, const char *path)
{
	struct po po = read_po(arena, path);
	size_t n = 2;
	struct buf buf;

	while (n < 2 * po.n)
		n *= 2;
	const struct po_entry **slots = arena_array(arena, n, sizeof(*slots));
	if (!slots)
		io_fail("langc: out of memory");
	for (size_t i = 0; i < po.n; i++) {
		size_t at = lang_hash(po.entries[i].id) & (n - 1);
		if (!is_translated(&po.entries[i]))
			continue;
		while (slots[at])
			at = (at + 1) & (n - 1);
		slots[at] = &po.entries[i];
	}
	buf_init(&buf, arena, SOURCE_BYTES);
	write_table(&buf, name, slots, n);
	io_write(out, buf_done(&buf));
	return 0;
}

static int check(struct arena *arena, const char *path, char **pots, int n_pots)
{
	struct po po = read_po(arena, path);
	int missing = 0;

	for (int i = 0; i < n_pots; i++) {
		struct po wanted = read_po(arena, pots[i]);
		for (size_t j = 0; j < wanted.n; j++) {
			const struct po_entry *message = &wanted.entries[j];
			const struct po_entry *found = po_find(&po, message->id);
			if (is_translated(found) && found->has_plural >= message->has_plural)
				continue;
			(void)fprintf(stderr, "%.*s: not in %s: \"%.*s\"%s\n",
				      TEXT_ARGS(message->used_at), path, TEXT_ARGS(message->id),
				      is_translated(found) ? " (with plural forms)" : "");
			missing = 1;
		}
	}
	return missing;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	int answer = 2;

	if (!arena)
		io_fail("langc: out of memory");
	if (argc == 5 && strcmp(argv[1], "--source") == 0)
		answer = make_source(arena, argv[2], argv[3], argv[4]);
	else if (argc >= 4 && strcmp(argv[1], "--check") == 0)
		answer = check(arena, argv[2], argv + 3, argc - 3);
	else
		(void)fputs("langc --source OUT.c NAME FILE.po\n"
			    "langc --check FILE.po MESSAGES.pot …\n", stderr);
	arena_free(arena);
	return answer;
}
