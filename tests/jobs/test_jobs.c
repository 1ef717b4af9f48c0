/* What the server does by itself while people sit: closing papers whose time is
 * over, counting participation every day, warning of rules that are not complete. */
#include "sample.h"

#include "base/time.h"
#include "jobs/close_papers.h"
#include "jobs/pace.h"
#include "jobs/readiness.h"
#include "jobs/snapshot.h"
#include "rules/score.h"
#include "store_queries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN "2024-09-20T08:00:00+07:00"
#define CLOSE "2024-10-04T24:00:00+07:00"
#define LIMIT_MS (30 * TIME_MINUTE_MS)
#define SLICE 200	/* papers that one step may close */

static struct sample_person an = { .name = "Nguyễn Thị An", .birth = "1990-01-02",
				   .phone = "+84912345671", .unit = "SNV-VP" };
static struct sample_person binh = { .name = "Trần Văn Bình", .birth = "1985",
				     .phone = "+84912345672", .unit = "SNV-TTRA" };
static struct sample_person chi = { .name = "Điểu Thị Chi", .birth = "2001-12-31",
				    .phone = "+84912345673", .unit = "DP-25207", .group = 1 };

/* The contest is open, and three people are in it. */
static int set_up(void **state)
{
	if (sample_set_up_applied(state) != 0)
		return -1;
	struct sample *s = *state;
	sample_enter(s, &an);
	sample_enter(s, &binh);
	sample_enter(s, &chi);
	s->now = sample_moment(OPEN);
	return 0;
}

/* A paper of a person who takes a minute for it. */
static void sit(struct sample *s, const struct sample_person *person, int attempt, int64_t at)
{
	s->now = at;
	struct sample_paper paper = sample_start(s, person, attempt);
	s->now = at + TIME_MINUTE_MS;
	sample_submit(s, &paper, 20, 3);
}

/* ---- closing papers ---- */

static void the_clock_submits_what_was_saved(void **state)
{
	struct sample *s = *state;
	struct sample_paper paper = sample_start(s, &an, 1);
	struct text answers = sample_answers(s, &paper, 12);
	struct q_paper_get row;

	sample_stored(s, &paper, &row);
	int64_t started_at = row.started_at, deadline = row.deadline_at;
	assert_int_equal(deadline, started_at + LIMIT_MS);
	s->now += 5 * TIME_MINUTE_MS;
	assert_int_equal(sample_save(s, &paper, 0, answers, 40), SAVE_DONE);
	s->now = deadline + CLOSE_AFTER_MS + 1;
	assert_int_equal(close_papers_step(&s->site), 1);
	sample_stored(s, &paper, &row);
	assert_int_equal(row.state, 1);
	assert_int_equal(row.by_clock, 1);
	assert_int_equal(row.submitted_at, deadline);
	assert_int_equal(row.elapsed_ms, LIMIT_MS);
	assert_true(text_equal(row.answers, answers));
	assert_int_equal(row.correct, 12);
	assert_int_equal(row.score_points, 12);
	assert_false(row.perfect);
	assert_int_equal(row.prediction, 40);
	assert_int_equal(row.receipt.len, 14);
	s->now += TIME_DAY_MS;
	assert_int_equal(close_papers_step(&s->site), 0);
}

static void no_paper_is_touched_before_thirty_seconds(void **state)
{
	struct sample *s = *state;
	struct sample_paper paper = sample_start(s, &an, 1);
	int64_t deadline = s->now + LIMIT_MS;
	const int64_t early[] = { deadline - 1, deadline, deadline + 1,
				  deadline + CLOSE_AFTER_MS - 1 };
	struct q_paper_get row;

	for (size_t i = 0; i < ARRAY_LEN(early); i++) {
		s->now = early[i];
		assert_int_equal(close_papers_step(&s->site), 0);
		sample_stored(s, &paper, &row);
		assert_int_equal(row.state, 0);
	}
	s->now = deadline + CLOSE_AFTER_MS + 1;
	assert_int_equal(close_papers_step(&s->site), 1);
}

static void a_late_save_does_not_count(void **state)
{
	struct sample *s = *state;
	struct sample_paper paper = sample_start(s, &an, 1);
	struct text in_time = sample_answers(s, &paper, 7), late = sample_answers(s, &paper, 30);
	int64_t deadline = s->now + LIMIT_MS;
	struct q_paper_get row;

	s->now = deadline - 1;
	assert_int_equal(sample_save(s, &paper, 0, in_time, 1), SAVE_DONE);
	s->now = deadline;
	assert_int_equal(sample_save(s, &paper, 1, late, 1), SAVE_CLOSED);
	s->now = deadline + CLOSE_AFTER_MS + 1;
	assert_int_equal(close_papers_step(&s->site), 1);
	assert_int_equal(sample_save(s, &paper, 2, late, 1), SAVE_CLOSED);
	sample_stored(s, &paper, &row);
	assert_int_equal(row.correct, 7);
}

