#include "crowd/histogram.h"

/* Up to HISTOGRAM_PARTS each value has a bucket; above, each octave has half as
 * many as HISTOGRAM_PARTS. */
static int bucket_of(int64_t us)
{
	uint64_t value = us < 0 ? 0 : (uint64_t)us;
	int shift = 0;

	while (value >> shift >= HISTOGRAM_PARTS)
		shift++;
	int bucket = shift * (HISTOGRAM_PARTS / 2) + (int)(value >> shift);
	return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

static int64_t bucket_end_us(int bucket)
{
	int shift = bucket < HISTOGRAM_PARTS ? 0 : bucket / (HISTOGRAM_PARTS / 2) - 1;
	int64_t part = bucket - shift * (HISTOGRAM_PARTS / 2);

	return ((part + 1) << shift) - 1;
}

void histogram_add(struct histogram *histogram, int64_t us)
{
	histogram->buckets[bucket_of(us)]++;
	histogram->n++;
	if (us > histogram->max_us)
		histogram->max_us = us;
}

double histogram_ms(const struct histogram *histogram, int per_mille)
{
	int64_t wanted = (histogram->n * per_mille + 999) / 1000;
	int64_t seen = 0;

	for (int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += histogram->buckets[i];
		if (seen < wanted || seen == 0)
			continue;
		int64_t us = bucket_end_us(i);
		return (double)(us < histogram->max_us ? us : histogram->max_us) / 1000;
	}
	return 0;
}
