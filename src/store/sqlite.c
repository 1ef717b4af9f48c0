/* The SQLite engine: db.h and engine.h over one sqlite3 connection each.
 *
 * WAL with synchronous=FULL, so that a commit that returned is on disk. The file is
 * not mapped: each commit would make every reader unmap and fault in all of it
 * again, which costs more than it saves.
 * Statements are prepared at first use and kept; each call ends with a reset, so
 * none holds a snapshot. Parameters are bound by name, since SQLite numbers $N by
 * first appearance. */
#include "store/engine.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>

#define PARAMETERS_MAX 48
#define COLUMNS_MAX 48

struct statement {
	sqlite3_stmt *handle;
	int slots[PARAMETERS_MAX];	/* SQLite's number of our $1, $2, … */
};

/* What every transaction says, so that it is read once only. */
enum phrase {
	PHRASE_BEGIN_READ,
	PHRASE_BEGIN_WRITE,
	PHRASE_COMMIT,
	PHRASE_ROLLBACK,
	PHRASE_SAVEPOINT,
	PHRASE_RELEASE,
	PHRASE_COUNT,
};

static const char *const phrases[PHRASE_COUNT] = {
	[PHRASE_BEGIN_READ] = "BEGIN",
	[PHRASE_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[PHRASE_COMMIT] = "COMMIT",
	[PHRASE_ROLLBACK] = "ROLLBACK",
	[PHRASE_SAVEPOINT] = "SAVEPOINT job",
	[PHRASE_RELEASE] = "RELEASE job",
};

struct db {
	sqlite3 *handle;
	struct statement *statements;	/* by number of db_queries */
	sqlite3_stmt *phrases[PHRASE_COUNT];
	bool sync_failed;
	struct erasures erasures;	/* of the open transaction */
	int erasures_cap;
};

const char *db_error(const struct db *db)
{
	return sqlite3_errmsg(db->handle);
}

bool db_sync_failed(const struct db *db)
{
	return db->sync_failed;
}

/* What an SQLite result means to callers. */
static int failure(struct db *db, int code)
{
	int extended = sqlite3_extended_errcode(db->handle);

	if (extended == SQLITE_IOERR_FSYNC || extended == SQLITE_IOERR_DIR_FSYNC)
		db->sync_failed = true;
	return (code & 0xff) == SQLITE_BUSY ? STORE_RETRY : STORE_FAILED;
}

int db_script(struct db *db, const char *sql)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? 0 : failure(db, code);
}

