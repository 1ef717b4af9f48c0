/* Opening connections and running transactions: what store.c, writer.c and
 * migrate.c need of an engine beyond db.h. Not for files that hold queries. */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include "store/db.h"
#include "store/erasures.h"

enum db_access {
	DB_READ,	/* refuses every change */
	DB_WRITE,
};

/* Opens DIR/hoithi.db, which DB_WRITE creates. 0 done; STORE_FAILED with the
 * cause in `ret_error` (at least 256 bytes). */
int db_open(const char *dir, enum db_access access, struct db **ret, char *ret_error) MUST_CHECK;

/* Writes the log that an earlier process left once more, and syncs it. When a sync of
 * that process failed, the system may hold for clean what is in its memory only, and no
 * sync alone would bring it to the disk. Before any connection is open. 0 done, or there
 * is none; STORE_FAILED with the cause in `ret_error`. */
int db_renew_log(const char *dir, char *ret_error) MUST_CHECK;

/* Takes NULL, returns NULL. */
struct db *db_close(struct db *db);

/* Transactions, 0 or STORE_FAILED / STORE_RETRY. */
int db_begin(struct db *db) MUST_CHECK;
int db_commit(struct db *db) MUST_CHECK;
void db_rollback(struct db *db);

/* A read transaction that sees one state of the database. */
int db_begin_read(struct db *db) MUST_CHECK;
void db_end_read(struct db *db);

int db_savepoint(struct db *db) MUST_CHECK;
int db_release(struct db *db) MUST_CHECK;
int db_rollback_to(struct db *db) MUST_CHECK;

/* Whether a transaction is open: a full disk, an I/O error or no memory end it
 * behind our back. */
bool db_in_transaction(const struct db *db);

/* Whether the last failure was one of reaching the disk's surface (fsync), after
 * which nothing that was written can be trusted. */
bool db_sync_failed(const struct db *db);

/* What db_note_erasure noted since the transaction began; db_forget_erasures keeps the
 * first `n` of them. */
struct erasures db_erasures(const struct db *db);
void db_forget_erasures(struct db *db, int n);

/* Runs statements that are not queries (migrations). */
int db_script(struct db *db, const char *sql) MUST_CHECK;

/* The number in the first column of the first row, or `otherwise`. */
int64_t db_number(struct db *db, const char *sql, int64_t otherwise);

enum db_checkpoint_kind {
	DB_CHECKPOINT_PASSIVE,	/* what is possible now, waiting for nobody */
	DB_CHECKPOINT_RESTART,	/* all of it, so that the log begins anew; gives up at
				 * once while a reader needs the old one */
	DB_CHECKPOINT_TRUNCATE,	/* the same, waiting for readers, and cuts the file */
};

/* How long the log is, and how much of it is not in the database file yet. */
struct db_log {
	int pages, left_pages;
};

/* Copies the log into the database file. *ret is how it stands then. 0 done, or as
 * much as could be; STORE_FAILED (ask db_sync_failed), STORE_RETRY. */
int db_checkpoint(struct db *db, enum db_checkpoint_kind kind, struct db_log *ret) MUST_CHECK;

struct db_copy;

/* Begins to copy the database into the empty file `path`. Either on the connection that
 * writes, between its transactions: what it commits meanwhile is copied too, no snapshot is
 * held, and the copy is of the moment of its last step; but whatever another process commits
 * makes it begin anew. Or on one that reads, within its transaction: the copy is of what
 * that sees. 0 done; STORE_FAILED with the cause in `ret_error` (at least 256 bytes). */
int db_copy_begin(struct db *db, const char *path, struct db_copy **ret, char *ret_error) MUST_CHECK;

/* Copies so many pages. STORE_ONE there is more, STORE_NONE it is whole, STORE_FAILED with
 * the cause in `ret_error`. */
int db_copy_step(struct db_copy *copy, int pages, char *ret_error) MUST_CHECK;

/* How often it had to begin anew. */
int db_copy_begun_anew(const struct db_copy *copy);

/* Before anything else of the copy's connection is closed. Takes NULL, returns NULL. */
struct db_copy *db_copy_end(struct db_copy *copy);

#endif
