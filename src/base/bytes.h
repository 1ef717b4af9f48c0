/* Numbers as bytes, the highest first: in cookies, tokens and what is signed. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdint.h>

/* The lowest `n` bytes of the value, 1 to 8. */
static inline void bytes_put(unsigned char *at, int n, uint64_t value)
{
	for (int i = n - 1; i >= 0; i--) {
		at[i] = (unsigned char)value;
		value >>= 8;
	}
}

static inline uint64_t bytes_get(const unsigned char *at, int n)
{
	uint64_t value = 0;

	for (int i = 0; i < n; i++)
		value = value << 8 | at[i];
	return value;
}

#endif
