#include "base/keys_internal.h"

#include "base/random.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES_MAX (KEYS_RING_MAX * KEYS_LINE_BYTES_MAX)

static_assert(crypto_sign_SEEDBYTES == HASH_BYTES, "Ed25519 seed");
static_assert(crypto_sign_PUBLICKEYBYTES == HASH_BYTES, "Ed25519 public key");
static_assert(crypto_sign_SECRETKEYBYTES == KEYS_SIGNATURE_BYTES, "Ed25519 secret key");

const char *keys_purpose_name(enum key_purpose purpose)
{
	switch (purpose) {
	case KEY_PERSONAL:
		return "personal";
	case KEY_INDEX:
		return "index";
	case KEY_BANK:
		return "bank";
	case KEY_SESSION:
		return "session";
	case KEY_LOG:
		return "log";
	case KEY_PURPOSE_COUNT:
		break;
	}
	assert(false && "a purpose");
	return "";
}

void keys_file_name(enum key_purpose purpose, char ret[KEYS_FILE_NAME_MAX])
{
	(void)snprintf(ret, KEYS_FILE_NAME_MAX, "%s.key", keys_purpose_name(purpose));
}

void keys_close_quietly(int fd)
{
	int before = errno;
	(void)close(fd);
	errno = before;
}

/* Opens the folder, made if it is missing; -1 with errno. */
static int make_folder(const char *dir)
{
	bool made = mkdir(dir, 0700) == 0;

	if (!made && errno != EEXIST)
		return -1;
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || !made)
		return fd;
	int above = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fchmod(fd, 0700) != 0 || above < 0 || fsync(above) != 0) {
		keys_close_quietly(fd);
		fd = -1;
	}
	if (above >= 0)
		keys_close_quietly(above);
	return fd;
}

