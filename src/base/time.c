#include "base/time.h"

#include <assert.h>
#include <stdatomic.h>

#define VIETNAM_MS (7 * TIME_HOUR_MS)

static int64_t (*_Atomic clock_source)(void *);
static int64_t (*_Atomic mono_source)(void *);
static void *clock_source_ctx, *mono_source_ctx;

void time_set_source(int64_t (*source)(void *ctx), void *ctx)
{
	clock_source_ctx = ctx;
	clock_source = source;
}

void time_set_mono_source(int64_t (*source)(void *ctx), void *ctx)
{
	mono_source_ctx = ctx;
	mono_source = source;
}

static int64_t read_clock_us(clockid_t id)
{
	int64_t (*source)(void *) = clock_source;
	struct timespec now;

	if (source)
		return source(clock_source_ctx) * 1000;
	if (clock_gettime(id, &now) != 0)
		abort();
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t time_now_ms(void)
{
	return read_clock_us(CLOCK_REALTIME) / 1000;
}

int64_t time_mono_ms(void)
{
	return time_mono_us() / 1000;
}

int64_t time_mono_us(void)
{
	int64_t (*source)(void *) = mono_source;

	return source ? source(mono_source_ctx) * 1000 : read_clock_us(CLOCK_MONOTONIC);
}

int64_t contest_now_ms(const struct contest_clock *clock)
{
	return time_now_ms() + clock->shift_ms;
}

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, counted
 * in eras of 400 years that begin in March so that the leap day comes last. */
static int64_t days_from_date(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

static void date_from_days(int64_t days, struct civil *ret)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
			       day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;

	ret->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	ret->month = (int)(month + (month < 10 ? 3 : -9));
	ret->year = (int)(year_of_era + era * 400 + (ret->month <= 2));
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

struct civil time_to_civil(int64_t ms)
{
	int64_t local = ms + VIETNAM_MS;
	int64_t days = floor_div(local, TIME_DAY_MS);
	int64_t rest = local - days * TIME_DAY_MS;
	struct civil civil = {
		.hour = (int)(rest / TIME_HOUR_MS),
		.minute = (int)(rest / TIME_MINUTE_MS % 60),
		.second = (int)(rest / TIME_SECOND_MS % 60),
		.ms = (int)(rest % 1000),
	};
	date_from_days(days, &civil);
	return civil;
}

int64_t time_from_civil(const struct civil *civil)
{
	return days_from_date(civil->year, civil->month, civil->day) * TIME_DAY_MS +
	       civil->hour * TIME_HOUR_MS + civil->minute * TIME_MINUTE_MS +
	       civil->second * TIME_SECOND_MS + civil->ms - VIETNAM_MS;
}

int time_weekday(int64_t ms)
{
	int64_t days = floor_div(ms + VIETNAM_MS, TIME_DAY_MS);
	/* 1970-01-01 was a Thursday. */
	return (int)((days % 7 + 7 + 3) % 7) + 1;
}

int64_t time_day_start(int64_t ms)
{
	return floor_div(ms + VIETNAM_MS, TIME_DAY_MS) * TIME_DAY_MS - VIETNAM_MS;
}

bool time_is_date(int year, int month, int day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && leap);
}

/* Takes exactly `digits` digits from the front of `*text`. */
static bool take_number(struct text *text, size_t digits, int *ret)
{
	int value = 0;

	if (text->len < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		char c = text->ptr[i];
		if (c < '0' || c > '9')
			return false;
		value = value * 10 + (c - '0');
	}
	*text = text_part(*text, digits, text->len);
	*ret = value;
	return true;
}

static bool take_char(struct text *text, char c)
{
	if (text->len == 0 || text->ptr[0] != c)
		return false;
	*text = text_part(*text, 1, text->len);
	return true;
}

static bool take_clock(struct text *text, struct civil *civil)
{
	if (!take_char(text, 'T') || !take_number(text, 2, &civil->hour) ||
	    !take_char(text, ':') || !take_number(text, 2, &civil->minute))
		return false;
	if (take_char(text, ':')) {
		if (!take_number(text, 2, &civil->second))
			return false;
		if (take_char(text, '.') && !take_number(text, 3, &civil->ms))
			return false;
	}
	if (civil->hour == 24)
		return civil->minute + civil->second + civil->ms == 0;
	return civil->hour < 24 && civil->minute < 60 && civil->second < 60;
}

int time_parse(struct text text, int64_t *ret_ms)
{
	struct civil civil = { 0 };
	int64_t offset_ms = 0;

	if (!take_number(&text, 4, &civil.year) || !take_char(&text, '-') ||
	    !take_number(&text, 2, &civil.month) || !take_char(&text, '-') ||
	    !take_number(&text, 2, &civil.day) ||
	    !time_is_date(civil.year, civil.month, civil.day))
		return 1;
	if (text.len) {
		if (!take_clock(&text, &civil))
			return 1;
		if (text_equal(text, TEXT("Z")))
			offset_ms = VIETNAM_MS;
		else if (!text_equal(text, TEXT("+07:00")))
			return 1;
	}
	*ret_ms = time_from_civil(&civil) + offset_ms;
	return 0;
}

struct text time_format_iso(struct arena *arena, int64_t ms)
{
	struct civil c = time_to_civil(ms);
	if (c.ms)
		return text_format(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03d+07:00", c.year,
				   c.month, c.day, c.hour, c.minute, c.second, c.ms);
	return text_format(arena, "%04d-%02d-%02dT%02d:%02d:%02d+07:00", c.year, c.month, c.day,
			   c.hour, c.minute, c.second);
}

/* Midnight reads as the end of the day before: "24:00 ngày 04/10/2024". */
static struct text format_full(struct arena *arena, int64_t ms)
{
	struct civil c = time_to_civil(ms);
	if (c.hour + c.minute + c.second + c.ms == 0) {
		c = time_to_civil(ms - 1);
		c.hour = 24;
		c.minute = 0;
	}
	return text_format(arena, "%02d:%02d ngày %02d/%02d/%04d", c.hour, c.minute, c.day,
			   c.month, c.year);
}

/* Without printf, since every save says when it was made. */
static struct text format_clock(struct arena *arena, const struct civil *c)
{
	const int parts[] = { c->hour, c->minute, c->second };
	char clock[] = "hh:mm:ss";

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		clock[3 * i] = (char)('0' + parts[i] / 10);
		clock[3 * i + 1] = (char)('0' + parts[i] % 10);
	}
	return text_copy(arena, text_from_z(clock));
}

struct text time_format_vn(struct arena *arena, int64_t ms, enum time_style style)
{
	struct civil c = time_to_civil(ms);

	switch (style) {
	case TIME_STYLE_DATE:
		return text_format(arena, "%02d/%02d/%04d", c.day, c.month, c.year);
	case TIME_STYLE_CLOCK:
		return format_clock(arena, &c);
	case TIME_STYLE_MINUTE:
		return text_format(arena, "%02d:%02d", c.hour, c.minute);
	case TIME_STYLE_FULL:
		return format_full(arena, ms);
	case TIME_STYLE_DAY_AND_TIME:
		return text_format(arena, "%02d:%02d %02d/%02d/%04d", c.hour, c.minute, c.day,
				   c.month, c.year);
	}
	assert(false && "a time style");
	return TEXT_EMPTY;
}

struct text time_format_span(struct arena *arena, int64_t ms)
{
	int64_t s = (ms < 0 ? 0 : ms) / 1000;
	if (s < 3600)
		return text_format(arena, "%02d:%02d", (int)(s / 60), (int)(s % 60));
	return text_format(arena, "%d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}
