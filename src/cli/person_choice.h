/* Whom a `person` command means: its word is a phone, or the mã dự thi of the contest
 * that --contest names. */
#ifndef CLI_PERSON_CHOICE_H
#define CLI_PERSON_CHOICE_H

#include "cli/command.h"

#define PEOPLE_MAX 20	/* of one phone, as the query has it */

struct person_choice {
	struct command *command;
	const struct contest *contest;	/* the caller gives it back: contest_release */
	struct text reason;		/* --reason, trimmed; "" none */
	struct text phone;		/* E.164, "" when it is a code */
	struct text code;
	/* who they are, of whom something is known still */
	int64_t people[PEOPLE_MAX];
	struct text codes[PEOPLE_MAX];	/* mã dự thi of each; "" not in the contest */
	int n;
};

/* Reads the word. 0 done, else the exit status, after saying what is wrong. */
int person_choice_begin(struct command *command, struct text word, struct person_choice *ret);

/* The same, where --reason is needed. */
int person_choice_begin_with_reason(struct command *command, struct text word,
				    struct person_choice *ret);

/* Reads who has that phone or code; negative as the store. */
int person_choice_people(struct person_choice *choice, struct db *db) MUST_CHECK;

/* The one that is meant, in people[0] and codes[0]. 0 done, else the exit status: there
 * is nobody, or there are several, whose codes it lists. */
int person_choice_one(struct person_choice *choice);

/* What an act about people[0] is about: nothing personal. */
struct text person_choice_subject(const struct person_choice *choice);

int person_choice_nobody(struct command *command);

#endif
