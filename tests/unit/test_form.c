#include "http/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;
static struct form form;

static int parse(const char *z)
{
	form = (struct form){ .n = -1 };
	return form_parse(arena, text_from_z(z), &form);
}

/* "name=value|name=value" of what was parsed. */
static const char *parsed(const char *z)
{
	struct buf buf;

	buf_init(&buf, arena, 1 << 20);
	assert_int_equal(parse(z), 0);
	for (int i = 0; i < form.n; i++)
		buf_format(&buf, "%s%.*s=%.*s", i ? "|" : "", TEXT_ARGS(form.fields[i].name),
			   TEXT_ARGS(form.fields[i].value));
	return text_z(arena, buf_done(&buf));
}

static void test_fields(void **state)
{
	(void)state;
	assert_string_equal(parsed(""), "");
	assert_string_equal(parsed("a=1"), "a=1");
	assert_string_equal(parsed("a"), "a=");
	assert_string_equal(parsed("a=1&b=2&a=3"), "a=1|b=2|a=3");
	assert_string_equal(parsed("&&a=1&"), "a=1");
	assert_string_equal(parsed("a==b=c"), "a==b=c");
	assert_string_equal(parsed("h%E1%BB%8D+t%C3%AAn=%C4%90%E1%BB%97+Th%c3%aD"), "họ tên=Đỗ Thí");
	assert_string_equal(parsed("a=%26%3D%2B%25"), "a=&=+%");
	assert_string_equal(parsed("a;b=c"), "a;b=c");
}

static void test_malformed(void **state)
{
	static const char *const bad[] = {
		"=1", "a=%", "a=%4", "a=%4&b=1", "a=%zz", "a=% 1", "a=%00", "%00=1", "a=%ff",
		"a=%C3", "a=%C0%80", "a=%ED%A0%80", "a=%F4%90%80%80", "a=\xff", "b=1&%",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(parse(bad[i]), 1);
		assert_int_equal(form.n, -1);
	}
	/* A NUL that is not escaped. */
	assert_int_equal(form_parse(arena, TEXT("a=1\0"), &form), 1);
}

static void test_limits(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, arena, 1 << 20);
	for (int i = 0; i < FORM_FIELDS_MAX; i++)
		buf_z(&buf, "&a=1");
	assert_int_equal(form_parse(arena, buf_done(&buf), &form), 0);
	assert_int_equal(form.n, FORM_FIELDS_MAX);
	buf_z(&buf, "&a");
	assert_int_equal(form_parse(arena, buf_done(&buf), &form), 2);

	struct arena *small = arena_new(64);
	assert_int_equal(form_parse(small, TEXT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=1&"
						"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=1"),
				    &form), -1);
	assert_true(arena_failed(small));
	arena_free(small);
}

static void test_known(void **state)
{
	(void)state;
	assert_true(form_field_is_known("a b", TEXT("a")));
	assert_true(form_field_is_known("a b", TEXT("b")));
	assert_false(form_field_is_known("a b", TEXT("")));
	assert_false(form_field_is_known("a b", TEXT("a b")));
	assert_false(form_field_is_known("", TEXT("a")));
	assert_false(form_field_is_known("", TEXT("")));
	assert_true(form_field_is_known("b answer-*", TEXT("answer-12")));
	assert_true(form_field_is_known("b answer-*", TEXT("answer-")));
	assert_false(form_field_is_known("b answer-*", TEXT("answer")));
	assert_int_equal(parse("_token=x&a=1"), 0);
	assert_true(form_is_known(&form, "a"));
	assert_false(form_is_known(&form, ""));
	assert_int_equal(parse("x=1&a=1&y=2&a=3&z="), 0);
	form_keep_known(&form, "a z");
	assert_int_equal(form.n, 3);
	assert_true(text_equal_z(form.fields[1].value, "3"));
	assert_true(text_equal_z(form.fields[2].name, "z"));
}

static void test_percent(void **state)
{
	struct text text;

	(void)state;
	assert_int_equal(percent_decode(arena, TEXT("a+b%20c"), false, &text), 0);
	assert_true(text_equal_z(text, "a+b c"));
	text = percent_encode(arena, TEXT("/vào thi?a=1&b+%"));
	assert_true(text_equal_z(text, "/v%C3%A0o%20thi%3Fa%3D1%26b%2B%25"));
	assert_int_equal(percent_decode(arena, text, true, &text), 0);
	assert_true(text_equal_z(text, "/vào thi?a=1&b+%"));
	assert_int_equal(percent_encode(arena, TEXT_EMPTY).len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields), cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_limits), cmocka_unit_test(test_known),
		cmocka_unit_test(test_percent),
	};

	arena = arena_new(1 << 24);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(arena);
	return failed;
}
