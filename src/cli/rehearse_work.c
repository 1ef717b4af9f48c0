#include "cli/rehearse_work.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FOLDER "hoithi-rehearsal"
#define ROOM_BYTES (INT64_C(64) << 20)	/* for others */
#define FILES_OPEN 16

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
	(void)info;
	(void)kind;
	(void)where;
	(void)remove(path);
	return 0;
}

/* What a rehearsal makes, and nothing else. */
static void empty(const struct rehearse_work *work)
{
	(void)nftw(work->copy, remove_one, FILES_OPEN, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	(void)unlink(work->log);
}

static const char *path_in(struct arena *arena, const char *dir, const char *name)
{
	return text_z(arena, text_format(arena, "%s/%s", dir, name));
}

static int choose(struct command *command, const char *data, const char **ret)
{
	struct text work = command_option(command, "work");
	const char *dir = work.len ? command_path(command, work)
				   : path_in(command->arena, data, "..");
	char found[PATH_MAX];

	if (!realpath(dir, found))
		return command_refuse(command, "there is no folder %s", dir);
	if (file_is_inside(found, data))
		return command_refuse(command, "the copy may not lie inside the data folder");
	*ret = path_in(command->arena, found, FOLDER);
	return 0;
}

/* Ours alone from now on. */
static int lock(struct command *command, const char *path, struct rehearse_work *work)
{
	struct stat info;

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return command_refuse(command, "cannot make %s: %s", path, strerror(errno));
	work->fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (work->fd < 0 || fstat(work->fd, &info) != 0)
		return command_refuse(command, "cannot read %s: %s", path, strerror(errno));
	if (info.st_uid != geteuid())
		return command_refuse(command, "%s belongs to another user", path);
	if (flock(work->fd, LOCK_EX | LOCK_NB) != 0)
		return command_refuse(command, "a rehearsal is running already in %s", path);
	return 0;
}

int rehearse_work_take(struct command *command, const char *data, struct rehearse_work *ret)
{
	const char *path = NULL;

	*ret = (struct rehearse_work){ .fd = -1 };
	int status = choose(command, data, &path);
	if (status == 0)
		status = lock(command, path, ret);
	if (status)
		return status;
	ret->path = path;
	ret->copy = path_in(command->arena, path, "rehearsal-copy");
	ret->log = path_in(command->arena, path, "rehearsal-log");
	empty(ret);
	if (mkdir(ret->copy, 0700) == 0)
		return 0;
	return command_refuse(command, "cannot write to %s: %s", path, strerror(errno));
}

int rehearse_work_room(struct command *command, const struct rehearse_work *work, int64_t bytes)
{
	struct statvfs disk;

	bytes += ROOM_BYTES;
	if (statvfs(work->path, &disk) != 0 ||
	    (int64_t)disk.f_bavail * (int64_t)disk.f_frsize >= bytes)
		return 0;
	return command_refuse(command, "the disk of %s has less free than the %lld MiB that this "
			      "needs: say --work DIR or fewer --people", work->path,
			      (long long)(bytes >> 20));
}

void rehearse_work_remove(struct rehearse_work *work)
{
	if (work->path) {
		empty(work);
		(void)rmdir(work->path);
	}
	if (work->fd >= 0)
		close(work->fd);
	*work = (struct rehearse_work){ .fd = -1 };
}
