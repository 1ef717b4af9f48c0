/* GET and POST /{contest}/vao-thi: before you start, and the start. */
#ifndef PAGES_START_H
#define PAGES_START_H

#include "pages/request.h"

void page_start_show(struct request *request);
void page_start_post(struct request *request);

#endif
