/* The page between form and registration of someone under 16: what was typed, who
 * agrees for them, both ticks. Nothing of it is stored before all of it is there,
 * so it carries on what was typed; the password is asked for again. */
#ifndef PAGES_REGISTER_MINOR_H
#define PAGES_REGISTER_MINOR_H

#include "pages/consent_form.h"
#include "pages/register_form.h"

/* Whether what was read of the form is the birth date of somebody under 16. */
bool register_is_minor(const struct request *request, const struct register_form *form);

/* The page; `consent` is what was posted of it, NULL at first sight. */
void register_minor_show(struct request *request, const struct unit_choice *choice,
			 const struct register_form *form, const struct consent_form *consent,
			 int status);

#endif
