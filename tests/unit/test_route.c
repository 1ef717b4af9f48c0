#include "http/router.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ROUTE(method_, path_)                                                                      \
	{                                                                                          \
		.method = METHOD_##method_, .path = path_, .name = #method_ " " path_              \
	}

/* Placeholders first, to show that the order does not matter. */
static const struct route table[] = {
	ROUTE(GET, "/{contest}/{}"),
	ROUTE(GET, "/{contest}"),
	ROUTE(GET, "/"),
	ROUTE(GET, "/tep/{}"),
	ROUTE(GET, "/{contest}/tin/{}"),
	ROUTE(GET, "/{contest}/vao-thi"),
	ROUTE(POST, "/{contest}/vao-thi"),
	ROUTE(POST, "/{contest}/luu"),
	ROUTE(GET, "/dang-nhap"),
};

static struct arena *arena;

static struct router_match find(enum http_method method, const char *raw)
{
	struct router *router = router_new(table, ARRAY_LEN(table));
	struct path path;

	assert_non_null(router);
	assert_int_equal(path_parse(arena, text_from_z(raw), &path), 0);
	struct router_match match = router_find(router, method, &path);
	router_free(router);
	return match;
}

static const char *name(enum http_method method, const char *raw)
{
	struct router_match match = find(method, raw);
	return match.route ? match.route->name : "none";
}

static void test_find(void **state)
{
	(void)state;
	assert_string_equal(name(METHOD_GET, "/"), "GET /");
	assert_string_equal(name(METHOD_GET, "/thi"), "GET /{contest}");
	assert_string_equal(name(METHOD_GET, "/dang-nhap"), "GET /dang-nhap");
	assert_string_equal(name(METHOD_GET, "/dang%2Dnhap"), "GET /dang-nhap");
	assert_string_equal(name(METHOD_GET, "/tep/x"), "GET /tep/{}");
	assert_string_equal(name(METHOD_GET, "/thi/x"), "GET /{contest}/{}");
	assert_string_equal(name(METHOD_GET, "/thi/vao-thi"), "GET /{contest}/vao-thi");
	assert_string_equal(name(METHOD_POST, "/thi/vao-thi"), "POST /{contest}/vao-thi");
	assert_string_equal(name(METHOD_GET, "/thi/tin/3"), "GET /{contest}/tin/{}");
	assert_string_equal(name(METHOD_GET, "/a/b/c/d"), "none");
	assert_string_equal(name(METHOD_GET, "/thi/"), "none");
	assert_string_equal(name(METHOD_POST, "/"), "none");
}

static void test_parts(void **state)
{
	struct router_match match = find(METHOD_GET, "/h%E1%BB%99i-thi/tin/a%20b");

	(void)state;
	assert_true(text_equal_z(match.contest, "hội-thi"));
	assert_true(text_equal_z(match.part, "a b"));
	match = find(METHOD_GET, "/dang-nhap");
	assert_int_equal(match.contest.len, 0);
	assert_int_equal(match.part.len, 0);
}

static void test_methods(void **state)
{
	struct router_match match = find(METHOD_POST, "/tep/x");

	(void)state;
	assert_null(match.route);
	assert_true(match.get && !match.post);
	match = find(METHOD_GET, "/thi/luu");
	assert_true(match.route && match.get && match.post);
	match = find(METHOD_GET, "/a/b/c/d");
	assert_false(match.get || match.post);
}

static void test_malformed(void **state)
{
	static const char *const bad[] = {
		"", "x", "//", "/a//b", "//a", "/.", "/..", "/a/../b", "/%2e%2e/a", "/a%2fb", "/%",
		"/%4", "/%zz", "/%00", "/a%0ab", "/%7f", "/%ff", "/%C3",
	};
	struct path path = { .n = 9 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(path_parse(arena, text_from_z(bad[i]), &path), 1);
	assert_int_equal(path_parse(arena, TEXT("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"), &path),
			 2);
	assert_int_equal(path.n, 9);
	assert_int_equal(path_parse(arena, TEXT("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"), &path), 0);
	assert_int_equal(path.n, 16);
	assert_int_equal(path_parse(arena, TEXT("/a/"), &path), 0);
	assert_true(path.n == 1 && path.slash_at_end);
	assert_int_equal(path_parse(arena, TEXT("/"), &path), 0);
	assert_true(path.n == 0 && !path.slash_at_end);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_malformed),
	};

	arena = arena_new(1 << 20);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(arena);
	return failed;
}
