/* Drawing a paper: a pure function of bank, blueprint and seed.
 *
 * Draw version 1, so that anybody can repeat it:
 *  - The stream is SHA-256("hoithi draw 1" NUL seed counter) for counter 0, 1,
 *    2 … as 8 bytes big-endian, read as 32-bit big-endian numbers. A number
 *    below `n` is drawn by taking the next u32 and rejecting those at or above
 *    the greatest multiple of n that 2^32 holds; the result is u32 mod n.
 *  - For each stratum in order: the candidates are the bank's items that fit it
 *    and are not yet taken, by number; for i = 0 … count-1 candidate i changes
 *    place with candidate i + below(size - i) and is taken. Without strata, one
 *    stratum that everything fits.
 *  - The taken items stand in order of their numbers; when questions are
 *    shuffled, for i = n-1 … 1 item i changes place with item below(i + 1).
 *  - Then, item by item in paper order, the option order: 0 1 2 3, and when
 *    options are shuffled, for i = 3 … 1 option i changes place with below(i + 1).
 *    options[p] is the original option shown at position p.
 *
 * The result is stored with the paper; it is never drawn again. */
#ifndef RULES_DRAW_H
#define RULES_DRAW_H

#include "rules/profile.h"

#define DRAW_VERSION 1
#define DRAW_SEED_BYTES 16

/* Questions that a bank version may hold. */
#define DRAW_BANK_MAX 8192

/* What drawing and scoring need of a question. Items of a bank version are
 * numbered from 0 in the order of its file. */
struct bank_item {
	struct text topic;
	int difficulty;		/* 1 to 3 */
	int key;		/* the right original option, 0 to 3 */
};

struct drawn_item {
	uint16_t number;			/* in the bank version */
	uint8_t options[PROFILE_OPTIONS];	/* original option at each position */
};

struct drawn_paper {
	struct drawn_item items[PROFILE_QUESTIONS_MAX];
	int n;
};

/* 0 done, 1 the bank does not hold enough questions for the blueprint; since no
 * question fits two strata that is so for every seed or for none. The profile's
 * paper is decided; `n_bank` is at most DRAW_BANK_MAX. */
int draw_paper(const struct profile *profile, const struct bank_item *bank, int n_bank,
	       const unsigned char seed[DRAW_SEED_BYTES], struct drawn_paper *ret) MUST_CHECK;

/* What keeps the blueprint from being filled by this bank, as a sentence in
 * Vietnamese that names the first stratum which is short; "" when it can be, or
 * while it is undecided. For `contest check`. */
struct text draw_shortage(struct arena *arena, const struct profile *profile,
			  const struct bank_item *bank, int n_bank);

/* The stored form: per item the number as 2 bytes big-endian and the four
 * options as 2 bits each, position 0 in the highest bits. 3 bytes an item. */
struct text draw_encode(struct arena *arena, const struct drawn_paper *paper);

/* Answers 0 done, 1 when the bytes are not such a form: no item or more than
 * PROFILE_QUESTIONS_MAX, a question twice, options that are no order. */
int draw_decode(struct text bytes, struct drawn_paper *ret) MUST_CHECK;

#endif
