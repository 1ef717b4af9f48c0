/* What may be a password: long enough, and nothing that whoever knows the person,
 * the contest or the commonest passwords tries first. No rule of composition: no
 * kind of character has to be there. Pure; any thread. */
#ifndef RULES_PASSWORD_H
#define RULES_PASSWORD_H

#include "base/text.h"

#define PASSWORD_CHARS_MIN 8
#define PASSWORD_CHARS_MAX 128

struct profile;

enum password_verdict {
	PASSWORD_FINE,
	PASSWORD_EMPTY,
	PASSWORD_SHORT,
	PASSWORD_LONG,
	PASSWORD_ONESELF,	/* name (or a part of it, and digits) or birth date of the person */
	PASSWORD_CONTEST,	/* words of the contest, or these and digits */
	PASSWORD_COMMON,	/* one of the commonest, or such a word and digits */
	PASSWORD_REPEATED,	/* few characters over and over */
	PASSWORD_RUN,		/* runs of the keyboard, the alphabet or digits */
	PASSWORD_PHONE,		/* a phone number, one's own or another */
	PASSWORD_YEARS,		/* years and nothing else */
};

/* Whose password it is; "" what is not known. */
struct password_owner {
	struct text name;
	struct text birth_iso;	/* "1966-08-05", "1966" */
};

/* A password as it is hashed: NFC, and nothing else changed, so that it can be
 * typed on any keyboard. */
struct text password_read(struct arena *arena, struct text typed);

/* Judges what password_read gave by all that does not depend on the person;
 * `profile` is that of the contest. Case, marks and spaces make no difference. */
enum password_verdict password_judge(struct arena *arena, struct text password,
				     const struct profile *profile);

/* PASSWORD_ONESELF, or PASSWORD_FINE. */
enum password_verdict password_judge_owner(struct arena *arena, struct text password,
					   const struct password_owner *owner);

#endif
