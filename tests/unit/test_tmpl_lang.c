/* Catalogues: reading .po files, checking translations, looking messages up. */
#include "lang/lang.h"
#include "tools/po.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct po read_po(struct arena *arena, const char *source)
{
	struct po po = { .n = 0 };

	assert_true(po_read(arena, text_from_z(source), &po) >= 0);
	return po;
}

static void assert_error(const char *source, int line, const char *wanted)
{
	struct arena *arena = arena_new(1 << 26);
	struct po po = read_po(arena, source);

	assert_non_null(po.error);
	assert_true(text_find(text_from_z(po.error), text_from_z(wanted), 0) >= 0);
	assert_int_equal(po.error_line, line);
	arena_free(arena);
}

static void test_read(void **state)
{
	struct arena *arena = arena_new(1 << 26);
	struct po po = read_po(arena,
		"# note\nmsgid \"\"\nmsgstr \"\"\n\"Language: en\\n\"\n\n"
		"#: src/a.c:3 src/b.c:4\n#, fuzzy, c-format\nmsgid \"b\"\nmsgstr \"B\"\n"
		"msgid \"\"\n\"a\\n\"\n\"\\\"\\\\\"\nmsgstr \"A\"\n\n"
		"#~ msgid \"old\"\n#~ msgstr \"alt\"\n\n"
		"msgid \"%d c\"\nmsgid_plural \"%d c\"\nmsgstr[0] \"one\"\nmsgstr[1] \"%d cs\"\n"
		"msgid \"d\"\nmsgstr \"\"");

	(void)state;
	assert_null(po.error);
	assert_int_equal(po.n, 4);
	const struct po_entry *a = po_find(&po, TEXT("a\n\"\\"));
	const struct po_entry *b = po_find(&po, TEXT("b"));
	const struct po_entry *c = po_find(&po, TEXT("%d c"));
	assert_true(a && text_equal_z(a->text, "A") && !a->is_fuzzy);
	assert_true(b && b->is_fuzzy && text_equal_z(b->used_at, "src/a.c:3") && b->line == 8);
	assert_true(c && c->has_plural && text_equal_z(c->plural, "%d cs"));
	assert_null(po_find(&po, TEXT("old")));
	arena_free(arena);
}

static void test_read_errors(void **state)
{
	(void)state;
	assert_error("msgid \"a\"\nmsgstr \"b", 2, "quotes");
	assert_error("msgid \"a\"b\"\nmsgstr \"b\"", 1, "quote inside");
	assert_error("msgid \"a\\q\"\nmsgstr \"b\"", 1, "escape");
	assert_error("msgctxt \"a\"", 1, "not known");
	assert_error("msgstr \"a\"", 1, "order");
	assert_error("\"a\"", 1, "without msgid");
	assert_error("msgid \"a\"\nmsgstr \"b\"\nmsgid \"a\"\nmsgstr \"b\"", 3, "twice");
	assert_error("msgid \"\xff\"", 0, "UTF-8");
}

static bool agrees(const char *id, const char *text, const char *plural)
{
	struct po_entry entry = {
		.id = text_from_z(id), .text = text_from_z(text), .plural = text_from_z(plural),
		.has_plural = plural != NULL,
	};

	return po_check(&entry) == NULL;
}

static void test_directives(void **state)
{
	(void)state;
	assert_true(agrees("a", "b", NULL));
	assert_true(agrees("%d a %s", "%d b %s", NULL));
	assert_true(agrees("%d a %s", "%2$s b %1$d", NULL));
	assert_true(agrees("100%", "100 %", NULL));
	assert_true(agrees("%d%%", "%d %%", NULL));
	assert_true(agrees("%d a", "one", "%d b"));
	assert_false(agrees("%d a", "a", NULL));
	assert_false(agrees("a", "%d", NULL));
	assert_false(agrees("%d a %s", "%s b %d", NULL));
	assert_false(agrees("%d a %s", "%1$d b %s", NULL));
	assert_false(agrees("%d a", "%2$d", NULL));
	assert_false(agrees("%d a", "%d", "many"));
	assert_false(agrees("%d a", "%d", ""));
	assert_false(agrees("%d a", "%s", "%d"));
}

static void test_lookup(void **state)
{
	enum lang lang = LANG_VI;

	(void)state;
	assert_true(text_equal(lang_text(LANG_EN, T("V\xe1\xbb\x81 trang ch\xe1\xbb\xa7")),
			       TEXT("To the front page")));
	assert_true(text_equal(lang_text(LANG_VI, T("anything")), TEXT("anything")));
	assert_true(text_equal(lang_text(LANG_EN, T("not there")), TEXT("not there")));
	assert_int_equal(lang_text(LANG_EN, TEXT_EMPTY).len, 0);
	assert_int_equal(lang_from_tag(TEXT("EN-gb"), &lang), 0);
	assert_int_equal(lang, LANG_EN);
	assert_int_equal(lang_from_tag(TEXT("fr"), &lang), 1);
	assert_true(text_equal(lang_tag(LANG_VI), TEXT("vi")));
}

static void test_fill(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	size_t size = 3;
	struct lang_arg args[] = { LANG_INT(-7), LANG_TEXT(TEXT("%d")), LANG_INT(size) };

	(void)state;
	assert_string_equal(text_z(arena, lang_fill(arena, TEXT("%d %s %d%%"), args, 3)),
			    "-7 %d 3%");
	assert_string_equal(text_z(arena, lang_fill(arena, TEXT("%2$s, %1$d %"), args, 3)),
			    "%d, -7 %");
	assert_string_equal(text_z(arena, lang_fill(arena, TEXT("%d%d%d%d"), args, 1)), "-7");
	assert_int_equal(lang_fill(arena, TEXT_EMPTY, NULL, 0).len, 0);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_read_errors),
		cmocka_unit_test(test_directives),
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_fill),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
