/* Openings played against the waiting room: half of the people press within the first ten
 * seconds, the rest within the minute. Each answer takes the machine a while, and one that
 * lets somebody go takes longer; the time is not this machine's. */
#include "http/waiting.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define STEP_MS 10
#define BEARABLE_MS 500		/* that a request may wait */
#define DUE_STEPS (1 << 14)	/* longer than anybody is told to wait */
#define WINDOW_MS 60000
#define CALM_MS 15000		/* when machines are through with the first rush */
#define STILL_MS 3000

struct person {
	int next;		/* who is due in the same step, or -1 */
	bool has_come;
	int64_t asked_at;
};

struct opening {
	int n_people, answer_us, start_us;
	struct person *people;
	int *due;		/* in each step: the first of them, or -1 */
	int *queue;		/* who has asked and has no answer yet */
	int64_t first, last;
	int64_t now, work_us;
	int gone;
	int still_ms, longest_still_ms;	/* that nobody went, though there was a line and no
					 * rush any more */
	struct arena *arena;
	struct waiting_room *room;
};

static void is_due(struct opening *opening, int who, int64_t at_ms)
{
	int *due = &opening->due[at_ms / STEP_MS % DUE_STEPS];

	opening->people[who].next = *due;
	*due = who;
}

static void gather(struct opening *opening)
{
	opening->arena = arena_new(1 << 16);
	opening->room = waiting_new();
	opening->people = mem_array((size_t)opening->n_people, sizeof(*opening->people));
	opening->queue = mem_array((size_t)opening->n_people, sizeof(*opening->queue));
	opening->due = mem_array(DUE_STEPS, sizeof(*opening->due));
	assert_true(opening->arena && opening->room && opening->people && opening->queue &&
		    opening->due);
	for (int i = 0; i < DUE_STEPS; i++)
		opening->due[i] = -1;
	for (int i = 0; i < opening->n_people; i++) {
		int64_t tenth = (int64_t)random_below(WINDOW_MS / 6);
		is_due(opening, i, i % 2 ? tenth : WINDOW_MS / 6 + tenth * 5);
	}
}

static void disperse(struct opening *opening)
{
	opening->room = waiting_free(opening->room);
	opening->arena = arena_free(opening->arena);
	opening->people = mem_free(opening->people);
	opening->queue = mem_free(opening->queue);
	opening->due = mem_free(opening->due);
}

static void take_due(struct opening *opening)
{
	int *due = &opening->due[opening->now / STEP_MS % DUE_STEPS];

	for (; *due >= 0; *due = opening->people[*due].next) {
		opening->people[*due].asked_at = opening->now;
		opening->queue[opening->last++ % opening->n_people] = *due;
	}
}

static enum waiting_answer ask(struct opening *opening, int who, struct waiting_place *place)
{
	struct person *person = &opening->people[who];
	int pressure = (int)((opening->now - person->asked_at) * 1000 / BEARABLE_MS);
	const int pressures[] = { pressure, pressure };
	struct waiting_post post = { TEXT("/c/vao-thi"), TEXT("a") };

	if (person->has_come)
		return waiting_ask(opening->room, who + 1, pressures, opening->now, opening->arena,
				   &post, place);
	person->has_come = true;
	return waiting_come(opening->room, WAITING_START, who + 1, &post, pressure, opening->now,
			    place);
}

static void answer(struct opening *opening, int who)
{
	struct waiting_place place;
	enum waiting_answer answer = ask(opening, who, &place);

	arena_reset(opening->arena);
	opening->work_us += opening->answer_us;
	if (answer == WAITING_GO) {
		opening->work_us += opening->start_us;
		opening->gone++;
		opening->still_ms = 0;
		return;
	}
	assert_int_equal(answer, WAITING_WAIT);
	is_due(opening, who, opening->now + place.ask_again_s * 1000);
}

/* How long until the last has gone, in ms. */
static int64_t play(struct opening *opening)
{
	gather(opening);
	for (; opening->gone < opening->n_people; opening->now += STEP_MS) {
		take_due(opening);
		while (opening->work_us < STEP_MS * 1000 && opening->first < opening->last)
			answer(opening, opening->queue[opening->first++ % opening->n_people]);
		opening->work_us -= STEP_MS * 1000;
		if (opening->work_us < 0)
			opening->work_us = 0;
		if (opening->now > CALM_MS && waiting_figures(opening->room, WAITING_START).people)
			opening->still_ms += STEP_MS;
		if (opening->still_ms > opening->longest_still_ms)
			opening->longest_still_ms = opening->still_ms;
		assert_in_range(opening->now, 0, 30 * 60 * 1000);
	}
	disperse(opening);
	return opening->now;
}

/* The machine is never idle for long while somebody waits, and is at work on starts for
 * most of the time; whatever a machine can do. */
static void a_machine_with_a_line_is_busy(void **state)
{
	static const struct opening openings[] = {
		{ .n_people = 250000, .answer_us = 45, .start_us = 300 },
		{ .n_people = 250000, .answer_us = 90, .start_us = 500 },
		{ .n_people = 100000, .answer_us = 45, .start_us = 1500 },
		{ .n_people = 250000, .answer_us = 10, .start_us = 60 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(openings); i++) {
		struct opening opening = openings[i];
		int64_t least = (int64_t)opening.n_people *
				(opening.answer_us + opening.start_us) / 1000;
		int64_t took = play(&opening);
		print_message("%d people, %d + %d us: %lld ms, at least %lld; still %d ms\n",
			      opening.n_people, opening.answer_us, opening.start_us,
			      (long long)took, (long long)least, opening.longest_still_ms);
		assert_in_range(took, least, (least > WINDOW_MS ? least : WINDOW_MS) * 3 / 2);
		assert_in_range(opening.longest_still_ms, 0, STILL_MS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_machine_with_a_line_is_busy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
