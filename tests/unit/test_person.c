#include "rules/person.h"

#include "base/time.h"

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

static void assert_text(struct text text, const char *expected)
{
	if (!text_equal_z(text, expected))
		fail_msg("“%.*s” is not “%s”", TEXT_ARGS(text), expected);
}

static void assert_name(const char *typed, enum name_verdict verdict, const char *expected)
{
	struct text name = TEXT("untouched");
	enum name_verdict got = person_read_name(arena, text_from_z(typed), &name);
	if (got != verdict)
		fail_msg("“%s”: %d is not %d", typed, got, verdict);
	assert_text(name, verdict == NAME_REFUSED ? "untouched" : expected);
}

static void reads_names(void **state)
{
	(void)state;
	assert_name("NGUYỄN VĂN A", NAME_FINE, "NGUYỄN VĂN A");
	assert_name("Điểu K'Rứt", NAME_FINE, "Điểu K'Rứt");
	assert_name("Điểu K’Rứt", NAME_FINE, "Điểu K'Rứt");
	assert_name("H`Bia Niê", NAME_FINE, "H'Bia Niê");
	assert_name("  Lê\t Thị\xc2\xa0 Hương\n", NAME_FINE, "Lê Thị Hương");
	assert_name("Le\xcc\x82\xcc\x81 Hoa\xcc\x80", NAME_FINE, "Lế Hoà");
	assert_name("Tôn Nữ Thị Ninh-Hà", NAME_FINE, "Tôn Nữ Thị Ninh-Hà");
	assert_name("Y Blŏ Êban", NAME_FINE, "Y Blŏ Êban");
	assert_name("Ê\xcc\x86 Nuôl", NAME_FINE, "Ê\xcc\x86 Nuôl");
	assert_name("J. Smith Jr.", NAME_FINE, "J. Smith Jr.");
	assert_name("Lê\xe2\x80\x8b Na\xef\xbb\xbf", NAME_FINE, "Lê Na");
}

static void doubts_names(void **state)
{
	(void)state;
	assert_name("An", NAME_ODD, "An");
	assert_name("Lê Văn A1", NAME_ODD, "Lê Văn A1");
	assert_name("aaa AAA", NAME_ODD, "aaa AAA");
	assert_name("Lê Vannnn", NAME_ODD, "Lê Vannnn");
	assert_name("Lê Иван", NAME_ODD, "Lê Иван");
	assert_name("-Lê An", NAME_ODD, "-Lê An");
}

static void refuses_names(void **state)
{
	(void)state;
	assert_name("", NAME_REFUSED, "");
	assert_name(" \t\xe2\x80\x8b", NAME_REFUSED, "");
	assert_name("123 456", NAME_REFUSED, "");
	assert_name("- .", NAME_REFUSED, "");
	assert_name("Lê\x01 An", NAME_REFUSED, "");
	assert_name("Lê <b>An</b>", NAME_REFUSED, "");
	assert_name("Lê An 😀", NAME_REFUSED, "");
	assert_name("Lê @An", NAME_REFUSED, "");
	assert_name("Lê \xcc\x81" "An", NAME_REFUSED, "");
	assert_name("La\xcc\x96\xcc\x97\xcc\x98\xcc\x99 An", NAME_REFUSED, "");
	assert_name("Lê \xff", NAME_REFUSED, "");

	char long_name[PERSON_NAME_CHARS_MAX + 2];
	for (size_t i = 0; i < sizeof(long_name); i++)
		long_name[i] = i % 8 == 7 ? ' ' : (char)('a' + i % 8);
	long_name[PERSON_NAME_CHARS_MAX] = '\0';
	long_name[PERSON_NAME_CHARS_MAX - 1] = 'z';
	assert_name(long_name, NAME_FINE, long_name);
	long_name[PERSON_NAME_CHARS_MAX] = 'y';
	long_name[PERSON_NAME_CHARS_MAX + 1] = '\0';
	assert_name(long_name, NAME_REFUSED, "");
}

static int64_t noon(int year, int month, int day)
{
	struct civil civil = { .year = year, .month = month, .day = day, .hour = 12 };
	return time_from_civil(&civil);
}

static void assert_birth(const char *typed, enum birth_verdict verdict, const char *iso)
{
	struct birth birth = { 0 };
	enum birth_verdict got = person_read_birth(text_from_z(typed), noon(2024, 9, 20), &birth);
	if (got != verdict)
		fail_msg("“%s”: %d is not %d", typed, got, verdict);
	if (verdict == BIRTH_FINE) {
		struct birth again;
		struct text form = person_birth_iso(arena, &birth);
		assert_text(form, iso);
		assert_int_equal(person_birth_from_iso(form, &again), 0);
		assert_memory_equal(&again, &birth, sizeof(birth));
	} else {
		assert_int_equal(birth.year, 0);
	}
}

