#include "base/id.h"

#include "base/time.h"

#include <assert.h>

#define EPOCH_MS INT64_C(1704067200000)
#define NODE_SHIFT 13
#define TIME_SHIFT 21
#define SEQUENCE_MASK ((INT64_C(1) << NODE_SHIFT) - 1)

void id_source_init(struct id_source *ids, int64_t node, int64_t highest)
{
	assert(node >= 0 && node <= ID_NODE_MAX && highest >= 0);
	atomic_init(&ids->last, highest);
	ids->node = node;
}

/* The least id of this node that is greater than `last`. */
static int64_t successor(int64_t last, int64_t node)
{
	int64_t tick = last >> TIME_SHIFT;
	int64_t next = tick << TIME_SHIFT | node << NODE_SHIFT;

	if (next > last)
		return next;
	if (((last >> NODE_SHIFT) & ID_NODE_MAX) == node && (last & SEQUENCE_MASK) != SEQUENCE_MASK)
		return last + 1;
	return (tick + 1) << TIME_SHIFT | node << NODE_SHIFT;
}

int64_t id_next(struct id_source *ids)
{
	int64_t ms = time_now_ms() - EPOCH_MS;
	/* A clock from before the epoch counts as the epoch. */
	int64_t now = (ms < 0 ? 0 : ms) << TIME_SHIFT | ids->node << NODE_SHIFT;
	int64_t last = atomic_load(&ids->last);
	int64_t id;

	do
		id = now > last ? now : successor(last, ids->node);
	while (!atomic_compare_exchange_weak(&ids->last, &last, id));
	return id;
}

int64_t id_time_ms(int64_t id)
{
	return (id >> TIME_SHIFT) + EPOCH_MS;
}
