/* Deadlines: a hashed timing wheel. Setting, moving and clearing one costs the
 * same however many there are. A deadline is met at most WHEEL_TICK_MS late and
 * never early. One thread. */
#ifndef HTTP_WHEEL_H
#define HTTP_WHEEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WHEEL_SLOTS 1024
#define WHEEL_TICK_MS 100

/* Zeroed: not set. */
struct deadline {
	struct deadline *next;
	struct deadline *previous;
	int64_t at_ms;
};

struct wheel {
	struct deadline slots[WHEEL_SLOTS];	/* heads of rings */
	int64_t tick;				/* the next to be looked at */
	size_t n;
};

/* `now` is time_mono_ms, here and below. */
void wheel_init(struct wheel *wheel, int64_t now);

/* Sets or moves. */
void wheel_set(struct wheel *wheel, struct deadline *deadline, int64_t at_ms);

/* Also for one that is not set. */
void wheel_clear(struct wheel *wheel, struct deadline *deadline);

/* Calls `met` for each deadline that has passed, which is no longer set then;
 * `met` may set and clear any. */
void wheel_run(struct wheel *wheel, int64_t now,
	       void (*met)(struct deadline *deadline, void *ctx), void *ctx);

/* Milliseconds until wheel_run has to look again; -1 when nothing is set. */
int wheel_wait_ms(const struct wheel *wheel, int64_t now);

#endif
