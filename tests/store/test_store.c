/* The contract of the store, on the real engine: a second engine has to pass the
 * same tests. */
#include "base/hash.h"
#include "base/random.h"
#include "base/time.h"
#include "store/act.h"
#include "store/person.h"
#include "store/store.h"
#include "store_queries.h"

#include "store/engine.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define CONTEST 10
#define ROUND 20
#define GROUP 30
#define BANK 40
#define UNIT 50
#define LIMIT_MS 60000

struct fixture {
	char dir[64];
	struct arena *arena;
	struct store *store;
	int64_t now;
};

static int64_t fixed_clock(void *ctx)
{
	return ((struct fixture *)ctx)->now;
}

static void open_store(struct fixture *f, bool threads)
{
	struct store_options options = { .dir = f->dir, .create = true, .threads = threads };
	struct text why = TEXT_EMPTY;
	int answer = store_open(f->arena, &options, &f->store, &why);
	if (answer)
		fail_msg("store_open answers %d: %.*s", answer, TEXT_ARGS(why));
}

static int fill(void *ctx, struct db *db)
{
	struct fixture *f = ctx;
	struct text hash = TEXT("h");
	int r = 0;

	r |= q_contest_add(db, CONTEST, TEXT("thu"), f->now) < 0;
	r |= q_round_add(db, ROUND, CONTEST, TEXT("1")) < 0;
	r |= q_group_add(db, GROUP, CONTEST, TEXT("nhom1")) < 0;
	r |= q_unit_add(db, UNIT, f->now) < 0;
	for (int64_t person = 1; person <= 20; person++) {
		const struct q_entry_add_in entry = {
			.id = 100 + person, .contest = CONTEST, .person = person,
			.code = text_format(f->arena, "E%d", (int)person), .group_id = GROUP,
			.unit = UNIT, .unit_written = TEXT_EMPTY, .consent_version = TEXT("1"),
			.consent_hash = hash, .now = f->now,
		};
		r |= q_person_add(db, person, f->now) < 0;
		r |= q_entry_add(db, &entry) < 0;
	}
	return r ? STORE_FAILED : STORE_ONE;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	snprintf(f->dir, sizeof(f->dir), "/tmp/hoithi-store-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->arena = arena_new(16 << 20);
	f->now = 1726794000000;
	time_set_source(fixed_clock, f);
	open_store(f, false);
	assert_int_equal(store_call(f->store, STORE_CLASS_BACKGROUND, "fill", fill, f), STORE_ONE);
	*state = f;
	return 0;
}

static int remove_entry(const char *path, const struct stat *info UNUSED, int flag UNUSED,
			struct FTW *ftw UNUSED)
{
	return remove(path);
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	store_close(f->store);
	time_set_source(NULL, NULL);
	nftw(f->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	arena_free(f->arena);
	free(f);
	return 0;
}

static struct job_start start_args(struct fixture *f, int64_t id, int64_t entry, int64_t attempt)
{
	return (struct job_start){
		.id = id, .contest = CONTEST, .round = ROUND, .entry = entry, .group = GROUP,
		.attempt = attempt, .rules_version = 1, .bank = BANK, .draw_version = 1,
		.seed = TEXT("0123456789abcdef"), .drawn = TEXT("drawn"), .answers = TEXT("000"),
		.flags = TEXT("000"), .holder = 7, .open_at = f->now - 1000,
		.close_at = f->now + 1000 * LIMIT_MS, .time_limit_ms = LIMIT_MS,
		.latest_end = f->now + 1000 * LIMIT_MS,
	};
}

static int n_done;

static void count_done(struct store_job *job UNUSED)
{
	n_done++;
}

/* Queues a job and runs batches until all is done. */
static int run(struct fixture *f, struct store_job *job)
{
	int before = n_done;
	job->done = count_done;
	store_write(f->store, job);
	while (store_step(f->store) > 0)
		;
	assert_int_equal(n_done, before + 1);
	return job->result;
}

static struct store_job start_job(struct fixture *f, int64_t id, int64_t entry, int64_t attempt)
{
	return (struct store_job){ .class = STORE_CLASS_START, .kind = STORE_START, .key = entry,
				   .start = start_args(f, id, entry, attempt) };
}

static struct store_job save_job(struct fixture *f, int64_t paper, int64_t revision,
				 int64_t save_no, const char *answers)
{
	return (struct store_job){
		.class = STORE_CLASS_SAVE, .kind = STORE_SAVE, .key = paper,
		.save = { .paper = paper, .holder = 7, .revision = revision, .save_no = save_no,
			  .now = f->now, .answers = text_from_z(answers), .flags = TEXT("000"),
			  .prediction = -1, .arena = f->arena },
	};
}

static struct store_job submit_job(struct fixture *f, int64_t paper, int64_t revision,
				   int64_t save_no, const char *answers)
{
	struct store_job job = save_job(f, paper, revision, save_no, answers);
	job.kind = STORE_SUBMIT;
	job.save.submitted_at = f->now;
	job.save.elapsed_ms = 1234;
	job.save.score_points = 2;
	job.save.correct = 2;
	job.save.salt = TEXT("salt");
	job.save.leaf_hash = TEXT("leaf");
	job.save.receipt = TEXT("ABCD");
	return job;
}

static void a_second_click_on_start_finds_the_first_paper(void **state)
{
	struct fixture *f = *state;
	struct store_job first = start_job(f, 1001, 101, 1);
	struct store_job second = start_job(f, 1002, 101, 1);

	assert_int_equal(run(f, &first), STORE_ONE);
	assert_int_equal(first.start.paper, 1001);
	assert_int_equal(run(f, &second), STORE_ONE);
	assert_int_equal(second.start.paper, 1001);
}

static void both_clicks_in_one_queue_find_one_paper(void **state)
{
	struct fixture *f = *state;
	struct store_job a = start_job(f, 1001, 101, 1), b = start_job(f, 1002, 101, 1);

	a.done = b.done = count_done;
	store_write(f->store, &a);
	store_write(f->store, &b);
	while (store_step(f->store) > 0)
		;
	assert_int_equal(a.start.paper, b.start.paper);
}

static void no_start_outside_the_round(void **state)
{
	struct fixture *f = *state;
	struct store_job early = start_job(f, 1001, 101, 1), late = start_job(f, 1002, 102, 1);

	early.start.open_at = f->now + 1;
	assert_int_equal(run(f, &early), STORE_NONE);
	late.start.close_at = f->now;
	assert_int_equal(run(f, &late), STORE_NONE);
}

static void a_start_counts_time_from_when_the_writer_takes_it(void **state)
{
	struct fixture *f = *state;
	struct store_job job = start_job(f, 1001, 101, 1);
	struct store_job cut = start_job(f, 1002, 102, 1);
	struct store_job save;

	job.done = cut.done = count_done;
	store_write(f->store, &job);
	f->now += 5000;
	while (store_step(f->store) > 0)
		;
	f->now += LIMIT_MS - 1;
	save = save_job(f, 1001, 0, 9, "100");
	run(f, &save);
	assert_int_equal(save.save.verdict, SAVE_DONE);
	f->now += 1;
	save = save_job(f, 1001, 1, 10, "100");
	run(f, &save);
	assert_int_equal(save.save.verdict, SAVE_CLOSED);
	cut.start.latest_end = f->now + 10;
	run(f, &cut);
	f->now += 10;
	save = save_job(f, 1002, 0, 11, "100");
	run(f, &save);
	assert_int_equal(save.save.verdict, SAVE_CLOSED);
}

static void saves_follow_one_another(void **state)
{
	struct fixture *f = *state;
	struct store_job start = start_job(f, 1001, 101, 1), save;

	run(f, &start);
	for (int64_t revision = 0; revision < 5; revision++) {
		save = save_job(f, 1001, revision, 100 + revision, "120");
		assert_int_equal(run(f, &save), STORE_ONE);
		assert_int_equal(save.save.verdict, SAVE_DONE);
		assert_int_equal(save.save.stored_revision, revision + 1);
	}
}

static void a_repeated_save_is_known_again(void **state)
{
	struct fixture *f = *state;
	struct store_job start = start_job(f, 1001, 101, 1);
	struct store_job save = save_job(f, 1001, 0, 55, "100"), again;

	run(f, &start);
	run(f, &save);
	again = save_job(f, 1001, 0, 55, "100");
	run(f, &again);
	assert_int_equal(again.save.verdict, SAVE_ALREADY);
	assert_int_equal(again.save.stored_revision, 1);
}

static void a_form_pressed_twice_with_more_answers_is_a_conflict(void **state)
{
	struct fixture *f = *state;
	struct store_job start = start_job(f, 1001, 101, 1);
	struct store_job save = save_job(f, 1001, 0, 55, "100"), again;

	run(f, &start);
	run(f, &save);
	again = save_job(f, 1001, 0, 55, "123");
	run(f, &again);
	assert_int_equal(again.save.verdict, SAVE_CONFLICT);
	assert_true(text_equal(again.save.stored_answers, TEXT("100")));
	again = save_job(f, 1001, 0, 55, "100");
	again.save.prediction = 7;
	run(f, &again);
	assert_int_equal(again.save.verdict, SAVE_CONFLICT);
}

static int move_entry(void *ctx, struct db *db)
{
	(void)ctx;
	return q_entry_move(db, 101, GROUP + 1, UNIT, TEXT_EMPTY);
}

static int add_group(void *ctx, struct db *db)
{
	(void)ctx;
	return q_group_add(db, GROUP + 1, CONTEST, TEXT("nhom2"));
}

static void no_start_for_who_changed_groups_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct store_job start = start_job(f, 1001, 101, 1);

	assert_int_equal(store_call(f->store, STORE_CLASS_DOOR, "group", add_group, f), STORE_ONE);
	assert_int_equal(store_call(f->store, STORE_CLASS_DOOR, "move", move_entry, f), STORE_ONE);
	assert_int_equal(run(f, &start), STORE_NONE);
}

static int end_entry(void *ctx, struct db *db)
{
	(void)ctx;
	return q_entry_end_put(db, 101, ENTRY_WITHDRAWN, -1, 0);
}

static void no_start_for_who_left_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct store_job start = start_job(f, 1001, 101, 1);

	assert_int_equal(store_call(f->store, STORE_CLASS_DOOR, "end", end_entry, f), STORE_ONE);
	assert_int_equal(run(f, &start), STORE_NONE);
}

