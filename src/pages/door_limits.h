/* What the door lets through by address and by browser, beside the waits of an
 * account (patience.h). docs/limits.md has the figures for people. Only wrong
 * passwords and codes, registrations, and answers that a number is taken are
 * counted; pages to read and papers never are. An address is request->client_key:
 * IPv4 whole, IPv6 by /64.
 *
 * Each limit is taken before the work is done (nothing is hashed past it) and
 * given back when it turns out not to count. Any thread. */
#ifndef PAGES_DOOR_LIMITS_H
#define PAGES_DOOR_LIMITS_H

#include "pages/request.h"

#define LIMIT_ADDRESSES 65536	/* and as many browsers; they are remembered at once */
#define LIMIT_FAILURES 300	/* an address at once, then one every … */
#define LIMIT_FAILURE_MS 2000
#define LIMIT_REGISTRATIONS 600
#define LIMIT_REGISTRATION_MS 1000
#define LIMIT_TAKEN 20		/* a browser */
#define LIMIT_TAKEN_MS 180000
#define LIMIT_PROOFS 131072	/* that were used; remembered at once */

struct door_limits;

/* NULL when memory is out. */
struct door_limits *door_limits_new(void) MUST_CHECK;

/* Takes NULL, returns NULL. */
struct door_limits *door_limits_free(struct door_limits *limits);

/* A password or code of account `who` (as typed) is about to be tried: it counts as a
 * wrong try of account and address until limit_try_undone. True when it may not be:
 * then it left a 429 page and nothing was counted. The address does not hold back a
 * browser that has signed in to the account before. */
bool limit_try(struct request *request, struct text who) MUST_CHECK;

/* It was right, or was not tried after all. Comes before account_succeeded. */
void limit_try_undone(struct request *request, struct text who);

/* Someone is about to be registered, or to be told that the number is taken. True
 * when it left a 429 page. */
bool limit_registration(struct request *request) MUST_CHECK;

/* It was a sign-in, or did not come about. */
void limit_registration_undone(struct request *request);

/* A proof of work that was found fine is used for a person (any text that names
 * one). False when it was used for another before. */
bool limit_work(const struct request *request, struct text proof, struct text who) MUST_CHECK;

/* "This number is taken" is about to be said. True when it left a 429 page. */
bool limit_taken(struct request *request) MUST_CHECK;

#endif
