/* One connection to the database, as the rest of this room sees it: numbered
 * queries with values in and rows out. sqlite.c implements it; a second engine
 * implements the same functions. The functions of queries.h, made by tools/sqlc,
 * are what other files of this room call.
 *
 * Counts are results: STORE_UNDONE −3, STORE_FAILED −2, STORE_RETRY −1, 0 none, 1 one, n many.
 * A connection belongs to one thread. No call leaves a statement open, so none
 * holds a snapshot. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/text.h"

enum store_result {
	STORE_UNDONE = -3,	/* a job changed its mind: what it did is undone, nothing failed */
	STORE_FAILED = -2,	/* the database cannot do it: disk, corruption, memory */
	STORE_RETRY = -1,	/* a conflict: run the transaction again */
	STORE_NONE = 0,
	STORE_ONE = 1,
};

struct db;

enum db_type {
	DB_TYPE_INT64,
	DB_TYPE_TEXT,
	DB_TYPE_BLOB,
};

struct db_value {
	enum db_type type;
	int64_t number;
	struct text text;
};

#define DB_INT64(value) { .type = DB_TYPE_INT64, .number = (value) }
#define DB_TEXT(value) { .type = DB_TYPE_TEXT, .text = (value) }
#define DB_BLOB(value) { .type = DB_TYPE_BLOB, .text = (value) }

struct db_query {
	const char *name;
	const char *sql;
	int n_columns;
	const char *types;	/* a letter a column: i int64, t text, b blob */
};

extern const struct db_query db_queries[];
extern const int db_n_queries;

/* Rows changed. */
int db_change(struct db *db, int query, const struct db_value *args, int n_args) MUST_CHECK;

/* At most one row, copied with `put` into *ret; texts into `arena`. */
int db_one(struct db *db, int query, const struct db_value *args, int n_args, struct arena *arena,
	   void (*put)(void *to, const struct db_value *values), void *ret) MUST_CHECK;

/* All rows as an array of `row_bytes` each, at most DB_MANY_MAX. */
#define DB_MANY_MAX 1000000
int db_many(struct db *db, int query, const struct db_value *args, int n_args, struct arena *arena,
	    size_t row_bytes, void (*put)(void *to, const struct db_value *values),
	    void **ret) MUST_CHECK;

/* Calls `row` for each; texts live until it returns. It answers 0 to go on,
 * 1 to stop early, negative to stop and have that passed up. */
int db_each(struct db *db, int query, const struct db_value *args, int n_args,
	    int (*row)(void *ctx, const struct db_value *values), void *ctx) MUST_CHECK;

/* Notes that the open transaction erases a person, for erasures.log (erasures.h). 0 done,
 * STORE_FAILED. */
int db_note_erasure(struct db *db, int64_t person, int64_t at) MUST_CHECK;

/* The cause of the last failure, for the log; lives until the next call. */
const char *db_error(const struct db *db);

#endif
