/* The save of a paper as SQLite alone does it: the project's schema, its UPDATE, and
 * the pragmas of its store, without the store. What `bare` and `limit` have in
 * common. Whoever fails says so and ends the program. */
#ifndef BENCH_BARE_SAVE_H
#define BENCH_BARE_SAVE_H

#include "base/text.h"

#include <sqlite3.h>
#include <stdatomic.h>

#define BARE_PAPERS 100000

void give_up(const char *what) __attribute__((noreturn));

/* Makes a data folder whose table of papers has BARE_PAPERS rows, with ids from 1 and
 * revision 0, held by one device, that stay open. */
void bare_folder(const char *dir);

/* A connection to it. */
sqlite3 *bare_open(void);
void bare_run(sqlite3 *db, const char *sql);

/* A statement for bare_save, which saves one paper that has this revision. */
sqlite3_stmt *bare_prepare(sqlite3 *db);
void bare_save(sqlite3 *db, sqlite3_stmt *save, int64_t paper, int64_t revision);

/* Checkpoints as the store has them; a thread's function, until *over (atomic_bool). */
void *bare_checkpoints(void *over);

#endif