static void another_revision_is_a_conflict_with_what_is_stored(void **state)
{
	struct fixture *f = *state;
	struct store_job start = start_job(f, 1001, 101, 1);
	struct store_job save = save_job(f, 1001, 0, 55, "130"), other;

	run(f, &start);
	run(f, &save);
	other = save_job(f, 1001, 0, 56, "004");
	run(f, &other);
	assert_int_equal(other.save.verdict, SAVE_CONFLICT);
	assert_true(text_equal(other.save.stored_answers, TEXT("130")));
	assert_int_equal(other.save.stored_revision, 1);
}

static int take(void *ctx, struct db *db)
{
	(void)ctx;
	return q_paper_take(db, 1001, 101, 8);
}

static void a_taken_paper_tells_the_first_device(void **state)
{
	struct fixture *f = *state;
	struct store_job start = start_job(f, 1001, 101, 1), save;

	run(f, &start);
	assert_int_equal(store_call(f->store, STORE_CLASS_SAVE, "take", take, f), STORE_ONE);
	save = save_job(f, 1001, 0, 5, "100");
	run(f, &save);
	assert_int_equal(save.save.verdict, SAVE_MOVED);
	save = save_job(f, 1001, 1, 6, "100");
	save.save.holder = 8;
	run(f, &save);
	assert_int_equal(save.save.verdict, SAVE_DONE);
}

