#include "rules/password.h"

#include "base/unicode.h"
#include "rules/password_common.h"
#include "rules/person.h"
#include "rules/profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;

static const struct password_owner owner = {
	.name = { "Điểu Thị Ngọc-Lan", sizeof("Điểu Thị Ngọc-Lan") - 1 },
	.birth_iso = { "1966-08-05", 10 },
};

static int setup(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	return arena ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* As registering asks: what all may not have, then what this one may not. */
static enum password_verdict judge(struct text typed)
{
	const struct profile profile = {
		.title = TEXT("Cuộc thi trực tuyến “Tìm hiểu Chuyển đổi số” năm 2024"),
		.short_title = TEXT("Chuyển đổi số Bình Phước"), .code = TEXT("binh-phuoc-2024"),
		.organizer = TEXT("Ủy ban nhân dân tỉnh Bình Phước"),
	};
	struct text password = password_read(arena, typed);
	enum password_verdict verdict = password_judge(arena, password, &profile);

	return verdict == PASSWORD_FINE ? password_judge_owner(arena, password, &owner) : verdict;
}

static const struct {
	const char *typed;
	enum password_verdict verdict;
} cases[] = {
	{ "", PASSWORD_EMPTY },
	{ "bảy ký!", PASSWORD_SHORT },
	{ "tám ký t", PASSWORD_FINE },
	{ "mật khẩu đủ dài", PASSWORD_FINE },
	{ "correct horse battery", PASSWORD_FINE },
	{ "zq8!vk2#", PASSWORD_FINE },
	{ "73059164", PASSWORD_FINE },		/* digits alone may be enough */
	{ "#*()-+!?", PASSWORD_FINE },
	{ "пароль-мой", PASSWORD_FINE },

	{ "Điểu Thị Ngọc Lan", PASSWORD_ONESELF },
	{ "dieuthingoclan", PASSWORD_ONESELF },
	{ "NGOCLAN1966", PASSWORD_ONESELF },
	{ "Lan12345", PASSWORD_ONESELF },
	{ "05081966", PASSWORD_ONESELF },
	{ "5 8 1966 ngoclan", PASSWORD_FINE },
	{ "05/08/1966", PASSWORD_ONESELF },
	{ "1966-08-05", PASSWORD_ONESELF },
	{ "06081966", PASSWORD_FINE },
	{ "ngoclanxinh", PASSWORD_FINE },

	{ "Bình Phước", PASSWORD_CONTEST },
	{ "binhphuoc2024", PASSWORD_CONTEST },
	{ "binh-phuoc-2024", PASSWORD_CONTEST },
	{ "chuyendoiso", PASSWORD_CONTEST },
	{ "TimHieuChuyenDoiSo1", PASSWORD_CONTEST },
	{ "uybannhandan", PASSWORD_CONTEST },
	{ "nam73915", PASSWORD_FINE },		/* too little of a title */
	{ "chuyendoitung", PASSWORD_FINE },

	{ "matkhau123", PASSWORD_COMMON },
	{ "MẬT-KHẨU-2024", PASSWORD_COMMON },
	{ "iloveyou", PASSWORD_COMMON },
	{ "I love you 99", PASSWORD_COMMON },
	{ "anhyeuem", PASSWORD_COMMON },
	{ "Anh yêu em 1314", PASSWORD_COMMON },
	{ "Anh yêu em nhiều", PASSWORD_COMMON },
	{ "password", PASSWORD_COMMON },
	{ "Passw0rd", PASSWORD_COMMON },
	{ "admin@2024", PASSWORD_COMMON },
	{ "1q2w3e4r", PASSWORD_COMMON },
	{ "hoi-thi-2024", PASSWORD_COMMON },
	{ "anhyeuemlan", PASSWORD_FINE },

	{ "aaaaaaaa", PASSWORD_REPEATED },
	{ "ÁÁááàà ẢẢ", PASSWORD_REPEATED },
	{ "!!!!!!!!", PASSWORD_REPEATED },
	{ "88888888888", PASSWORD_REPEATED },
	{ "abababab", PASSWORD_REPEATED },
	{ "123123123", PASSWORD_REPEATED },
	{ "abcdabcda", PASSWORD_REPEATED },

	{ "12345678", PASSWORD_RUN },
	{ "1234567890", PASSWORD_RUN },
	{ "0123456789", PASSWORD_RUN },
	{ "87654321", PASSWORD_RUN },
	{ "abcdefgh", PASSWORD_RUN },
	{ "hgfedcba", PASSWORD_RUN },
	{ "qwertyui", PASSWORD_RUN },
	{ "Qwerty 123", PASSWORD_RUN },
	{ "asdfghjkl", PASSWORD_RUN },
	{ "aaaa1111", PASSWORD_RUN },
	{ "1234abcx", PASSWORD_FINE },

	{ "0986 213 457", PASSWORD_PHONE },
	{ "912345670", PASSWORD_PHONE },
	{ "+84 39 555 1234", PASSWORD_PHONE },
	{ "01226345789", PASSWORD_PHONE },	/* of before 2018 */

	{ "19662024", PASSWORD_YEARS },
	{ "1975-2025", PASSWORD_YEARS },
	{ "199019921995", PASSWORD_YEARS },
};

static void each_has_its_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		enum password_verdict verdict = judge(text_from_z(cases[i].typed));
		if (verdict != cases[i].verdict)
			fail_msg("%s: %d, not %d", cases[i].typed, verdict, cases[i].verdict);
	}
}