static void a_paper_that_was_never_saved_has_no_points(void **state)
{
	struct sample *s = *state;
	struct sample_paper paper = sample_start(s, &an, 1);
	struct q_paper_get row;

	s->now += LIMIT_MS + CLOSE_AFTER_MS + 1;
	assert_int_equal(close_papers_step(&s->site), 1);
	sample_stored(s, &paper, &row);
	assert_int_equal(row.state, 1);
	assert_int_equal(row.correct, 0);
	assert_int_equal(row.prediction, PREDICTION_MISSING);
	assert_int_equal(score_count_answered(row.answers), 0);
}

static void a_paper_cut_by_the_close_took_what_there_was(void **state)
{
	struct sample *s = *state;
	int64_t close = sample_moment(CLOSE);
	struct q_paper_get row;

	s->now = close - 10 * TIME_MINUTE_MS;
	struct sample_paper paper = sample_start(s, &an, 1);
	s->now = close + CLOSE_AFTER_MS + 1;
	assert_int_equal(close_papers_step(&s->site), 1);
	sample_stored(s, &paper, &row);
	assert_int_equal(row.submitted_at, close);
	assert_int_equal(row.elapsed_ms, 10 * TIME_MINUTE_MS);
}

static void submitted_and_running_papers_are_left_alone(void **state)
{
	struct sample *s = *state;
	int64_t opened = s->now;
	struct sample_paper submitted = sample_start(s, &an, 1);
	struct q_paper_get row;

	s->now = opened + TIME_MINUTE_MS;
	sample_submit(s, &submitted, 30, 9);
	s->now = opened + 20 * TIME_MINUTE_MS;
	struct sample_paper running = sample_start(s, &binh, 1);
	s->now = opened + 40 * TIME_MINUTE_MS;
	assert_int_equal(close_papers_step(&s->site), 0);
	sample_stored(s, &submitted, &row);
	assert_int_equal(row.submitted_at, opened + TIME_MINUTE_MS);
	assert_int_equal(row.elapsed_ms, TIME_MINUTE_MS);
	assert_int_equal(row.by_clock, 0);
	sample_stored(s, &running, &row);
	assert_int_equal(row.state, 0);
}

static void many_papers_are_closed_slice_by_slice(void **state)
{
	struct sample *s = *state;

	for (int attempt = 1; attempt <= SLICE + 5; attempt++)
		(void)sample_start(s, &an, attempt);
	s->now += LIMIT_MS + CLOSE_AFTER_MS + 1;
	assert_int_equal(close_papers_step(&s->site), SLICE);
	assert_int_equal(close_papers_step(&s->site), 5);
	assert_int_equal(close_papers_step(&s->site), 0);
}

/* ---- snapshots ---- */

static void assert_due(const struct contest *contest, const char *now, const char *due)
{
	int64_t found = snapshot_due(contest, sample_moment(now));
	int64_t expected = due ? sample_moment(due) : TIME_NONE;

	if (found != expected)
		fail_msg("at %s %s is due, not %lld", now, due ? due : "nothing", (long long)found);
}

static void a_snapshot_is_due_every_day_at_eleven(void **state)
{
	const struct contest *c = sample_contest(*state);

	assert_due(c, "2024-09-09T11:00:00+07:00", NULL);
	assert_due(c, OPEN, NULL);
	assert_due(c, "2024-09-20T10:59:59.999+07:00", NULL);
	assert_due(c, "2024-09-20T11:00:00+07:00", "2024-09-20T11:00:00+07:00");
	assert_due(c, "2024-09-20T24:00:00+07:00", "2024-09-20T11:00:00+07:00");
	assert_due(c, "2024-09-21T10:59:59.999+07:00", "2024-09-20T11:00:00+07:00");
	assert_due(c, "2024-09-21T11:00:00+07:00", "2024-09-21T11:00:00+07:00");
	/* The last one is the first after the close. */
	assert_due(c, CLOSE, "2024-10-04T11:00:00+07:00");
	assert_due(c, "2024-10-05T11:00:00+07:00", "2024-10-05T11:00:00+07:00");
	assert_due(c, "2024-10-06T11:00:00+07:00", "2024-10-05T11:00:00+07:00");
	assert_due(c, "2025-10-06T11:00:00+07:00", "2024-10-05T11:00:00+07:00");
	contest_release(c);
}