static void nothing_changes_after_submitting(void **state)
{
	struct fixture *f = *state;
	struct store_job start = start_job(f, 1001, 101, 1), submit, again, save;

	run(f, &start);
	submit = submit_job(f, 1001, 0, 77, "123");
	run(f, &submit);
	assert_int_equal(submit.save.verdict, SAVE_DONE);
	again = submit_job(f, 1001, 0, 77, "123");
	run(f, &again);
	assert_int_equal(again.save.verdict, SAVE_ALREADY);
	save = save_job(f, 1001, 1, 78, "111");
	run(f, &save);
	assert_int_equal(save.save.verdict, SAVE_CLOSED);
	save = save_job(f, 999, 0, 78, "111");
	run(f, &save);
	assert_int_equal(save.save.verdict, SAVE_GONE);
}

static void a_closed_store_has_what_was_acknowledged(void **state)
{
	struct fixture *f = *state;
	struct store_job start = start_job(f, 1001, 101, 1), save = save_job(f, 1001, 0, 5, "321");

	run(f, &start);
	run(f, &save);
	f->store = store_close(f->store);
	open_store(f, false);
	save = save_job(f, 1001, 0, 6, "000");
	run(f, &save);
	assert_int_equal(save.save.verdict, SAVE_CONFLICT);
	assert_true(text_equal(save.save.stored_answers, TEXT("321")));
}

