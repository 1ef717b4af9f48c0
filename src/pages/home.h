/* GET / leads to the contest that is on; GET /{contest} is its home by phase. */
#ifndef PAGES_HOME_H
#define PAGES_HOME_H

#include "pages/request.h"

void page_root_show(struct request *request);

int page_home_load(struct request *request, struct db *db);
void page_home_show(struct request *request);

#endif
