/* POST /{contest}/du-lieu/sua: another name or birth date, before the first paper.
 * One that makes a grown-up of someone under 16, or the other way about, is asked for
 * consent anew on a page of its own. */
#ifndef PAGES_CORRECT_H
#define PAGES_CORRECT_H

#include "pages/request.h"

void page_correct_post(struct request *request);

#endif
