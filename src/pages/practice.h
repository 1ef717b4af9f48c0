/* GET and POST /{contest}/thi-thu: a practice paper for everyone. Nothing is
 * stored: the address says which paper (de, a seed) and what was answered (tl, a
 * vector), so the answer of a POST is such an address. */
#ifndef PAGES_PRACTICE_H
#define PAGES_PRACTICE_H

#include "pages/request.h"

void page_practice_show(struct request *request);
void page_practice_post(struct request *request);

#endif
