/* Hashes and keyed hashes, through libsodium. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/text.h"

#define HASH_BYTES 32

struct hash {
	unsigned char bytes[HASH_BYTES];
};

/* SHA-256 (FIPS 180-4). For everything that others recompute. */
struct hash hash_sha256(struct text data);

/* SHA-256 of several parts, one after the other. */
struct hash hash_sha256_parts(const struct text *parts, size_t n);

/* HMAC-SHA-256 (RFC 2104) with a key of any length. */
struct hash hash_hmac_sha256(struct text key, struct text data);

/* The same of each of `n` texts: the key is worked in once. */
void hash_hmac_sha256_each(struct text key, const struct text *data, size_t n, struct hash *ret);

/* Keyed BLAKE2b with 32 bytes out: tokens, cookies and blind indexes, which
 * never leave this program. `key` has 32 bytes. */
struct hash hash_keyed(const unsigned char key[HASH_BYTES], struct text data);

/* The hash as text: its bytes, not hex. Lives as long as `hash`. */
struct text hash_text(const struct hash *hash);

#endif
