#include "http/waiting.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define CALM 0
#define FULL WAITING_FULL

static struct arena *arena;
static struct waiting_room *room;
static struct waiting_place place;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(1 << 24);
	room = waiting_new();
	return arena && room ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	room = waiting_free(room);
	arena = arena_free(arena);
	return 0;
}

static enum waiting_answer come(enum waiting_line line, int64_t device, const char *form,
				int pressure, int64_t now)
{
	const struct waiting_post post = { TEXT("/c/vao-thi"), text_from_z(form) };
	return waiting_come(room, line, device, &post, pressure, now, &place);
}

static enum waiting_answer ask(int64_t device, int pressure, int64_t now, struct waiting_post *post)
{
	const int pressures[] = { pressure, pressure };
	return waiting_ask(room, device, pressures, now, arena, post, &place);
}

static void who_comes_in_calm_goes_at_once(void **state)
{
	struct waiting_post post;

	(void)state;
	assert_int_equal(come(WAITING_START, 1, "a", CALM, 0), WAITING_GO);
	assert_int_equal(ask(1, CALM, 0, &post), WAITING_NOBODY);
	assert_int_equal(waiting_figures(room, WAITING_START).came, 0);
}

static void places_are_in_order(void **state)
{
	struct waiting_post post;

	(void)state;
	for (int i = 1; i <= 300; i++) {
		assert_int_equal(come(WAITING_DOOR, i, "a", FULL, i), WAITING_WAIT);
		assert_int_equal(place.before, i - 1);
		assert_in_range(place.ask_again_s, 2, 151);
	}
	/* The room is calm again: the first of the line go, who is behind them waits, and so
	 * does who has only just come. */
	assert_int_equal(ask(300, CALM, 300, &post), WAITING_WAIT);
	assert_int_equal(come(WAITING_DOOR, 301, "a", CALM, 300), WAITING_WAIT);
	assert_int_equal(place.before, 300);
	assert_int_equal(ask(3, CALM, 300, &post), WAITING_GO);
	assert_int_equal(ask(3, CALM, 300, &post), WAITING_NOBODY);
	assert_int_equal(ask(1, FULL, 300, &post), WAITING_WAIT);
	assert_int_equal(ask(1, CALM, 300, &post), WAITING_GO);
	assert_int_equal(ask(300, CALM, 300, &post), WAITING_WAIT);
	assert_int_equal(place.before, 298);	/* 2 is the first now */
	assert_int_equal(waiting_figures(room, WAITING_DOOR).people, 299);
	assert_int_equal(waiting_figures(room, WAITING_START).people, 0);
}

static void what_was_posted_last_is_done(void **state)
{
	struct waiting_post post;

	(void)state;
	assert_int_equal(come(WAITING_DOOR, 7, "matkhau=sai", FULL, 0), WAITING_WAIT);
	assert_int_equal(come(WAITING_DOOR, 8, "", FULL, 0), WAITING_WAIT);
	assert_int_equal(come(WAITING_DOOR, 7, "matkhau=dung", FULL, 0), WAITING_WAIT);
	assert_int_equal(place.before, 0);
	assert_int_equal(ask(7, CALM, 10, &post), WAITING_GO);
	assert_true(text_equal_z(post.form, "matkhau=dung"));
	assert_true(text_equal_z(post.path, "/c/vao-thi"));
	assert_int_equal(ask(8, CALM, 10, &post), WAITING_GO);
	assert_int_equal(post.form.len, 0);
	assert_int_equal(waiting_figures(room, WAITING_DOOR).went, 2);
}

static void a_browser_has_one_place(void **state)
{
	struct waiting_post post;

	(void)state;
	assert_int_equal(come(WAITING_DOOR, 7, "a", FULL, 0), WAITING_WAIT);
	assert_int_equal(come(WAITING_START, 7, "b", FULL, 0), WAITING_WAIT);
	assert_int_equal(waiting_figures(room, WAITING_DOOR).people, 0);
	assert_int_equal(waiting_figures(room, WAITING_START).people, 1);
	/* Posted again when there is room: done now, and not once more. */
	assert_int_equal(come(WAITING_START, 7, "b", CALM, 1), WAITING_GO);
	assert_int_equal(ask(7, CALM, 1, &post), WAITING_NOBODY);
}

