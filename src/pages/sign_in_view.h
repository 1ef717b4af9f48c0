#ifndef PAGES_SIGN_IN_VIEW_H
#define PAGES_SIGN_IN_VIEW_H

#include "pages/page_view.h"
#include "pages/problem_view.h"

/* One of several people of a phone whose password is the same. */
struct sign_in_person_view {
	struct text code;	/* mã dự thi */
	struct text name;
};

struct sign_in_view {
	struct page_view page;
	struct text who;	/* phone or code, as typed */
	struct text next;	/* where to go on; "" one's own page */
	struct text who_problem;
	struct text password_problem;
	bool failed;		/* they do not go together */
	struct problem_list problems;
	bool may_register;
	struct door_view door;
	struct text part;	/* of the paper whose answers are carried; "" none */
	struct problem_field *carried;
	int n_carried;
	struct sign_in_person_view *people;
	int n_people;
};

/* Answers that a lost session could not save, offered back after the sign-in. */
struct lost_view {
	struct page_view page;
	struct text part;
	struct problem_field *fields;
	int n_fields;
};

#endif
