/* Waiting after wrong passwords: so many for free, then waits that double up to a
 * bound, and never a lock. In memory: a restart forgets, and so does a quiet day.
 *
 * What is counted is an account as it was typed, whether or not it exists, so a
 * refusal says nothing about who is registered. A browser that has signed in to an
 * account before has a count of its own there: someone who guesses elsewhere does
 * not keep its owner waiting. Any thread. */
#ifndef PAGES_PATIENCE_H
#define PAGES_PATIENCE_H

#include "base/text.h"

#define PATIENCE_FREE 5
#define PATIENCE_FIRST_WAIT_MS 15000
#define PATIENCE_LONGEST_WAIT_MS 900000
#define PATIENCE_FORGET_MS 86400000

/* Here and below `device` is the browser's number; 0 stands for one that has no count
 * of its own, whatever it signed in to. */
struct patience;

/* Room for about `accounts` at once; the ones that were quiet longest make room.
 * NULL when memory is out. */
struct patience *patience_new(size_t accounts) MUST_CHECK;

/* Takes NULL, returns NULL. */
struct patience *patience_free(struct patience *patience);

/* How long this browser has to wait before it may try this account again; 0 not at
 * all. `now` is the machine's clock. */
int64_t patience_wait_ms(struct patience *patience, struct text account, int64_t device,
			 int64_t now);

/* Whether this browser has signed in to that account before. */
bool patience_knows(struct patience *patience, struct text account, int64_t device, int64_t now);

/* Takes a try: it is counted as wrong from now on, before the password is looked at,
 * so that many tries at once are no more than as many one after the other. Answers 0,
 * or how long to wait, and nothing is taken then. */
int64_t patience_take(struct patience *patience, struct text account, int64_t device,
		      int64_t now) MUST_CHECK;

/* The try taken at `now` was not wrong, or not made at all. */
void patience_give_back(struct patience *patience, struct text account, int64_t device,
			int64_t now);

/* The password was right. */
void patience_succeeded(struct patience *patience, struct text account, int64_t device,
			int64_t now);

#endif
