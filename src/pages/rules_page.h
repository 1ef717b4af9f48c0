/* GET /{contest}/the-le[?ban=N]: the thể lệ printed from the profile, the same
 * text as `hoithi contest check` prints. */
#ifndef PAGES_RULES_PAGE_H
#define PAGES_RULES_PAGE_H

#include "pages/request.h"

void page_rules_show(struct request *request);

#endif
