#include "rules/person.h"

#include "base/time.h"
#include "rules/person_typed.h"

#define AGE_YEARS_MAX 120
#define PARTS_MAX 3

/* A number as it was written. */
struct part {
	int value;
	size_t digits;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes up to eight digits from the front; false when there is none. */
static bool take_part(struct text *text, struct part *ret)
{
	struct part part = { 0, 0 };

	while (part.digits < text->len && is_digit(text->ptr[part.digits])) {
		if (part.digits == 8)
			return false;
		part.value = part.value * 10 + (text->ptr[part.digits++] - '0');
	}
	*text = text_part(*text, part.digits, text->len);
	*ret = part;
	return part.digits > 0;
}

/* Takes one of / - . with spaces about it, or spaces alone; 0 when none is there. */
static char take_separator(struct text *text)
{
	struct text rest = text_trim(*text);
	char separator = rest.len < text->len ? ' ' : 0;

	if (rest.len && strchr("/-.", rest.ptr[0])) {
		separator = rest.ptr[0];
		rest = text_trim(text_part(rest, 1, rest.len));
	}
	*text = rest;
	return separator;
}

/* Splits into 1 or 3 numbers with one kind of separator; 0 when that fails. */
static int split(struct text text, struct part parts[PARTS_MAX])
{
	char first = 0;
	int n = 0;

	for (;;) {
		if (!take_part(&text, &parts[n++]))
			return 0;
		if (text.len == 0)
			return n == 2 ? 0 : n;
		char separator = take_separator(&text);
		if (separator == 0 || n == PARTS_MAX || (n > 1 && separator != first))
			return 0;
		first = separator;
	}
}

static bool is_short(struct part part)
{
	return part.digits <= 2;
}

static bool parse(struct text text, struct birth *ret)
{
	struct part parts[PARTS_MAX];
	int n = split(text, parts);

	if (n == 1 && parts[0].digits == 4)
		*ret = (struct birth){ parts[0].value, 0, 0 };
	else if (n == 1 && parts[0].digits == 8)
		*ret = (struct birth){ parts[0].value % 10000, parts[0].value / 10000 % 100,
				       parts[0].value / 1000000 };
	else if (n == 3 && is_short(parts[0]) && is_short(parts[1]) && parts[2].digits == 4)
		*ret = (struct birth){ parts[2].value, parts[1].value, parts[0].value };
	else if (n == 3 && parts[0].digits == 4 && is_short(parts[1]) && is_short(parts[2]))
		*ret = (struct birth){ parts[0].value, parts[1].value, parts[2].value };
	else
		return false;
	if (n == 1 && parts[0].digits == 4)
		return ret->year >= 1;
	return time_is_date(ret->year, ret->month, ret->day);
}

/* Whether a date stands before another; a year alone is compared as a year. */
static bool is_before(int year, int month, int day, int other_year, const struct civil *other)
{
	if (year != other_year || month == 0)
		return year < other_year;
	return month < other->month || (month == other->month && day < other->day);
}

enum birth_verdict person_read_birth(struct text typed, int64_t today_ms, struct birth *ret)
{
	struct civil today = time_to_civil(today_ms);
	char plain[PERSON_TYPED_MAX];
	struct birth birth;
	struct text text;

	if (!person_plain(typed, plain, &text))
		return BIRTH_NO_DATE;
	if (text.len == 0)
		return BIRTH_EMPTY;
	if (!parse(text, &birth))
		return BIRTH_NO_DATE;
	if (is_before(birth.year, birth.month, birth.day, today.year - AGE_YEARS_MAX, &today))
		return BIRTH_TOO_OLD;
	if (birth.year > today.year ||
	    (birth.month && birth.year == today.year &&
	     (birth.month > today.month ||
	      (birth.month == today.month && birth.day > today.day))))
		return BIRTH_FUTURE;
	*ret = birth;
	return BIRTH_FINE;
}

struct text person_format_birth(struct arena *arena, const struct birth *birth)
{
	if (birth->month == 0)
		return text_format(arena, "%04d", birth->year);
	return text_format(arena, "%02d/%02d/%04d", birth->day, birth->month, birth->year);
}

struct text person_birth_iso(struct arena *arena, const struct birth *birth)
{
	if (birth->month == 0)
		return text_format(arena, "%04d", birth->year);
	return text_format(arena, "%04d-%02d-%02d", birth->year, birth->month, birth->day);
}

int person_birth_from_iso(struct text iso, struct birth *ret)
{
	struct birth birth;

	if (iso.len != 4 && iso.len != 10)
		return 1;
	for (size_t i = 0; i < iso.len; i++)
		if (i == 4 || i == 7 ? iso.ptr[i] != '-' : !is_digit(iso.ptr[i]))
			return 1;
	if (!parse(iso, &birth))
		return 1;
	*ret = birth;
	return 0;
}

bool person_is_aged(const struct birth *birth, int years, int64_t now)
{
	struct civil today = time_to_civil(now);
	int reached = today.year - birth->year;

	if (birth->month && (today.month < birth->month ||
			     (today.month == birth->month && today.day < birth->day)))
		reached--;
	return reached >= years;
}

bool person_may_be_under(const struct birth *birth, int years, int64_t now)
{
	struct birth latest = birth->month ? *birth : (struct birth){ birth->year, 12, 31 };
	return !person_is_aged(&latest, years, now);
}
