/* How long things took: counts in buckets of at most 1.6 % width, from 1 µs to
 * over an hour. Recording allocates nothing. One thread. */
#ifndef CROWD_HISTOGRAM_H
#define CROWD_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_PARTS 128
#define HISTOGRAM_OCTAVES 25
#define HISTOGRAM_BUCKETS (HISTOGRAM_PARTS + HISTOGRAM_OCTAVES * HISTOGRAM_PARTS / 2)

struct histogram {
	int64_t n;
	int64_t max_us;
	uint32_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *histogram, int64_t us);

/* The time that `per_mille` of all were not slower than, in ms; 0 when there
 * are none. It is the bucket's upper end, never more than the slowest. */
double histogram_ms(const struct histogram *histogram, int per_mille);

#endif
