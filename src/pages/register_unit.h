/* Step 1 of registering, all by links: which group, then which unit. Also the
 * way to another unit from one's own page (cho=toi). Query parameters:
 *   nhom   the group            q     what to search for
 *   dv     the unit chosen      tren  the node whose branches are shown
 *   donvi  a name written by hand, when the unit is not listed: `dv` is then the
 *          nearest node above   khac  asks for that name
 *   cho    "toi": the end is one's own page, not the form
 *   moi    a mã mời, carried on to the form */
#ifndef PAGES_REGISTER_UNIT_H
#define PAGES_REGISTER_UNIT_H

#include "pages/page.h"

#define UNIT_WRITTEN_CHARS_MAX 200

/* Where someone belongs, as a query or a form says. */
struct unit_choice {
	int group;			/* number in the profile; -1 not known */
	const struct contest_unit *unit;	/* NULL none */
	struct text written;		/* "" none */
	bool complete;			/* group and unit go together */
	bool no_such_unit;		/* `dv` was given, and is not in the list */
	bool for_me;			/* cho=toi */
};

/* Reads nhom, dv, donvi and cho. A unit decides the group where it leaves no choice. */
void unit_choice_read(const struct request *request, const struct form *form,
		      struct unit_choice *ret);

/* How the place is shown: the written name with what stands above it, or the
 * unit's own. */
struct text unit_choice_shown(const struct request *request, const struct unit_choice *choice);

/* An address of step 1 (or of step 2, once group and unit stand in it). */
struct unit_link {
	int group;		/* -1 none */
	struct text unit, under, written;
	bool other;		/* khac=1 */
	bool for_me;		/* cho=toi */
};

struct url unit_link(const struct request *request, const struct unit_link *link);

/* Step 1 as far as the choice goes: the groups, or the units of the group. */
void unit_choice_show(struct request *request, const struct unit_choice *choice,
		      const struct page_entry *entry, int status);

/* "Registration is closed", "you may not take part": a kind page with no form. */
void register_refuse(struct request *request, int status, struct text title, struct text why);

#endif
