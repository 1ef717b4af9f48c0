/* What keys.c, keys_files.c and keys_rotate.c share. */
#ifndef BASE_KEYS_INTERNAL_H
#define BASE_KEYS_INTERNAL_H

#include "base/keys.h"

#include <stdatomic.h>

#define KEYS_LINE_BYTES_MAX (5 + 1 + 2 * HASH_BYTES + 1)
#define KEYS_FILE_NAME_MAX 48

struct key {
	int number;
	unsigned char bytes[HASH_BYTES];
};

struct ring {
	struct key keys[KEYS_RING_MAX];	/* sorted by number: the last is the newest */
	_Atomic int n;	/* only grows: what stands below it never changes */
};

struct keys {
	struct ring rings[KEY_PURPOSE_COUNT];
	unsigned char sign_public[HASH_BYTES];
	unsigned char sign_secret[KEYS_SIGNATURE_BYTES];
};

/* "personal.key" */
void keys_file_name(enum key_purpose purpose, char ret[KEYS_FILE_NAME_MAX]);

/* Reads a file of an open folder into an empty ring; answers as keys_open. */
int keys_read_ring(int folder, enum key_purpose purpose, struct ring *ring) MUST_CHECK;

/* 0 done, -1 errno. */
int keys_write_all(int fd, const char *ptr, size_t len) MUST_CHECK;

/* Closes and keeps the errno of what came before. */
void keys_close_quietly(int fd);

#endif
