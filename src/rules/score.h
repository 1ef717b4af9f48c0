/* Answer vectors and scoring.
 *
 * A vector has one ASCII character an item, in paper order: '0' no answer, '1'
 * to '4' the position chosen as it was shown. */
#ifndef RULES_SCORE_H
#define RULES_SCORE_H

#include "rules/draw.h"

#define PREDICTION_MISSING (-1)
#define PREDICTION_MAX 9999999

/* Whether `answers` is a vector for a paper of `n` items. */
bool score_is_vector(struct text answers, int n);

/* Items that have an answer. */
int score_count_answered(struct text answers);

struct score {
	int correct;		/* items answered right */
	int points;		/* correct times points_per_question */
	bool perfect;		/* all items right */
};

/* `answers` is a vector for `paper`, drawn from `bank` of `n_bank` items. */
struct score score_paper(const struct profile *profile, const struct bank_item *bank, int n_bank,
			 const struct drawn_paper *paper, struct text answers);

/* Lays what one device changed over what is stored, item by item: where
 * `posted` differs from `base` the posted answer counts (a blank only clears
 * what `base` had), elsewhere `stored`. All three are vectors of one length. */
struct text score_merge(struct arena *arena, struct text base, struct text posted,
			struct text stored);

/* Reads a prediction as typed: "1.200", "1 200", "1,200", "1200". Digits alone,
 * or groups of three after a first one of one to three that does not begin with
 * 0, all parted by the same mark: dot, comma, space, no-break space (U+00A0,
 * U+202F). White space around is dropped; anything else is refused ("1.20",
 * "12,5", "-3", "1200 người").
 * 0 done, 1 not a whole number in 0 … PREDICTION_MAX. Empty is 1. */
int score_read_prediction(struct text typed, int64_t *ret) MUST_CHECK;

/* 1200 as "1.200", -1200 as "-1.200". */
struct text score_format_number(struct arena *arena, int64_t number);

#endif
