/* Personal data goes by the profile's clock: `retention.days` after a contest's
 * results, a winner's `retention.winner_days` after. A winner has a place that wins an
 * individual prize in the published ranking of a round. Who is in several contests
 * goes when the last of them is due. Papers stay and count (store/person.h).
 *
 * What is due is decided by the contest clock and the rules in force now; a contest
 * that was never published has no winners. */
#ifndef JOBS_RETENTION_H
#define JOBS_RETENTION_H

#include "base/text.h"
#include "pages/site.h"

#include <stdatomic.h>

struct contest;

/* People looked at together. */
#define RETENTION_SLICE 100

/* From when a contest's people, and its winners, are erased: ms, contest clock. */
int64_t retention_due(const struct contest *contest, int64_t now);
int64_t retention_winners_due(const struct contest *contest, int64_t now);

/* Looks through up to `slices` slices of people in contests that are due and erases
 * whom it may, an act a transaction. *at says where to go on and is zero at first; when
 * all was seen *at is zero again. `stop` as struct pace has it. Returns how many were
 * erased; negative as the store. */
struct retention_at {
	int64_t contest, person;	/* ids; people up to this one were seen */
};
int retention_run(struct site *site, int slices, struct retention_at *at, const atomic_bool *stop);

/* What the runner calls every second: looks at once, then once an hour. */
void retention_step(struct site *site, const atomic_bool *stop);

/* Writes, a contest a line, who is known still, until when, and how many were erased.
 * Negative as the store. */
int retention_report(struct site *site, struct arena *arena, const atomic_bool *stop,
		     struct buf *out) MUST_CHECK;

#endif
