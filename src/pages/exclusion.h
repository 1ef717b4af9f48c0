/* Who may not take part: the contest's list of exclusions. Pure. */
#ifndef PAGES_EXCLUSION_H
#define PAGES_EXCLUSION_H

#include "pages/contest.h"
#include "pages/identity.h"

/* The first exclusion that fits a person in a unit (an id; -1 none yet), or NULL.
 * A person is met by name and whole birth date, by name and year where one of the
 * two sides knows no more than that, or by name and phone; an excluded unit takes all that
 * stands under it along. Empty indexes meet nothing. */
const struct exclusion *exclusion_match(const struct contest *contest,
					const struct identity_indexes *indexes, int64_t unit);

#endif
