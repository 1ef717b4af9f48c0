/* A copy of the database while it is written.
 *
 * A second connection would hold a snapshot as long as it copies, and the log could not
 * begin anew, or would have to begin again with each commit. The connection that writes
 * has neither: it copies a slice when nothing else waits, and what it commits into pages
 * that are copied already goes into the copy too. */
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

struct copying {
	const char *path;
	struct db_copy *copy;
	char error[256];
};

static int begin(void *ctx, struct db *db)
{
	struct copying *c = ctx;
	return db_copy_begin(db, c->path, &c->copy, c->error);
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

static int call(struct store *store, int (*fn)(void *ctx, struct db *db), struct copying *c)
{
	struct store_job job = { .class = STORE_CLASS_BACKGROUND, .kind = STORE_BETWEEN,
				 .name = "copy", .fn = fn, .ctx = c };

	store_write_all(store, &job, 1);
	return job.result;
}

/* The space is not taken from what contestants write. */
static bool has_room(const char *dir, int64_t bytes)
{
	struct statvfs disk;

	return statvfs(dir, &disk) != 0 ||
	       (int64_t)disk.f_bavail * (int64_t)disk.f_frsize > bytes + ROOM_BYTES;
}

/* After slice number `n`, on the caller's thread. */
static void give_way(int fd, int n)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };

	if (n % SYNC_SLICES == 0)
		(void)!fdatasync(fd);
	(void)nanosleep(&pause, NULL);
}

static int run(struct store *store, const atomic_bool *stop, int fd, struct copying *c)
{
	bool stopped = false;
	int result = call(store, begin, c);

	/* The name goes as soon as it is open: a crash leaves nothing. */
	(void)unlink(c->path);
	if (result < 0)
		return result;
	for (int n = 1; (result = call(store, step, c)) == STORE_ONE && !stopped; n++) {
		give_way(fd, n);
		stopped = stop && *stop;
	}
	(void)!call(store, end, c);
	if (stopped && result == STORE_ONE)
		snprintf(c->error, sizeof(c->error), "the server is ending");
	return result == STORE_NONE ? 0 : STORE_FAILED;
}

int store_copy(struct store *store, struct arena *arena, const atomic_bool *stop, int *ret_fd,
	       struct text *ret_why)
{
	const char *dir = store_dir(store);
	const char *database = text_z(arena, text_format(arena, "%s/hoithi.db", dir));
	struct copying c = { .path = text_z(arena, text_format(arena, "%s/copy.part", dir)),
			     .error = "out of memory" };
	struct stat info;

	if (stat(database, &info) == 0 && !has_room(dir, info.st_size)) {
		*ret_why = text_format(arena, "the disk of %s has less free than the database's "
				       "%lld MiB and %lld more", dir,
				       (long long)(info.st_size >> 20),
				       (long long)(ROOM_BYTES >> 20));
		return -1;
	}
	(void)unlink(c.path);
	int fd = open(c.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		*ret_why = text_format(arena, "cannot make %s: %s", c.path, strerror(errno));
		return -1;
	}
	int result = run(store, stop, fd, &c);
	if (result < 0) {
		*ret_why = text_format(arena, "cannot copy the database: %s", c.error);
		close(fd);
		return -1;
	}
	*ret_fd = fd;
	return 0;
}
