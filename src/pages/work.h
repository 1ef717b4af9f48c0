/* A proof of work: the browser finds a number that makes SHA-256(challenge, number)
 * begin with WORK_BITS zero bits (assets/work.js). Nothing is kept of a challenge:
 * it carries its time and a keyed hash over time, browser and contest. Of proofs
 * that were used, a bounded set. It does not stop whoever has big machines; it
 * makes a flood of registrations cost. Any thread.
 *
 * challenge: 64 characters in hex, one block of SHA-256, so that a browser hashes
 * one block a try: 12 issued (ms), 4 number of the key, 16 random, 32 hash.
 * proof: a challenge and 1 to WORK_NUMBER_CHARS digits or letters a-f. */
#ifndef PAGES_WORK_H
#define PAGES_WORK_H

#include "base/keys.h"

#define WORK_BITS 20
#define WORK_LIFE_MS 1800000
#define WORK_CHALLENGE_CHARS 64
#define WORK_NUMBER_CHARS 16

/* For this browser and this contest. `now` is the machine's clock. */
struct text work_challenge(struct arena *arena, const struct keys *keys, int64_t device,
			   int64_t contest, int64_t now);

enum work_verdict {
	WORK_FINE,
	WORK_ABSENT,
	WORK_WRONG,	/* not such, not of this browser and contest, too little done */
	WORK_EXPIRED,
};

enum work_verdict work_check(const struct keys *keys, struct text proof, int64_t device,
			     int64_t contest, int64_t now);

struct work_used;

/* Remembers about `proofs` at once; the oldest make room. NULL when memory is out. */
struct work_used *work_used_new(size_t proofs) MUST_CHECK;

/* Takes NULL, returns NULL. */
struct work_used *work_used_free(struct work_used *used);

/* Uses a proof that work_check found fine, for `who` (any text that names a person).
 * False when it was used for another; the same person may send a form twice. */
bool work_use(struct work_used *used, struct text proof, struct text who, int64_t now) MUST_CHECK;

#endif
