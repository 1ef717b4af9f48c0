#include "base/code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ALPHABET "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#define CHARS_MAX 40
#define BYTES_MAX (CHARS_MAX * 5 / 8)

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(16 << 20);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena = arena_free(arena);
	return 0;
}

static void assert_text(struct text text, const char *expected)
{
	if (!text_equal_z(text, expected))
		fail_msg("“%.*s” is not “%s”", TEXT_ARGS(text), expected);
}

static void assert_read(const char *typed, const char *expected)
{
	struct text read = code_read(arena, text_from_z(typed));

	if (!text_equal_z(read, expected))
		fail_msg("“%s” is read as “%.*s”, not “%s”", typed, TEXT_ARGS(read), expected);
}

/* Bytes whose 5-bit groups are 0, 1, 2 … 31. */
static void put_all_digits(unsigned char bytes[20])
{
	memset(bytes, 0, 20);
	for (int bit = 0; bit < 160; bit++)
		if (bit / 5 & 1 << (4 - bit % 5))
			bytes[bit / 8] |= (unsigned char)(1 << (7 - bit % 8));
}

static void five_bits_are_a_digit(void **state)
{
	unsigned char bytes[20];
	(void)state;

	put_all_digits(bytes);
	assert_text(code_from_bytes(arena, bytes, 32, false), ALPHABET);
	assert_text(code_from_bytes(arena, "\0\0\0\0\0", 8, false), "00000000");
	assert_text(code_from_bytes(arena, "\xff\xff\xff\xff\xff", 8, false), "ZZZZZZZZ");
	assert_text(code_from_bytes(arena, "\x08\x42\x10\x84\x21", 8, false), "11111111");
	assert_text(code_from_bytes(arena, "\x84\x21\x08\x42\x10", 8, false), "GGGGGGGG");
}

static void a_code_begins_as_a_longer_one_does(void **state)
{
	unsigned char bytes[20];
	(void)state;

	put_all_digits(bytes);
	for (int chars = 0; chars <= 32; chars++)
		assert_true(text_equal(code_from_bytes(arena, bytes, chars, false),
				       text_part(TEXT(ALPHABET), 0, (size_t)chars)));
}

static void groups_are_of_four(void **state)
{
	unsigned char bytes[20];
	(void)state;

	put_all_digits(bytes);
	assert_text(code_from_bytes(arena, bytes, 3, true), "012");
	assert_text(code_from_bytes(arena, bytes, 4, true), "0123");
	assert_text(code_from_bytes(arena, bytes, 5, true), "0123-4");
	assert_text(code_from_bytes(arena, bytes, 8, true), "0123-4567");
	assert_text(code_from_bytes(arena, bytes, 12, true), "0123-4567-89AB");
}

/* The block is exactly as long as the code needs: the sanitizer sees a byte more. */
static void no_byte_is_read_past_the_last_digit(void **state)
{
	(void)state;
	for (int chars = 1; chars <= CHARS_MAX; chars++) {
		size_t needed = ((size_t)chars * 5 + 7) / 8;
		unsigned char *bytes = malloc(needed);
		memset(bytes, 0xff, needed);
		struct text code = code_from_bytes(arena, bytes, chars, false);
		free(bytes);
		assert_int_equal(code.len, chars);
		assert_int_equal(code.ptr[chars - 1], 'Z');
	}
}

static void typing_is_forgiven(void **state)
{
	(void)state;
	assert_read("7KQ2-M4XD", "7KQ2M4XD");
	assert_read("7kq2m4xd", "7KQ2M4XD");
	assert_read("  7kQ2 - m4-Xd ", "7KQ2M4XD");
	assert_read("oOiIlL", "001111");
	assert_read(ALPHABET, ALPHABET);
	assert_read("abcdefghjkmnpqrstvwxyz", "ABCDEFGHJKMNPQRSTVWXYZ");
}

static void what_is_no_code_is_empty(void **state)
{
	static const char *const wrong[] = { "", " ", "--", "U", "u", "7KQ2U", "7KQ2_M4XD", "7KQ2.",
					     "7KQ2/M4XD", "é", "Đ", "7KQ2\tM4XD", "@", "[", "`",
					     "{", "\x7f" };
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_read(wrong[i], "");
	assert_int_equal(code_read(arena, text_from_bytes("7K\0Q2", 5)).len, 0);
	assert_int_equal(code_read(arena, text_from_bytes("\0", 1)).len, 0);
}

static uint64_t random_state = 20240920;

/* SplitMix64: the same numbers in every run. */
static uint64_t next_random(void)
{
	uint64_t x = random_state += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* As someone may type it: any case, marks between, look-alikes. */
static struct text type(struct text code)
{
	struct buf buf;

	buf_init(&buf, arena, CHARS_MAX * 4);
	for (size_t i = 0; i < code.len; i++) {
		char c = code.ptr[i];
		uint64_t chance = next_random();
		if (c == '1' && chance & 1)
			c = "iIlL"[chance >> 1 & 3];
		else if (c == '0' && chance & 1)
			c = "oO"[chance >> 1 & 1];
		else if (c >= 'A' && chance & 1)
			c = (char)(c - 'A' + 'a');
		if (chance >> 8 & 1)
			buf_char(&buf, " -"[chance >> 9 & 1]);
		buf_char(&buf, c);
	}
	return buf_done(&buf);
}

static void what_was_read_out_is_read_back(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		unsigned char bytes[BYTES_MAX];
		int chars = 1 + (int)(next_random() % CHARS_MAX);
		for (size_t b = 0; b < sizeof(bytes); b++)
			bytes[b] = (unsigned char)next_random();
		struct text code = code_from_bytes(arena, bytes, chars, false);
		struct text grouped = code_from_bytes(arena, bytes, chars, true);
		assert_int_equal(code.len, chars);
		assert_true(text_equal(code_read(arena, code), code));
		assert_true(text_equal(code_read(arena, grouped), code));
		assert_true(text_equal(code_read(arena, type(grouped)), code));
		arena_reset(arena);
	}
}

/* A changed bit within the code's length changes the code. */
static void every_bit_counts(void **state)
{
	unsigned char bytes[BYTES_MAX] = { 0 };
	(void)state;

	struct text zero = code_from_bytes(arena, bytes, CHARS_MAX, false);
	for (int bit = 0; bit < CHARS_MAX * 5; bit++) {
		bytes[bit / 8] ^= (unsigned char)(0x80 >> bit % 8);
		struct text code = code_from_bytes(arena, bytes, CHARS_MAX, false);
		assert_true(!text_equal(code, zero));
		assert_int_not_equal(code.ptr[bit / 5], '0');
		bytes[bit / 8] = 0;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(five_bits_are_a_digit),
		cmocka_unit_test(a_code_begins_as_a_longer_one_does),
		cmocka_unit_test(groups_are_of_four),
		cmocka_unit_test(no_byte_is_read_past_the_last_digit),
		cmocka_unit_test(typing_is_forgiven),
		cmocka_unit_test(what_is_no_code_is_empty),
		cmocka_unit_test(what_was_read_out_is_read_back),
		cmocka_unit_test(every_bit_counts),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
