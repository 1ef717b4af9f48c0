/* What the security log hears of requests (base/security_log.h): who tried what at the
 * door, from where. */
#ifndef PAGES_SECURITY_H
#define PAGES_SECURITY_H

#include "pages/request.h"

/* An event ("sign-in-failed") at the account that `who`, as typed, names; "" none. The
 * account stands as a keyed hash: the same for all spellings of one phone, and nothing
 * to whoever has no key. */
void security_note(const struct request *request, const char *event, struct text who);

/* The same of somebody who is known by mã dự thi ("" not in this contest). */
void security_note_entry(const struct request *request, const char *event, struct text code);

#endif
