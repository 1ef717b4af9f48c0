/* GET /{contest}/toi: who one is in the contest, one's papers, one's place. */
#ifndef PAGES_ME_H
#define PAGES_ME_H

#include "pages/consent_form.h"
#include "pages/sitting.h"

/* One's place in a round whose results are public. */
struct me_place {
	const struct publication *publication;	/* NULL not public */
	bool ranked;
	struct q_ranking_place_of row;
	int64_t of;		/* people ranked in the group */
};

struct me {
	struct sitting sitting;		/* first, see page.h */
	struct me_place places[PROFILE_ROUNDS_MAX];	/* by the round's number */
	bool was_reset;			/* by an operator's code, lately */
	struct q_reset_last_used reset;
	struct q_devices_of *devices;
	int n_devices;
};

int me_load(struct request *request, struct db *db);
void page_me_show(struct request *request);

/* What was posted of one of its forms and does not do yet. */
struct me_posted {
	const struct consent_form *consent;	/* form `consent`; NULL nothing */
	struct text password_problem;		/* form `slip`; "" nothing */
};

/* The page; `posted` may be NULL. */
void me_show(struct request *request, const struct me_posted *posted, int status);

#endif
