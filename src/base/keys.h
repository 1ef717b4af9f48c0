/* The key folder and all that is done with its keys.
 *
 * Keys live apart from the data folder and never in a backup: DIR/PURPOSE.key,
 * one a purpose, mode 0600, a line a key: "NUMBER HEX" with 32 bytes, NUMBER from
 * 1 to KEYS_NUMBER_MAX and each once, at most KEYS_RING_MAX lines. The line with
 * the highest number seals; all of them open.
 *
 * random_init comes first. Any thread may use open keys. Rings only grow: keys_rotate
 * stores a key behind the last one, then how many there are (release), and readers
 * take that number first (acquire), so nothing is locked and none sees half a key.
 * Files are read by keys_open and keys_rotate alone: never by a thread that serves. */
#ifndef BASE_KEYS_H
#define BASE_KEYS_H

#include "base/hash.h"
#include "base/text.h"

#define KEYS_NUMBER_MAX 65535
#define KEYS_RING_MAX 64

/* Bytes that sealing adds. */
#define KEYS_SEAL_BYTES (2 + 24 + 16)

enum key_purpose {
	KEY_PERSONAL,	/* seals personal data */
	KEY_INDEX,	/* blind indexes of personal data; has one key for good */
	KEY_BANK,	/* seals questions and keys */
	KEY_SESSION,	/* cookies and form tokens */
	KEY_LOG,	/* signs receipts and the log (an Ed25519 seed) */
	KEY_PURPOSE_COUNT
};

struct keys;

/* Makes what is missing of the folder and its files, each with key number 1, and
 * brings it to disk; never touches a file that is there. A file appears whole or
 * not at all. Answers 0 done, 1 could not (errno says why). */
int keys_create(const char *dir) MUST_CHECK;

/* "personal", "index" …: what stands before ".key" in the file's name. */
const char *keys_purpose_name(enum key_purpose purpose);

/* Reads all rings. Answers
 *   0  done, *ret_keys is to be freed with keys_free
 *   1  the folder or a file is missing
 *   2  the folder or a file has permissions for its group or others
 *   3  a file is malformed
 *  -1  memory or I/O
 * For 1 to 3 *ret_path (in `arena`) names the file. */
int keys_open(struct arena *arena, const char *dir, struct keys **ret_keys,
	      struct text *ret_path) MUST_CHECK;

/* Makes a key with the next number: appends it to DIR/PURPOSE.key, which is replaced
 * whole and on disk before the key is used, then lets it seal in `keys`. One call at a
 * time, and not for KEY_INDEX and KEY_LOG. Answers
 *   0  done: *ret_number
 *   1  the file cannot be read or written (errno)
 *   2, 3  as keys_open, of the file
 *   4  the file is not the one that these keys were read from
 *   5  the ring is full, or the numbers are
 * and has changed nothing unless it is 0 (or 1 when only the folder could not be
 * brought to disk: the file is new then, and the keys are not). */
int keys_rotate(struct keys *keys, const char *dir, enum key_purpose purpose,
		int *ret_number) MUST_CHECK;

/* The key that seals, and the one that sealed a value (0: it is not sealed). */
int keys_newest_number(const struct keys *keys, enum key_purpose purpose);
int keys_sealed_number(struct text sealed);

/* Wipes and frees. Takes NULL, returns NULL. */
struct keys *keys_free(struct keys *keys);

/* Seals `plain` with XChaCha20-Poly1305 under the newest key of `purpose`:
 * key number (2 bytes big-endian), nonce (24), ciphertext with tag. `place`
 * ("person.name") and `row` go into the associated data, so that a sealed value
 * opens only where it was put. Empty when the arena is full. */
struct text keys_seal(const struct keys *keys, enum key_purpose purpose, struct arena *arena,
		      const char *place, int64_t row, struct text plain);

/* 0 done, 1 not sealed by these keys for this place and row, -1 memory out. */
int keys_unseal(const struct keys *keys, enum key_purpose purpose, struct arena *arena,
		const char *place, int64_t row, struct text sealed,
		struct text *ret_plain) MUST_CHECK;

/* The blind index of `plain` among values of `kind` ("phone"): equal for equal
 * input, and says nothing without the key. */
struct hash keys_blind_index(const struct keys *keys, const char *kind, struct text plain);

/* A keyed hash of `data` under key `number` of `purpose` (0 the newest, and
 * *ret_number says which). 0 done, 1 there is no such key. */
int keys_mac(const struct keys *keys, enum key_purpose purpose, int number, struct text data,
	     int *ret_number, struct hash *ret) MUST_CHECK;

#define KEYS_SIGNATURE_BYTES 64

/* Signs with the newest KEY_LOG key (Ed25519), and its public key. */
void keys_sign(const struct keys *keys, struct text data,
	       unsigned char ret_signature[KEYS_SIGNATURE_BYTES]);
void keys_public(const struct keys *keys, unsigned char ret_public[HASH_BYTES]);

#endif
