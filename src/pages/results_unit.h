/* The units of a published ranking, by block. */
#ifndef PAGES_RESULTS_UNIT_H
#define PAGES_RESULTS_UNIT_H

#include "pages/results.h"

void results_put_units(const struct request *request, const struct results_page *page,
		       struct results_view *v);

#endif
