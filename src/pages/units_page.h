/* GET /{contest}/don-vi[?dv=CODE] the last snapshot of participation by unit, and
 * GET /{contest}/don-vi/{}[?dv=CODE] the one of a day ("2024-09-21"). People and
 * papers only: nothing of scores is public before the results are. */
#ifndef PAGES_UNITS_PAGE_H
#define PAGES_UNITS_PAGE_H

#include "pages/request.h"

int page_units_load(struct request *request, struct db *db);
void page_units_show(struct request *request);

#endif