static struct store_job unread_job(struct fixture *f, int64_t revision, const char *answers)
{
	struct store_job job = save_job(f, 0, revision, 55, answers);

	job.kind = STORE_SAVE_UNREAD;
	job.key = job.save.person = 1;
	job.save.contest = CONTEST;
	job.save.round = ROUND;
	job.save.attempt = job.save.rules_version = 1;
	return job;
}

static void an_unread_paper_is_found_and_saved(void **state)
{
	struct fixture *f = *state;
	struct store_job start = start_job(f, 1001, 101, 1), others = start_job(f, 1002, 102, 1);
	struct store_job save = unread_job(f, 0, "120"), next;

	run(f, &start);
	run(f, &others);
	assert_int_equal(run(f, &save), STORE_ONE);
	assert_int_equal(save.save.verdict, SAVE_DONE);
	assert_int_equal(save.save.stored_revision, 1);
	assert_int_equal(save.save.deadline_at, f->now + LIMIT_MS);
	next = save_job(f, 1001, 0, 56, "000");
	run(f, &next);
	assert_int_equal(next.save.verdict, SAVE_CONFLICT);
	assert_true(text_equal(next.save.stored_answers, TEXT("120")));
	next = save_job(f, 1002, 0, 56, "000");
	run(f, &next);
	assert_int_equal(next.save.verdict, SAVE_DONE);
}

static void an_unread_paper_is_saved_as_its_guard_says(void **state)
{
	struct fixture *f = *state;
	struct store_job start = start_job(f, 1001, 101, 1), right = unread_job(f, 0, "120");
	struct store_job wrong[11];

	run(f, &start);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		wrong[i] = right;
	wrong[0].save.contest++;
	wrong[1].save.person++;
	wrong[2].save.round++;
	wrong[3].save.attempt++;
	wrong[4].save.epoch++;
	wrong[5].save.holder++;
	wrong[6].save.rules_version++;
	wrong[7].save.revision++;
	wrong[8].save.now += LIMIT_MS;
	wrong[9].save.answers = wrong[9].save.flags = TEXT("12");
	wrong[10].save.answers = wrong[10].save.flags = TEXT("1200");
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(run(f, &wrong[i]), STORE_NONE);
	assert_int_equal(run(f, &right), STORE_ONE);
}

static int sign_in(void *ctx, struct db *db)
{
	return q_device_sign_in(db, 1, 7, TEXT("Chrome"), 0, ((struct fixture *)ctx)->now);
}

static int end_device(void *ctx, struct db *db)
{
	return q_device_end(db, 1, 7, ((struct fixture *)ctx)->now);
}

static void an_unread_paper_is_not_saved_from_where_the_session_ended(void **state)
{
	struct fixture *f = *state;
	struct store_job start = start_job(f, 1001, 101, 1), save = unread_job(f, 0, "120");

	run(f, &start);
	assert_int_equal(store_call(f->store, STORE_CLASS_DOOR, "in", sign_in, f), STORE_ONE);
	assert_int_equal(store_call(f->store, STORE_CLASS_DOOR, "out", end_device, f), STORE_ONE);
	assert_int_equal(run(f, &save), STORE_NONE);
	assert_int_equal(store_call(f->store, STORE_CLASS_DOOR, "in", sign_in, f), STORE_ONE);
	assert_int_equal(run(f, &save), STORE_ONE);
}

