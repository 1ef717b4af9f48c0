/* Blind indexes by which people are found and compared without being read. */
#ifndef PAGES_IDENTITY_H
#define PAGES_IDENTITY_H

#include "base/keys.h"

enum identity_kind {
	IDENTITY_PERSON = 1,	/* phone + folded name + birth: one person */
	IDENTITY_PHONE = 2,	/* everybody of a phone */
};

/* Each is the 32 bytes of an index, or empty where what it needs is unknown. */
struct identity_indexes {
	struct text person;
	struct text phone;
	struct text name_birth;	/* folded name + whole birth date; empty when only the
				 * year is known */
	struct text name_year;	/* folded name + year of birth */
	struct text name_phone;	/* folded name + phone */
};

/* `birth` in ISO form (a year, or a date), `phone` in E.164. */
void identity_of_person(const struct keys *keys, struct arena *arena, struct text name,
			struct text birth, struct text phone, struct identity_indexes *ret);

/* The same for an entry of the exclusion list, where each part may be missing:
 * one with a whole birth date has both indexes of the name, one with a year that of
 * the year. `person` and `phone` stay empty: a family shares a phone. */
void identity_of_exclusion(const struct keys *keys, struct arena *arena, struct text name,
			   struct text birth, struct text phone, struct identity_indexes *ret);

#endif
