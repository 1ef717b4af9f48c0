#include "rules/score.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* splitmix64: the tests' own randomness, the same on every run. */
static uint64_t random_state;

static uint64_t random_u64(void)
{
	uint64_t z = (random_state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static int random_below(int n)
{
	return (int)(random_u64() % (uint64_t)n);
}

static void random_vector(char *answers, int n)
{
	for (int i = 0; i < n; i++)
		answers[i] = (char)('0' + random_below(5));
}

static void test_vectors(void **state)
{
	(void)state;
	assert_true(score_is_vector(TEXT("01234"), 5));
	assert_true(score_is_vector(TEXT_EMPTY, 0));
	assert_false(score_is_vector(TEXT("01234"), 4));
	assert_false(score_is_vector(TEXT("01234"), 6));
	assert_false(score_is_vector(TEXT("0125"), 4));
	assert_false(score_is_vector(TEXT("01 2"), 4));
	assert_false(score_is_vector(TEXT("01/2"), 4));
	assert_int_equal(score_count_answered(TEXT("00000")), 0);
	assert_int_equal(score_count_answered(TEXT("01204")), 3);
}

/* Recounted the other way round: the position at which the key was shown. */
static void test_score_is_a_recount(void **state)
{
	static struct bank_item bank[200];
	struct profile profile = { .shuffle_questions = 1, .shuffle_options = 1 };

	(void)state;
	random_state = 1;
	for (int round = 0; round < 2000; round++) {
		unsigned char seed[DRAW_SEED_BYTES];
		struct drawn_paper paper;
		char answers[PROFILE_QUESTIONS_MAX];
		int correct = 0;
		for (size_t i = 0; i < ARRAY_LEN(bank); i++)
			bank[i] = (struct bank_item){ TEXT_EMPTY, 1, random_below(4) };
		for (int i = 0; i < DRAW_SEED_BYTES; i++)
			seed[i] = (unsigned char)random_u64();
		profile.n_questions = 1 + random_below(round % 3 ? 30 : 3);
		profile.points_per_question = 1 + random_below(10);
		assert_int_equal(draw_paper(&profile, bank, 200, seed, &paper), 0);
		random_vector(answers, paper.n);
		for (int i = 0; i < paper.n; i++) {
			int shown_at = 0;
			while (paper.items[i].options[shown_at] != bank[paper.items[i].number].key)
				shown_at++;
			if (round % 5 == 0)
				answers[i] = (char)('1' + shown_at);
			correct += answers[i] - '0' == shown_at + 1;
		}
		struct score score = score_paper(&profile, bank, 200, &paper,
						 text_from_bytes(answers, (size_t)paper.n));
		assert_int_equal(score.correct, correct);
		assert_int_equal(score.points, correct * profile.points_per_question);
		assert_int_equal(score.perfect, correct == paper.n);
	}
}

static void test_merge_laws(void **state)
{
	struct arena *arena = arena_new(1 << 20);

	(void)state;
	random_state = 2;
	for (int round = 0; round < 5000; round++) {
		char base[30], posted[30], stored[30];
		int n = random_below(31);
		random_vector(base, n);
		random_vector(posted, n);
		random_vector(stored, n);
		struct text b = text_from_bytes(base, (size_t)n);
		struct text p = text_from_bytes(posted, (size_t)n);
		struct text s = text_from_bytes(stored, (size_t)n);
		arena_reset(arena);
		struct text merged = score_merge(arena, b, p, s);
		assert_true(score_is_vector(merged, n));
		for (int i = 0; i < n; i++)
			assert_int_equal(merged.ptr[i],
					 posted[i] != base[i] ? posted[i] : stored[i]);
		assert_true(text_equal(score_merge(arena, b, b, s), s));
		assert_true(text_equal(score_merge(arena, s, p, s), p));
		assert_true(text_equal(score_merge(arena, b, p, b), p));
		/* Sent twice is as sent once. */
		assert_true(text_equal(score_merge(arena, b, p, merged), merged));
	}
	arena_free(arena);
}

/* Two devices that changed different items both keep what they wrote. */
static void test_merge_of_two_devices(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	struct text base = TEXT("1000");
	struct text stored = score_merge(arena, base, TEXT("1200"), base);

	(void)state;
	assert_true(text_equal(score_merge(arena, base, TEXT("0003"), stored), TEXT("0203")));
	arena_free(arena);
}

static void test_read_prediction(void **state)
{
	static const struct {
		const char *typed;
		int64_t value;	/* -1: refused */
	} cases[] = {
		{ "1200", 1200 }, { "1.200", 1200 }, { "1,200", 1200 }, { "1 200", 1200 },
		{ "1\u00a0200", 1200 }, { "1\u202f200", 1200 }, { "  1.200\t", 1200 },
		{ "\u00a0 1200 \u00a0", 1200 }, { "\u00a0\u202f7\u202f\u00a0", 7 }, { "0", 0 },
		{ "007", 7 }, { "12.345", 12345 }, { "123.456", 123456 }, { "9999999", 9999999 },
		{ "9.999.999", 9999999 }, { "10000000", -1 }, { "10.000.000", -1 },
		{ "99999999999999999999999999", -1 }, { "", -1 }, { " ", -1 }, { "\u00a0", -1 },
		{ "1.20", -1 }, { "12,5", -1 }, { "-3", -1 }, { "+3", -1 }, { "1200 người", -1 },
		{ "1.2000", -1 }, { "1234.567", -1 }, { "1.234,567", -1 }, { "1.234 567", -1 },
		{ "1..200", -1 }, { "1.200.", -1 }, { ".200", -1 }, { "1  200", -1 }, { "1.", -1 },
		{ "0.200", -1 }, { "0 200", -1 }, { "1e3", -1 }, { "0x10", -1 }, { "12a", -1 },
		{ "1\u00a0 200", -1 }, { "１２００", -1 }, { "1-200", -1 }, { "\xc2", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t value = -5;
		int answer = score_read_prediction(text_from_z(cases[i].typed), &value);
		if (answer != (cases[i].value < 0) ||
		    value != (cases[i].value < 0 ? -5 : cases[i].value))
			fail_msg("\"%s\" gives %d, %lld", cases[i].typed, answer, (long long)value);
	}
}

static void test_format_number(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	static const struct {
		int64_t number;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { 7, "7" }, { 999, "999" }, { 1000, "1.000" }, { 1200, "1.200" },
		{ 1000000, "1.000.000" }, { 123456, "123.456" }, { -1200, "-1.200" }, { -5, "-5" },
		{ INT64_MAX, "9.223.372.036.854.775.807" },
		{ INT64_MIN, "-9.223.372.036.854.775.808" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(text_z(arena, score_format_number(arena, cases[i].number)),
				    cases[i].text);
	random_state = 3;
	for (int i = 0; i < 1000; i++) {
		int64_t number = random_below(PREDICTION_MAX + 1), read;
		struct text written = score_format_number(arena, number);
		assert_int_equal(score_read_prediction(written, &read), 0);
		assert_int_equal(read, number);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_score_is_a_recount),
		cmocka_unit_test(test_merge_laws),
		cmocka_unit_test(test_merge_of_two_devices),
		cmocka_unit_test(test_read_prediction),
		cmocka_unit_test(test_format_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
