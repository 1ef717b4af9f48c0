/* A contest whose rules still have empty values does not open. From a day before
 * its opening the log says so, once an hour, value by value. */
#ifndef JOBS_READINESS_H
#define JOBS_READINESS_H

#include "pages/site.h"

struct profile;

/* Whether `profile` opens within a day of `now`, or should be open, and cannot. */
bool readiness_is_short(const struct profile *profile, int64_t now);

void readiness_step(struct site *site);

#endif
