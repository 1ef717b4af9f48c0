/* "Dữ liệu của tôi", and the page that says that all of it ended. */
#ifndef PAGES_MY_DATA_VIEW_H
#define PAGES_MY_DATA_VIEW_H

#include "pages/page_view.h"

struct my_fact {
	struct text label, value;
};

/* What is kept together, and why. */
struct my_section {
	struct text title;
	struct my_fact *facts;
	int n_facts;
	struct text why, who, until;
};

struct my_data_view {
	struct page_view page;
	bool was_corrected, begun;	/* what came of a correction */
	struct problem_list problems;
	struct my_section *sections;
	int n_sections;
	struct text *sentences;		/* that were agreed to */
	int n_sentences;
	struct text withdrawn_at;	/* "" consent stands */
	bool may_correct;
	struct text name, name_problem;
	struct text birth, birth_problem;
	bool may_withdraw;
	struct text withdraw_problem;
	struct text erase_refusal;	/* "" it may be erased */
	struct text erase_problem, password_problem;
};

struct my_data_end_view {
	struct page_view page;
	bool was_erased;		/* else: consent was withdrawn */
};

#endif
