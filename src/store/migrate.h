/* The schema: numbered migrations, forward only, recorded with a checksum. The server
 * refuses any other schema than its own; only `hoithi migrate` changes it. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "store/db.h"

struct migration {
	int number;
	const char *name;
	const char *sql;	/* in the common dialect */
};

extern const struct migration migrations[];
extern const int n_migrations;

/* Where a database stands:
 *   0  at this program's schema
 *   1  empty
 *   2  older: `hoithi migrate` is needed
 *   3  newer than this program
 *   4  a recorded migration differs from ours
 *  STORE_FAILED */
int migrate_check(struct db *db) MUST_CHECK;

/* Applies what is missing, in one transaction. 0 done, 3 or 4 as above, STORE_FAILED. */
int migrate_run(struct db *db, int64_t now) MUST_CHECK;

#endif