int keys_write_all(int fd, const char *ptr, size_t len)
{
	while (len) {
		ssize_t n = write(fd, ptr, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		ptr += n;
		len -= (size_t)n;
	}
	return 0;
}

/* "1 HEX\n" with a new key. */
static int write_new_key(int fd)
{
	unsigned char key[HASH_BYTES];
	char line[KEYS_LINE_BYTES_MAX + 1];

	random_bytes(key, sizeof(key));
	line[0] = '1';
	line[1] = ' ';
	sodium_bin2hex(line + 2, sizeof(line) - 2, key, sizeof(key));
	line[2 + 2 * HASH_BYTES] = '\n';
	int result = fchmod(fd, 0600) == 0 ? keys_write_all(fd, line, 3 + 2 * HASH_BYTES) : -1;
	if (result == 0)
		result = fsync(fd);
	sodium_memzero(key, sizeof(key));
	sodium_memzero(line, sizeof(line));
	return result;
}

/* Written under another name and linked to its own, so that a crash leaves no
 * half of a key and a file that appears meanwhile stays as it is. */
static int make_file(int folder, enum key_purpose purpose)
{
	char name[KEYS_FILE_NAME_MAX], draft[KEYS_FILE_NAME_MAX];
	struct stat stat;

	keys_file_name(purpose, name);
	if (fstatat(folder, name, &stat, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	(void)snprintf(draft, sizeof(draft), ".%.20s.%016llx", name,
		       (unsigned long long)random_u64());
	int fd = openat(folder, draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	int result = write_new_key(fd);
	keys_close_quietly(fd);
	if (result == 0 && linkat(folder, draft, folder, name, 0) != 0 && errno != EEXIST)
		result = -1;
	int before = errno;
	(void)unlinkat(folder, draft, 0);
	errno = before;
	return result;
}

int keys_create(const char *dir)
{
	int folder = make_folder(dir);
	int result = 0;

	if (folder < 0)
		return 1;
	for (int i = 0; i < KEY_PURPOSE_COUNT && result == 0; i++)
		result = make_file(folder, (enum key_purpose)i);
	if (result == 0)
		result = fsync(folder);
	keys_close_quietly(folder);
	return result == 0 ? 0 : 1;
}

/* Puts a key in its place; false when the ring is full or has the number. */
static bool add_key(struct ring *ring, const struct key *key)
{
	int at = ring->n;

	if (ring->n == KEYS_RING_MAX)
		return false;
	while (at > 0 && ring->keys[at - 1].number >= key->number)
		at--;
	if (at < ring->n && ring->keys[at].number == key->number)
		return false;
	memmove(&ring->keys[at + 1], &ring->keys[at], (size_t)(ring->n - at) * sizeof(*key));
	ring->keys[at] = *key;
	ring->n++;
	return true;
}

static bool parse_line(struct text line, struct ring *ring)
{
	struct text hex = line;
	struct text digits = text_cut(&hex, ' ');
	struct key key;
	int64_t number;

	if (!hex.ptr || digits.len > 5 || text_to_int64(digits, &number) != 0 || number < 1 ||
	    number > KEYS_NUMBER_MAX || text_unhex(hex, key.bytes, sizeof(key.bytes)) != 0)
		return false;
	key.number = (int)number;
	bool added = add_key(ring, &key);
	sodium_memzero(&key, sizeof(key));
	return added;
}

static bool parse_ring(struct text file, enum key_purpose purpose, struct ring *ring)
{
	while (file.len)
		if (!parse_line(text_cut(&file, '\n'), ring))
			return false;
	return ring->n > 0 && (purpose != KEY_INDEX || ring->n == 1);
}

/* Answers as keys_open. */
static int check_mode(int fd, mode_t type)
{
	struct stat stat;

	if (fstat(fd, &stat) != 0)
		return -1;
	if ((stat.st_mode & S_IFMT) != type)
		return 3;
	return stat.st_mode & 077 ? 2 : 0;
}

static int read_file(int fd, enum key_purpose purpose, struct ring *ring)
{
	char bytes[FILE_BYTES_MAX + 1];
	size_t len = 0;
	ssize_t n = 0;

	do {
		n = read(fd, bytes + len, sizeof(bytes) - len);
		if (n > 0)
			len += (size_t)n;
	} while ((n > 0 && len < sizeof(bytes)) || (n < 0 && errno == EINTR));
	int answer = n < 0 ? -1 : 0;
	if (answer == 0 && (len > FILE_BYTES_MAX ||
			    !parse_ring(text_from_bytes(bytes, len), purpose, ring)))
		answer = 3;
	sodium_memzero(bytes, sizeof(bytes));
	return answer;
}

int keys_read_ring(int folder, enum key_purpose purpose, struct ring *ring)
{
	char name[KEYS_FILE_NAME_MAX];

	keys_file_name(purpose, name);
	/* Not blocking, in case somebody put a pipe there. */
	int fd = openat(folder, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 1 : -1;
	int answer = check_mode(fd, S_IFREG);
	if (answer == 0)
		answer = read_file(fd, purpose, ring);
	keys_close_quietly(fd);
	return answer;
}

/* Reads the rings one after the other and names the first that is wrong. */
static int open_rings(struct arena *arena, const char *dir, int folder, struct keys *keys,
		      struct text *ret_path)
{
	for (int i = 0; i < KEY_PURPOSE_COUNT; i++) {
		enum key_purpose purpose = (enum key_purpose)i;
		int answer = keys_read_ring(folder, purpose, &keys->rings[i]);
		if (answer > 0)
			*ret_path = text_format(arena, "%s/%s.key", dir,
						keys_purpose_name(purpose));
		if (answer)
			return answer;
	}
	const struct ring *ring = &keys->rings[KEY_LOG];
	crypto_sign_seed_keypair(keys->sign_public, keys->sign_secret,
				 ring->keys[ring->n - 1].bytes);
	return 0;
}

int keys_open(struct arena *arena, const char *dir, struct keys **ret_keys, struct text *ret_path)
{
	int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int answer = folder >= 0 ? check_mode(folder, S_IFDIR) :
		     errno == ENOENT || errno == ENOTDIR ? 1 : -1;
	struct keys *keys = NULL;

	if (answer > 0)
		*ret_path = text_copy(arena, text_from_z(dir));
	if (answer == 0) {
		keys = mem_new(sizeof(*keys));
		answer = keys ? 0 : -1;
	}
	if (answer == 0) {
		/* Out of swap and core dumps where the system lets us. */
		(void)sodium_mlock(keys, sizeof(*keys));
		answer = open_rings(arena, dir, folder, keys, ret_path);
	}
	if (folder >= 0)
		keys_close_quietly(folder);
	if (answer) {
		keys_free(keys);
		return answer;
	}
	*ret_keys = keys;
	return 0;
}

struct keys *keys_free(struct keys *keys)
{
	if (keys)
		(void)sodium_munlock(keys, sizeof(*keys));
	/* munlock wipes, but not if the pages could not be unlocked. */
	if (keys)
		sodium_memzero(keys, sizeof(*keys));
	return mem_free(keys);
}
