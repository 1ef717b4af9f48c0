/* What keeps a person's data from being erased for now, in any contest: a paper that
 * is open, or a prize that was published, whose records stay as long as the rules say
 * (retention.winner_days). */
#ifndef PAGES_HOLD_H
#define PAGES_HOLD_H

#include "pages/site.h"
#include "store/db.h"

struct hold {
	int64_t papers;		/* of the person, in all contests */
	bool paper_open;
	int64_t winner_until;	/* contest clock, ms; 0 no prize was published */
};

/* `now` is the contest's. 0 done, negative as the store. */
int hold_load(const struct site *site, struct arena *arena, struct db *db, int64_t person,
	      int64_t now, struct hold *ret) MUST_CHECK;

bool hold_refuses(const struct hold *hold, int64_t now);

#endif
