/* Counts of what the front door does, in Prometheus' text format. Adding is
 * one or two relaxed atomic additions; any thread. */
#ifndef HTTP_METRICS_H
#define HTTP_METRICS_H

#include "base/text.h"
#include "pages/route.h"

#include <stdatomic.h>

#define METRICS_BUCKETS 14	/* of the histogram, the last without an end */
#define METRICS_CLASSES 5	/* 1xx to 5xx */

struct metrics_route {
	_Atomic uint64_t answers[METRICS_CLASSES];
	_Atomic uint64_t within[METRICS_BUCKETS];
	_Atomic uint64_t total_ms;
};

struct metrics {
	struct metrics_route *routes;	/* those of the table, then "none" */
	int n_routes;
	const struct route *table;

	_Atomic uint64_t connections_opened;
	_Atomic uint64_t deadlines_met;		/* connections cut */
	_Atomic uint64_t left_early;		/* requests whose client was gone */
	_Atomic int64_t connections;
	_Atomic int64_t asleep;			/* requests that wait for a commit or a hash */
};

/* A value of somebody else's for the page. */
struct metrics_value {
	const char *name;	/* "hoithi_hash_waiting" */
	const char *type;	/* "gauge" or "counter" */
	uint64_t value;
};

/* 0 done, -1 memory is out. */
int metrics_init(struct metrics *metrics, const struct route *table, int n) MUST_CHECK;
void metrics_done(struct metrics *metrics);

/* Counts an answer. `route` is NULL for what no route answered. */
void metrics_answer(struct metrics *metrics, const struct route *route, int status,
		    int64_t duration_ms);

void metrics_print(const struct metrics *metrics, const struct metrics_value *more, int n_more,
		   struct buf *buf);

#endif
