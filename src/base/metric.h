/* Counting, and Prometheus' text format for what was counted.
 *
 * A counter is an _Atomic uint64_t. To add is one relaxed atomic addition, to a
 * histogram two; any thread may, and none waits for another. What is read at once
 * need not be of one moment. */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include "base/text.h"

#include <stdatomic.h>

/* Up to 1, 2, 5, 10 … 10000, milliseconds or pieces, and one without an end. */
#define METRIC_BUCKETS 14

struct metric_histogram {
	_Atomic uint64_t within[METRIC_BUCKETS];
	_Atomic uint64_t sum;	/* of microseconds or pieces */
};

static inline void metric_add(_Atomic uint64_t *counter, uint64_t more)
{
	atomic_fetch_add_explicit(counter, more, memory_order_relaxed);
}

static inline uint64_t metric_get(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

/* A histogram is of durations, in microseconds, or of numbers: never of both. A
 * negative duration counts as none. */
void metric_observe_us(struct metric_histogram *histogram, int64_t us);
void metric_observe(struct metric_histogram *histogram, int64_t n);

/* How many were observed. */
uint64_t metric_count(const struct metric_histogram *histogram);

/* Begins a metric: its HELP and TYPE ("counter", "gauge", "histogram"). All lines of
 * a metric stand together, below its head. */
void metric_head(struct buf *buf, const char *name, const char *type, const char *help);

/* A line. `labels` is "" or as "class=\"save\",method=\"post\"". */
void metric_line(struct buf *buf, const char *name, const char *labels, uint64_t value);
void metric_line_seconds(struct buf *buf, const char *name, const char *labels, int64_t us);

/* Head and line of one without labels. */
void metric_one(struct buf *buf, const char *name, const char *type, const char *help,
		uint64_t value);

/* The lines of a histogram, NAME_bucket, NAME_sum and NAME_count; of durations they are
 * in seconds. */
void metric_print_seconds(struct buf *buf, const char *name, const char *labels,
			  const struct metric_histogram *histogram);
void metric_print(struct buf *buf, const char *name, const char *labels,
		  const struct metric_histogram *histogram);

#endif
