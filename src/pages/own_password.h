/* Asking whoever is signed in for their password once more, before what somebody at a
 * borrowed machine must not do. Wrong ones are counted as those at the door
 * (door_limits.h). */
#ifndef PAGES_OWN_PASSWORD_H
#define PAGES_OWN_PASSWORD_H

#include "pages/page.h"

struct own_password {
	struct text who;	/* what wrong ones are counted under */
	struct text kept;	/* the person's hash */
	struct text encoded;	/* the posted one, hashed like it */
	struct text problem;	/* why it is not taken, in the reader's language … */
	int status;		/* … and what goes along; "" and 0: a reply was left */
};

/* Of the person who is signed in, whose entry that is. Negative as the store. */
int own_password_load(struct request *request, struct db *db, const struct page_entry *entry,
		      struct own_password *ret) MUST_CHECK;

/* Hashes the posted `matkhau`; `then` asks own_password_is_right. False when it is not
 * tried: see `problem`. */
bool own_password_try(struct request *request, struct own_password *own, request_fn *then) MUST_CHECK;

/* Whether it was, once it is hashed; when not, see `problem`, and the security log has
 * heard of `failed`. */
bool own_password_is_right(struct request *request, struct own_password *own,
			   const char *failed) MUST_CHECK;

#endif
