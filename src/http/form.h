/* Percent-encoding, query strings and posted forms
 * (application/x-www-form-urlencoded).
 *
 * A form keeps its fields in the order they came in, doubled names too. Names
 * and values are decoded into the arena and are well-formed UTF-8 without NUL.
 * Only struct form (pages/request.h) is touched, so any thread. */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include "pages/request.h"

/* The name of the hidden field that carries request.token. */
#define FORM_TOKEN_FIELD "_token"

/* Reads "a=1&b=%20". An empty text is a form without fields, and so is an empty
 * part between two "&". Answers
 *   0  done
 *   1  malformed: bad %XX, no UTF-8, NUL, or a part without a name
 *   2  more than FORM_FIELDS_MAX fields
 *  -1  the arena is full
 * On failure ret_form is as it was. */
int form_parse(struct arena *arena, struct text encoded, struct form *ret_form) MUST_CHECK;

/* Whether `name` is one of the space-separated `fields`; one that ends in "*"
 * stands for all that begin so. */
bool form_field_is_known(const char *fields, struct text name);

/* Whether all fields are known; the token's always is. */
bool form_is_known(const struct form *form, const char *fields);

/* Takes out the fields that are not known, so that the tracking parameters of
 * other sites neither reach a page nor split the cache. */
void form_keep_known(struct form *form, const char *fields);

/* Decodes %XX. Answers 0 done, 1 malformed (as form_parse), -1 arena full. */
int percent_decode(struct arena *arena, struct text encoded, bool plus_is_space,
		   struct text *ret) MUST_CHECK;

/* Encodes all but letters, digits and "-._~/". */
struct text percent_encode(struct arena *arena, struct text plain);

#endif
