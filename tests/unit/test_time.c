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

static int64_t at(int year, int month, int day, int hour, int minute, int second, int ms)
{
	struct civil civil = { year, month, day, hour, minute, second, ms };
	return time_from_civil(&civil);
}

static void counts_every_day(void **state)
{
	int64_t expected = at(1900, 1, 1, 0, 0, 0, 0);
	int weekday = 1;	/* 1900-01-01 was a Monday */
	int days = 0;
	(void)state;

	assert_true(at(1970, 1, 1, 7, 0, 0, 0) == 0);
	assert_true(at(2024, 9, 20, 8, 0, 0, 0) == INT64_C(1726794000000));
	for (int year = 1900; year <= 2200; year++)
		for (int month = 1; month <= 12; month++)
			for (int day = 1; day <= 31; day++) {
				if (!time_is_date(year, month, day))
					continue;
				int64_t start = at(year, month, day, 0, 0, 0, 0);
				int64_t last = at(year, month, day, 23, 59, 59, 999);
				assert_true(start == expected);
				assert_true(last - start == TIME_DAY_MS - 1);
				assert_true(at(year, month, day, 24, 0, 0, 0) == start + TIME_DAY_MS);
				assert_int_equal(time_weekday(start), weekday);
				assert_int_equal(time_weekday(last), weekday);
				assert_true(time_day_start(start) == start);
				assert_true(time_day_start(last) == start);
				struct civil civil = time_to_civil(last);
				assert_true(civil.year == year && civil.month == month && civil.day == day &&
					    civil.hour == 23 && civil.minute == 59 && civil.second == 59 &&
					    civil.ms == 999);
				expected += TIME_DAY_MS;
				weekday = weekday % 7 + 1;
				days++;
			}
	/* 301 years, of which 1904 … 2196 are leap years but for 2100. */
	assert_int_equal(days, 301 * 365 + 73);
}

static void knows_dates(void **state)
{
	(void)state;
	assert_true(time_is_date(2024, 2, 29));
	assert_false(time_is_date(2023, 2, 29));
	assert_true(time_is_date(2000, 2, 29));
	assert_false(time_is_date(1900, 2, 29));
	assert_false(time_is_date(2024, 4, 31));
	assert_false(time_is_date(2024, 0, 1));
	assert_false(time_is_date(2024, 13, 1));
	assert_false(time_is_date(2024, 1, 0));
	assert_false(time_is_date(0, 1, 1));
	assert_false(time_is_date(10000, 1, 1));
}

static uint64_t random_state = 9;

static int64_t random_ms(void)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	int64_t span = at(2200, 1, 1, 0, 0, 0, 0) - at(1900, 1, 1, 0, 0, 0, 0);
	return at(1900, 1, 1, 0, 0, 0, 0) + (int64_t)((random_state >> 1) % (uint64_t)span);
}

static void goes_there_and_back(void **state)
{
	(void)state;
	for (int i = 0; i < 50000; i++) {
		int64_t ms = random_ms(), again;
		if (i % 2)
			ms -= ((ms % 1000) + 1000) % 1000;
		if (i % 100 == 0)
			arena_reset(arena);
		struct civil civil = time_to_civil(ms);
		assert_true(time_from_civil(&civil) == ms);
		assert_int_equal(time_parse(time_format_iso(arena, ms), &again), 0);
		assert_true(again == ms);
		assert_true(time_day_start(ms) <= ms && ms - time_day_start(ms) < TIME_DAY_MS);
	}
}

static void reads_times(void **state)
{
	static const char *const same[] = {
		"2024-10-04T24:00:00+07:00", "2024-10-05", "2024-10-05T00:00+07:00",
		"2024-10-04T17:00:00Z", "2024-10-05T00:00:00.000+07:00", "2024-10-04T24:00+07:00",
	};
	static const char *const bad[] = {
		"", "2024", "2024-10", "2024-10-5", "2024-13-01", "2024-02-30", "2024-10-05T", "2024-10-05T08:00",
		"2024-10-05T08:00:00", "2024-10-05T08:00:00+08:00", "2024-10-05T24:00:01+07:00",
		"2024-10-05T24:01+07:00", "2024-10-05T25:00+07:00", "2024-10-05T08:60+07:00",
		"2024-10-05T08:00:60+07:00", "2024-10-05T08:00:00.5+07:00", "2024-10-05 08:00+07:00",
		"2024-10-05T08:00:00+07:00 ", " 2024-10-05", "05/10/2024", "2024-10-05Z", "2024-10-05T08:00:00z",
		"0000-01-01", "2024-10-05T08+07:00",
	};
	int64_t ms = 1;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (time_parse(text_from_z(bad[i]), &ms) != 1)
			fail_msg("“%s” was read", bad[i]);
	assert_true(ms == 1);
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		assert_int_equal(time_parse(text_from_z(same[i]), &ms), 0);
		assert_true(ms == at(2024, 10, 5, 0, 0, 0, 0));
	}
	assert_int_equal(time_parse(TEXT("2024-10-05T08:09:10.123+07:00"), &ms), 0);
	assert_text(time_format_iso(arena, ms), "2024-10-05T08:09:10.123+07:00");
}

static void writes_times(void **state)
{
	int64_t ms = at(2024, 9, 20, 8, 5, 7, 0);
	(void)state;

	assert_text(time_format_iso(arena, ms), "2024-09-20T08:05:07+07:00");
	assert_text(time_format_vn(arena, ms, TIME_STYLE_DATE), "20/09/2024");
	assert_text(time_format_vn(arena, ms, TIME_STYLE_CLOCK), "08:05:07");
	assert_text(time_format_vn(arena, ms, TIME_STYLE_MINUTE), "08:05");
	assert_text(time_format_vn(arena, ms, TIME_STYLE_FULL), "08:05 ngày 20/09/2024");
	assert_text(time_format_vn(arena, ms, TIME_STYLE_DAY_AND_TIME), "08:05 20/09/2024");
	int64_t midnight = at(2024, 10, 4, 24, 0, 0, 0);
	assert_text(time_format_vn(arena, midnight, TIME_STYLE_FULL), "24:00 ngày 04/10/2024");
	assert_text(time_format_vn(arena, midnight, TIME_STYLE_DATE), "05/10/2024");
	assert_text(time_format_span(arena, 754000), "12:34");
	assert_text(time_format_span(arena, 3723999), "1:02:03");
	assert_text(time_format_span(arena, 0), "00:00");
	assert_text(time_format_span(arena, -5), "00:00");
}

static int64_t fixed(void *ctx)
{
	return *(int64_t *)ctx;
}

static void takes_another_clock(void **state)
{
	int64_t now = 12345;
	struct contest_clock clock = { .shift_ms = -45 };
	(void)state;

	time_set_source(fixed, &now);
	int64_t machine = time_now_ms(), mono = time_mono_ms(), mono_us = time_mono_us();
	int64_t contest = contest_now_ms(&clock);
	time_set_source(NULL, NULL);
	assert_true(machine == 12345);
	assert_true(mono == 12345);
	assert_true(mono_us == 12345000);
	assert_true(contest == 12300);
	assert_true(time_now_ms() > at(2024, 1, 1, 0, 0, 0, 0));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(counts_every_day), TEST(knows_dates),  TEST(goes_there_and_back),
		TEST(reads_times),	TEST(writes_times), TEST(takes_another_clock),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
