/* The way in while auth.surge is on: registering needs the unit's mã mời or a proof
 * of work (invitation.h, work.h). While it is off nothing here asks for anything. */
#ifndef PAGES_REGISTER_SURGE_H
#define PAGES_REGISTER_SURGE_H

#include "pages/register_form.h"
#include "pages/register_view.h"

/* Puts what is wrong with the posted code or proof among the form's problems
 * (REGISTER_INVITATION), and keeps in the form what is to be shown again. */
void surge_read(const struct request *request, const struct unit_choice *choice,
		struct register_form *form);

/* Uses the proof for the person of that index, who may send the form twice. False
 * when it was used for another: then the form has the problem. */
bool surge_admits(const struct request *request, struct register_form *form,
		  struct text person_index) MUST_CHECK;

/* The page's part of it; `form` is NULL at first sight. A proof that stands in the
 * form is shown again unless the person is `taken`. */
void surge_fill(const struct request *request, const struct register_form *form, bool taken,
		struct register_view *v);

#endif
