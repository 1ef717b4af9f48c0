/* Internal ids: 63-bit, ordered by time, made by the program and never by the
 * database, so that indexes grow at their right edge on both engines.
 *
 *   bit 62 … 21   milliseconds of the machine's clock since 2024-01-01T00:00Z (42)
 *   bit 20 … 13   node number, from a lease row (8)
 *   bit 12 … 0    sequence within the millisecond (13)
 *
 * Ids of one source strictly increase, also when the clock steps back: it then
 * goes on counting from the highest id it made or was told of. They never stand
 * in a public URL. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "base/compiler.h"

#include <stdatomic.h>
#include <stdint.h>

#define ID_NODE_MAX 255

struct id_source {
	atomic_int_fast64_t last;	/* the highest id made or told of */
	int64_t node;			/* 0 … ID_NODE_MAX */
};

/* `highest` is the highest id already stored, 0 for none. */
void id_source_init(struct id_source *ids, int64_t node, int64_t highest);

/* A new id. Any thread. */
int64_t id_next(struct id_source *ids);

/* The machine time at which an id was made, in ms since 1970. */
int64_t id_time_ms(int64_t id);

#endif
