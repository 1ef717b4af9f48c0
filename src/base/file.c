#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNC_BYTES ((size_t)8 << 20)

int file_read(struct arena *arena, const char *path, size_t limit, struct text *ret)
{
	FILE *file = fopen(path, "rbe");
	struct buf buf;
	char chunk[16384];
	size_t len;

	if (!file)
		return -1;
	buf_init(&buf, arena, limit + 1);
	while (buf.len <= limit && (len = fread(chunk, 1, sizeof(chunk), file)) > 0) {
		if (len > limit + 1 - buf.len)
			len = limit + 1 - buf.len;
		buf_add(&buf, chunk, len);
	}
	int error = ferror(file) ? errno : arena_failed(arena) ? ENOMEM : 0;
	fclose(file);
	if (error) {
		errno = error;
		return -1;
	}
	if (buf.len > limit)
		return 1;
	*ret = buf_done(&buf);
	return 0;
}

int file_write_all(int fd, struct text bytes)
{
	while (bytes.len) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes = text_part(bytes, (size_t)n, bytes.len);
	}
	return 0;
}

int file_sync_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = fd < 0 ? -1 : fsync(fd);
	int error = errno;

	if (fd >= 0)
		close(fd);
	errno = error;
	return result;
}

bool file_is_inside(const char *path, const char *dir)
{
	char *real_path = realpath(path, NULL), *real_dir = realpath(dir, NULL);
	size_t len = real_dir ? strlen(real_dir) : 0;
	bool inside = real_path && real_dir && strncmp(real_path, real_dir, len) == 0 &&
		      (real_path[len] == '/' || real_path[len] == '\0');

	free(real_path);
	free(real_dir);
	return inside;
}

int file_write(struct arena *arena, const char *path, struct text bytes)
{
	const char *fresh = text_z(arena, text_format(arena, "%s.new", path));
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		return -1;
	int result;
	/* A long one a piece at a time, so that it never comes down at once on a disk that
	 * others wait for. */
	do {
		result = file_write_all(fd, text_part(bytes, 0, SYNC_BYTES));
		bytes = text_part(bytes, SYNC_BYTES, bytes.len);
		if (result == 0)
			result = fsync(fd);
	} while (result == 0 && bytes.len);
	int error = errno;
	if (close(fd) != 0 || result != 0 || rename(fresh, path) != 0) {
		error = result != 0 ? error : errno;
		unlink(fresh);
		errno = error;
		return -1;
	}
	return 0;
}

static int by_bytes(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

int file_list(struct arena *arena, const char *dir, const char *suffix, struct text *ret, int max)
{
	DIR *handle = opendir(dir);
	struct dirent *entry;
	int n = 0;

	if (!handle)
		return errno == ENOENT ? 0 : -1;
	while (n < max && (entry = readdir(handle))) {
		struct text name = text_from_z(entry->d_name);
		if (text_ends_with(name, text_from_z(suffix)))
			ret[n++] = text_copy(arena, name);
	}
	closedir(handle);
	if (n)
		qsort(ret, (size_t)n, sizeof(*ret), by_bytes);
	return n;
}

int file_count_open(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int n = -3;	/* ".", ".." and the folder's own */

	if (!folder)
		return -1;
	while (readdir(folder))
		n++;
	closedir(folder);
	return n;
}
