/* The pages of registering. */
#ifndef PAGES_REGISTER_VIEW_H
#define PAGES_REGISTER_VIEW_H

#include "pages/page_view.h"

struct group_row_view {
	struct url url;
	struct text name;
	struct text who;
};

/* Which group; or, with `refusal`, why there is nothing to choose. */
struct register_group_view {
	struct page_view page;
	struct text refusal;
	struct text contact;
	bool practice;			/* there is a practice paper to offer */
	struct text signed_in_as;	/* "" nobody */
	bool for_me;			/* on the way to another unit */
	bool no_such_unit;
	struct text unit;		/* of an invitation that fits several groups */
	struct group_row_view *groups;
	int n_groups;
};

struct unit_row_view {
	struct url url;
	struct text name;
	struct text where;	/* the names above it */
	bool is_branch;		/* leads further down */
};

struct register_unit_view {
	struct page_view page;
	struct text group_name;
	struct url change_group;
	bool locality;			/* a commune is chosen, not an agency */
	bool for_me;
	bool no_such_unit;
	struct text code_group;		/* what forms carry on */
	struct text code_under;
	struct text invitation;

	struct text typed;
	bool searched;
	struct unit_row_view *found;
	int n_found;
	bool found_more;

	struct url top;
	struct unit_row_view *crumbs;	/* from the top to `here` */
	int n_crumbs;
	struct text here;		/* "" at the top */
	struct url choose_here;		/* "" nobody chooses it */
	struct unit_row_view *rows;
	int n_rows;

	bool other;			/* a name is to be written */
	struct url other_url;
	struct url back_url;
	struct text written;
	struct text written_problem;
};

/* Another unit or group for someone who is registered: yes or no. */
struct register_move_view {
	struct page_view page;
	struct text group_name;
	struct text unit;
	struct text code_group, code_unit, written;
	struct url again;
};

struct register_view {
	struct page_view page;
	struct text group_name;
	struct text unit;
	bool locality;
	struct url again;
	struct text code_group, code_unit, written;
	struct text signed_in_as;

	struct problem_list problems, warnings;
	bool taken;			/* the number is registered: ways on */
	int per_unit, per_family;	/* people whom one phone may serve */
	struct text doubt;		/* why it is shown once more, as typed; "" it is not */
	struct door_view door;

	struct text name, name_problem;
	struct text birth, birth_problem, birth_read;	/* "05/08/1966" */
	struct text phone, phone_problem, phone_read;
	struct text password_problem;
	bool consents;
	struct text consent_problem;
	bool surge;			/* mã mời or a proof of work is needed */
	struct text invitation, invitation_problem;
	struct text challenge, proof;	/* work.h */
	int work_bits;
	struct text *consent;		/* what is agreed to, a sentence each */
	int n_consent;
};

#endif
