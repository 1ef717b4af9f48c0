/* POST /{contest}/toi/dong-y: agreeing anew, when the sentences have changed since, or
 * someone under 16 has nobody who agreed for them. One's own page asks; a start leads
 * there, a paper that is open goes on. */
#ifndef PAGES_ME_CONSENT_H
#define PAGES_ME_CONSENT_H

#include "pages/me.h"
#include "pages/me_view.h"

/* Fills the form, if it is to be asked; `posted` may be NULL. */
void me_consent_fill(struct request *request, const struct me *me,
		     const struct consent_form *posted, struct me_view *v);

void page_consent_post(struct request *request);

#endif
