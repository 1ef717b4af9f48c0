/* The canonical bytes of a submitted paper, version 1 (docs/proof.md).
 *
 * Each field is committed by its own salted hash, so that a field can be opened
 * to somebody while the others stay closed. The bytes hold commitments only. */
#ifndef LEDGER_LEAF_H
#define LEDGER_LEAF_H

#include "base/hash.h"
#include "base/text.h"

#define LEAF_VERSION 1
#define LEAF_SALT_BYTES 32
#define LEAF_FIELDS 17
#define LEAF_BYTES (17 + LEAF_FIELDS * HASH_BYTES)	/* canonical bytes of a paper */

/* The fields in the order in which they are committed. */
struct leaf_paper {
	struct text contest;		/* code */
	struct text round;		/* code */
	struct text group;		/* code */
	struct text entry;		/* mã dự thi */
	int64_t attempt;		/* from 1 */
	int64_t rules_version;
	struct hash rules_hash;		/* SHA-256 of the profile's text */
	struct hash bank_hash;		/* SHA-256 of the bank's file */
	int64_t draw_version;
	struct text seed;		/* bytes */
	struct text drawn;		/* stored form of the drawn paper */
	struct text answers;		/* vector */
	int64_t prediction;		/* -1 when there is none */
	int64_t started_at;		/* ms */
	int64_t submitted_at;		/* ms */
	int64_t elapsed_ms;
	int64_t score_points;
};

/* The canonical bytes; empty when the arena is full. */
struct text leaf_bytes(struct arena *arena, const struct leaf_paper *paper,
		       const unsigned char salt[LEAF_SALT_BYTES]);

/* The leaf's hash as RFC 6962 section 2.1 has it: SHA-256(0x00 bytes). */
struct hash leaf_hash(struct text bytes);

#endif
