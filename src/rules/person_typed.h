/* Typed numbers and dates in plain ASCII. Of this room. */
#ifndef RULES_PERSON_TYPED_H
#define RULES_PERSON_TYPED_H

#include "base/text.h"

#define PERSON_TYPED_MAX 64

/* Writes `typed` to `ret` with full-width forms, dashes and spaces of all kinds
 * made plain ASCII and invisible characters taken out; returns its part of
 * `ret`. Answers false when anything else stands in it, or more than fits. */
bool person_plain(struct text typed, char ret[PERSON_TYPED_MAX], struct text *ret_plain) MUST_CHECK;

#endif
