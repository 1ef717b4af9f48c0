/* Counts of what the front door does, for the page of metrics. Adding is one or two
 * relaxed atomic additions; any thread. docs/metrics.md tells what each means. */
#ifndef HTTP_METRICS_H
#define HTTP_METRICS_H

#include "base/metric.h"
#include "pages/route.h"

#define METRICS_STATUSES 5	/* 1xx to 5xx */

struct metrics_route {
	_Atomic uint64_t answers[METRICS_STATUSES];
	struct metric_histogram time;
};

struct metrics {
	struct metrics_route *routes;	/* those of the table, then "none" */
	int n_routes;
	const struct route *table;

	_Atomic uint64_t connections_opened;
	_Atomic uint64_t deadlines_met;		/* connections cut */
	_Atomic uint64_t left_early;		/* requests whose client was gone */
	_Atomic int64_t connections;
	struct metric_histogram behind;		/* from the last byte until the loop had time */
	_Atomic int64_t asleep;			/* requests that wait for a commit or a hash */
};

/* 0 done, -1 memory is out. */
int metrics_init(struct metrics *metrics, const struct route *table, int n) MUST_CHECK;
void metrics_done(struct metrics *metrics);

/* Counts an answer. `route` is NULL for what no route answered. */
void metrics_answer(struct metrics *metrics, const struct route *route, int status, int64_t us);

void metrics_print(const struct metrics *metrics, struct buf *buf);

#endif
