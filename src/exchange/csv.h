/* Reading CSV (RFC 4180, UTF-8, an optional byte order mark): all problems at
 * once, each with line and column; and writing it. */
#ifndef EXCHANGE_CSV_H
#define EXCHANGE_CSV_H

#include "base/text.h"

#define CSV_BYTES_MAX (64 << 20)
#define CSV_COLUMNS_MAX 32
#define CSV_ROWS_MAX 200000
#define CSV_PROBLEMS_MAX 200

struct csv_problem {
	int line;		/* from 1 */
	int column;		/* field, from 1; 0 the whole line */
	struct text reason;	/* Vietnamese, for the organizer */
};

struct csv_problems {
	struct csv_problem items[CSV_PROBLEMS_MAX];
	int n;			/* at most CSV_PROBLEMS_MAX are kept */
	int n_all;		/* as many as there were */
};

/* Adds a problem; keeps the first CSV_PROBLEMS_MAX. */
void csv_problem_add(struct csv_problems *problems, int line, int column, struct text reason);

/* The same with a reason made in `arena`, and only if it is kept. */
void csv_problem_format(struct csv_problems *problems, struct arena *arena, int line, int column,
			const char *format, ...) PRINTF(5, 6);

/* Puts what is kept in the order of lines, then of fields. */
void csv_problems_sort(struct csv_problems *problems);

/* A value short enough to be quoted in a reason: its first line, at most 40
 * characters of it. A part of `value`. */
struct text csv_quote(struct text value);

struct csv_row {
	int line;		/* where it begins */
	struct text fields[CSV_COLUMNS_MAX];	/* in the order of `columns` */
	int places[CSV_COLUMNS_MAX];	/* … and which field of the line each was, from 1 */
};

struct csv_table {
	struct csv_row *rows;	/* without the header; lines without a value are left out */
	int n_rows;
};

/* Reads a file whose header must hold each of the `n_columns` names once, in
 * any order and case, and no other. Fields are trimmed, in NFC, and live in
 * `arena`. `*ret_problems` starts empty. Answers
 *   0  done
 *   1  there are problems; *ret holds the rows that could be read all the same,
 *      so that they can be checked too, and lacks the others
 *  -1  memory is out */
int csv_read(struct arena *arena, struct text file, const char *const *columns, int n_columns,
	     struct csv_table *ret, struct csv_problems *ret_problems) MUST_CHECK;

/* Writes one field, quoted where needed, and the comma before it unless it is
 * the line's first. What a spreadsheet would run as a formula (=, +, -, @, also in
 * full width, or a tab or line end at the front; numbers apart) gets an
 * apostrophe before it, which csv_read does not take off again. */
void csv_write_field(struct buf *out, bool first, struct text field);

/* Ends the line (CR LF). */
void csv_write_end(struct buf *out);

#endif
