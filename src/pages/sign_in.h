/* GET and POST /{contest}/dang-nhap, POST /{contest}/dang-xuat. */
#ifndef PAGES_SIGN_IN_H
#define PAGES_SIGN_IN_H

#include "pages/request.h"

struct db;

int sign_in_load(struct request *request, struct db *db);
void page_sign_in_show(struct request *request);
void page_sign_in_post(struct request *request);
void page_sign_out_post(struct request *request);

/* The browser belongs to this person from now on, for as long as a session lasts
 * (http/cookie.h; shorter when session.shared): the reply carries the cookie. The page
 * still has to leave the reply itself. */
void sign_in_as(struct request *request, int64_t person, int64_t epoch);

/* Whether `path` is a plain address of the request's contest that a sign-in may
 * lead to. */
bool sign_in_may_lead_to(const struct request *request, struct text path);

#endif
