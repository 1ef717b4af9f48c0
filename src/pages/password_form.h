/* What a form says of a password that is to be set, at registering and where one
 * was forgotten, or to be typed again. The rules are those of rules/password.h. */
#ifndef PAGES_PASSWORD_FORM_H
#define PAGES_PASSWORD_FORM_H

#include "pages/request.h"
#include "rules/password.h"

/* What is wrong with it, in the reader's language; "" nothing. It says nothing
 * that depends on who has an account. */
struct text password_problem(const struct request *request, struct text password);

/* What is wrong with it for this person; "" nothing. */
struct text password_problem_of(const struct request *request, struct text password,
				const struct password_owner *owner);

/* What stands at a password that was typed when its form is shown again for some
 * other mistake: passwords are never sent back. */
struct text password_again(const struct request *request);

#endif
