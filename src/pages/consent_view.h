/* What someone agrees to, with the ticks for it; for who is under 16 those of a
 * representative too. A part of several forms. */
#ifndef PAGES_CONSENT_VIEW_H
#define PAGES_CONSENT_VIEW_H

#include "pages/page_view.h"

struct consent_view {
	struct text *sentences;
	int n_sentences;
	bool minor;
	struct text guardian, guardian_problem;
	bool by_guardian, by_self;
	struct text by_guardian_problem, by_self_problem;
	bool publish_guardian, publish_child;
	struct text initials;		/* "N. V. A.": what is published otherwise */
};

#endif
