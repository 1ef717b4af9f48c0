#include "http/wheel.h"

static void ring_init(struct deadline *head)
{
	head->next = head;
	head->previous = head;
}

static void ring_add(struct deadline *head, struct deadline *deadline)
{
	deadline->previous = head->previous;
	deadline->next = head;
	head->previous->next = deadline;
	head->previous = deadline;
}

static void ring_remove(struct deadline *deadline)
{
	deadline->previous->next = deadline->next;
	deadline->next->previous = deadline->previous;
	deadline->next = NULL;
	deadline->previous = NULL;
}

void wheel_init(struct wheel *wheel, int64_t now)
{
	for (int i = 0; i < WHEEL_SLOTS; i++)
		ring_init(&wheel->slots[i]);
	wheel->tick = now / WHEEL_TICK_MS;
	wheel->n = 0;
}

void wheel_set(struct wheel *wheel, struct deadline *deadline, int64_t at_ms)
{
	int64_t tick = (at_ms + WHEEL_TICK_MS - 1) / WHEEL_TICK_MS;

	wheel_clear(wheel, deadline);
	if (tick < wheel->tick)
		tick = wheel->tick;
	deadline->at_ms = at_ms;
	ring_add(&wheel->slots[tick % WHEEL_SLOTS], deadline);
	wheel->n++;
}

void wheel_clear(struct wheel *wheel, struct deadline *deadline)
{
	if (!deadline->next)
		return;
	ring_remove(deadline);
	wheel->n--;
}

/* Looks at one slot: those of a later turn of the wheel stay. */
static void run_slot(struct wheel *wheel, struct deadline *slot, int64_t now,
		     void (*met)(struct deadline *deadline, void *ctx), void *ctx)
{
	struct deadline due;

	/* Taken off first, so that what `met` sets is not visited again. */
	ring_init(&due);
	while (slot->next != slot) {
		struct deadline *deadline = slot->next;
		ring_remove(deadline);
		ring_add(&due, deadline);
	}
	while (due.next != &due) {
		struct deadline *deadline = due.next;
		ring_remove(deadline);
		if (deadline->at_ms > now) {
			ring_add(slot, deadline);
			continue;
		}
		wheel->n--;
		met(deadline, ctx);
	}
}

void wheel_run(struct wheel *wheel, int64_t now,
	       void (*met)(struct deadline *deadline, void *ctx), void *ctx)
{
	int64_t last = now / WHEEL_TICK_MS;

	/* After a long sleep one turn sees every slot. */
	if (last - wheel->tick >= WHEEL_SLOTS)
		wheel->tick = last - WHEEL_SLOTS + 1;
	while (wheel->tick <= last) {
		int64_t tick = wheel->tick++;
		run_slot(wheel, &wheel->slots[tick % WHEEL_SLOTS], now, met, ctx);
	}
}

int wheel_wait_ms(const struct wheel *wheel, int64_t now)
{
	if (wheel->n == 0)
		return -1;
	int64_t wait = wheel->tick * WHEEL_TICK_MS - now;
	return wait < 0 ? 0 : (int)wait;
}
