#include "http/metrics.h"

#include <stdio.h>

#define LABELS_BYTES_MAX 128

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

void metrics_answer(struct metrics *metrics, const struct route *route, int status, int64_t us)
{
	bool ours = route && route >= metrics->table && route < metrics->table + metrics->n_routes;
	struct metrics_route *counts =
		&metrics->routes[ours ? route - metrics->table : metrics->n_routes];

	if (status >= 100 && status < 100 * (METRICS_STATUSES + 1))
		metric_add(&counts->answers[status / 100 - 1], 1);
	metric_observe_us(&counts->time, us);
}

static const char *class_name(enum route_class class)
{
	switch (class) {
	case ROUTE_SAVE:
		return "save";
	case ROUTE_START:
		return "start";
	case ROUTE_DOOR:
		return "door";
	case ROUTE_OTHER:
		break;
	}
	return "other";
}

/* Every route but the last, which stands for what is in no table. */
static void put_labels(const struct metrics *metrics, int i, char ret[LABELS_BYTES_MAX])
{
	const struct route *route = i < metrics->n_routes ? &metrics->table[i] : NULL;

	snprintf(ret, LABELS_BYTES_MAX, "route=\"%s\",method=\"%s\",class=\"%s\"",
		 route ? route->name : "none",
		 !route ? "other" : route->method == METHOD_POST ? "post" : "get",
		 class_name(route ? route->class : ROUTE_OTHER));
}

static void print_answers(const struct metrics *metrics, struct buf *buf)
{
	static const char name[] = "hoithi_http_answers_total";
	char labels[LABELS_BYTES_MAX], all[LABELS_BYTES_MAX + 16];

	metric_head(buf, name, "counter", "Answers by route and status.");
	for (int i = 0; i <= metrics->n_routes; i++) {
		put_labels(metrics, i, labels);
		for (int s = 0; s < METRICS_STATUSES; s++) {
			uint64_t count = metric_get(&metrics->routes[i].answers[s]);
			snprintf(all, sizeof(all), "%s,status=\"%dxx\"", labels, s + 1);
			if (count)
				metric_line(buf, name, all, count);
		}
	}
}

static bool is_asked(const struct metrics_route *route)
{
	uint64_t sum = 0;

	for (int i = 0; i < METRIC_BUCKETS; i++)
		sum += metric_get(&route->time.within[i]);
	return sum > 0;
}

static void print_times(const struct metrics *metrics, struct buf *buf)
{
	static const char name[] = "hoithi_http_seconds";
	char labels[LABELS_BYTES_MAX];

	metric_head(buf, name, "histogram", "From the last byte of a request to its answer.");
	for (int i = 0; i <= metrics->n_routes; i++) {
		put_labels(metrics, i, labels);
		if (is_asked(&metrics->routes[i]))
			metric_print_seconds(buf, name, labels, &metrics->routes[i].time);
	}
}

void metrics_print(const struct metrics *metrics, struct buf *buf)
{
	print_answers(metrics, buf);
	print_times(metrics, buf);
	metric_head(buf, "hoithi_http_behind_seconds", "histogram",
		    "From the last byte of a request until the loop had time for it; of posts and "
		    "personal pages.");
	metric_print_seconds(buf, "hoithi_http_behind_seconds", "", &metrics->behind);
	metric_one(buf, "hoithi_http_connections", "gauge", "Open connections.",
		   (uint64_t)atomic_load(&metrics->connections));
	metric_one(buf, "hoithi_http_connections_opened_total", "counter",
		   "Connections opened so far.", metric_get(&metrics->connections_opened));
	metric_one(buf, "hoithi_http_asleep", "gauge", "Requests that wait for a commit or a hash.",
		   (uint64_t)atomic_load(&metrics->asleep));
	metric_one(buf, "hoithi_http_deadlines_met_total", "counter",
		   "Connections cut because they were too slow.", metric_get(&metrics->deadlines_met));
	metric_one(buf, "hoithi_http_left_early_total", "counter",
		   "Requests whose client was gone before the answer.",
		   metric_get(&metrics->left_early));
}
