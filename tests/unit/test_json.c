#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(8 << 20);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena = arena_free(arena);
	return 0;
}

static const struct json_value *read_right(struct text document)
{
	const struct json_value *root = NULL;
	struct json_error error;
	assert_int_equal(json_read(arena, document, 1 << 20, &root, &error), 0);
	assert_non_null(root);
	return root;
}

static void reads_every_kind(void **state)
{
	(void)state;
	const struct json_value *root = read_right(TEXT(
		"{\"none\": null, \"yes\": true, \"no\": false, \"whole\": -12, \"part\": 0.25,\n"
		" \"words\": \"Bình Phước \\u0041\", \"list\": [1, [], {}], \"\": {\"a\": 1}}"));

	assert_int_equal(root->kind, JSON_KIND_OBJECT);
	assert_int_equal(root->n_items, 8);
	assert_int_equal(json_member(root, "none")->kind, JSON_KIND_NULL);
	assert_true(json_member(root, "yes")->truth);
	assert_false(json_member(root, "no")->truth);
	assert_int_equal(json_member(root, "whole")->kind, JSON_KIND_INT);
	assert_int_equal(json_member(root, "whole")->integer, -12);
	assert_int_equal(json_member(root, "part")->kind, JSON_KIND_DECIMAL);
	assert_true(text_equal_z(json_member(root, "words")->text, "Bình Phước A"));
	const struct json_value *list = json_member(root, "list");
	assert_int_equal(list->n_items, 3);
	assert_int_equal(list->items[1].kind, JSON_KIND_ARRAY);
	assert_int_equal(list->items[1].n_items, 0);
	assert_int_equal(list->items[2].kind, JSON_KIND_OBJECT);
	assert_int_equal(list->items[0].name.len, 0);
	assert_int_equal(json_member(json_member(root, ""), "a")->integer, 1);
	assert_null(json_member(root, "missing"));
	assert_null(json_member(list, "whole"));
}

static void keeps_the_order_and_counts_it(void **state)
{
	(void)state;
	const struct json_value *root = read_right(TEXT("{\"z\":{\"y\":[0,0],\"a\":1},\"b\":2}"));

	assert_int_equal(root->number, 0);
	assert_true(text_equal_z(root->items[0].name, "z"));
	assert_int_equal(root->items[0].number, 1);
	assert_int_equal(root->items[0].items[0].number, 2);
	assert_int_equal(root->items[0].items[0].items[1].number, 4);
	assert_int_equal(root->items[0].items[1].number, 5);
	assert_true(text_equal_z(root->items[1].name, "b"));
	assert_int_equal(root->items[1].number, 6);
}

static void does_not_need_the_document(void **state)
{
	(void)state;
	char document[] = "[\"abc\"]";
	const struct json_value *root = read_right(text_from_z(document));

	memset(document, 'x', sizeof(document));
	assert_true(text_equal_z(root->items[0].text, "abc"));
}

static void passes_over_a_byte_order_mark(void **state)
{
	(void)state;
	assert_int_equal(read_right(TEXT("\xef\xbb\xbf[7]"))->items[0].integer, 7);
}

