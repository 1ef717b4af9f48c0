/* After `keys rotate personal`: everything personal that an older key sealed is sealed
 * anew under the newest, so that the old line of the key file can go. */
#ifndef JOBS_RESEAL_H
#define JOBS_RESEAL_H

#include "base/text.h"
#include "pages/site.h"

#include <stdatomic.h>

struct resealed {
	int key;	/* number of the newest */
	int64_t people, guardians, exclusions;	/* rows sealed anew */
	int64_t unread;	/* values that these keys do not open: left as they are */
};

/* Goes through all rows in slices (pace.h), and again until nothing
 * older is left (what was sealed before the rotation may be stored after it), then
 * writes the act. `stop` as struct pace has it. Negative as the store: what was sealed
 * anew until then is. */
int reseal_run(struct site *site, struct text actor, const atomic_bool *stop,
	       struct resealed *ret) MUST_CHECK;

#endif
