/* So many at once, then so many in a time: a token bucket a key (an address, a
 * browser). In memory and bounded: a restart forgets, and whoever was quiet longest
 * makes room. Any thread.
 *
 * Of what was taken and not given back, no stretch of time holds more than `burst`
 * and one an interval, and as many as were under way when it began and are given
 * back later. */
#ifndef PAGES_ALLOWANCE_H
#define PAGES_ALLOWANCE_H

#include "base/compiler.h"

#include <stddef.h>
#include <stdint.h>

struct allowance;

/* Room for about `keys` at once. One comes back every `interval_ms`, up to `burst`.
 * NULL when memory is out. */
struct allowance *allowance_new(size_t keys, int burst, int64_t interval_ms) MUST_CHECK;

/* Takes NULL, returns NULL. */
struct allowance *allowance_free(struct allowance *allowance);

/* Takes one. Answers 0 done, or how many ms there is none: then nothing was taken.
 * `now` is the machine's clock. */
int64_t allowance_take(struct allowance *allowance, uint64_t key, int64_t now) MUST_CHECK;

/* One that was taken did not count after all. */
void allowance_give_back(struct allowance *allowance, uint64_t key);

#endif