/* A batch may hold both, since their keys differ: each meets what the other left. */
static void one_batch_saves_a_paper_read_and_unread(void **state)
{
	struct fixture *f = *state;
	struct store_job start = start_job(f, 1001, 101, 1);
	struct store_job read = submit_job(f, 1001, 0, 56, "123"), unread = unread_job(f, 0, "120");

	run(f, &start);
	read.done = unread.done = count_done;
	store_write(f->store, &read);
	store_write(f->store, &unread);
	assert_int_equal(store_step(f->store), 2);
	assert_int_equal(unread.result, STORE_ONE);
	assert_int_equal(read.save.verdict, SAVE_CONFLICT);
	assert_true(text_equal(read.save.stored_answers, TEXT("120")));
	read = submit_job(f, 1001, 1, 57, "123");
	assert_int_equal(run(f, &read), STORE_ONE);
	unread = unread_job(f, 2, "120");
	assert_int_equal(run(f, &unread), STORE_NONE);
}

static int break_constraint(void *ctx, struct db *db)
{
	(void)ctx;
	if (q_setting_put(db, TEXT("half"), TEXT("done")) < 0)
		return STORE_FAILED;
	return q_contest_add(db, CONTEST, TEXT("another"), 0);
}

static int read_half(void *ctx, struct db *db)
{
	struct q_setting_get value;
	return q_setting_get(db, ctx, TEXT("half"), &value);
}

static void a_failed_call_fails_alone_and_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct store_job bad = { .class = STORE_CLASS_DOOR, .kind = STORE_CALL,
				 .fn = break_constraint, .done = count_done };
	struct store_job good = start_job(f, 1001, 101, 1);

	good.done = count_done;
	store_write(f->store, &bad);
	store_write(f->store, &good);
	while (store_step(f->store) > 0)
		;
	assert_int_equal(bad.result, STORE_FAILED);
	assert_int_equal(good.result, STORE_ONE);
	assert_int_equal(store_read(f->store, "half", read_half, f->arena, NULL), STORE_NONE);
	const struct store_counts *counts = store_figures(f->store).counts;
	assert_int_equal(metric_get(&counts->failed), 1);
	assert_int_equal(metric_get(&counts->papers[STORE_PAPER_STARTED]), 1);
}

/* Its counts are of what a commit kept, at the clock that the test sets. */
static void a_batch_is_counted(void **state)
{
	struct fixture *f = *state;
	struct store_job jobs[] = { start_job(f, 1001, 101, 1), start_job(f, 1002, 101, 1) };
	const struct store_counts *counts = store_figures(f->store).counts;
	uint64_t before = metric_get(&counts->batch.sum);

	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		jobs[i].key = 0;
		jobs[i].done = count_done;
		store_write(f->store, &jobs[i]);
	}
	f->now += 30;
	assert_int_equal(store_step(f->store), 2);
	assert_int_equal(metric_get(&counts->batch.sum), before + 2);
	assert_int_equal(metric_get(&counts->wait[STORE_CLASS_START].sum), 2 * 30000);
	/* The second one is the first, clicked again. */
	assert_int_equal(metric_get(&counts->papers[STORE_PAPER_STARTED]), 1);
}

static void what_waited_too_long_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store_job job = start_job(f, 1001, 101, 1);

	job.done = count_done;
	store_write(f->store, &job);
	f->now += STORE_WAIT_MAX_MS + 1;
	store_step(f->store);
	assert_int_equal(job.result, STORE_REFUSED);
}

static int note_turn(void *ctx, struct db *db UNUSED)
{
	int *turns = ctx;
	++*turns;
	return STORE_ONE;
}

