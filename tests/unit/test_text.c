#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(4 << 20);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena = arena_free(arena);
	return 0;
}

static const struct text nothing = { NULL, 0 };

static void assert_text(struct text text, const char *expected)
{
	if (!text_equal_z(text, expected))
		fail_msg("“%.*s” is not “%s”", TEXT_ARGS(text), expected);
}

static void compares(void **state)
{
	(void)state;
	assert_true(text_equal(nothing, TEXT_EMPTY));
	assert_true(text_equal(text_from_z(NULL), TEXT_EMPTY));
	assert_false(text_equal(TEXT("a"), TEXT("b")));
	assert_true(text_equal_ascii_case(TEXT("aBc1"), TEXT("AbC1")));
	assert_false(text_equal_ascii_case(TEXT("@"), TEXT("`")));
	assert_true(text_starts_with(TEXT("abc"), TEXT("ab")));
	assert_true(text_starts_with(nothing, nothing));
	assert_false(text_starts_with(TEXT("a"), TEXT("ab")));
	assert_true(text_ends_with(TEXT("abc"), TEXT("bc")));
	assert_true(text_ends_with(nothing, TEXT_EMPTY));
	assert_false(text_ends_with(TEXT("c"), TEXT("bc")));
	assert_true(text_compare(TEXT("a"), TEXT("ab")) < 0);
	assert_true(text_compare(TEXT("b"), TEXT("ab")) > 0);
	assert_true(text_compare(TEXT("\x7f"), TEXT("\x80")) < 0);
	assert_int_equal(text_compare(nothing, TEXT_EMPTY), 0);
	assert_true(text_equal_secret(TEXT("ab"), TEXT("ab")));
	assert_false(text_equal_secret(TEXT("ab"), TEXT("aB")));
	assert_false(text_equal_secret(TEXT("ab"), TEXT("abc")));
	assert_true(text_equal_secret(nothing, TEXT_EMPTY));
}

static void finds_and_cuts(void **state)
{
	(void)state;
	assert_int_equal(text_find(TEXT("abcabc"), TEXT("bc"), 0), 1);
	assert_int_equal(text_find(TEXT("abcabc"), TEXT("bc"), 2), 4);
	assert_int_equal(text_find(TEXT("abcabc"), TEXT("bc"), 5), -1);
	assert_int_equal(text_find(TEXT("abc"), TEXT(""), 3), 3);
	assert_int_equal(text_find(TEXT("abc"), TEXT(""), 4), -1);
	assert_int_equal(text_find(nothing, TEXT("a"), 0), -1);
	assert_text(text_part(TEXT("abc"), 1, 1), "b");
	assert_text(text_part(TEXT("abc"), 1, SIZE_MAX), "bc");
	assert_text(text_part(TEXT("abc"), 9, 9), "");
	assert_text(text_part(nothing, 1, 1), "");
	assert_text(text_trim(TEXT(" \t\v\f\r\na b ")), "a b");
	assert_text(text_trim(TEXT("  ")), "");
	assert_text(text_trim(nothing), "");

	struct text rest = TEXT("a,,b,");
	static const char *const parts[] = { "a", "", "b", "" };
	size_t n = 0;
	while (rest.ptr) {
		assert_true(n < ARRAY_LEN(parts));
		assert_text(text_cut(&rest, ','), parts[n++]);
	}
	assert_int_equal(n, ARRAY_LEN(parts));
	rest = TEXT_EMPTY;
	assert_text(text_cut(&rest, ','), "");
	assert_null(rest.ptr);
	assert_text(text_cut(&rest, ','), "");
}

static void reads_integers(void **state)
{
	static const struct { const char *text; int64_t value; } good[] = {
		{ "0", 0 }, { "-0", 0 }, { "007", 7 }, { "-12", -12 },
		{ "9223372036854775807", INT64_MAX }, { "-9223372036854775808", INT64_MIN },
	};
	static const char *const bad[] = {
		"", "-", "+1", " 1", "1 ", "1.0", "a", "--1", "9223372036854775808",
		"-9223372036854775809", "99999999999999999999", "0x1",
	};
	int64_t value = 5;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(text_to_int64(text_from_z(bad[i]), &value), 1);
	assert_int_equal(value, 5);
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_int_equal(text_to_int64(text_from_z(good[i].text), &value), 0);
		assert_true(value == good[i].value);
		struct buf buf;
		buf_init(&buf, arena, 64);
		buf_int(&buf, value);
		int64_t again;
		assert_int_equal(text_to_int64(buf_done(&buf), &again), 0);
		assert_true(again == value);
	}
}

