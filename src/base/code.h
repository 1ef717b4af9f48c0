/* Short codes that people read out and type: Crockford's base 32 (digits and
 * letters without I, L, O, U). */
#ifndef BASE_CODE_H
#define BASE_CODE_H

#include "base/text.h"

/* The first `chars` characters of the bytes, 5 bits each, in groups of four
 * joined by "-" when `grouped`: "7KQ2-M4XD". `bytes` holds at least 5 · chars bits. */
struct text code_from_bytes(struct arena *arena, const void *bytes, int chars, bool grouped);

/* What someone typed, as code_from_bytes without groups would have it: case,
 * spaces and hyphens do not matter, O is 0, I and L are 1. Empty when it holds
 * anything else. */
struct text code_read(struct arena *arena, struct text typed);

#endif
