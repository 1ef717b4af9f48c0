#include "pages/allowance.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define BURST 30
#define INTERVAL_MS 2000
#define HERE 7
#define ELSEWHERE 8
#define EVENTS 4000

static int setup(void **state)
{
	*state = allowance_new(1000, BURST, INTERVAL_MS);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	*state = allowance_free(*state);
	return 0;
}

static void a_burst_then_one_an_interval(void **state)
{
	int64_t now = 1000000;

	for (int i = 0; i < BURST; i++)
		assert_int_equal(allowance_take(*state, HERE, now), 0);
	assert_int_equal(allowance_take(*state, HERE, now), INTERVAL_MS);
	assert_int_equal(allowance_take(*state, HERE, now + 500), INTERVAL_MS - 500);
	assert_int_equal(allowance_take(*state, HERE, now + INTERVAL_MS - 1), 1);
	assert_int_equal(allowance_take(*state, HERE, now + INTERVAL_MS), 0);
	assert_int_equal(allowance_take(*state, HERE, now + INTERVAL_MS), INTERVAL_MS);
	/* Asking in vain costs nothing, and after a quiet while all is there again. */
	now += (BURST + 1) * INTERVAL_MS;
	for (int i = 0; i < BURST; i++)
		assert_int_equal(allowance_take(*state, HERE, now), 0);
	assert_true(allowance_take(*state, HERE, now) > 0);
}

static void keys_do_not_touch_each_other(void **state)
{
	for (int i = 0; i < BURST; i++)
		assert_int_equal(allowance_take(*state, HERE, 1000), 0);
	assert_true(allowance_take(*state, HERE, 1000) > 0);
	assert_int_equal(allowance_take(*state, ELSEWHERE, 1000), 0);
}

static void what_is_given_back_can_be_taken_again(void **state)
{
	for (int i = 0; i < 10 * BURST; i++) {
		assert_int_equal(allowance_take(*state, HERE, 1000), 0);
		allowance_give_back(*state, HERE);
	}
	for (int i = 0; i < BURST; i++)
		assert_int_equal(allowance_take(*state, HERE, 1000), 0);
	allowance_give_back(*state, HERE);
	assert_int_equal(allowance_take(*state, HERE, 1000), 0);
	assert_true(allowance_take(*state, HERE, 1000) > 0);
	/* Giving back more than was taken is no credit. */
	for (int i = 0; i < 3 * BURST; i++)
		allowance_give_back(*state, ELSEWHERE);
	for (int i = 0; i < BURST; i++)
		assert_int_equal(allowance_take(*state, ELSEWHERE, 2000), 0);
	assert_true(allowance_take(*state, ELSEWHERE, 2000) > 0);
}

/* The same in other words: what has come together, counted up. */
struct model {
	int64_t at, level;	/* level in ms; INTERVAL_MS is one */
};

static int model_takes(struct model *model, int64_t now)
{
	model->level += now - model->at;
	if (model->level > BURST * INTERVAL_MS)
		model->level = BURST * INTERVAL_MS;
	model->at = now;
	if (model->level < INTERVAL_MS)
		return 0;
	model->level -= INTERVAL_MS;
	return 1;
}

/* Random times of random density; every window is looked at. */
static void no_window_holds_more_and_a_model_agrees(void **state)
{
	struct model model = { .at = 0, .level = BURST * INTERVAL_MS };
	static int64_t taken[EVENTS];
	int64_t now = 1;
	int n = 0;

	for (int i = 0; i < EVENTS; i++) {
		now += (int64_t)random_below(random_below(20) ? 900 : 90000);
		int64_t wait = allowance_take(*state, HERE, now);
		assert_int_equal(wait == 0, model_takes(&model, now));
		if (wait)
			assert_int_equal(wait, INTERVAL_MS - model.level);
		else
			taken[n++] = now;
	}
	assert_true(n > BURST && n < EVENTS);
	for (int from = 0; from < n; from++)
		for (int to = from; to < n; to++)
			assert_true(to - from + 1 <=
				    BURST + (taken[to] - taken[from]) / INTERVAL_MS);
}

/* Tries that turn out right are given back a while later. The others keep to the
 * bound, but for those under way when a window begins. */
static void giving_back_does_not_break_the_bound(void **state)
{
	static int64_t kept[EVENTS], back_at[EVENTS];
	static int under_way[EVENTS];
	int64_t now = 1;
	int n = 0, first = 0, last = 0;

	for (int i = 0; i < EVENTS; i++) {
		now += (int64_t)random_below(random_below(20) ? 700 : 40000);
		while (first < last && back_at[first] <= now) {
			allowance_give_back(*state, HERE);
			first++;
		}
		if (allowance_take(*state, HERE, now))
			continue;
		if (random_below(3) == 0) {
			back_at[last++] = now + 5000;
			continue;
		}
		under_way[n] = last - first;
		kept[n++] = now;
	}
	for (int from = 0; from < n; from++)
		for (int to = from; to < n; to++)
			assert_true(to - from + 1 <= BURST + under_way[from] +
				    (kept[to] - kept[from]) / INTERVAL_MS);
}

static void who_has_taken_most_lately_is_not_forgotten(void **state)
{
	for (int i = 0; i < BURST; i++)
		assert_int_equal(allowance_take(*state, HERE, 1000), 0);
	for (uint64_t key = 100; key < 20000; key++)
		assert_int_equal(allowance_take(*state, key, 1000), 0);
	assert_true(allowance_take(*state, HERE, 1000) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_burst_then_one_an_interval, setup, teardown),
		cmocka_unit_test_setup_teardown(keys_do_not_touch_each_other, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_given_back_can_be_taken_again, setup,
						teardown),
		cmocka_unit_test_setup_teardown(no_window_holds_more_and_a_model_agrees, setup,
						teardown),
		cmocka_unit_test_setup_teardown(giving_back_does_not_break_the_bound, setup,
						teardown),
		cmocka_unit_test_setup_teardown(who_has_taken_most_lately_is_not_forgotten, setup,
						teardown),
	};
	return random_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
