/* Mã mời: a code of a unit that the organizer prints in letters and on posters.
 * While auth.surge is on, whoever has it registers without a proof of work. It is
 * derived from the index key, so nothing of it is stored, and it stays the same for
 * the whole contest. */
#ifndef PAGES_INVITATION_H
#define PAGES_INVITATION_H

#include "pages/contest.h"
#include "pages/request.h"

#define INVITATION_CHARS 8

/* A unit's code, "7KQ2M4XD". */
struct text invitation_code(struct arena *arena, const struct keys *keys,
			    const struct contest *contest, const struct contest_unit *unit);

/* What someone typed as invitation_code has it; "" when it is no such code. */
struct text invitation_read(struct arena *arena, struct text typed);

/* Whether `code` (of invitation_read) lets people into `unit`: it is the unit's, or
 * that of one above it. */
bool invitation_fits(struct arena *arena, const struct keys *keys, const struct contest *contest,
		     const struct contest_unit *unit, struct text code);

/* The code that a request came with (`moi`), to be carried on to the form; "" none. */
struct text invitation_carried(const struct request *request);

#endif
