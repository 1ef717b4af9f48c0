/* The forms of the door, as people fill them in. */
#ifndef CROWD_DOOR_H
#define CROWD_DOOR_H

#include "crowd/request.h"

/* `next` is the path to go to afterwards, "" none. */
void door_sign_in_form(struct crowd_form *form, struct text token, struct text next,
		       struct text phone, struct text password);

/* Someone whose phone and birth date follow from the number, 0 to 9,999,999. */
void door_register_form(struct crowd_form *form, struct text token, const char *group,
			const char *unit, int64_t number);

#endif
