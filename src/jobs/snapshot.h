/* Participation by unit, taken every day at the profile's minute as an
 * unchangeable snapshot. One that was missed while the server was down is taken
 * late, for the moment it was due, and says when it was taken. */
#ifndef JOBS_SNAPSHOT_H
#define JOBS_SNAPSHOT_H

#include "pages/site.h"

struct contest;

/* The latest moment at or before `now` at which a snapshot of the contest is
 * due; TIME_NONE when there is none yet. The last one is that after the close. */
int64_t snapshot_due(const struct contest *contest, int64_t now);

/* Takes what is due at `now`, by the contest clock, and not yet taken, for all contests; what
 * ended CLOSE_AFTER_MS before has to be closed. `stop` as struct pace has it. Returns how
 * many it took; negative as the store. */
int snapshot_step(struct site *site, int64_t now, const atomic_bool *stop);

#endif
