/* GET and POST /{contest}/dang-ky: group and unit by links, then the form. */
#ifndef PAGES_REGISTER_H
#define PAGES_REGISTER_H

#include "pages/request.h"

struct db;

int register_load(struct request *request, struct db *db);
void page_register_show(struct request *request);
void page_register_post(struct request *request);

/* POST /{contest}/dang-ky/nguoi-dai-dien: of someone under 16, with consent. */
int register_minor_load(struct request *request, struct db *db);
void page_register_minor_post(struct request *request);

#endif
