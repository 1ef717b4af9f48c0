/* What people agree to when they enter a contest: a sentence each, made from the
 * rules, and the proof of it: version, SHA-256 of the sentences joined by line
 * feeds, time. Who is under 16 agrees to other sentences, and so does somebody for
 * them. Pure; texts live in the arena given. */
#ifndef PAGES_CONSENT_H
#define PAGES_CONSENT_H

#include "lang/lang.h"
#include "pages/contest.h"

#define CONSENT_SENTENCES_MAX 6

/* Returns how many. */
int consent_sentences(struct arena *arena, const struct profile *profile, enum lang lang,
		      bool minor, struct text ret[CONSENT_SENTENCES_MAX], struct hash *ret_hash);

/* The sentences whose hash is `hash`, of whichever rules, language and age. Returns
 * how many; 0 when these are no sentences of this program. */
int consent_agreed(struct arena *arena, const struct contest *contest, struct text hash,
		   struct text ret[CONSENT_SENTENCES_MAX]);

#endif