static void the_first_and_last_snapshot_keep_to_the_hours_of_the_contest(void **state)
{
	const struct contest *sample = sample_contest(*state);
	struct rules_in_force rules = sample->rules[0];
	const struct contest c = { .rules = &rules, .n_rules = 1 };

	rules.profile.open_at = sample_moment("2024-09-20T11:00:00+07:00");
	assert_due(&c, "2024-09-20T11:00:00+07:00", "2024-09-20T11:00:00+07:00");
	rules.profile.open_at++;
	assert_due(&c, "2024-09-21T10:59:00+07:00", NULL);
	assert_due(&c, "2024-09-21T11:00:00+07:00", "2024-09-21T11:00:00+07:00");
	rules.profile.close_at = sample_moment("2024-10-04T10:59:00+07:00");
	assert_due(&c, "2024-12-01", "2024-10-04T11:00:00+07:00");
	rules.profile.close_at = sample_moment("2024-10-04T11:01:00+07:00");
	assert_due(&c, "2024-12-01", "2024-10-05T11:00:00+07:00");
	rules.profile.snapshot_minute_of_day = 0;
	assert_due(&c, "2024-09-25T12:00:00+07:00", "2024-09-25T00:00:00+07:00");
	assert_due(&c, "2024-12-01", "2024-10-05T00:00:00+07:00");
	contest_release(sample);
}

struct taken {
	struct sample *s;
	struct q_snapshots *rows;
	int64_t of;
	struct q_snapshot_rows *units;
	int n_units;
};

static int read_taken(void *ctx, struct db *db)
{
	struct taken *taken = ctx;
	const struct contest *contest = sample_contest(taken->s);
	int n = q_snapshots(db, taken->s->arena, contest->id, &taken->rows);

	contest_release(contest);
	return n;
}

static int read_units(void *ctx, struct db *db)
{
	struct taken *taken = ctx;
	return q_snapshot_rows(db, taken->s->arena, taken->of, &taken->units);
}

/* All that were taken, newest first, and the units of number `at`. */
static struct taken taken_of(struct sample *s, int n, int at)
{
	struct taken taken = { .s = s };

	assert_int_equal(store_read(s->site.store, "taken", read_taken, &taken, NULL), n);
	if (at < n) {
		taken.of = taken.rows[at].id;
		taken.n_units = store_read(s->site.store, "units", read_units, &taken, NULL);
	}
	return taken;
}

static int64_t unit_id(struct sample *s, const char *code)
{
	const struct contest *contest = sample_contest(s);
	int64_t id = contest_unit_by_code(contest, text_from_z(code))->id;

	contest_release(contest);
	return id;
}

static void a_snapshot_counts_people_and_papers_by_unit(void **state)
{
	struct sample *s = *state;
	int64_t due = sample_moment("2024-09-20T11:00:00+07:00");

	sit(s, &an, 1, s->now);
	sit(s, &an, 2, due - TIME_HOUR_MS);
	/* Submitted a thousandth before, and at the very moment. */
	sit(s, &chi, 1, due - TIME_MINUTE_MS - 1);
	sit(s, &binh, 1, due - TIME_MINUTE_MS);
	s->now = due - 1;
	(void)sample_start(s, &binh, 2);
	/* Only when every paper that ended before the hour can have been closed. */
	s->now = due + CLOSE_AFTER_MS - 1;
	assert_int_equal(snapshot_step(&s->site, s->now, NULL), 0);
	uint64_t version = s->site.public_version;
	s->now = due + CLOSE_AFTER_MS;
	assert_int_equal(snapshot_step(&s->site, s->now, NULL), 1);
	assert_true(s->site.public_version != version);
	struct taken taken = taken_of(s, 1, 0);
	assert_int_equal(taken.rows[0].due_at, due);
	assert_int_equal(taken.rows[0].taken_at, due + CLOSE_AFTER_MS);
	assert_int_equal(taken.rows[0].people, 2);
	assert_int_equal(taken.rows[0].papers, 3);
	assert_int_equal(taken.n_units, 2);
	for (int i = 0; i < taken.n_units; i++) {
		bool is_an = taken.units[i].unit == unit_id(s, "SNV-VP");
		assert_true(is_an || taken.units[i].unit == unit_id(s, "DP-25207"));
		assert_int_equal(taken.units[i].people, 1);
		assert_int_equal(taken.units[i].papers, is_an ? 2 : 1);
	}
}

static void a_snapshot_is_taken_once_and_never_changed(void **state)
{
	struct sample *s = *state;

	sit(s, &an, 1, s->now);
	s->now = sample_moment("2024-09-20T11:00:00+07:00") + CLOSE_AFTER_MS;
	assert_int_equal(snapshot_step(&s->site, s->now, NULL), 1);
	uint64_t version = s->site.public_version;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(snapshot_step(&s->site, s->now, NULL), 0);
		sit(s, &binh, i + 1, s->now + TIME_HOUR_MS);
	}
	sample_reopen(s);
	assert_int_equal(snapshot_step(&s->site, s->now, NULL), 0);
	assert_int_equal(s->site.public_version, version);
	struct taken taken = taken_of(s, 1, 0);
	assert_int_equal(taken.rows[0].people, 1);
	assert_int_equal(taken.rows[0].papers, 1);
	assert_int_equal(taken.n_units, 1);
}

