/* Slices: a row each gives what one look gives; and what a slice waits for. */
#include "round.h"

#include "cli/export_files.h"
#include "jobs/pace.h"
#include "jobs/suspicions.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int tear_down(void **state)
{
	pace_set_rows(0);
	(void)pace_pause(0);
	return sample_tear_down(state);
}

/* ---- slices ---- */

static void ranking_by_rows_is_ranking_at_once(void **state)
{
	struct sample *s = *state;

	pace_set_rows(1);
	struct ranking_order by_rows = round_rank(s);
	/* Three people of group 1 and one of group 2 have places; nothing else tells those
	 * who read the ranking how it was written. */
	assert_int_equal(by_rows.papers, N_PAPERS);
	assert_int_equal(by_rows.people, 4);
	assert_int_equal(pace_figures(PACE_FREEZE).reads, N_PAPERS + 1);
	assert_true(pace_figures(PACE_FREEZE).writes > N_PAPERS);
	assert_true(pace_figures(PACE_RANK).reads > N_PAPERS + N_PEOPLE);
	assert_true(pace_figures(PACE_RANK).writes > 4);
	pace_set_rows(0);
	assert_true(round_step(s, ranking_freeze).unchanged);
	assert_int_equal(pace_figures(PACE_FREEZE).reads, 1);
	assert_true(round_step(s, ranking_rank).unchanged);
	(void)round_step(s, ranking_publish);
}

static struct export *collect(struct sample *s)
{
	struct export *e = arena_alloc(s->arena, sizeof(*e));

	assert_non_null(e);
	*e = (struct export){ .arena = s->arena, .keys = s->keys, .contest = sample_contest(s),
			      .now = s->now, .round_id = sample_round(s), .names = true };
	struct pace pace = pace_begin(&s->site, PACE_EXPORT, NULL);
	assert_int_equal(export_collect(e, &pace), STORE_ONE);
	pace_end(&pace);
	contest_release(e->contest);
	return e;
}

static void an_export_by_rows_is_one_at_once(void **state)
{
	struct sample *s = *state;

	(void)round_rank(s);
	struct export *at_once = collect(s);
	assert_int_equal(pace_figures(PACE_EXPORT).reads, 3);	/* papers, two groups */
	pace_set_rows(1);
	struct export *by_rows = collect(s);
	assert_true(pace_figures(PACE_EXPORT).reads > N_PAPERS + 4);
	assert_int_equal(by_rows->n_files, at_once->n_files);
	for (int i = 0; i < at_once->n_files; i++)
		assert_true(text_equal(buf_done(&by_rows->files[i].bytes),
				       buf_done(&at_once->files[i].bytes)));
}

static struct text suspicions(struct sample *s)
{
	struct buf out;
	const struct ranking_order order = {
		.site = &s->site, .contest = sample_contest(s), .now = s->now, .arena = s->arena,
	};

	buf_init(&out, s->arena, 65536);
	assert_int_equal(suspicions_write(&order, &out), 0);
	contest_release(order.contest);
	return buf_done(&out);
}

static void suspicions_by_rows_are_those_at_once(void **state)
{
	struct sample *s = *state;
	/* Anew under another phone, and another under hers. */
	struct sample_person twin = people[AN], mate = people[BINH];

	twin.phone = "+84912345679";
	mate.name = "Trần Thị Bích";
	mate.phone = people[AN].phone;
	s->now = sample_moment(OPEN);
	sample_enter(s, &twin);
	sample_enter(s, &mate);
	struct sample_paper paper = sample_start(s, &mate, 1);
	s->now += TIME_MINUTE_MS;
	sample_submit(s, &paper, 30, 2);
	(void)round_rank(s);
	struct text at_once = suspicions(s);
	assert_true(text_find(at_once, TEXT("cùng họ tên"), 0) >= 0);
	assert_true(text_find(at_once, twin.code, 0) >= 0);
	assert_true(text_find(at_once, TEXT("chung một số"), 0) >= 0);
	assert_true(text_find(at_once, mate.code, 0) >= 0);
	pace_set_rows(1);
	assert_true(text_equal(suspicions(s), at_once));
	assert_true(pace_figures(PACE_LOOK).reads > N_PEOPLE + 2);
}

/* ---- waiting ---- */

static atomic_bool stop;

struct reading {
	struct sample *s;
	int n;			/* slices that were read */
	int result;
	pthread_t thread;
};

static int read_slice(void *ctx, struct db *db UNUSED, struct pace_slice *slice)
{
	struct reading *r = ctx;

	r->n++;
	(void)pace_row(slice, 1);
	return 0;
}

