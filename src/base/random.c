#include "base/random.h"

#include <assert.h>
#include <sodium.h>

static void (*random_source)(void *, void *, size_t);
static void *random_source_ctx;

int random_init(void)
{
	return sodium_init() < 0 ? -1 : 0;
}

void random_set_source(void (*source)(void *ctx, void *ret, size_t len), void *ctx)
{
	random_source = source;
	random_source_ctx = ctx;
}

void random_bytes(void *ret, size_t len)
{
	if (random_source)
		random_source(random_source_ctx, ret, len);
	else
		randombytes_buf(ret, len);
}

uint64_t random_u64(void)
{
	uint64_t value;
	random_bytes(&value, sizeof(value));
	return value;
}

uint64_t random_below(uint64_t bound)
{
	assert(bound);
	/* Values past the last whole multiple of `bound` would favour small results. */
	uint64_t reject_below = (0 - bound) % bound;
	uint64_t value;
	do
		value = random_u64();
	while (value < reject_below);
	return value % bound;
}
