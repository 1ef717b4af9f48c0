/* The folder in which a rehearsal keeps its copy: DIR/hoithi-rehearsal, where DIR is that of
 * --work, or the one in which the data folder lies. One rehearsal at a time has it. */
#ifndef CLI_REHEARSE_WORK_H
#define CLI_REHEARSE_WORK_H

#include "cli/command.h"

struct rehearse_work {
	const char *path;	/* NULL not ours */
	int fd;			/* its lock */
	const char *copy;	/* the data folder of the copy, there and empty */
	const char *log;	/* what its server says */
};

/* Takes it, and removes what an earlier one left that was killed. `data` is the real data
 * folder. 0 done, else the exit status; to be given back in any case. */
int rehearse_work_take(struct command *command, const char *data,
		       struct rehearse_work *ret) MUST_CHECK;

/* Whether its disk has room for `bytes`. 0 it has, else the exit status. */
int rehearse_work_room(struct command *command, const struct rehearse_work *work,
		       int64_t bytes) MUST_CHECK;

/* Removes all that is in it, and itself. */
void rehearse_work_remove(struct rehearse_work *work);

#endif