static void *read_paced(void *arg)
{
	struct reading *r = arg;
	struct pace pace = pace_begin(&r->s->site, PACE_EXPORT, &stop);

	r->result = pace_read(&pace, "test", read_slice, r);
	pace_end(&pace);
	return NULL;
}

static void start(struct reading *r)
{
	stop = false;
	assert_int_equal(pthread_create(&r->thread, NULL, read_paced, r), 0);
}

static void wait_until_it_waits(enum pace_job job, enum pace_reason reason)
{
	while (pace_figures(job).waits != reason)
		sched_yield();
}

static int save(void *ctx, struct db *db UNUSED)
{
	(void)ctx;
	return STORE_ONE;
}

static void a_slice_waits_while_saves_queue_up(void **state)
{
	struct sample *s = *state;
	struct reading r = { .s = s };
	static struct store_job saves[300];

	for (size_t i = 0; i < ARRAY_LEN(saves); i++) {
		saves[i] = (struct store_job){ .class = STORE_CLASS_SAVE, .kind = STORE_CALL,
					       .fn = save };
		store_write(s->site.store, &saves[i]);
	}
	start(&r);
	wait_until_it_waits(PACE_EXPORT, PACE_QUEUE);
	assert_int_equal(r.n, 0);
	while (store_step(s->site.store) > 0)
		;
	pthread_join(r.thread, NULL);
	assert_int_equal(r.result, 0);
	assert_int_equal(r.n, 1);
	assert_int_equal(pace_figures(PACE_EXPORT).running, 0);
}

static void a_pause_holds_reports_until_it_ends(void **state)
{
	struct sample *s = *state;
	struct reading r = { .s = s };

	assert_int_equal(pace_pause(TIME_HOUR_MS), 0);
	assert_int_equal(pace_paused_ms(PACE_EXPORT), TIME_HOUR_MS);
	assert_int_equal(pace_paused_ms(PACE_FREEZE), 0);
	start(&r);
	wait_until_it_waits(PACE_EXPORT, PACE_PAUSED);
	assert_int_equal(pace_pause(0), TIME_HOUR_MS);
	pthread_join(r.thread, NULL);
	assert_int_equal(r.result, 0);
	/* It ends by itself too. */
	(void)pace_pause(TIME_HOUR_MS);
	s->now += TIME_HOUR_MS;
	assert_int_equal(pace_paused_ms(PACE_EXPORT), 0);
	start(&r);
	pthread_join(r.thread, NULL);
	assert_int_equal(r.n, 2);
}

static void who_waits_ends_with_the_server(void **state)
{
	struct sample *s = *state;
	struct reading r = { .s = s };

	(void)pace_pause(TIME_HOUR_MS);
	start(&r);
	wait_until_it_waits(PACE_EXPORT, PACE_PAUSED);
	stop = true;
	pthread_join(r.thread, NULL);
	assert_true(r.result < 0);
	assert_int_equal(r.n, 0);
}

static void *rank(void *arg)
{
	struct ranking_order *order = arg;

	assert_int_equal(ranking_rank(order), 0);
	return NULL;
}

static void a_ranking_that_was_overtaken_is_read_again(void **state)
{
	struct sample *s = *state;
	pthread_t thread;

	s->now = sample_moment(RANKED);
	(void)round_step(s, ranking_freeze);
	struct ranking_order order = {
		.site = &s->site, .contest = sample_contest(s), .now = s->now, .arena = s->arena,
		.actor = TEXT("cli:test"), .stop = &stop,
	};
	stop = false;
	(void)pace_pause(TIME_HOUR_MS);
	assert_int_equal(pthread_create(&thread, NULL, rank, &order), 0);
	wait_until_it_waits(PACE_RANK, PACE_PAUSED);
	round_annul(s);
	(void)pace_pause(0);
	pthread_join(thread, NULL);
	contest_release(order.contest);
	int64_t reads = pace_figures(PACE_RANK).reads;
	struct ranking_order again = round_step(s, ranking_rank);
	assert_true(again.unchanged);
	assert_int_equal(reads, 2 * pace_figures(PACE_RANK).reads);
}

#define WITH_PAPERS(test) cmocka_unit_test_setup_teardown(test, round_set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PAPERS(ranking_by_rows_is_ranking_at_once),
		WITH_PAPERS(an_export_by_rows_is_one_at_once),
		WITH_PAPERS(suspicions_by_rows_are_those_at_once),
		WITH_PAPERS(a_slice_waits_while_saves_queue_up),
		WITH_PAPERS(a_pause_holds_reports_until_it_ends),
		WITH_PAPERS(who_waits_ends_with_the_server),
		WITH_PAPERS(a_ranking_that_was_overtaken_is_read_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
