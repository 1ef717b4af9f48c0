/* Acts of operators: append-only, each holding the hash of the one before, so
 * that a change of an old one shows. The bytes that are hashed are in
 * docs/audit.md. */
#ifndef STORE_ACT_H
#define STORE_ACT_H

#include "store/db.h"

struct act {
	struct text actor;	/* who: "cli:root" */
	struct text kind;	/* "contest.apply", "paper.annul" … */
	struct text subject;	/* what it was done to; nothing personal */
	struct text before;
	struct text after;
	struct text reason;
};

/* Appends an act in the open transaction. */
int act_add(struct db *db, struct arena *arena, int64_t now, const struct act *act) MUST_CHECK;

/* Goes through the whole chain and calls `show` (may be NULL) for each act.
 * *ret_broken is the number of the first act whose hash is wrong, 0 for none.
 * Answers how many acts there are. */
int act_check(struct db *db,
	      int (*show)(void *ctx, int64_t number, int64_t at_ms, const struct act *act),
	      void *ctx, int64_t *ret_broken) MUST_CHECK;

#endif
