/* Synthetic contestants in a rehearsal folder, put in as the registration itself does. */
#ifndef CLI_CROWD_PEOPLE_H
#define CLI_CROWD_PEOPLE_H

#include "cli/command.h"

#define CROWD_PASSWORD "chuon-chuon-bay-thap"
#define CROWD_PEOPLE_MAX 5000000

struct crowd_people {
	/* the caller's */
	struct command *command;	/* of a folder without threads */
	const struct contest *contest;
	int n;
	const char *phones;	/* "+8498": what stands before the seven digits of a number */
	struct text name;	/* of each */
	bool every_group;	/* in turn; else all in the last */
	bool (*told)(int done);	/* now and then; false: no more. May be NULL */

	/* what became of it */
	struct text cookies;	/* a line each, in the order of their numbers */
	struct text group, unit;	/* codes, of the first */
};

/* 0 done, else the exit status: what is wrong stands in command->err. */
int crowd_people_add(struct crowd_people *people) MUST_CHECK;

/* Whose cookie it is may sign in with this phone and CROWD_PASSWORD. */
struct text crowd_people_phone(struct arena *arena, const struct crowd_people *people, int number);

#endif
