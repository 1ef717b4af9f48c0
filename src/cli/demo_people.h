/* Synthetic people for the demo: registered, with papers drawn, answered and
 * submitted by the same functions as real ones, so that everything after the
 * close can be tried on them. */
#ifndef CLI_DEMO_PEOPLE_H
#define CLI_DEMO_PEOPLE_H

#include "cli/command.h"
#include "cli/contest_folder.h"

#define DEMO_PEOPLE_MAX 2000000
#define DEMO_PHONE "0900 000 001"
#define DEMO_PASSWORD "hoi-thi-2024"

/* Adds `n` people to the contest; the first can sign in with DEMO_PHONE and
 * DEMO_PASSWORD and has no paper, the others have no password. 0 done, negative
 * as the store. */
int demo_people_add(struct command *command, const struct contest *contest,
		    const struct contest_folder *folder, int n) MUST_CHECK;

#endif
