/* Who fills in a form of the door: a person takes a few seconds, and does not see
 * the trap. Whoever seems to be none is shown the form again, filled. */
#ifndef PAGES_DOOR_H
#define PAGES_DOOR_H

#include "pages/request.h"

#define DOOR_FORM_LEAST_MS 3000
#define DOOR_FORM_MOST_MS (2 * 3600 * 1000)

/* Whether the form came sooner after it was made than anybody types, so late that
 * someone else may sit there, or with the trap filled in. */
bool door_is_doubtful(const struct request *request);

/* What to say of it, in the reader's language. */
struct text door_doubt_text(const struct request *request);

#endif
