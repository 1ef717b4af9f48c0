#include "herd.h"

static bool is_before(const struct herd *herd, int a, int b)
{
	return herd->people[a].at_us < herd->people[b].at_us;
}

void herd_queue_add(struct herd *herd, int number)
{
	int *queue = herd->queue;
	int at = herd->n_queue++;

	for (int parent; at > 0 && is_before(herd, number, queue[parent = (at - 1) / 2]);
	     at = parent)
		queue[at] = queue[parent];
	queue[at] = number;
}

int herd_queue_first(const struct herd *herd)
{
	return herd->n_queue ? herd->queue[0] : -1;
}

void herd_queue_take(struct herd *herd)
{
	int *queue = herd->queue;
	int n = --herd->n_queue, last = queue[n], at = 0;

	for (int child = 1; child < n; child = 2 * at + 1) {
		if (child + 1 < n && is_before(herd, queue[child + 1], queue[child]))
			child++;
		if (!is_before(herd, queue[child], last))
			break;
		queue[at] = queue[child];
		at = child;
	}
	queue[at] = last;
}
