/* DIR/erasures.log: whose personal data was erased, told outside the database, so that
 * an older copy of it does not bring them back. One line an erasure,
 *
 *   2024-10-04T08:00:00.123+07:00 erase 123456789012345678
 *
 * with the machine's time and the person's internal number, nothing else. It only grows.
 * The writer adds the lines of a transaction, and brings them to disk, before it commits:
 * whoever is erased stands here, and at worst someone whose erasure then failed. */
#ifndef STORE_ERASURES_H
#define STORE_ERASURES_H

#include "base/text.h"

#define ERASURES_NAME "erasures.log"

struct erasure {
	int64_t person;
	int64_t at;	/* ms, machine clock */
};

struct erasures {
	struct erasure *list;
	int n;
};

/* Opens DIR/erasures.log for erasures_add, made if it is missing. What a crash left of
 * a line is cut off. -1 errno. */
int erasures_open(const char *dir) MUST_CHECK;

/* Appends and brings to disk: all of them or none. 0 done, -1 errno. */
int erasures_add(int fd, const struct erasure *list, int n) MUST_CHECK;

/* Reads a file behind what `erasures` has (in `arena`); a last line without its end is
 * none. 0 done, 1 line *ret_line is none, 2 it is too large, -1 errno. */
int erasures_read(struct arena *arena, const char *path, struct erasures *erasures,
		  int *ret_line) MUST_CHECK;

/* Leaves each person once, when they were erased first, in the order of time. */
void erasures_settle(struct erasures *erasures);

/* Writes a file whole. 0 done, -1 errno. */
int erasures_write(struct arena *arena, const char *path,
		   const struct erasures *erasures) MUST_CHECK;

#endif
