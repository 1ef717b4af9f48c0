#include "http/metrics.h"

static const int64_t bucket_ms[METRICS_BUCKETS - 1] = {
	1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000,
};

int metrics_init(struct metrics *metrics, const struct route *table, int n)
{
	*metrics = (struct metrics){ .table = table, .n_routes = n };
	metrics->routes = mem_array((size_t)n + 1, sizeof(metrics->routes[0]));
	return metrics->routes ? 0 : -1;
}

void metrics_done(struct metrics *metrics)
{
	metrics->routes = mem_free(metrics->routes);
}

static void add(_Atomic uint64_t *counter, uint64_t more)
{
	atomic_fetch_add_explicit(counter, more, memory_order_relaxed);
}

static uint64_t get(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

void metrics_answer(struct metrics *metrics, const struct route *route, int status,
		    int64_t duration_ms)
{
	bool ours = route && route >= metrics->table && route < metrics->table + metrics->n_routes;
	struct metrics_route *counts =
		&metrics->routes[ours ? route - metrics->table : metrics->n_routes];
	int bucket = 0;

	if (status >= 100 && status < 100 * (METRICS_CLASSES + 1))
		add(&counts->answers[status / 100 - 1], 1);
	while (bucket < METRICS_BUCKETS - 1 && duration_ms > bucket_ms[bucket])
		bucket++;
	add(&counts->within[bucket], 1);
	add(&counts->total_ms, duration_ms > 0 ? (uint64_t)duration_ms : 0);
}

static const char *route_name(const struct metrics *metrics, int i)
{
	return i < metrics->n_routes ? metrics->table[i].name : "none";
}

static const char *route_method(const struct metrics *metrics, int i)
{
	if (i == metrics->n_routes)
		return "other";
	return metrics->table[i].method == METHOD_POST ? "post" : "get";
}

static void print_answers(const struct metrics *metrics, struct buf *buf)
{
	buf_z(buf, "# TYPE hoithi_http_answers_total counter\n");
	for (int i = 0; i <= metrics->n_routes; i++)
		for (int c = 0; c < METRICS_CLASSES; c++) {
			uint64_t count = get(&metrics->routes[i].answers[c]);
			if (count)
				buf_format(buf, "hoithi_http_answers_total{route=\"%s\",method="
						"\"%s\",status=\"%dxx\"} %lu\n",
					   route_name(metrics, i), route_method(metrics, i), c + 1,
					   (unsigned long)count);
		}
}

static void print_histogram(const struct metrics *metrics, int i, struct buf *buf)
{
	const struct metrics_route *route = &metrics->routes[i];
	const char *name = route_name(metrics, i);
	const char *method = route_method(metrics, i);
	unsigned long sum = 0;

	for (int b = 0; b < METRICS_BUCKETS; b++)
		sum += get(&route->within[b]);
	if (sum == 0)
		return;
	sum = 0;
	for (int b = 0; b < METRICS_BUCKETS; b++) {
		sum += get(&route->within[b]);
		buf_format(buf, "hoithi_http_seconds_bucket{route=\"%s\",method=\"%s\",le=\"", name,
			   method);
		if (b < METRICS_BUCKETS - 1)
			buf_format(buf, "%g", (double)bucket_ms[b] / 1e3);
		else
			buf_z(buf, "+Inf");
		buf_format(buf, "\"} %lu\n", sum);
	}
	buf_format(buf, "hoithi_http_seconds_sum{route=\"%s\",method=\"%s\"} %.3f\n", name, method,
		   (double)get(&route->total_ms) / 1e3);
	buf_format(buf, "hoithi_http_seconds_count{route=\"%s\",method=\"%s\"} %lu\n", name, method,
		   sum);
}

static void print_value(const char *name, const char *type, uint64_t value, struct buf *buf)
{
	buf_format(buf, "# TYPE %s %s\n%s %lu\n", name, type, name, (unsigned long)value);
}

void metrics_print(const struct metrics *metrics, const struct metrics_value *more, int n_more,
		   struct buf *buf)
{
	print_answers(metrics, buf);
	buf_z(buf, "# TYPE hoithi_http_seconds histogram\n");
	for (int i = 0; i <= metrics->n_routes; i++)
		print_histogram(metrics, i, buf);
	print_value("hoithi_http_connections", "gauge",
		    (uint64_t)atomic_load(&metrics->connections), buf);
	print_value("hoithi_http_connections_opened_total", "counter",
		    get(&metrics->connections_opened), buf);
	print_value("hoithi_http_asleep", "gauge", (uint64_t)atomic_load(&metrics->asleep), buf);
	print_value("hoithi_http_deadlines_met_total", "counter", get(&metrics->deadlines_met),
		    buf);
	print_value("hoithi_http_left_early_total", "counter", get(&metrics->left_early), buf);
	for (int i = 0; i < n_more; i++)
		print_value(more[i].name, more[i].type, more[i].value, buf);
}
