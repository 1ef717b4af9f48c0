/* A copy of the database while it is written.
 *
 * A second connection would hold a snapshot as long as it copies, and the log could not
 * begin anew, or would have to begin again with each commit. The connection that writes
 * has neither: it copies a slice when nothing else waits, and what it commits into pages
 * that are copied already goes into the copy too.
 *
 * What other processes commit (a command of the operator) makes it begin anew. When that
 * goes on, the copy is taken from a snapshot after all: a log that is longer for a while is
 * better than no backup. */
#include "store/store.h"

#include "store/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define SLICE_PAGES 128		/* half a MiB */
/* Between two slices, so that most of the writer's time is left to others also when
 * nothing waits at the moment. */
#define PAUSE_NS 2000000
/* The copy goes to disk a piece at a time, so that it never comes down at once on a disk
 * that saves are waiting for. */
#define SYNC_SLICES 16
/* Of the disk, for what is written meanwhile. */
#define ROOM_BYTES (INT64_C(64) << 20)
/* So often others may make it begin anew. */
#define ANEW_MAX 2

struct copying {
	struct store *store;
	const atomic_bool *stop;
	const char *path;
	int fd;
	struct db *snapshot;	/* a reader within its transaction; NULL the writer copies */
	struct db_copy *copy;
	char error[256];
};

static int begin(void *ctx, struct db *db)
{
	struct copying *c = ctx;
	int result = db_copy_begin(db, c->path, &c->copy, c->error);

	/* The name goes as soon as it is open: a crash leaves nothing. */
	(void)unlink(c->path);
	return result;
}

static int step(void *ctx, struct db *db)
{
	struct copying *c = ctx;

	(void)db;
	return db_copy_step(c->copy, SLICE_PAGES, c->error);
}

static int end(void *ctx, struct db *db)
{
	struct copying *c = ctx;

	(void)db;
	c->copy = db_copy_end(c->copy);
	return STORE_ONE;
}

static int take(struct copying *c, int (*fn)(void *ctx, struct db *db))
{
	struct store_job job = { .class = STORE_CLASS_BACKGROUND, .kind = STORE_BETWEEN,
				 .name = "copy", .fn = fn, .ctx = c };

	if (c->snapshot)
		return fn(c, c->snapshot);
	store_write_all(c->store, &job, 1);
	return job.result;
}

/* The space is not taken from what contestants write. */
static bool has_room(const char *dir, int64_t bytes)
{
	struct statvfs disk;

	return statvfs(dir, &disk) != 0 ||
	       (int64_t)disk.f_bavail * (int64_t)disk.f_frsize > bytes + ROOM_BYTES;
}

/* After slice number `n`, on the caller's thread. False: the server ends. */
static bool go_on(struct copying *c, int n)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };

	if (c->stop && *c->stop) {
		snprintf(c->error, sizeof(c->error), "the server is ending");
		return false;
	}
	if (n % SYNC_SLICES == 0)
		(void)!fdatasync(c->fd);
	(void)nanosleep(&pause, NULL);
	return true;
}

/* 0 done; STORE_RETRY others write again and again. */
static int copy(struct copying *c)
{
	int result = take(c, begin);

	if (result < 0)
		return result;
	for (int n = 1; (result = take(c, step)) == STORE_ONE; n++) {
		if (!c->snapshot && db_copy_begun_anew(c->copy) > ANEW_MAX)
			result = STORE_RETRY;
		else if (!go_on(c, n))
			result = STORE_FAILED;
		if (result < 0)
			break;
	}
	(void)!take(c, end);
	return result;
}

/* Into a file of its own. */
static int attempt(struct copying *c)
{
	(void)unlink(c->path);
	c->fd = open(c->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (c->fd < 0) {
		snprintf(c->error, sizeof(c->error), "cannot make %s: %s", c->path, strerror(errno));
		return STORE_FAILED;
	}
	int result = copy(c);
	if (result < 0)
		close(c->fd);
	return result;
}

static int attempt_of_snapshot(struct copying *c)
{
	int result = STORE_FAILED;

	if (db_open(store_dir(c->store), DB_READ, &c->snapshot, c->error) < 0)
		return STORE_FAILED;
	/* A transaction sees what is there when it first reads. */
	if (db_begin_read(c->snapshot) == 0 &&
	    db_number(c->snapshot, "SELECT count(*) FROM sqlite_schema", -1) >= 0)
		result = attempt(c);
	db_end_read(c->snapshot);
	db_close(c->snapshot);
	return result;
}

int store_copy(struct store *store, struct arena *arena, const atomic_bool *stop, int *ret_fd,
	       struct text *ret_why)
{
	const char *dir = store_dir(store);
	const char *database = text_z(arena, text_format(arena, "%s/hoithi.db", dir));
	struct copying c = { .store = store, .stop = stop,
			     .path = text_z(arena, text_format(arena, "%s/copy.part", dir)),
			     .error = "out of memory" };
	struct stat info;

	if (stat(database, &info) == 0 && !has_room(dir, info.st_size)) {
		*ret_why = text_format(arena, "the disk of %s has less free than the database's "
				       "%lld MiB and %lld more", dir,
				       (long long)(info.st_size >> 20),
				       (long long)(ROOM_BYTES >> 20));
		return -1;
	}
	int result = attempt(&c);
	if (result == STORE_RETRY)
		result = attempt_of_snapshot(&c);
	if (result < 0) {
		*ret_why = text_format(arena, "cannot copy the database: %s", c.error);
		return -1;
	}
	*ret_fd = c.fd;
	return 0;
}
