/* A new data folder from a backup, in which nobody is who was erased since.
 *
 * It is made in a folder inside the new one and looked at there (whole, sound, of a schema
 * that this program knows, acts unbroken); a database of an older schema is brought to this
 * program's. Then the erasures that are known outside of it are done again, and only then
 * it gets its name: what fails or is cut off leaves no data folder. */
#ifndef JOBS_RESTORE_H
#define JOBS_RESTORE_H

#include "base/sealed_file.h"

struct restore_order {
	const char *from;		/* the backup */
	const struct sealed_key *private_key;
	const char *dir;		/* the new data folder: missing, or empty */
	const char *erasures;		/* erasures.log of the old folder; NULL it is gone.
					 * One beside the backup is read too */
	bool without_erasures;		/* go on when neither is there */
	struct text actor;
};

struct restore_done {
	int64_t database_bytes;
	int64_t acts;
	int known;		/* erasures that are told of */
	int64_t newest_at;	/* of them; TIME_NONE */
	int erased;		/* people who were in the backup and are not any more */
};

/* Texts live in `arena`. 0 done; 1 *ret_why says why not, and nothing is left of it. */
int restore_run(struct arena *arena, const struct restore_order *order, struct restore_done *ret,
		struct text *ret_why) MUST_CHECK;

#endif
