/* A backup: a copy of the database of this moment, sealed to a public key, in a folder
 * that is somewhere else (docs/backup.md). What is needed beside it is not in it: the
 * keys, which are kept apart, and FOLDER/erasures.log, which says who was erased and goes
 * on to be told after the backup was made. */
#ifndef JOBS_BACKUP_H
#define JOBS_BACKUP_H

#include "jobs/backup_file.h"
#include "pages/site.h"

#include <stdatomic.h>

#define BACKUP_KEEP_DAYS_MAX 36500

/* Where the newest went: a row of `setting`, empty in a folder that was restored. */
#define BACKUP_SETTING_FOLDER "backup_folder"

struct backup_order {
	const char *to;				/* the folder; it has to be there */
	const struct sealed_key *public_key;
	int keep_days;				/* older ones are removed; 0 none are */
	struct text actor;
	const atomic_bool *stop;		/* give up when it becomes true; may be NULL */
};

struct backup_done {
	struct text name;	/* "hoithi-20241004T010203Z.backup" */
	struct backup_file file;
	int removed;		/* older ones */
};

/* Makes one, with its act. Texts live in `arena`. 0 done; 1 *ret_why says why not, and
 * nothing is left of it; 2 it is made, and *ret_why says what else failed. */
int backup_run(struct site *site, struct arena *arena, const struct backup_order *order,
	       struct backup_done *ret, struct text *ret_why) MUST_CHECK;

/* What the runner calls every second: brings what is new in erasures.log to the folder of
 * the newest backup. */
void backup_step(struct site *site);

/* Whether `name` is that of a backup, and of when. */
bool backup_name_read(struct text name, int64_t *ret_at);

#endif