static void who_does_not_ask_is_passed_by_and_forgotten(void **state)
{
	struct waiting_post post;
	int64_t late = (151 + 11) * 1000;

	(void)state;
	for (int i = 1; i <= 100; i++)
		assert_int_equal(come(WAITING_START, i, "a", FULL, 0), WAITING_WAIT);
	assert_int_equal(ask(100, FULL, 1000, &post), WAITING_WAIT);
	/* Only number 100 asks: the others make way. */
	for (int64_t now = 3000; now < late + 2000; now += 2000)
		assert_int_equal(ask(100, FULL, now, &post), WAITING_WAIT);
	assert_int_equal(place.before, 0);
	assert_int_equal(waiting_figures(room, WAITING_START).people, 1);
	/* They may go when they come after all … */
	assert_int_equal(ask(50, CALM, late + 2000, &post), WAITING_GO);
	assert_int_equal(waiting_figures(room, WAITING_START).left, 0);
	/* … within some minutes. */
	int64_t gone = late + WAITING_FORGET_MS;
	for (int64_t now = late; now < gone + 2000; now += 2000)
		assert_int_equal(ask(100, FULL, now, &post), WAITING_WAIT);
	assert_int_equal(ask(51, CALM, gone + 2000, &post), WAITING_NOBODY);
	assert_int_equal(waiting_figures(room, WAITING_START).left, 98);
}

static void what_is_too_large_is_not_kept(void **state)
{
	char *form = arena_alloc(arena, WAITING_POST_BYTES_MAX + 1);
	struct waiting_post post;

	(void)state;
	memset(form, 'a', WAITING_POST_BYTES_MAX);
	assert_int_equal(come(WAITING_DOOR, 1, form, FULL, 0), WAITING_NO_ROOM);
	form[WAITING_POST_BYTES_MAX - strlen("/c/vao-thi")] = '\0';
	assert_int_equal(come(WAITING_DOOR, 1, form, FULL, 0), WAITING_WAIT);
	assert_int_equal(ask(1, CALM, 0, &post), WAITING_GO);
	assert_true(text_equal_z(post.form, form));
}

/* A machine that does 300 a second and gets 3000 who ask as their page says. Pressure is
 * what is under way, of 500 at most. */
static void everybody_gets_a_turn_and_the_machine_is_busy(void **state)
{
	enum { PEOPLE = 3000, A_SECOND = 300, BEARABLE = 500, STEP_MS = 100 };
	int64_t *asks_at = arena_array(arena, PEOPLE, sizeof(*asks_at));
	int under_way = 0, gone = 0, jumped = 0, most = 0;
	int64_t now = 0;
	struct waiting_post post;

	(void)state;
	assert_non_null(asks_at);
	for (int i = 0; i < PEOPLE; i++) {
		enum waiting_answer answer = come(WAITING_START, i + 1, "a",
						  under_way * 1000 / BEARABLE, now);
		asks_at[i] = answer == WAITING_GO ? -1 : now + place.ask_again_s * 1000;
		under_way += answer == WAITING_GO;
		gone += answer == WAITING_GO;
	}
	for (; gone < PEOPLE; now += STEP_MS) {
		int done = A_SECOND * STEP_MS / 1000;
		under_way -= done < under_way ? done : under_way;
		for (int i = 0; i < PEOPLE; i++) {
			if (asks_at[i] < 0 || asks_at[i] > now)
				continue;
			bool goes = ask(i + 1, under_way * 1000 / BEARABLE, now, &post) == WAITING_GO;
			asks_at[i] = goes ? -1 : now + place.ask_again_s * 1000;
			under_way += goes;
			jumped += goes && i > gone + 2000;
			gone += goes;
			most = under_way > most ? under_way : most;
		}
		assert_in_range(now, 0, 60000);
	}
	/* At least half of what it can do: 10 s at best. And about in order. */
	assert_in_range(now, 0, 20000);
	assert_in_range(most, 0, BEARABLE);
	assert_int_equal(jumped, 0);
	assert_int_equal(waiting_figures(room, WAITING_START).people, 0);
}

/* Anything at all, in any order: the room's counts are those of a plain list. */
static void counts_hold(void **state)
{
	enum { DEVICES = 300, STEPS = 60000 };
	struct waiting_post post;
	int64_t now = 0;

	(void)state;
	for (int i = 0; i < STEPS; i++) {
		int64_t device = 1 + (int64_t)random_below(DEVICES) * 65536;	/* one bucket */
		int pressure = (int)random_below(1500);
		now += (int64_t)random_below(400);
		if (random_below(3) == 0)
			(void)!come((enum waiting_line)random_below(WAITING_LINES), device, "a",
				    pressure, now);
		else
			(void)!ask(device, pressure, now, &post);
		struct waiting_figures start = waiting_figures(room, WAITING_START);
		struct waiting_figures door = waiting_figures(room, WAITING_DOOR);
		assert_in_range(start.people + door.people, 0, DEVICES);
		assert_true(start.came >= start.went + start.left);
		assert_in_range(start.window, 1024, WAITING_PEOPLE_MAX * 4);
		assert_int_equal(metric_count(start.wait), start.went);
		arena_reset(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_comes_in_calm_goes_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(places_are_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_posted_last_is_done, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_browser_has_one_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_does_not_ask_is_passed_by_and_forgotten, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_is_too_large_is_not_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(everybody_gets_a_turn_and_the_machine_is_busy, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(counts_hold, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
