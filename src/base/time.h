/* Time.
 *
 * An instant is an int64_t of milliseconds since 1970-01-01T00:00:00Z. The
 * machine's clock is read only here. Civil time is Vietnam's: UTC+7 without
 * daylight saving.
 *
 * There are two clocks. Ids, sessions, leases, limits and logs use the
 * machine's. What `rules` decides and people read is the contest's, which a
 * rehearsal may shift (struct contest_clock). */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include "base/text.h"

#define TIME_SECOND_MS INT64_C(1000)
#define TIME_MINUTE_MS (60 * TIME_SECOND_MS)
#define TIME_HOUR_MS (60 * TIME_MINUTE_MS)
#define TIME_DAY_MS (24 * TIME_HOUR_MS)

/* Stands for "no instant". */
#define TIME_NONE INT64_MIN

/* The machine's clock. */
int64_t time_now_ms(void);

/* A clock that only goes forward, for waits and durations. */
int64_t time_mono_ms(void);

/* The same in microseconds, for durations that are measured. */
int64_t time_mono_us(void);

/* Test seam: both clocks are read from `source` from now on; NULL ends it. */
void time_set_source(int64_t (*source)(void *ctx), void *ctx);

/* Test seam: the one that only goes forward comes from a source of its own, so that
 * a test can set the machine's clock back; NULL ends it. */
void time_set_mono_source(int64_t (*source)(void *ctx), void *ctx);

/* The contest's clock: the machine's, shifted. */
struct contest_clock {
	int64_t shift_ms;	/* 0 outside rehearsals */
};

int64_t contest_now_ms(const struct contest_clock *clock);

/* A moment of Vietnamese civil time. */
struct civil {
	int year;
	int month;	/* 1 to 12 */
	int day;	/* 1 to 31 */
	int hour;	/* 0 to 24; 24 only with 0 minutes: the end of the day */
	int minute;
	int second;
	int ms;
};

struct civil time_to_civil(int64_t ms);

/* The instant of a civil moment, whose fields are in range. */
int64_t time_from_civil(const struct civil *civil);

/* Day of the week of an instant in Vietnam: 1 Monday to 7 Sunday (ISO 8601). */
int time_weekday(int64_t ms);

/* Midnight in Vietnam at which the day of `ms` began. */
int64_t time_day_start(int64_t ms);

bool time_is_date(int year, int month, int day);

/* Reads "2024-10-04T24:00:00+07:00" (seconds and milliseconds may be left
 * out; the offset must be +07:00 or Z), or "2024-10-04" (the start of that
 * day). Hour 24 is the end of the day. Answers 0 done, 1 not such a time. */
int time_parse(struct text text, int64_t *ret_ms) MUST_CHECK;

/* "2024-10-04T08:00:00+07:00"; milliseconds are printed when there are any. */
struct text time_format_iso(struct arena *arena, int64_t ms);

enum time_style {
	TIME_STYLE_DATE,	/* 04/10/2024 */
	TIME_STYLE_CLOCK,	/* 09:41:07 */
	TIME_STYLE_MINUTE,	/* 09:41 */
	TIME_STYLE_FULL,	/* 08:00 ngày 20/09/2024; midnight is written
				 * "24:00" of the day that ends */
	TIME_STYLE_DAY_AND_TIME,/* 08:00 20/09/2024, language-neutral */
};

/* An instant as people in Vietnam read it. */
struct text time_format_vn(struct arena *arena, int64_t ms, enum time_style style);

/* A duration as "12:34" or "1:02:03". */
struct text time_format_span(struct arena *arena, int64_t ms);

#endif
