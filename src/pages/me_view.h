#ifndef PAGES_ME_VIEW_H
#define PAGES_ME_VIEW_H

#include "pages/consent_view.h"

struct me_paper_view {
	struct text part;		/* "1-2": the paper's part of addresses */
	struct text round;		/* "" when there is only one */
	int attempt;
	struct text started_at;
	struct text elapsed;		/* "" while it is open */
	bool is_open;
	bool is_shut;			/* may not be gone on with */
	bool has_score;
	int points;
	bool counts;
	bool annulled;
};

struct me_place_view {
	struct text round;		/* "" when there is only one */
	bool ranked;
	int64_t place;
	int64_t of;
	struct text group;
	struct text decided_by;		/* what put it before the next; "" nothing */
	struct text decision_no, decision_date;
};

struct me_device_view {
	struct text browser;		/* "Chrome, Android"; "" unknown */
	struct text signed_in_at;
	struct text handle;		/* what the form says of it */
	bool here, shared;
};

struct me_view {
	struct page_view page;
	bool is_new;			/* has just registered */
	bool has_moved;
	bool move_refused;
	bool has_agreed;		/* to new sentences */
	bool consent_due;		/* `consent` is asked before the next start */
	struct consent_view consent;
	struct problem_list problems;	/* of it, or of a new slip */
	struct text name, code, birth, phone;
	struct text group, unit;
	bool may_move;
	struct me_paper_view *papers;
	int n_papers;
	bool may_start, may_go_on;
	int left;			/* attempts left, this one included; -1 unlimited */
	struct text open_part;
	struct text open_ends_at;
	struct text opens_at;		/* "" a round is open, or none will be */
	int too_young_for;		/* the least age, when that is why; else 0 */
	struct text withdrawn_at;	/* "" consent stands */
	bool is_merged;			/* into another entry of the same person */
	bool practice;
	struct text password_problem;	/* of a new slip; "" none */
	struct me_place_view *places;
	int n_places;
	struct me_device_view *devices;
	int n_devices;
	bool device_ended;		/* one of them, just now */
	struct text reset_by, reset_at;	/* who reset the password lately; "" nobody */
};

#endif
