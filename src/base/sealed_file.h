/* Files sealed to a public key: whoever has its public half can write them, only who has
 * the private half reads them. For backups, whose private half is on another machine.
 *
 * A key file is a line, "hoithi-backup-public HEX" or "hoithi-backup-private HEX", with 32
 * bytes of X25519. The bytes of a sealed file are in docs/backup.md. A reader sees that a
 * file was changed or cut, not who wrote it.
 *
 * random_init comes first. */
#ifndef BASE_SEALED_FILE_H
#define BASE_SEALED_FILE_H

#include "base/hash.h"
#include "base/text.h"

/* Plain bytes a chunk, and how much longer it is when sealed. */
#define SEALED_CHUNK_BYTES 65536
#define SEALED_CHUNK_MORE 17

enum sealed_half {
	SEALED_PUBLIC,
	SEALED_PRIVATE,
};

struct sealed_key {
	unsigned char bytes[HASH_BYTES];
};

/* Makes a pair in two new files: the private one is its owner's alone. Neither may exist.
 * 0 done; 1 errno, and *ret_path is the file that cannot be made: none is left then. */
int sealed_pair_create(const char *public_path, const char *private_path,
		       const char **ret_path) MUST_CHECK;

/* Reads one half. Answers
 *   0  done
 *   1  it cannot be read (errno)
 *   2  it is the private half, and group or others may touch it
 *   3  it is no such file
 *   4  it is the other half */
int sealed_key_read(const char *path, enum sealed_half half, struct sealed_key *ret) MUST_CHECK;

void sealed_key_wipe(struct sealed_key *key);

/* --- writing. 0 done, -1 errno: the file is of no use then. */

struct sealed_writer;

/* Writes the head to `fd`, which stays the caller's. NULL errno. */
struct sealed_writer *sealed_writer_new(int fd, const struct sealed_key *public_key) MUST_CHECK;
int sealed_write(struct sealed_writer *writer, struct text bytes) MUST_CHECK;

/* Writes the last chunk, without which a reader takes the file for cut. */
int sealed_write_end(struct sealed_writer *writer) MUST_CHECK;

/* Of the file until now: its length, and at the end its SHA-256. */
int64_t sealed_writer_bytes(const struct sealed_writer *writer);
struct hash sealed_writer_hash(const struct sealed_writer *writer);

/* Wipes and frees. Takes NULL, returns NULL. */
struct sealed_writer *sealed_writer_free(struct sealed_writer *writer);

/* --- reading */

enum sealed_answer {
	SEALED_FAILED = -1,	/* errno */
	SEALED_END = 0,		/* all was read, and it was whole */
	SEALED_CHUNK = 1,
	SEALED_NO_FILE,		/* it is no sealed file of this version */
	SEALED_OTHER_KEY,	/* it was sealed to another pair */
	SEALED_DAMAGED,		/* changed or cut */
};

struct sealed_reader;

/* Reads the head from `fd`, which stays the caller's. SEALED_CHUNK: go on with sealed_read. */
enum sealed_answer sealed_reader_new(int fd, const struct sealed_key *private_key,
				     struct sealed_reader **ret) MUST_CHECK;

/* The next chunk (SEALED_CHUNK), which lives until the next call. */
enum sealed_answer sealed_read(struct sealed_reader *reader, struct text *ret) MUST_CHECK;

/* Wipes and frees. Takes NULL, returns NULL. */
struct sealed_reader *sealed_reader_free(struct sealed_reader *reader);

#endif