/* A password of `chars` letters of two bytes each. */
static struct text long_password(int chars)
{
	static const char *const letters[] = { "đ", "ư", "ô" };
	struct buf buf;

	buf_init(&buf, arena, 4096);
	for (int i = 0; i < chars; i++)
		buf_z(&buf, letters[i * i % 7 % 3]);
	return buf_done(&buf);
}

static void length_is_counted_in_characters_after_composing(void **state)
{
	(void)state;
	/* Seven letters and a mark of its own are seven characters. */
	assert_int_equal(judge(TEXT("thue xe\xcc\x81")), PASSWORD_SHORT);
	assert_int_equal(judge(TEXT("thue xe\xcc\x81.")), PASSWORD_FINE);
	assert_int_equal(judge(long_password(PASSWORD_CHARS_MAX)), PASSWORD_FINE);
	assert_int_equal(judge(long_password(PASSWORD_CHARS_MAX + 1)), PASSWORD_LONG);
}

/* Composed or not, a password is the same bytes. */
static void two_spellings_are_one_password(void **state)
{
	struct text composed = password_read(arena, TEXT("ti\xe1\xba\xbfng"));

	(void)state;
	assert_true(text_equal(composed, password_read(arena, TEXT("tie\xcc\x82\xcc\x81ng"))));
}

static void what_is_not_known_of_a_person_refuses_nothing(void **state)
{
	const struct password_owner nobody = { TEXT_EMPTY, TEXT_EMPTY };
	const struct password_owner year = { TEXT_EMPTY, TEXT("1966") };

	(void)state;
	assert_int_equal(password_judge_owner(arena, TEXT("05081966"), &nobody), PASSWORD_FINE);
	assert_int_equal(password_judge_owner(arena, TEXT("05081966"), &year), PASSWORD_FINE);
	assert_int_equal(password_judge_owner(arena, TEXT("####????"), &nobody), PASSWORD_FINE);
}

static void check_table(const char *const *table, int n, size_t min)
{
	for (int i = 0; i < n; i++) {
		struct text one = text_from_z(table[i]);
		assert_true(one.len >= min);
		assert_true(text_equal(one, unicode_fold(arena, one)));
		assert_true(text_find(one, TEXT(" "), 0) < 0);
		if (i)
			assert_true(text_compare(text_from_z(table[i - 1]), one) < 0);
	}
}

static void the_tables_are_sorted_and_folded(void **state)
{
	(void)state;
	assert_true(n_password_common > 300);
	check_table(password_common, n_password_common, PASSWORD_CHARS_MIN);
	check_table(password_stems, n_password_stems, 2);
	for (int i = 0; i < n_password_common; i++)
		assert_true(judge(text_from_z(password_common[i])) != PASSWORD_FINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_its_verdict),
		cmocka_unit_test(length_is_counted_in_characters_after_composing),
		cmocka_unit_test(two_spellings_are_one_password),
		cmocka_unit_test(what_is_not_known_of_a_person_refuses_nothing),
		cmocka_unit_test(the_tables_are_sorted_and_folded),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
