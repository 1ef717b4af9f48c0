/* A document that was written reads back as what it was. */
#include "base/json_write.h"

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
	arena = arena_new(1 << 20);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena = arena_free(arena);
	return 0;
}

static void looks_so(void **state)
{
	struct buf out;
	struct json_writer json = { .out = &out };

	(void)state;
	buf_init(&out, arena, 4096);
	json_open_object(&json, NULL);
	json_put_int(&json, "n", -7);
	json_open_array(&json, "list");
	json_put_text(&json, NULL, TEXT("ă"));
	json_put_null(&json, NULL);
	json_close_array(&json);
	json_open_object(&json, "none");
	json_close_object(&json);
	json_put_bool(&json, "yes", true);
	json_close_object(&json);
	static const char want[] = "{\n\t\"n\": -7,\n\t\"list\": [\n\t\t\"ă\",\n\t\tnull\n\t],\n"
				   "\t\"none\": {},\n\t\"yes\": true\n}\n";
	struct text got = buf_done(&out);
	assert_int_equal(got.len, sizeof(want) - 1);
	assert_memory_equal(got.ptr, want, got.len);
}

static void reads_back(void **state)
{
	static const char nasty[] = "\"\\/\b\f\n\r\t\x01\x1f\x7f </script> Đặng \xf0\x9f\x98\x80";
	const struct json_value *root;
	struct json_error error;
	struct buf out;
	struct json_writer json = { .out = &out };

	(void)state;
	buf_init(&out, arena, 4096);
	json_open_object(&json, NULL);
	json_put_text(&json, "a \"name\"", text_from_z(nasty));
	json_put_text(&json, "empty", TEXT_EMPTY);
	json_put_int(&json, "least", INT64_MIN);
	json_close_object(&json);
	assert_int_equal(json_read(arena, buf_done(&out), 4096, &root, &error), 0);
	assert_true(text_equal_z(json_member(root, "a \"name\"")->text, nasty));
	assert_int_equal(json_member(root, "empty")->text.len, 0);
	assert_true(json_member(root, "least")->integer == INT64_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(looks_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reads_back, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
