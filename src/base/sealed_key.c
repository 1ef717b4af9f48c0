/* The key files of base/sealed_file.h. */
#include "base/keys_internal.h"
#include "base/sealed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_BYTES_MAX 128

static const char *const words[] = {
	[SEALED_PUBLIC] = "hoithi-backup-public ", [SEALED_PRIVATE] = "hoithi-backup-private ",
};

static const mode_t modes[] = { [SEALED_PUBLIC] = 0644, [SEALED_PRIVATE] = 0600 };

/* 0 done, -1 errno, and no file then that was not there. */
static int write_key(const char *path, enum sealed_half half, const struct sealed_key *key)
{
	char hex[2 * HASH_BYTES + 1], line[LINE_BYTES_MAX];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	sodium_bin2hex(hex, sizeof(hex), key->bytes, HASH_BYTES);
	int len = snprintf(line, sizeof(line), "%s%s\n", words[half], hex);
	int result = keys_write_all(fd, line, (size_t)len);
	if (result == 0)
		result = fchmod(fd, modes[half]);
	if (result == 0)
		result = fsync(fd);
	keys_close_quietly(fd);
	sodium_memzero(hex, sizeof(hex));
	sodium_memzero(line, sizeof(line));
	if (result != 0) {
		int error = errno;
		(void)unlink(path);
		errno = error;
	}
	return result;
}

int sealed_pair_create(const char *public_path, const char *private_path, const char **ret_path)
{
	struct sealed_key public_key, private_key;

	crypto_box_keypair(public_key.bytes, private_key.bytes);
	*ret_path = private_path;
	int result = write_key(private_path, SEALED_PRIVATE, &private_key);
	sealed_key_wipe(&private_key);
	if (result != 0)
		return 1;
	*ret_path = public_path;
	if (write_key(public_path, SEALED_PUBLIC, &public_key) != 0) {
		int error = errno;
		(void)unlink(private_path);
		errno = error;
		return 1;
	}
	return 0;
}

static int parse(struct text line, enum sealed_half half, struct sealed_key *ret)
{
	struct text hex = text_part(line, strlen(words[half]), line.len);

	if (text_starts_with(line, text_from_z(words[!half])))
		return 4;
	return text_starts_with(line, text_from_z(words[half])) &&
		       text_ends_with(hex, TEXT("\n")) &&
		       text_unhex(text_part(hex, 0, hex.len - 1), ret->bytes, HASH_BYTES) == 0
		       ? 0 : 3;
}

int sealed_key_read(const char *path, enum sealed_half half, struct sealed_key *ret)
{
	char line[LINE_BYTES_MAX];
	struct stat info;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return 1;
	ssize_t n = fstat(fd, &info) == 0 ? read(fd, line, sizeof(line)) : -1;
	keys_close_quietly(fd);
	if (n < 0)
		return 1;
	int answer = parse(text_from_bytes(line, (size_t)n), half, ret);
	if (answer == 0 && half == SEALED_PRIVATE && info.st_mode & 077)
		answer = 2;
	sodium_memzero(line, sizeof(line));
	return answer;
}

void sealed_key_wipe(struct sealed_key *key)
{
	sodium_memzero(key, sizeof(*key));
}