/* A batch each step, and always something more urgent that waits. */
static void a_steady_load_leaves_background_work_its_turn(void **state)
{
	struct fixture *f = *state;
	int turns = 0;
	struct store_job background = { .class = STORE_CLASS_BACKGROUND, .kind = STORE_CALL,
					.fn = note_turn, .ctx = &turns };
	struct store_job start = start_job(f, 1001, 101, 1), saves[40];

	run(f, &start);
	store_write(f->store, &background);
	for (int i = 0; i < 40; i++) {
		saves[i] = save_job(f, 1001, i, 100 + i, "120");
		store_write(f->store, &saves[i]);
	}
	for (int i = 0; i < 10; i++) {
		assert_int_equal(store_step(f->store), 1);
		assert_int_equal(turns, 0);
	}
	f->now += 100;
	assert_int_equal(store_step(f->store), 1);
	assert_int_equal(turns, 1);
	while (store_step(f->store) > 0)
		;
	for (int i = 0; i < 40; i++)
		assert_int_equal(saves[i].save.verdict, SAVE_DONE);
}

/* However many calls wait, one of them has a turn in a tenth of a second; and papers that
 * the clock ends go before them. */
static void much_background_work_has_one_turn(void **state)
{
	struct fixture *f = *state;
	int turns = 0;
	struct store_job start = start_job(f, 1001, 101, 1), calls[5], saves[20];

	run(f, &start);
	for (int i = 0; i < 5; i++) {
		calls[i] = (struct store_job){ .class = STORE_CLASS_BACKGROUND, .kind = STORE_CALL,
					       .fn = note_turn, .ctx = &turns };
		store_write(f->store, &calls[i]);
	}
	for (int i = 0; i < 20; i++) {
		saves[i] = save_job(f, 1001, i, 100 + i, "120");
		store_write(f->store, &saves[i]);
	}
	f->now += 100;
	for (int i = 0; i < 8; i++) {
		assert_int_equal(store_step(f->store), 1);
		assert_int_equal(turns, 1);
	}
	f->now += 100;
	struct store_job closing = save_job(f, 1001, 20, 200, "120");
	closing.class = STORE_CLASS_BACKGROUND;
	store_write(f->store, &closing);
	assert_int_equal(store_step(f->store), 1);
	assert_int_equal(turns, 1);
	/* The thirteen saves before it have not been stored. */
	assert_int_equal(closing.save.verdict, SAVE_CONFLICT);
	while (turns == 1)
		assert_int_equal(store_step(f->store), 1);
	/* One a batch also when nothing else waits. */
	for (int i = 3; i <= 5; i++) {
		assert_int_equal(store_step(f->store), 1);
		assert_int_equal(turns, i);
	}
}

static void a_full_queue_refuses(void **state)
{
	struct fixture *f = *state;
	static struct store_job jobs[5000];

	memset(jobs, 0, sizeof(jobs));
	n_done = 0;
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		jobs[i] = (struct store_job){ .class = STORE_CLASS_DOOR, .kind = STORE_CALL,
					      .fn = read_half, .ctx = f->arena, .done = count_done };
		store_write(f->store, &jobs[i]);
	}
	assert_true(n_done > 0);
	assert_int_equal(jobs[ARRAY_LEN(jobs) - 1].result, STORE_REFUSED);
	while (store_step(f->store) > 0)
		;
	assert_int_equal(n_done, ARRAY_LEN(jobs));
}

static void a_served_folder_is_refused_to_a_second(void **state)
{
	struct fixture *f = *state;
	struct store_options options = { .dir = f->dir };
	struct store *second;
	struct text why;

	assert_int_equal(store_open(f->arena, &options, &second, &why), 1);
}

static int change_in_read(void *ctx, struct db *db)
{
	(void)ctx;
	return q_setting_put(db, TEXT("x"), TEXT("y"));
}

static void reads_cannot_change_anything(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(store_read(f->store, "x", change_in_read, NULL, NULL), STORE_FAILED);
}

static int add_acts(void *ctx, struct db *db)
{
	struct fixture *f = ctx;
	for (int i = 0; i < 3; i++) {
		struct act act = { TEXT("cli"), TEXT("test"), TEXT("x"), TEXT("a"), TEXT("b"),
				   TEXT("why") };
		if (act_add(db, f->arena, f->now + i, &act) < 0)
			return STORE_FAILED;
	}
	return STORE_ONE;
}

static int check_acts(void *ctx, struct db *db)
{
	return act_check(db, NULL, NULL, ctx);
}

