/* What is done to a whole person, in several tables at once. All within the caller's
 * transaction, and may run more than once. */
#ifndef STORE_PERSON_H
#define STORE_PERSON_H

#include "store/db.h"

/* Removes all that is known of a person: sealed data, indexes, codes, guardians,
 * browsers; ends every session. Number, entries and papers stay, so that results can
 * be recomputed. Noted in erasures.log too. `now` is the machine's clock. Answers 1 done, 0 nobody or erased
 * before, negative as the store. */
int person_erase(struct db *db, int64_t person, int64_t now) MUST_CHECK;

/* Why an entry takes part no more (entry_end.kind). */
enum entry_end_kind {
	ENTRY_WITHDRAWN = 1,	/* the person withdrew consent */
	ENTRY_MERGED = 2,	/* into another entry of the same human */
};

#endif