static void what_was_missed_while_down_is_taken_late_and_says_so(void **state)
{
	struct sample *s = *state;
	int64_t day = sample_moment("2024-09-20T11:00:00+07:00");

	sit(s, &an, 1, s->now);
	s->now = day + CLOSE_AFTER_MS;
	assert_int_equal(snapshot_step(&s->site, s->now, NULL), 1);
	sit(s, &binh, 1, day + TIME_HOUR_MS);
	sit(s, &chi, 1, day + 2 * TIME_DAY_MS + TIME_HOUR_MS);
	s->now = day + 2 * TIME_DAY_MS + 5 * TIME_HOUR_MS;
	sample_reopen(s);
	assert_int_equal(snapshot_step(&s->site, s->now, NULL), 2);
	assert_int_equal(snapshot_step(&s->site, s->now, NULL), 0);
	struct taken taken = taken_of(s, 3, 0);
	for (int i = 0; i < 3; i++) {
		const struct q_snapshots *row = &taken.rows[2 - i];
		assert_int_equal(row->due_at, day + i * TIME_DAY_MS);
		assert_int_equal(row->taken_at, i ? s->now : day + CLOSE_AFTER_MS);
		/* As it was at the moment it was due, not as it is now. */
		assert_int_equal(row->people, i ? 2 : 1);
	}
}

static void the_last_snapshot_is_after_the_close(void **state)
{
	struct sample *s = *state;

	s->now = sample_moment(CLOSE);
	assert_int_equal(snapshot_step(&s->site, s->now, NULL), 15);
	s->now = sample_moment("2024-10-05T11:00:00+07:00") + CLOSE_AFTER_MS;
	assert_int_equal(snapshot_step(&s->site, s->now, NULL), 1);
	s->now += 30 * TIME_DAY_MS;
	assert_int_equal(snapshot_step(&s->site, s->now, NULL), 0);
	struct taken taken = taken_of(s, 16, 0);
	assert_int_equal(taken.rows[0].due_at, sample_moment("2024-10-05T11:00:00+07:00"));
	assert_int_equal(taken.n_units, 0);
}

/* ---- rules that are not complete ---- */

static void rules_are_short_from_a_day_before_the_opening(void **state)
{
	const struct contest *contest = sample_contest(*state);
	struct profile profile = contest->rules[0].profile;
	int64_t open = profile.open_at, close = profile.close_at;

	assert_false(readiness_is_short(&profile, open - TIME_DAY_MS));
	assert_false(readiness_is_short(&profile, open));
	profile.time_limit_s = PROFILE_UNDECIDED;
	assert_false(readiness_is_short(&profile, open - TIME_DAY_MS - 1));
	assert_true(readiness_is_short(&profile, open - TIME_DAY_MS));
	assert_true(readiness_is_short(&profile, open - 1));
	assert_true(readiness_is_short(&profile, open));
	assert_true(readiness_is_short(&profile, close - 1));
	assert_false(readiness_is_short(&profile, close));
	contest_release(contest);
}

#define WITH_CONTEST(test) cmocka_unit_test_setup_teardown(test, set_up, sample_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_CONTEST(the_clock_submits_what_was_saved),
		WITH_CONTEST(no_paper_is_touched_before_thirty_seconds),
		WITH_CONTEST(a_late_save_does_not_count),
		WITH_CONTEST(a_paper_that_was_never_saved_has_no_points),
		WITH_CONTEST(a_paper_cut_by_the_close_took_what_there_was),
		WITH_CONTEST(submitted_and_running_papers_are_left_alone),
		WITH_CONTEST(many_papers_are_closed_slice_by_slice),
		WITH_CONTEST(a_snapshot_is_due_every_day_at_eleven),
		WITH_CONTEST(the_first_and_last_snapshot_keep_to_the_hours_of_the_contest),
		WITH_CONTEST(a_snapshot_counts_people_and_papers_by_unit),
		WITH_CONTEST(a_snapshot_is_taken_once_and_never_changed),
		WITH_CONTEST(what_was_missed_while_down_is_taken_late_and_says_so),
		WITH_CONTEST(the_last_snapshot_is_after_the_close),
		WITH_CONTEST(rules_are_short_from_a_day_before_the_opening),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	pace_set_rows(1);	/* the same in as many slices as there are rows */
	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