static void acts_are_chained(void **state)
{
	struct fixture *f = *state;
	int64_t broken = -1;
	struct db *db;
	char error[256];

	assert_int_equal(store_call(f->store, STORE_CLASS_DOOR, "acts", add_acts, f), STORE_ONE);
	assert_int_equal(store_read(f->store, "acts", check_acts, &broken, NULL), 3);
	assert_int_equal(broken, 0);
	f->store = store_close(f->store);
	assert_int_equal(db_open(f->dir, DB_WRITE, &db, error), 0);
	assert_int_equal(db_script(db, "UPDATE act SET reason = 'other' WHERE number = 2"), 0);
	db_close(db);
	open_store(f, false);
	assert_int_equal(store_read(f->store, "acts", check_acts, &broken, NULL), 3);
	assert_int_equal(broken, 2);
}

/* Runs each query with as many values as it takes: its columns and parameters
 * must be what its head says (the engine asserts both). */
static int prepare_all(void *ctx, struct db *db)
{
	(void)ctx;
	for (int i = 0; i < db_n_queries; i++) {
		int n_args = 0;
		char name[16];
		do
			snprintf(name, sizeof(name), "$%d", ++n_args);
		while (strstr(db_queries[i].sql, name));
		struct db_value args[48] = { 0 };
		if (db_change(db, i, args, n_args - 1) < 0 && !strstr(db_error(db), "readonly"))
			fail_msg("%s: %s", db_queries[i].name, db_error(db));
	}
	return 0;
}

static void every_query_can_be_prepared(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(store_read(f->store, "all", prepare_all, NULL, NULL), 0);
}

static void many_threads_write_and_all_is_there(void **state)
{
	struct fixture *f = *state;
	struct store_job jobs[20];

	f->store = store_close(f->store);
	time_set_source(NULL, NULL);
	f->now = time_now_ms();
	open_store(f, true);
	for (int i = 0; i < 20; i++) {
		jobs[i] = start_job(f, 2000 + i, 101 + i, 1);
		jobs[i].done = NULL;
		store_write(f->store, &jobs[i]);
	}
	f->store = store_close(f->store);
	for (int i = 0; i < 20; i++)
		assert_int_equal(jobs[i].result, STORE_ONE);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(a_form_pressed_twice_with_more_answers_is_a_conflict),
		WITH_STORE(no_start_for_who_changed_groups_meanwhile),
		WITH_STORE(no_start_for_who_left_meanwhile),
		WITH_STORE(a_second_click_on_start_finds_the_first_paper),
		WITH_STORE(both_clicks_in_one_queue_find_one_paper),
		WITH_STORE(no_start_outside_the_round),
		WITH_STORE(a_start_counts_time_from_when_the_writer_takes_it),
		WITH_STORE(saves_follow_one_another),
		WITH_STORE(a_repeated_save_is_known_again),
		WITH_STORE(another_revision_is_a_conflict_with_what_is_stored),
		WITH_STORE(a_taken_paper_tells_the_first_device),
		WITH_STORE(nothing_changes_after_submitting),
		WITH_STORE(an_unread_paper_is_found_and_saved),
		WITH_STORE(an_unread_paper_is_saved_as_its_guard_says),
		WITH_STORE(an_unread_paper_is_not_saved_from_where_the_session_ended),
		WITH_STORE(one_batch_saves_a_paper_read_and_unread),
		WITH_STORE(a_closed_store_has_what_was_acknowledged),
		WITH_STORE(a_failed_call_fails_alone_and_leaves_nothing),
		WITH_STORE(a_batch_is_counted),
		WITH_STORE(what_waited_too_long_is_refused),
		WITH_STORE(a_steady_load_leaves_background_work_its_turn),
		WITH_STORE(much_background_work_has_one_turn),
		WITH_STORE(a_full_queue_refuses),
		WITH_STORE(a_served_folder_is_refused_to_a_second),
		WITH_STORE(reads_cannot_change_anything),
		WITH_STORE(acts_are_chained),
		WITH_STORE(every_query_can_be_prepared),
		WITH_STORE(many_threads_write_and_all_is_there),
	};
	if (random_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
