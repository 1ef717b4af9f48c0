#include "base/id.h"

#include "base/time.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define EPOCH_MS INT64_C(1704067200000)
#define NODE_OF(id) ((id) >> 13 & 255)

static _Atomic int64_t clock_ms;

static int64_t read_clock(void *ctx)
{
	(void)ctx;
	return clock_ms;
}

static int set_up(void **state)
{
	(void)state;
	clock_ms = EPOCH_MS + 1000000;
	time_set_source(read_clock, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	time_set_source(NULL, NULL);
	return 0;
}

static void lays_out_bits(void **state)
{
	struct id_source ids;
	(void)state;

	id_source_init(&ids, 7, 0);
	int64_t id = id_next(&ids);
	assert_true(id == (INT64_C(1000000) << 21 | 7 << 13));
	assert_true(id_time_ms(id) == clock_ms);
	assert_true(id_next(&ids) == id + 1);
	clock_ms = clock_ms + 1;
	assert_true(id_next(&ids) == (INT64_C(1000001) << 21 | 7 << 13));
}

static uint64_t random_state;

static unsigned random_below(unsigned bound)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(random_state >> 33) % bound;
}

/* However the clock steps, ids rise, are this node's and stay near the clock's
 * highest time. */
static void rises_across_clock_steps(void **state)
{
	(void)state;
	random_state = 11;
	for (int round = 0; round < 50; round++) {
		struct id_source ids;
		int64_t node = random_below(256);
		clock_ms = EPOCH_MS + 1000000;
		int64_t last = round % 2 ? INT64_C(1000500) << 21 | random_below(1 << 21) : 0;
		id_source_init(&ids, node, last);
		for (int i = 0; i < 3000; i++) {
			int64_t id = id_next(&ids);
			assert_true(id > last);
			assert_true(NODE_OF(id) == node);
			last = id;
			if (random_below(50) == 0)
				clock_ms = clock_ms + (int64_t)random_below(2000) - 1000;
		}
	}
}

static void borrows_the_next_millisecond(void **state)
{
	struct id_source ids;
	int64_t last = 0;
	(void)state;

	id_source_init(&ids, 255, 0);
	for (int i = 0; i < 3 * 8192 + 1; i++) {
		int64_t id = id_next(&ids);
		assert_true(id > last && NODE_OF(id) == 255);
		last = id;
	}
	assert_true(id_time_ms(last) == clock_ms + 3);
}

static void survives_a_clock_before_the_epoch(void **state)
{
	struct id_source ids;
	(void)state;

	clock_ms = 0;
	id_source_init(&ids, 1, 0);
	int64_t first = id_next(&ids);
	assert_true(first > 0);
	assert_true(id_next(&ids) > first);
}

#define THREADS 4
#define EACH 20000

struct worker {
	struct id_source *ids;
	int64_t *made;
	bool fell;
};

static void *make_ids(void *ctx)
{
	struct worker *worker = ctx;
	for (int i = 0; i < EACH; i++) {
		worker->made[i] = id_next(worker->ids);
		worker->fell |= i && worker->made[i] <= worker->made[i - 1];
		/* Somebody sets the clock, to and fro. */
		if (i % 1000 == 0)
			clock_ms = EPOCH_MS + 1000000 + i % 3000;
	}
	return NULL;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static void never_repeats_across_threads(void **state)
{
	static int64_t made[THREADS * EACH];
	struct worker workers[THREADS];
	pthread_t threads[THREADS];
	struct id_source ids;
	(void)state;

	id_source_init(&ids, 3, 0);
	for (int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ &ids, made + i * EACH, false };
		assert_int_equal(pthread_create(&threads[i], NULL, make_ids, &workers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_false(workers[i].fell);
	}
	qsort(made, ARRAY_LEN(made), sizeof(made[0]), compare_ids);
	for (size_t i = 1; i < ARRAY_LEN(made); i++)
		assert_true(made[i] > made[i - 1]);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lays_out_bits),
		TEST(rises_across_clock_steps),
		TEST(borrows_the_next_millisecond),
		TEST(survives_a_clock_before_the_epoch),
		TEST(never_repeats_across_threads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