int64_t db_number(struct db *db, const char *sql, int64_t otherwise)
{
	sqlite3_stmt *statement = NULL;
	int64_t number = otherwise;

	if (sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return number;
}

/* Counting its memory takes SQLite a lock that all threads share, at each allocation. */
static void configure(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int db_open(const char *dir, enum db_access access, struct db **ret, char *ret_error)
{
	static pthread_once_t configured = PTHREAD_ONCE_INIT;
	char path[4096];
	struct db *db = mem_new(sizeof(*db));
	int flags = SQLITE_OPEN_NOMUTEX | (access == DB_READ
		? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);

	pthread_once(&configured, configure);
	snprintf(path, sizeof(path), "%s/hoithi.db", dir);
	if (db)
		db->statements = mem_array((size_t)db_n_queries, sizeof(*db->statements));
	if (!db || !db->statements) {
		snprintf(ret_error, 256, "out of memory");
		mem_free(db);
		return STORE_FAILED;
	}
	int code = sqlite3_open_v2(path, &db->handle, flags, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_exec(db->handle,
				    "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
				    "PRAGMA cache_size=-16384;"
				    "PRAGMA temp_store=MEMORY; PRAGMA busy_timeout=5000;",
				    NULL, NULL, NULL);
	if (code == SQLITE_OK && access == DB_WRITE)
		code = sqlite3_exec(db->handle,
				    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
				    "PRAGMA wal_autocheckpoint=0; PRAGMA secure_delete=ON;",
				    NULL, NULL, NULL);
	if (code != SQLITE_OK) {
		snprintf(ret_error, 256, "hoithi.db: %s",
			 db->handle ? sqlite3_errmsg(db->handle) : "out of memory");
		db_close(db);
		return STORE_FAILED;
	}
	sqlite3_extended_result_codes(db->handle, 0);
	*ret = db;
	return 0;
}

#define PIECE_BYTES 65536

static int write_again(sqlite3_file *file)
{
	char *piece = mem_new(PIECE_BYTES);
	sqlite3_int64 len = 0;
	int code = piece ? file->pMethods->xFileSize(file, &len) : SQLITE_NOMEM;

	for (sqlite3_int64 at = 0; code == SQLITE_OK && at < len; at += PIECE_BYTES) {
		int n = len - at < PIECE_BYTES ? (int)(len - at) : PIECE_BYTES;
		code = file->pMethods->xRead(file, piece, n, at);
		if (code == SQLITE_OK)
			code = file->pMethods->xWrite(file, piece, n, at);
	}
	mem_free(piece);
	return code == SQLITE_OK ? file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) : code;
}

/* Through SQLite's file system, as SQLite itself reaches the log. */
static int renew(const char *log)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	sqlite3_file *file = vfs ? mem_new((size_t)vfs->szOsFile) : NULL;
	int exists = 0;
	int code = file ? vfs->xAccess(vfs, log, SQLITE_ACCESS_EXISTS, &exists) : SQLITE_NOMEM;

	if (code == SQLITE_OK && exists) {
		code = vfs->xOpen(vfs, log, file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, NULL);
		if (code == SQLITE_OK)
			code = write_again(file);
		if (file->pMethods)
			file->pMethods->xClose(file);
	}
	mem_free(file);
	return code;
}

int db_renew_log(const char *dir, char *ret_error)
{
	char path[4096], log[4096];

	snprintf(path, sizeof(path), "%s/hoithi.db", dir);
	snprintf(log, sizeof(log), "%s/hoithi.db-wal", dir);
	/* A name as xOpen wants it. */
	const char *name = sqlite3_create_filename(path, "", log, 0, NULL);
	int code = name ? renew(sqlite3_filename_wal(name)) : SQLITE_NOMEM;
	sqlite3_free_filename((char *)(uintptr_t)name);
	if (code == SQLITE_OK)
		return 0;
	snprintf(ret_error, 256, "hoithi.db-wal: %s", sqlite3_errstr(code));
	return STORE_FAILED;
}

struct db *db_close(struct db *db)
{
	if (!db)
		return NULL;
	for (int i = 0; i < db_n_queries; i++)
		sqlite3_finalize(db->statements[i].handle);
	for (int i = 0; i < PHRASE_COUNT; i++)
		sqlite3_finalize(db->phrases[i]);
	sqlite3_close_v2(db->handle);
	mem_free(db->erasures.list);
	mem_free(db->statements);
	return mem_free(db);
}

static int say(struct db *db, enum phrase phrase)
{
	sqlite3_stmt **statement = &db->phrases[phrase];
	int code = SQLITE_OK, result = 0;

	if (!*statement)
		code = sqlite3_prepare_v3(db->handle, phrases[phrase], -1, SQLITE_PREPARE_PERSISTENT,
					  statement, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(*statement);
	/* Judged before the reset, which changes what errcode says. */
	if (code != SQLITE_DONE)
		result = failure(db, code);
	sqlite3_reset(*statement);
	return result;
}

int db_begin(struct db *db)
{
	return say(db, PHRASE_BEGIN_WRITE);
}

int db_commit(struct db *db)
{
	return say(db, PHRASE_COMMIT);
}

void db_rollback(struct db *db)
{
	/* After an I/O error there is none left to roll back. */
	if (db_in_transaction(db))
		(void)say(db, PHRASE_ROLLBACK);
}

int db_begin_read(struct db *db)
{
	/* The end of the last one may have failed for want of memory. */
	db_rollback(db);
	return say(db, PHRASE_BEGIN_READ);
}

void db_end_read(struct db *db)
{
	db_rollback(db);
}

int db_savepoint(struct db *db)
{
	return say(db, PHRASE_SAVEPOINT);
}

int db_release(struct db *db)
{
	return say(db, PHRASE_RELEASE);
}

int db_rollback_to(struct db *db)
{
	return db_script(db, "ROLLBACK TO job; RELEASE job");
}

bool db_in_transaction(const struct db *db)
{
	return !sqlite3_get_autocommit(db->handle);
}

int db_note_erasure(struct db *db, int64_t person, int64_t at)
{
	if (db->erasures.n == db->erasures_cap) {
		int cap = db->erasures_cap ? 2 * db->erasures_cap : 16;
		struct erasure *grown = mem_resize(db->erasures.list, (size_t)cap * sizeof(*grown));
		if (!grown)
			return STORE_FAILED;
		db->erasures.list = grown;
		db->erasures_cap = cap;
	}
	db->erasures.list[db->erasures.n++] = (struct erasure){ person, at };
	return 0;
}

struct erasures db_erasures(const struct db *db)
{
	return db->erasures;
}

void db_forget_erasures(struct db *db, int n)
{
	db->erasures.n = n;
}

#define BUSY_MS 5000

int db_checkpoint(struct db *db, enum db_checkpoint_kind kind, struct db_log *ret)
{
	static const int modes[] = { SQLITE_CHECKPOINT_PASSIVE, SQLITE_CHECKPOINT_RESTART,
				     SQLITE_CHECKPOINT_TRUNCATE };
	int log_pages = 0, done_pages = 0;

	/* A connection that has read nothing does not know that the file is in
	 * WAL mode, and its checkpoint silently does nothing. */
	(void)db_number(db, "SELECT count(*) FROM sqlite_master", 0);
	sqlite3_busy_timeout(db->handle, kind == DB_CHECKPOINT_TRUNCATE ? BUSY_MS : 0);
	int code = sqlite3_wal_checkpoint_v2(db->handle, "main", modes[kind], &log_pages,
					     &done_pages);
	int result = code == SQLITE_OK ? 0 : failure(db, code);
	sqlite3_busy_timeout(db->handle, BUSY_MS);
	if (result == 0)
		*ret = (struct db_log){ log_pages, log_pages - done_pages };
	return result;
}

static int prepare(struct db *db, int query, int n_args, struct statement **ret)
{
	struct statement *statement = &db->statements[query];

	assert(query >= 0 && query < db_n_queries && n_args <= PARAMETERS_MAX);
	*ret = statement;
	if (statement->handle)
		return 0;
	int code = sqlite3_prepare_v3(db->handle, db_queries[query].sql, -1,
				      SQLITE_PREPARE_PERSISTENT, &statement->handle, NULL);
	if (code != SQLITE_OK)
		return failure(db, code);
	assert(sqlite3_column_count(statement->handle) == db_queries[query].n_columns);
	for (int i = 0; i < n_args; i++) {
		char name[16];
		snprintf(name, sizeof(name), "$%d", i + 1);
		statement->slots[i] = sqlite3_bind_parameter_index(statement->handle, name);
		assert(statement->slots[i] > 0);
	}
	return 0;
}

static int bind_one(sqlite3_stmt *handle, int slot, const struct db_value *value)
{
	const char *ptr = value->text.ptr ? value->text.ptr : "";

	switch (value->type) {
	case DB_TYPE_INT64:
		return sqlite3_bind_int64(handle, slot, value->number);
	case DB_TYPE_TEXT:
		return sqlite3_bind_text64(handle, slot, ptr, value->text.len, SQLITE_STATIC,
					   SQLITE_UTF8);
	case DB_TYPE_BLOB:
		return sqlite3_bind_blob64(handle, slot, ptr, value->text.len, SQLITE_STATIC);
	}
	assert(false && "a type of value");
	return SQLITE_ERROR;
}

static int start(struct db *db, int query, const struct db_value *args, int n_args,
		 sqlite3_stmt **ret)
{
	struct statement *statement;
	int result = prepare(db, query, n_args, &statement);

	if (result < 0)
		return result;
	for (int i = 0; i < n_args; i++) {
		int code = bind_one(statement->handle, statement->slots[i], &args[i]);
		if (code != SQLITE_OK)
			return failure(db, code);
	}
	*ret = statement->handle;
	return 0;
}

/* The failure is judged before the reset, which changes what errcode says. */
static int finish(struct db *db, sqlite3_stmt *handle, int code, int result)
{
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		result = failure(db, code);
	sqlite3_reset(handle);
	return result;
}

int db_change(struct db *db, int query, const struct db_value *args, int n_args)
{
	sqlite3_stmt *handle;
	int result = start(db, query, args, n_args, &handle);

	if (result < 0)
		return result;
	int code = sqlite3_step(handle);
	return finish(db, handle, code, sqlite3_changes(db->handle));
}

static void read_row(sqlite3_stmt *handle, const struct db_query *query, struct db_value *values)
{
	for (int i = 0; i < query->n_columns; i++) {
		if (query->types[i] == 'i') {
			values[i] = (struct db_value)DB_INT64(sqlite3_column_int64(handle, i));
			continue;
		}
		const void *ptr = query->types[i] == 't' ? (const void *)sqlite3_column_text(handle, i)
							 : sqlite3_column_blob(handle, i);
		values[i] = (struct db_value)DB_TEXT(
			text_from_bytes(ptr ? ptr : "", (size_t)sqlite3_column_bytes(handle, i)));
	}
}

int db_each(struct db *db, int query, const struct db_value *args, int n_args,
	    int (*row)(void *ctx, const struct db_value *values), void *ctx)
{
	struct db_value values[COLUMNS_MAX];
	sqlite3_stmt *handle;
	int count = 0;
	int result = start(db, query, args, n_args, &handle);

	if (result < 0)
		return result;
	int code;
	while ((code = sqlite3_step(handle)) == SQLITE_ROW) {
		read_row(handle, &db_queries[query], values);
		count++;
		int answer = row(ctx, values);
		if (answer < 0)
			return finish(db, handle, SQLITE_DONE, answer);
		if (answer > 0)
			break;
	}
	return finish(db, handle, code, count);
}

/* Gives the texts of a row a life of their own. */
static int keep_texts(struct arena *arena, const struct db_query *query, struct db_value *values)
{
	for (int i = 0; i < query->n_columns; i++)
		if (query->types[i] != 'i')
			values[i].text = text_copy(arena, values[i].text);
	return arena && arena_failed(arena) ? STORE_FAILED : 0;
}

struct collect {
	const struct db_query *query;
	struct arena *arena;
	void (*put)(void *to, const struct db_value *values);
	char *rows;
	size_t row_bytes;
	size_t n;
	size_t cap;
};

static int collect_row(void *ctx, const struct db_value *from)
{
	struct collect *collect = ctx;
	struct db_value values[COLUMNS_MAX];

	if (collect->n == collect->cap) {
		size_t cap = collect->cap ? collect->cap * 2 : 16;
		if (cap > DB_MANY_MAX)
			return STORE_FAILED;
		char *grown = arena_array(collect->arena, cap, collect->row_bytes);
		if (!grown)
			return STORE_FAILED;
		if (collect->n)
			memcpy(grown, collect->rows, collect->n * collect->row_bytes);
		collect->rows = grown;
		collect->cap = cap;
	}
	memcpy(values, from, (size_t)collect->query->n_columns * sizeof(*values));
	if (keep_texts(collect->arena, collect->query, values) < 0)
		return STORE_FAILED;
	collect->put(collect->rows + collect->n++ * collect->row_bytes, values);
	return 0;
}

int db_many(struct db *db, int query, const struct db_value *args, int n_args, struct arena *arena,
	    size_t row_bytes, void (*put)(void *to, const struct db_value *values), void **ret)
{
	struct collect collect = {
		.query = &db_queries[query], .arena = arena, .put = put, .row_bytes = row_bytes
	};
	int result = db_each(db, query, args, n_args, collect_row, &collect);

	if (result >= 0)
		*ret = collect.rows;
	return result;
}

struct single {
	const struct db_query *query;
	struct arena *arena;
	void (*put)(void *to, const struct db_value *values);
	void *ret;
};

static int single_row(void *ctx, const struct db_value *from)
{
	struct single *single = ctx;
	struct db_value values[COLUMNS_MAX];

	memcpy(values, from, (size_t)single->query->n_columns * sizeof(*values));
	if (keep_texts(single->arena, single->query, values) < 0)
		return STORE_FAILED;
	single->put(single->ret, values);
	return 1;
}

int db_one(struct db *db, int query, const struct db_value *args, int n_args, struct arena *arena,
	   void (*put)(void *to, const struct db_value *values), void *ret)
{
	struct single single = { &db_queries[query], arena, put, ret };
	return db_each(db, query, args, n_args, single_row, &single);
}

struct db_copy {
	sqlite3 *to;
	sqlite3_backup *backup;
	int n_pages;	/* copied */
	int n_anew;
};

int db_copy_begin(struct db *db, const char *path, struct db_copy **ret, char *ret_error)
{
	struct db_copy *copy = mem_new(sizeof(*copy));
	int code = copy ? sqlite3_open_v2(path, &copy->to,
					  SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE, NULL)
			: SQLITE_NOMEM;

	/* A half of it is of no use, so nothing guards against one. */
	if (code == SQLITE_OK)
		code = sqlite3_exec(copy->to, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;",
				    NULL, NULL, NULL);
	if (code == SQLITE_OK)
		copy->backup = sqlite3_backup_init(copy->to, "main", db->handle, "main");
	if (code != SQLITE_OK || !copy->backup) {
		snprintf(ret_error, 256, "%s", copy && copy->to ? sqlite3_errmsg(copy->to)
								: "out of memory");
		db_copy_end(copy);
		return STORE_FAILED;
	}
	*ret = copy;
	return 0;
}

int db_copy_step(struct db_copy *copy, int pages, char *ret_error)
{
	int code = sqlite3_backup_step(copy->backup, pages);
	int copied = sqlite3_backup_pagecount(copy->backup) - sqlite3_backup_remaining(copy->backup);

	copy->n_anew += copied < copy->n_pages;
	copy->n_pages = copied;
	switch (code) {
	case SQLITE_OK:
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return STORE_ONE;
	case SQLITE_DONE:
		return STORE_NONE;
	}
	snprintf(ret_error, 256, "%s", sqlite3_errstr(code));
	return STORE_FAILED;
}

int db_copy_begun_anew(const struct db_copy *copy)
{
	return copy->n_anew;
}

struct db_copy *db_copy_end(struct db_copy *copy)
{
	if (!copy)
		return NULL;
	sqlite3_backup_finish(copy->backup);
	sqlite3_close_v2(copy->to);
	return mem_free(copy);
}
