/* GET /{contest}/so-dien-thoai: what to do when someone used one's number. */
#ifndef PAGES_PHONE_HELP_H
#define PAGES_PHONE_HELP_H

#include "pages/request.h"

void page_phone_help_show(struct request *request);

#endif
