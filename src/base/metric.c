#include "base/metric.h"

#include <string.h>

static const int64_t bounds[METRIC_BUCKETS - 1] = {
	1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000,
};

/* `unit` is what the bounds are counted in, in what is added. */
static void add(struct metric_histogram *histogram, int64_t n, int64_t unit)
{
	int bucket = 0;

	while (bucket < METRIC_BUCKETS - 1 && n > bounds[bucket] * unit)
		bucket++;
	metric_add(&histogram->within[bucket], 1);
	metric_add(&histogram->sum, n > 0 ? (uint64_t)n : 0);
}

void metric_observe_us(struct metric_histogram *histogram, int64_t us)
{
	add(histogram, us, 1000);
}

void metric_observe(struct metric_histogram *histogram, int64_t n)
{
	add(histogram, n, 1);
}

uint64_t metric_count(const struct metric_histogram *histogram)
{
	uint64_t n = 0;

	for (int i = 0; i < METRIC_BUCKETS; i++)
		n += metric_get(&histogram->within[i]);
	return n;
}

void metric_head(struct buf *buf, const char *name, const char *type, const char *help)
{
	buf_format(buf, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void begin_line(struct buf *buf, const char *name, const char *suffix, const char *labels)
{
	buf_format(buf, labels[0] ? "%s%s{%s} " : "%s%s%s ", name, suffix, labels);
}

void metric_line(struct buf *buf, const char *name, const char *labels, uint64_t value)
{
	begin_line(buf, name, "", labels);
	buf_format(buf, "%lu\n", (unsigned long)value);
}

void metric_line_seconds(struct buf *buf, const char *name, const char *labels, int64_t us)
{
	begin_line(buf, name, "", labels);
	buf_format(buf, "%.6f\n", (double)us / 1e6);
}

void metric_one(struct buf *buf, const char *name, const char *type, const char *help,
		uint64_t value)
{
	metric_head(buf, name, type, help);
	metric_line(buf, name, "", value);
}

/* `unit` is what a bound comes to in the lines, `scale` what a piece of the sum does. */
static void print_histogram(struct buf *buf, const char *name, const char *labels,
			    const struct metric_histogram *histogram, double unit, double scale)
{
	unsigned long count = 0;

	for (int i = 0; i < METRIC_BUCKETS; i++) {
		count += metric_get(&histogram->within[i]);
		buf_format(buf, "%s_bucket{%s%sle=\"", name, labels, labels[0] ? "," : "");
		if (i < METRIC_BUCKETS - 1)
			buf_format(buf, "%g\"} %lu\n", (double)bounds[i] * unit, count);
		else
			buf_format(buf, "+Inf\"} %lu\n", count);
	}
	begin_line(buf, name, "_sum", labels);
	buf_format(buf, "%.*f\n", scale < 1 ? 6 : 0, (double)metric_get(&histogram->sum) * scale);
	begin_line(buf, name, "_count", labels);
	buf_format(buf, "%lu\n", count);
}

void metric_print_seconds(struct buf *buf, const char *name, const char *labels,
			  const struct metric_histogram *histogram)
{
	print_histogram(buf, name, labels, histogram, 1e-3, 1e-6);
}

void metric_print(struct buf *buf, const char *name, const char *labels,
		  const struct metric_histogram *histogram)
{
	print_histogram(buf, name, labels, histogram, 1, 1);
}
