#include "pages/patience.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define OWNER 1
#define GUESSER 2
#define ACCOUNT TEXT("+84912345678")

/* A wrong try that nothing held back. */
static void wrong(struct patience *patience, struct text account, int64_t device, int64_t now)
{
	assert_int_equal(patience_take(patience, account, device, now), 0);
}

static int setup(void **state)
{
	*state = patience_new(1000);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	*state = patience_free(*state);
	return 0;
}

static void five_are_free_then_waits_double_to_their_bound(void **state)
{
	int64_t expected = PATIENCE_FIRST_WAIT_MS, now = 1000;

	for (int i = 0; i < PATIENCE_FREE - 1; i++) {
		wrong(*state, ACCOUNT, GUESSER, now);
		assert_int_equal(patience_wait_ms(*state, ACCOUNT, GUESSER, now), 0);
	}
	for (int i = 0; i < 12; i++) {
		wrong(*state, ACCOUNT, GUESSER, now);
		assert_int_equal(patience_wait_ms(*state, ACCOUNT, GUESSER, now), expected);
		now += expected;
		assert_int_equal(patience_wait_ms(*state, ACCOUNT, GUESSER, now), 0);
		expected *= 2;
		if (expected > PATIENCE_LONGEST_WAIT_MS)
			expected = PATIENCE_LONGEST_WAIT_MS;
	}
}

static void other_browsers_share_the_account_s_count(void **state)
{
	for (int i = 0; i < PATIENCE_FREE; i++)
		wrong(*state, ACCOUNT, 100 + i, 1000);
	assert_true(patience_wait_ms(*state, ACCOUNT, 200, 1000) > 0);
	assert_int_equal(patience_wait_ms(*state, TEXT("+84900000000"), 200, 1000), 0);
}

static void who_has_signed_in_here_does_not_wait_for_a_guesser(void **state)
{
	patience_succeeded(*state, ACCOUNT, OWNER, 1000);
	for (int i = 0; i < 50; i++)
		(void)!patience_take(*state, ACCOUNT, GUESSER, 1000);
	assert_int_equal(patience_wait_ms(*state, ACCOUNT, OWNER, 1000), 0);
	assert_int_equal(patience_wait_ms(*state, ACCOUNT, GUESSER, 1000), PATIENCE_FIRST_WAIT_MS);
	for (int i = 0; i < PATIENCE_FREE; i++)
		wrong(*state, ACCOUNT, OWNER, 1000);
	assert_int_equal(patience_wait_ms(*state, ACCOUNT, OWNER, 1000), PATIENCE_FIRST_WAIT_MS);
}

/* A right password frees the browser that knew it, not the one that guesses. */
static void a_right_password_starts_anew(void **state)
{
	for (int i = 0; i < PATIENCE_FREE; i++)
		wrong(*state, ACCOUNT, GUESSER, 1000);
	patience_succeeded(*state, ACCOUNT, OWNER, 2000);
	assert_int_equal(patience_wait_ms(*state, ACCOUNT, OWNER, 2000), 0);
	assert_true(patience_wait_ms(*state, ACCOUNT, GUESSER, 2000) > 0);
}

/* However many tries come at once, no more are made than come free. */
static void tries_at_once_are_no_more(void **state)
{
	int made = 0;

	for (int i = 0; i < 200; i++)
		made += patience_take(*state, ACCOUNT, 100 + i, 1000) == 0;
	assert_int_equal(made, PATIENCE_FREE);
}

/* A right password, or a server too busy to look, is no wrong try. */
static void what_is_given_back_does_not_count(void **state)
{
	for (int i = 0; i < 50; i++) {
		wrong(*state, ACCOUNT, GUESSER, 1000);
		patience_give_back(*state, ACCOUNT, GUESSER, 1000);
	}
	for (int i = 0; i < PATIENCE_FREE; i++)
		wrong(*state, ACCOUNT, GUESSER, 1000);
	assert_int_equal(patience_wait_ms(*state, ACCOUNT, GUESSER, 1000), PATIENCE_FIRST_WAIT_MS);
}

/* Nor does it past the free ones, when a try begins a wait; others' waits go on. */
static void what_is_given_back_begins_no_wait(void **state)
{
	int64_t now = 1000 + PATIENCE_FIRST_WAIT_MS;

	for (int i = 0; i < PATIENCE_FREE; i++)
		wrong(*state, ACCOUNT, GUESSER, 1000);
	for (int i = 0; i < 3; i++) {
		wrong(*state, ACCOUNT, OWNER, now + i);
		patience_give_back(*state, ACCOUNT, OWNER, now + i);
		assert_int_equal(patience_wait_ms(*state, ACCOUNT, GUESSER, now + i), 0);
	}
	wrong(*state, ACCOUNT, OWNER, now);
	now += 2 * PATIENCE_FIRST_WAIT_MS;
	wrong(*state, ACCOUNT, GUESSER, now);
	patience_give_back(*state, ACCOUNT, OWNER, now - 2 * PATIENCE_FIRST_WAIT_MS);
	assert_int_equal(patience_wait_ms(*state, ACCOUNT, OWNER, now), 4 * PATIENCE_FIRST_WAIT_MS);
}

/* Tries are not taken in the order in which they arrived. */
static void an_earlier_one_waits_for_nothing(void **state)
{
	for (int i = 0; i < PATIENCE_FREE - 1; i++)
		wrong(*state, ACCOUNT, GUESSER, 1000 - i);
	assert_int_equal(patience_wait_ms(*state, ACCOUNT, GUESSER, 900), 0);
}

static void a_quiet_day_is_forgotten(void **state)
{
	for (int i = 0; i < PATIENCE_FREE; i++)
		wrong(*state, ACCOUNT, GUESSER, 1000);
	wrong(*state, ACCOUNT, GUESSER, 1000 + PATIENCE_FORGET_MS);
	assert_int_equal(patience_wait_ms(*state, ACCOUNT, GUESSER, 1000 + PATIENCE_FORGET_MS), 0);
}

static void a_flood_of_accounts_stays_within_its_memory(void **state)
{
	char name[32];

	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "+849%08d", i);
		wrong(*state, text_from_z(name), GUESSER, 1000 + i);
	}
	for (int i = 0; i < PATIENCE_FREE; i++)
		wrong(*state, ACCOUNT, GUESSER, 200000);
	assert_int_equal(patience_wait_ms(*state, ACCOUNT, GUESSER, 200000),
			 PATIENCE_FIRST_WAIT_MS);
}

#define WITH_PATIENCE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PATIENCE(five_are_free_then_waits_double_to_their_bound),
		WITH_PATIENCE(other_browsers_share_the_account_s_count),
		WITH_PATIENCE(who_has_signed_in_here_does_not_wait_for_a_guesser),
		WITH_PATIENCE(a_right_password_starts_anew),
		WITH_PATIENCE(tries_at_once_are_no_more),
		WITH_PATIENCE(what_is_given_back_does_not_count),
		WITH_PATIENCE(what_is_given_back_begins_no_wait),
		WITH_PATIENCE(an_earlier_one_waits_for_nothing),
		WITH_PATIENCE(a_quiet_day_is_forgotten),
		WITH_PATIENCE(a_flood_of_accounts_stays_within_its_memory),
	};

	if (random_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