/* The plain way: decode, and see whether the shortest form was used. */
static bool is_utf8_plainly(const unsigned char *p, size_t len)
{
	for (size_t at = 0; at < len;) {
		unsigned c = p[at];
		size_t n = c < 0x80 ? 1 : c >> 5 == 6 ? 2 : c >> 4 == 14 ? 3 : c >> 3 == 30 ? 4 : 0;
		uint32_t point = n == 1 ? c : c & (0xffu >> (n + 1));
		if (n == 0 || at + n > len)
			return false;
		for (size_t i = 1; i < n; i++) {
			if (p[at + i] >> 6 != 2)
				return false;
			point = point << 6 | (p[at + i] & 63);
		}
		static const uint32_t least[] = { 0, 1, 0x80, 0x800, 0x10000 };
		if (point < least[n] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
			return false;
		at += n;
	}
	return true;
}

static void knows_utf8(void **state)
{
	unsigned char bytes[4];
	(void)state;

	assert_true(text_is_utf8(nothing));
	for (uint32_t pair = 0; pair < 0x10000; pair++)
		for (int tail = 0; tail < 3; tail++) {
			static const unsigned char tails[3][2] = { { 'a', 'b' }, { 0x80, 0x80 }, { 0xbf, 'c' } };
			bytes[0] = (unsigned char)(pair >> 8);
			bytes[1] = (unsigned char)pair;
			memcpy(bytes + 2, tails[tail], 2);
			for (size_t len = 0; len <= 4; len++)
				assert_int_equal(text_is_utf8(text_from_bytes(bytes, len)),
						 is_utf8_plainly(bytes, len));
		}
}

static void walks_characters(void **state)
{
	struct text text = TEXT("aế€𝄞");
	static const uint32_t chars[] = { 'a', 0x1ebf, 0x20ac, 0x1d11e };
	size_t at = 0;
	(void)state;

	assert_int_equal(text_count_chars(text), 4);
	for (size_t i = 0; i < ARRAY_LEN(chars); i++)
		assert_int_equal(text_next_char(text, &at), chars[i]);
	assert_int_equal(at, text.len);
	at = 0;
	assert_int_equal(text_next_char(TEXT("\xff" "a"), &at), 0xfffd);
	assert_int_equal(at, 1);
}

static void writes_hex(void **state)
{
	unsigned char bytes[3];
	(void)state;

	assert_text(text_hex(arena, "\x00\xaf\x09", 3), "00af09");
	assert_text(text_hex(arena, "", 0), "");
	assert_int_equal(text_unhex(TEXT("00af09"), bytes, 3), 0);
	assert_memory_equal(bytes, "\x00\xaf\x09", 3);
	assert_int_equal(text_unhex(TEXT("00aF09"), bytes, 3), 1);
	assert_int_equal(text_unhex(TEXT("00af0"), bytes, 3), 1);
	assert_int_equal(text_unhex(TEXT("00af0g"), bytes, 3), 1);
}

static void copies_and_formats(void **state)
{
	(void)state;
	assert_text(text_copy(arena, TEXT("ab")), "ab");
	assert_text(text_copy(arena, nothing), "");
	assert_string_equal(text_z(arena, text_part(TEXT("abc"), 0, 2)), "ab");
	assert_string_equal(text_z(arena, nothing), "");
	assert_text(text_format(arena, "%d %.*s", 5, TEXT_ARGS(TEXT("ế"))), "5 ế");
	assert_text(text_format(arena, "%s", ""), "");
}

static void grows_to_its_limit(void **state)
{
	struct buf buf;
	(void)state;

	for (size_t limit = 0; limit < 600; limit += 13) {
		arena_reset(arena);
		buf_init(&buf, arena, limit);
		for (size_t i = 0; i < limit; i++)
			i % 3 ? buf_char(&buf, 'x') : buf_format(&buf, "%c", 'y');
		assert_false(arena_failed(arena));
		assert_int_equal(buf_done(&buf).len, limit);
		buf_text(&buf, TEXT("zz"));
		assert_true(arena_failed(arena));
		assert_int_equal(buf_done(&buf).len, 0);
		assert_int_equal(buf.len, limit);
	}
}

static void leaves_no_holes(void **state)
{
	struct buf buf;
	(void)state;

	buf_init(&buf, arena, 10);
	buf_text(&buf, TEXT("abc"));
	buf_text(&buf, TEXT("defghijk"));
	buf_text(&buf, TEXT("l"));
	assert_int_equal(buf.len, 3);
	assert_true(arena_failed(arena));
}

static void is_empty_without_memory(void **state)
{
	struct arena *full = arena_new(0);
	struct buf buf;
	(void)state;

	assert_int_equal(text_copy(full, TEXT("a")).len, 0);
	assert_string_equal(text_z(full, TEXT("a")), "");
	assert_int_equal(text_format(full, "%d", 1).len, 0);
	assert_int_equal(text_hex(full, "a", 1).len, 0);
	buf_init(&buf, full, SIZE_MAX);
	buf_format(&buf, "%d", 1);
	buf_int(&buf, 1);
	buf_z(&buf, "x");
	assert_int_equal(buf_done(&buf).len, 0);
	assert_true(arena_failed(full));
	arena_free(full);

	for (int n = 1; n < 8; n++) {
		struct arena *some = arena_new(1 << 20);
		mem_fail_nth(n, true);
		buf_init(&buf, some, SIZE_MAX);
		for (int i = 0; i < 30000; i++)
			buf_char(&buf, 'x');
		mem_fail_nth(0, false);
		assert_int_equal(buf_done(&buf).len, arena_failed(some) ? 0 : 30000);
		arena_free(some);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(compares),		   TEST(finds_and_cuts),  TEST(reads_integers),
		TEST(knows_utf8),	   TEST(walks_characters), TEST(writes_hex),
		TEST(copies_and_formats),  TEST(grows_to_its_limit), TEST(leaves_no_holes),
		TEST(is_empty_without_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