static void refuses_with_line_and_column(void **state)
{
	(void)state;
	static const struct {
		const char *document;
		enum json_fault fault;
		int line, column;
	} rows[] = {
		{ "", JSON_FAULT_END, 1, 1 },
		{ "7", JSON_FAULT_SYNTAX, 1, 1 },
		{ "{\n \"a\": 1,\n}", JSON_FAULT_SYNTAX, 3, 1 },
		{ "{\"a\": 01}", JSON_FAULT_SYNTAX, 1, 7 },
		{ "{\"a\": tru}", JSON_FAULT_SYNTAX, 1, 9 },
		{ "{\"a\": 'x'}", JSON_FAULT_SYNTAX, 1, 7 },
		{ "{\"a\": 1", JSON_FAULT_END, 1, 7 },
		{ "[1]\n[2]", JSON_FAULT_END, 2, 1 },
		{ "[\"ước\xff\"]", JSON_FAULT_UTF8, 1, 5 },
		{ "{\"a\": 1,\n\"a\": 2}", JSON_FAULT_DUPLICATE, 2, 3 },
		{ "[99999999999999999999]", JSON_FAULT_NUMBER, 1, 21 },
		{ "[1e999]", JSON_FAULT_NUMBER, 1, 6 },
		{ "[\"a\\u0000b\"]", JSON_FAULT_NUL, 1, 11 },
		{ "{\"a\\u0000b\": 1}", JSON_FAULT_NUL, 1, 11 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct json_value *root = NULL;
		struct json_error error = { 0 };
		int answer = json_read(arena, text_from_z(rows[i].document), 1 << 20, &root,
				       &error);
		if (answer != 1 || error.fault != rows[i].fault || error.line != rows[i].line ||
		    error.column != rows[i].column)
			fail_msg("%s: answer %d fault %d at %d:%d", rows[i].document, answer,
				 (int)error.fault, error.line, error.column);
		assert_null(root);
	}
}

static struct text nested(int depth)
{
	struct buf buf;

	buf_init(&buf, arena, 1 << 20);
	buf_z(&buf, "\n");
	for (int i = 0; i < depth; i++)
		buf_char(&buf, '[');
	for (int i = 0; i < depth; i++)
		buf_char(&buf, ']');
	return buf_done(&buf);
}

static void limits_depth_and_size(void **state)
{
	(void)state;
	const struct json_value *root;
	struct json_error error;

	(void)read_right(nested(JSON_DEPTH_MAX));
	assert_int_equal(json_read(arena, nested(JSON_DEPTH_MAX + 1), 1 << 20, &root, &error), 1);
	assert_int_equal(error.fault, JSON_FAULT_DEPTH);
	assert_int_equal(error.line, 2);
	assert_int_equal(error.column, JSON_DEPTH_MAX + 1);
	assert_int_equal(json_read(arena, nested(100000), 1 << 20, &root, &error), 1);
	assert_int_equal(error.fault, JSON_FAULT_DEPTH);
	(void)read_right(TEXT("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ \\\" "
			      "[[[[[[[[[[[[[[[[[[[\"]"));
	assert_int_equal(json_read(arena, TEXT("[1234]"), 5, &root, &error), 1);
	assert_int_equal(error.fault, JSON_FAULT_SIZE);
}

static void reads_thousandths_exactly(void **state)
{
	(void)state;
	static const struct {
		const char *number;
		int answer;
		int64_t thousandths;
	} rows[] = {
		{ "[1]", 0, 1000 },
		{ "[0]", 0, 0 },
		{ "[0.5]", 0, 500 },
		{ "[0.333]", 0, 333 },
		{ "[-0.001]", 0, -1 },
		{ "[5e-1]", 0, 500 },
		{ "[999999999999.999]", 0, INT64_C(999999999999999) },
		{ "[0.3333]", 1, 0 },
		{ "[0.5000000001]", 1, 0 },
		{ "[1e15]", 1, 0 },
		{ "[1000000000000]", 1, 0 },
		{ "[\"1\"]", 1, 0 },
		{ "[null]", 1, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct json_value *root = read_right(text_from_z(rows[i].number));
		int64_t thousandths = 0;
		int answer = json_thousandths(&root->items[0], &thousandths);
		if (answer != rows[i].answer || thousandths != rows[i].thousandths)
			fail_msg("%s: %d, %lld", rows[i].number, answer, (long long)thousandths);
	}
	for (int i = 0; i <= 1000; i++) {
		struct text document = text_format(arena, "[%d.%03d]", i / 1000, i % 1000);
		int64_t thousandths = -1;
		const struct json_value *root = read_right(document);
		assert_int_equal(json_thousandths(&root->items[0], &thousandths), 0);
		assert_int_equal(thousandths, i);
	}
}

static void survives_running_out_of_memory(void **state)
{
	(void)state;
	int64_t n = 1;

	for (int answer = -1; answer != 0; n++) {
		struct arena *small = arena_new(1 << 20);
		const struct json_value *root = NULL;
		struct json_error error;
		assert_non_null(small);
		mem_fail_nth(n, false);
		answer = json_read(small, TEXT("{\"a\":[1,2.5,\"xyz\",{\"b\":null}],\"c\":true}"),
				   1 << 20, &root, &error);
		mem_fail_nth(0, false);
		if (answer != 0 && answer != -1)
			fail_msg("allocation %lld: answer %d", (long long)n, answer);
		small = arena_free(small);
	}
	assert_in_range(n, 10, 1000);
	struct arena *tiny = arena_new(64);
	const struct json_value *root;
	struct json_error error;
	assert_int_equal(json_read(tiny, TEXT("[1,2,3,4,5,6,7,8,9]"), 100, &root, &error), -1);
	tiny = arena_free(tiny);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_every_kind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(keeps_the_order_and_counts_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(does_not_need_the_document, set_up, tear_down),
		cmocka_unit_test_setup_teardown(passes_over_a_byte_order_mark, set_up, tear_down),
		cmocka_unit_test_setup_teardown(refuses_with_line_and_column, set_up, tear_down),
		cmocka_unit_test_setup_teardown(limits_depth_and_size, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reads_thousandths_exactly, set_up, tear_down),
		cmocka_unit_test_setup_teardown(survives_running_out_of_memory, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
