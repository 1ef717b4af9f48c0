#include "base/keys_internal.h"

#include "base/random.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether all keys of the file are known here, and the newest ones are the same: it is
 * the file that these keys were read from, if maybe without old lines by now. */
static bool is_own_file(const struct ring *file, const struct ring *ring)
{
	int known = 0;

	for (int i = 0; i < file->n; i++)
		for (int k = 0; k < ring->n; k++)
			known += file->keys[i].number == ring->keys[k].number &&
				 sodium_memcmp(file->keys[i].bytes, ring->keys[k].bytes,
					       HASH_BYTES) == 0;
	return known == file->n &&
	       file->keys[file->n - 1].number == ring->keys[ring->n - 1].number;
}

static int write_ring(int fd, const struct ring *ring)
{
	char hex[2 * HASH_BYTES + 1], line[KEYS_LINE_BYTES_MAX + 1];
	int result = 0;

	for (int i = 0; i < ring->n && result == 0; i++) {
		sodium_bin2hex(hex, sizeof(hex), ring->keys[i].bytes, HASH_BYTES);
		int len = snprintf(line, sizeof(line), "%d %s\n", ring->keys[i].number, hex);
		result = keys_write_all(fd, line, (size_t)len);
	}
	sodium_memzero(hex, sizeof(hex));
	sodium_memzero(line, sizeof(line));
	return result;
}

/* Everything as the file had it, for the one who opened it is to open it again: the
 * command may be run by root. */
static int write_draft(int folder, int fd, const char *name, const struct ring *ring)
{
	struct stat old;

	if (fstatat(folder, name, &old, 0) != 0 || fchown(fd, old.st_uid, old.st_gid) != 0 ||
	    fchmod(fd, 0600) != 0 || write_ring(fd, ring) != 0)
		return -1;
	return fsync(fd);
}

/* The file is the old one or the new one, whatever happens. */
static int replace_file(int folder, enum key_purpose purpose, const struct ring *ring)
{
	char name[KEYS_FILE_NAME_MAX], draft[KEYS_FILE_NAME_MAX];

	keys_file_name(purpose, name);
	(void)snprintf(draft, sizeof(draft), ".%.20s.%016llx", name,
		       (unsigned long long)random_u64());
	int fd = openat(folder, draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	int result = write_draft(folder, fd, name, ring);
	keys_close_quietly(fd);
	if (result == 0)
		result = renameat(folder, draft, folder, name);
	if (result != 0) {
		int before = errno;
		(void)unlinkat(folder, draft, 0);
		errno = before;
		return -1;
	}
	return fsync(folder);
}

/* Answers as keys_rotate; `file` has the new key when it is 0. */
static int append(int folder, enum key_purpose purpose, const struct ring *ring, struct ring *file)
{
	int answer = keys_read_ring(folder, purpose, file);

	if (answer)
		return answer < 0 ? 1 : answer;
	if (!is_own_file(file, ring))
		return 4;
	int number = ring->keys[ring->n - 1].number + 1;
	if (ring->n == KEYS_RING_MAX || file->n == KEYS_RING_MAX || number > KEYS_NUMBER_MAX)
		return 5;
	file->keys[file->n].number = number;
	random_bytes(file->keys[file->n].bytes, HASH_BYTES);
	file->n++;
	return replace_file(folder, purpose, file) == 0 ? 0 : 1;
}

/* The key first, then that there is one: who reads `n` finds it whole. */
static void publish(struct ring *ring, const struct key *key)
{
	int n = ring->n;

	ring->keys[n] = *key;
	atomic_store_explicit(&ring->n, n + 1, memory_order_release);
}

int keys_rotate(struct keys *keys, const char *dir, enum key_purpose purpose, int *ret_number)
{
	struct ring *ring = &keys->rings[purpose];
	struct ring file = { .n = 0 };

	assert(purpose != KEY_INDEX && purpose != KEY_LOG);
	int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return 1;
	int answer = flock(folder, LOCK_EX | LOCK_NB) != 0 ? 1
							   : append(folder, purpose, ring, &file);
	if (answer == 0) {
		publish(ring, &file.keys[file.n - 1]);
		*ret_number = file.keys[file.n - 1].number;
	}
	sodium_memzero(&file, sizeof(file));
	keys_close_quietly(folder);
	return answer;
}