static void reads_births(void **state)
{
	(void)state;
	static const char *const same[] = {
		"5/8/1966", "05/08/1966", "05-08-1966", "5.8.1966", "5 8 1966", "05081966",
		"1966-08-05", "1966/8/5", " 5 / 8 / 1966 ", "５／８／１９６６", "5–8–1966",
	};
	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		assert_birth(same[i], BIRTH_FINE, "1966-08-05");
	assert_birth("1966", BIRTH_FINE, "1966");
	assert_birth("29/2/2024", BIRTH_FINE, "2024-02-29");
	assert_birth("20/9/2024", BIRTH_FINE, "2024-09-20");
	assert_birth("2024", BIRTH_FINE, "2024");
	assert_birth("20/9/1904", BIRTH_FINE, "1904-09-20");
	assert_birth("1904", BIRTH_FINE, "1904");
}

static void refuses_births(void **state)
{
	(void)state;
	static const char *const none[] = {
		"5/8/66", "66", "050866", "2024-13-01", "29/2/2023", "31/2/1990", "0/1/1990",
		"1/0/1990", "5/8-1966", "5/8", "8/1966", "5/8/1966/1", "abc", "5/8/19666",
		"1966-08-05x", "123456789012", "0000", "-1966", "5//8/1966", "19660805", "/5/8/1966",
		"5/8/1966/", "20240920T00",
	};
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_birth(none[i], BIRTH_NO_DATE, "");
	assert_birth("", BIRTH_EMPTY, "");
	assert_birth(" \xc2\xa0 ", BIRTH_EMPTY, "");
	assert_birth("21/9/2024", BIRTH_FUTURE, "");
	assert_birth("1/10/2024", BIRTH_FUTURE, "");
	assert_birth("2025", BIRTH_FUTURE, "");
	assert_birth("19/9/1904", BIRTH_TOO_OLD, "");
	assert_birth("1903", BIRTH_TOO_OLD, "");
	assert_birth("1/1/0966", BIRTH_TOO_OLD, "");
}

