/* Randomness from the system, through libsodium. A test may put its own
 * source in its place. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include "base/compiler.h"

#include <stddef.h>
#include <stdint.h>

/* Must be called once before anything else of this header; 0 done, -1 when the
 * system has no randomness. */
int random_init(void) MUST_CHECK;

void random_bytes(void *ret, size_t len);

uint64_t random_u64(void);

/* Uniform in 0 … bound-1; bound is at least 1. */
uint64_t random_below(uint64_t bound);

/* Test seam: bytes come from `source`; NULL ends it. */
void random_set_source(void (*source)(void *ctx, void *ret, size_t len), void *ctx);

#endif
