/* What the readers of a contest's files share: checks of one row's fields that
 * note a problem where it stands, and finding rows by a text. Of this room. */
#ifndef EXCHANGE_CONTEST_CHECK_H
#define EXCHANGE_CONTEST_CHECK_H

#include "exchange/csv.h"

struct check {
	struct arena *arena;
	struct csv_problems *problems;
	const struct csv_row *row;
};

/* Notes a problem of the row's field `column` (an index into its fields). */
void check_fail(const struct check *check, int column, const char *format, ...) PRINTF(3, 4);

/* The field, noting it when it is empty and `required`, or has more than
 * `chars_max` characters. */
struct text check_text(const struct check *check, int column, bool required, size_t chars_max);

/* Whether all of a code is of `allowed`; notes it when not, or empty or too long. */
bool check_code(const struct check *check, int column, const char *allowed, size_t chars_max);

/* The field as a number in `min` … `max`; notes it and yields `min` when not. */
int check_int(const struct check *check, int column, int min, int max);

/* Rows by a text of theirs. */
struct row_key {
	struct text key;
	int row;
};

struct row_index {
	struct row_key *items;	/* sorted by key, then row */
	int n;
};

/* An index with room for `n` rows, whose items the caller fills. 0 done, -1
 * memory is out. */
int row_index_new(struct arena *arena, int n, struct row_index *ret) MUST_CHECK;

/* To be called once all are filled. */
void row_index_sort(struct row_index *index);

/* The first row with that key; -1 when there is none. */
int row_index_find(const struct row_index *index, struct text key);

#endif
