/* What keys.c and keys_files.c share. */
#ifndef BASE_KEYS_INTERNAL_H
#define BASE_KEYS_INTERNAL_H

#include "base/keys.h"

struct key {
	int number;
	unsigned char bytes[HASH_BYTES];
};

struct ring {
	struct key keys[KEYS_RING_MAX];	/* sorted by number: the last is the newest */
	int n;
};

struct keys {
	struct ring rings[KEY_PURPOSE_COUNT];
	unsigned char sign_public[HASH_BYTES];
	unsigned char sign_secret[KEYS_SIGNATURE_BYTES];
};

#endif
