/* Questions as they are kept: text and key sealed, apart from each other. */
#ifndef PAGES_QUESTION_H
#define PAGES_QUESTION_H

#include "base/keys.h"
#include "rules/profile.h"

struct question_content {
	struct text body;	/* Markdown */
	struct text options[PROFILE_OPTIONS];
	struct text basis;
};

/* Sealed for the question of this id; empty when the arena is full. */
struct text question_seal(const struct keys *keys, struct arena *arena, int64_t question,
			  const struct question_content *content);
struct text question_seal_key(const struct keys *keys, struct arena *arena, int64_t question,
			      int key);

/* 0 done, 1 these keys do not open it. */
int question_unseal(const struct keys *keys, struct arena *arena, int64_t question,
		    struct text sealed, struct question_content *ret) MUST_CHECK;

/* The key, 0 to 3; -1 when these keys do not open it. */
int question_unseal_key(const struct keys *keys, struct arena *arena, int64_t question,
			struct text sealed);

/* What tells one text of a question from another: its hash. */
struct hash question_hash(struct arena *arena, const struct question_content *content, int key);

#endif