static void formats_births(void **state)
{
	struct birth birth = { 1966, 8, 5 };
	(void)state;

	assert_text(person_format_birth(arena, &birth), "05/08/1966");
	assert_text(person_format_birth(arena, &(struct birth){ 1966, 0, 0 }), "1966");
	static const char *const bad[] = {
		"", "196", "1966-8-5", "05/08/1966", "1966-08-32", "1966-8 -05", "1966 08 05", "x966",
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(person_birth_from_iso(text_from_z(bad[i]), &birth), 1);
}

static void counts_ages(void **state)
{
	(void)state;
	struct birth day = { 2006, 9, 20 };
	assert_true(person_is_aged(&day, 18, noon(2024, 9, 20)));
	assert_false(person_is_aged(&day, 18, noon(2024, 9, 19)));
	assert_true(person_is_aged(&day, 18, noon(2024, 10, 1)));
	struct birth year = { 2006, 0, 0 };
	assert_true(person_is_aged(&year, 18, noon(2024, 1, 1)));
	assert_false(person_is_aged(&year, 19, noon(2024, 12, 31)));
	struct birth leap = { 2008, 2, 29 };
	assert_false(person_is_aged(&leap, 18, noon(2026, 2, 28)));
	assert_true(person_is_aged(&leap, 18, noon(2026, 3, 1)));
	assert_true(person_is_aged(&leap, 0, noon(2024, 1, 1)));
	/* The other way about, the doubt makes someone younger. */
	assert_true(person_may_be_under(&day, 18, noon(2024, 9, 19)));
	assert_false(person_may_be_under(&day, 18, noon(2024, 9, 20)));
	assert_true(person_may_be_under(&year, 18, noon(2024, 1, 1)));
	assert_true(person_may_be_under(&year, 18, noon(2024, 12, 30)));
	assert_false(person_may_be_under(&year, 18, noon(2024, 12, 31)));
	assert_false(person_may_be_under(&year, 18, noon(2025, 1, 1)));
}

static void assert_phone(const char *typed, enum phone_verdict verdict, const char *e164)
{
	struct text phone = TEXT("untouched");
	enum phone_verdict got = person_read_phone(arena, text_from_z(typed), &phone);
	if (got != verdict)
		fail_msg("“%s”: %d is not %d", typed, got, verdict);
	bool read = verdict == PHONE_FINE || verdict == PHONE_CONVERTED;
	assert_text(phone, read ? e164 : "untouched");
}

static void reads_phones(void **state)
{
	(void)state;
	static const char *const same[] = {
		"0912345678", "0912 345 678", "0912.345.678", "0912-345-678", "+84912345678",
		"+84 912 345 678", "84 912.345.678", "84912345678", "0084912345678", "(+84) 912345678",
		"+84 (0)912 345 678", "(0912) 345 678", "０９１２３４５６７８", "＋８４９１２３４５６７８",
		"912345678", "\xe2\x80\xaa+84 912 345 678\xe2\x80\xac", "0912\u00a0345678", "0912–345–678",
	};
	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		assert_phone(same[i], PHONE_FINE, "+84912345678");
	assert_phone("0849123456", PHONE_FINE, "+84849123456");
	assert_phone("84849123456", PHONE_FINE, "+84849123456");
	assert_phone("849123456", PHONE_FINE, "+84849123456");
	assert_phone("0321234567", PHONE_FINE, "+84321234567");
	assert_phone("", PHONE_EMPTY, "");
	assert_phone(" - ", PHONE_EMPTY, "");
}

static void converts_phones_of_before_2018(void **state)
{
	static const char *const table[][2] = {
		{ "0120", "70" }, { "0121", "79" }, { "0122", "77" }, { "0123", "83" }, { "0124", "84" },
		{ "0125", "85" }, { "0126", "76" }, { "0127", "81" }, { "0128", "78" }, { "0129", "82" },
		{ "0162", "32" }, { "0163", "33" }, { "0164", "34" }, { "0165", "35" }, { "0166", "36" },
		{ "0167", "37" }, { "0168", "38" }, { "0169", "39" }, { "0186", "56" }, { "0188", "58" },
		{ "0199", "59" },
	};
	char typed[32], expected[32];
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		(void)snprintf(expected, sizeof(expected), "+84%s1234567", table[i][1]);
		(void)snprintf(typed, sizeof(typed), "%s 123 4567", table[i][0]);
		assert_phone(typed, PHONE_CONVERTED, expected);
		(void)snprintf(typed, sizeof(typed), "+84 %s 1234567", table[i][0] + 1);
		assert_phone(typed, PHONE_CONVERTED, expected);
		(void)snprintf(typed, sizeof(typed), "84%s1234567", table[i][0] + 1);
		assert_phone(typed, PHONE_CONVERTED, expected);
	}
	assert_phone("01612345678", PHONE_NO_MOBILE, "");
	assert_phone("01872345678", PHONE_NO_MOBILE, "");
}

static void refuses_phones(void **state)
{
	(void)state;
	static const char *const none[] = {
		"091234567", "09123456789", "0271 3888 888", "02713888888", "1900 1234", "113",
		"+1 202 555 0100", "+8491234567", "0912345678x", "0912/345/678", "09123+45678", "++84912345678",
		"0612345678", "0212345678", "٠٩١٢٣٤٥٦٧٨", "\xff", "8412345678", "+", "0", "84",
		"00000000000000000000000000000000000000000000000000000000000000000000000000000000",
	};
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_phone(none[i], PHONE_NO_MOBILE, "");
}

static void shortens_names(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ "Nguyễn Văn An", "N. V. A." }, { "đặng thị ánh", "Đ. T. Á." },
		{ "H'Bia Niê", "H. N." }, { "Điểu K'Rứt", "Đ. K." }, { "ước", "Ư." },
		{ "Trần 'Ba", "T. B." }, { "Lê 12 C", "L. C." }, { "Y\u030c An", "Y\u030c. A." },
		{ "Anna-Maria Êban", "A. Ê." }, { "12 -", "" }, { "", "" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_text(person_initials(arena, text_from_z(rows[i][0])), rows[i][1]);
}

static void formats_phones(void **state)
{
	(void)state;
	assert_text(person_format_phone(arena, TEXT("+84912345678")), "0912 345 678");
	assert_text(person_format_phone(arena, TEXT("+12025550100")), "+12025550100");
	assert_text(person_format_phone(arena, TEXT_EMPTY), "");
	/* What is shown reads as what it was. */
	assert_phone("0912 345 678", PHONE_FINE, "+84912345678");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_names),    TEST(doubts_names),
		TEST(refuses_names),  TEST(reads_births),
		TEST(refuses_births), TEST(formats_births),
		TEST(counts_ages),    TEST(reads_phones),
		TEST(refuses_phones), TEST(converts_phones_of_before_2018),
		TEST(formats_phones), TEST(shortens_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
