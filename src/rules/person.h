/* What people write about themselves: names, birth dates, phones. Pure; texts
 * live in the arena given, and outputs are untouched unless a value was read. */
#ifndef RULES_PERSON_H
#define RULES_PERSON_H

#include "base/text.h"

#define PERSON_NAME_CHARS_MAX 80

enum name_verdict {
	NAME_FINE,
	NAME_ODD,	/* accepted with a warning: one word, digits, one letter only or
			 * four times in a row, a script other than Latin, a hyphen,
			 * apostrophe or dot at the front */
	NAME_REFUSED,	/* empty, not UTF-8, longer than PERSON_NAME_CHARS_MAX, without
			 * a letter, control characters, a mark without a letter or with
			 * two others, or other than letters, marks, spaces, hyphens,
			 * apostrophes, dots and digits */
};

/* Tidies a name: NFC, one space between words, any apostrophe to ' and any
 * hyphen or dash to -, invisible characters taken out. Case stays as it was
 * written (NGUYỄN VĂN A, Điểu K'Rứt, H'Bia Niê). */
enum name_verdict person_read_name(struct arena *arena, struct text typed, struct text *ret);

/* "N. V. Đ." for "nguyễn Văn Đức": the first letter of each word as a capital, with
 * its marks. A word without a letter has none. */
struct text person_initials(struct arena *arena, struct text name);

/* A birth date as people give it: the year alone is enough. */
struct birth {
	int year;
	int month;	/* 0: only the year is known */
	int day;	/* 0: as month */
};

enum birth_verdict {
	BIRTH_FINE,
	BIRTH_EMPTY,
	BIRTH_NO_DATE,		/* not a date: 31/2/1990, 5/8/66, letters */
	BIRTH_FUTURE,
	BIRTH_TOO_OLD,		/* more than 120 years before today */
};

/* Reads 5/8/1966, 05-08-1966, 5.8.1966, 5 8 1966, 05081966, 1966-08-05, 1966, also
 * in full width and with spaces about the separators; the year has four digits.
 * `today_ms` is the contest's now. */
enum birth_verdict person_read_birth(struct text typed, int64_t today_ms, struct birth *ret);

/* "05/08/1966", or "1966". The form that is stored: "1966-08-05" or "1966". */
struct text person_format_birth(struct arena *arena, const struct birth *birth);
struct text person_birth_iso(struct arena *arena, const struct birth *birth);
/* 0 done, 1 not that form. */
int person_birth_from_iso(struct text iso, struct birth *ret) MUST_CHECK;

/* Whether someone born then may have reached `years` on the day of `now`; with
 * the year alone the doubt speaks for them. Who was born on 29 February is a year
 * older on 1 March of a common year. */
bool person_is_aged(const struct birth *birth, int years, int64_t now);

/* Below this age someone else agrees for a person. */
#define PERSON_GUARDIAN_AGE 16

/* Whether someone born then may still be younger than `years` on the day of `now`;
 * with the year alone the doubt protects them. */
bool person_may_be_under(const struct birth *birth, int years, int64_t now);

enum phone_verdict {
	PHONE_FINE,
	PHONE_EMPTY,
	PHONE_CONVERTED,	/* an 11-digit number of before 2018: read as the
				 * 10-digit one that replaced it; say so */
	PHONE_NO_MOBILE,	/* not a Vietnamese mobile number */
};

/* Reads any usual spelling (0912 345 678, +84912345678, 84 912.345.678) into
 * E.164 ("+84912345678"). Numbers: prefixes 3, 5, 7, 8, 9 with nine digits after
 * the 0; the conversions of 2018 by operator. The 0 may be missing, as a
 * spreadsheet leaves it out, or stand after the country code: +84 (0)912 … */
enum phone_verdict person_read_phone(struct arena *arena, struct text typed, struct text *ret_e164);

/* "+84912345678" as "0912 345 678"; anything else as it is. */
struct text person_format_phone(struct arena *arena, struct text e164);

#endif
