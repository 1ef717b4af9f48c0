/* The files of a contest's folder: units.csv, bank files, exclusions.csv, news.
 * Columns are described in examples/binh-phuoc-2024/README.md. Each reader of a
 * CSV file answers 0 done, 1 there are problems (all in *ret_problems, in the
 * order of lines), -1 memory out; but for 0 *ret is untouched. All texts are in
 * NFC and live in `arena`. Lengths are in characters. */
#ifndef EXCHANGE_CONTEST_FILES_H
#define EXCHANGE_CONTEST_FILES_H

#include "exchange/csv.h"
#include "rules/profile.h"

#define CONTEST_UNITS_MAX 20000
#define CONTEST_QUESTIONS_MAX 5000
#define CONTEST_EXCLUSIONS_MAX 5000

#define UNIT_LEVEL_MAX 15
#define UNIT_CODE_CHARS_MAX 24
#define UNIT_NAME_CHARS_MAX 200
#define UNIT_SHORT_NAME_CHARS_MAX 100
#define UNIT_ALIASES_CHARS_MAX 1000
#define UNIT_HEADCOUNT_MAX 1000000
#define QUESTION_CODE_CHARS_MAX 40
#define QUESTION_BODY_CHARS_MAX 4000
#define QUESTION_OPTION_CHARS_MAX 1000
#define QUESTION_BASIS_CHARS_MAX 1000
#define EXCLUSION_REASON_CHARS_MAX 500
#define NEWS_TITLE_CHARS_MAX 200
#define NEWS_SUMMARY_CHARS_MAX 500
#define NEWS_BYTES_MAX 262144

enum unit_kind {
	UNIT_KIND_GROUP,	/* a heading: nobody chooses it */
	UNIT_KIND_UNIT,
	UNIT_KIND_LOCALITY,
};

struct unit_row {
	struct text code;	/* [A-Z0-9-], unique */
	int parent;		/* index of an earlier row; -1 root */
	int level;		/* 0 root; at most UNIT_LEVEL_MAX */
	struct text name;
	struct text short_name;	/* "" when there is none */
	enum unit_kind kind;
	int block;		/* number in the profile; -1 none */
	int headcount;
	struct text official_code;
	struct text aliases;	/* as written, parts separated by | */
};

struct unit_rows {
	struct unit_row *items;
	int n;
};

/* Groups and localities have no headcount of their own and units must have one;
 * a unit stands under a group or a unit, a locality under a group or a locality,
 * and a group under a group; a locality has no block. */
int contest_read_units(struct arena *arena, struct text file, const struct profile *profile,
		       struct unit_rows *ret, struct csv_problems *ret_problems) MUST_CHECK;

struct question_row {
	struct text code;	/* [A-Za-z0-9._-], unique */
	struct text topic;	/* [a-z0-9-]{1,20} */
	int difficulty;		/* 1 to 3 */
	struct text body;	/* Markdown */
	struct text options[PROFILE_OPTIONS];	/* Markdown */
	int key;		/* 0 to 3 */
	struct text basis;
};

struct question_rows {
	struct question_row *items;
	int n;
};

/* Options must differ. Two questions are the same, and that is a problem, when
 * bodies and right options are equal but for case, marks and punctuation: many a
 * bank asks "Which statement is true?" of several sets of options. */
int contest_read_bank(struct arena *arena, struct text file, struct question_rows *ret,
		      struct csv_problems *ret_problems) MUST_CHECK;

/* A person who may not take part, or (full_name empty) a whole unit. */
struct exclusion_row {
	struct text full_name;	/* tidied as person_read_name does */
	struct text birth;	/* ISO as person_birth_iso, "" unknown */
	int unit;		/* index into units; -1 unknown */
	struct text phone;	/* E.164, "" unknown */
	struct text reason;
};

struct exclusion_rows {
	struct exclusion_row *items;
	int n;
};

/* `now` is the contest's. Without `units` (NULL: their file is not right) their codes
 * are not looked at. A name with a birth date or a phone, or a whole unit, must
 * be given; it cannot be a group, since nobody chooses one. */
int contest_read_exclusions(struct arena *arena, struct text file, const struct unit_rows *units,
			    int64_t now, struct exclusion_rows *ret,
			    struct csv_problems *ret_problems) MUST_CHECK;

/* The head of a news file ("title: …", "date: …", "summary: …" in any order, an
 * empty line, then Markdown). 0 done, 1 a line is missing or wrong (*ret_reason
 * says which, in Vietnamese), -1 memory out. */
struct news_file {
	struct text title;
	struct text date;	/* ISO */
	struct text summary;
	struct text body;	/* Markdown */
};

int contest_read_news(struct arena *arena, struct text file, struct news_file *ret,
		      struct text *ret_reason) MUST_CHECK;

#endif
