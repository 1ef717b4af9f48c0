/* Registering someone under 16: their representative agrees. */
#ifndef PAGES_REGISTER_MINOR_VIEW_H
#define PAGES_REGISTER_MINOR_VIEW_H

#include "pages/consent_view.h"

struct register_minor_view {
	struct page_view page;
	struct text group_name, unit;
	struct url again;		/* back to the form */
	struct text code_group, code_unit, written;
	struct text name, birth, phone;	/* as read, shown and carried on */
	struct consent_view consent;
	struct problem_list problems;
	struct text password_problem;
	struct text invitation, proof;	/* while auth.surge is on: carried on */
	struct door_view door;
	struct text doubt;		/* see door.h; "" none */
};

#endif
