/* Whose personal data goes when. The round of round.h has fewer people than prizes, so
 * all who are ranked win; Giang is excluded, and one who is added has no paper. */
#include "round.h"

#include "base/time.h"
#include "jobs/retention.h"
#include "store_queries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define RESULT "2024-10-08T08:00:00+07:00"
#define DAYS 90
#define WINNER_DAYS 365
#define OTHER_CODE "hoi-thi-sau"

static struct sample_person idle = { .name = "Phạm Thị Nhàn", .birth = "1991-02-03",
				     .phone = "+84912345688", .unit = "SNV-VP" };

static int64_t days_after(int days)
{
	return sample_moment(RESULT) + days * TIME_DAY_MS;
}

static int run(struct sample *s, int64_t now, int slices)
{
	struct retention_at at = { 0 };

	s->now = now;
	int erased = retention_run(&s->site, slices, &at, NULL);
	assert_int_equal(at.contest, 0);
	assert_int_equal(at.person, 0);
	return erased;
}

static void publish(struct sample *s)
{
	(void)round_rank(s);
	s->now = sample_moment(RESULT);
	(void)round_step(s, ranking_publish);
}

/* ---- what is kept ---- */

struct knowing {
	struct sample *s;
	const struct sample_person *person;
};

static int look(void *ctx, struct db *db)
{
	struct knowing *k = ctx;
	struct q_person_by_entry_code row;
	struct q_person_get data;
	const struct contest *contest = sample_contest(k->s);
	int result = q_person_by_entry_code(db, contest->id, k->person->code, &row);

	contest_release(contest);
	assert_int_equal(result, STORE_ONE);
	return q_person_get(db, k->s->arena, row.person, &data);
}

static bool is_known(struct sample *s, const struct sample_person *person)
{
	struct knowing k = { .s = s, .person = person };
	return store_read(s->site.store, "known", look, &k, NULL) == STORE_ONE;
}

struct acts {
	int n;
	struct arena *arena;
	struct text subject, after;	/* of the last one */
};

static int count_act(void *ctx, const struct q_acts *row)
{
	struct acts *acts = ctx;

	if (!text_equal_z(row->kind, "retention.erase"))
		return 0;
	acts->n++;
	acts->subject = text_copy(acts->arena, row->subject);
	acts->after = text_copy(acts->arena, row->after_text);
	return 0;
}

static int read_acts(void *ctx, struct db *db)
{
	return q_acts(db, count_act, ctx);
}

static struct acts acts_of(struct sample *s)
{
	struct acts acts = { .arena = s->arena };

	assert_true(store_read(s->site.store, "acts", read_acts, &acts, NULL) >= 0);
	return acts;
}

/* ---- the tests ---- */

static void each_goes_at_its_day(void **state)
{
	struct sample *s = *state;

	sample_enter(s, &idle);
	publish(s);
	assert_int_equal(run(s, days_after(DAYS) - 1, 100), 0);
	assert_true(is_known(s, &idle) && is_known(s, &people[GIANG]));
	assert_int_equal(run(s, days_after(DAYS), 100), 2);
	assert_false(is_known(s, &idle) || is_known(s, &people[GIANG]));
	for (int i = 0; i < N_PEOPLE; i++)
		assert_int_equal(is_known(s, &people[i]), i != GIANG);
	struct acts acts = acts_of(s);
	assert_int_equal(acts.n, 1);
	assert_true(text_equal_z(acts.subject, "binh-phuoc-2024"));
	assert_true(text_equal_z(acts.after, "2 people, 0 of them winners"));
	assert_int_equal(run(s, days_after(DAYS), 100), 0);
	assert_int_equal(run(s, days_after(WINNER_DAYS) - 1, 100), 0);
	assert_int_equal(run(s, days_after(WINNER_DAYS), 100), N_PEOPLE - 1);
	acts = acts_of(s);
	assert_int_equal(acts.n, 2);
	assert_true(text_equal_z(acts.after, "4 people, 4 of them winners"));
}

/* Papers stay, and give the same result. */
static void what_was_ranked_stays(void **state)
{
	struct sample *s = *state;

	publish(s);
	struct hash before = round_step(s, ranking_rank).hash;
	assert_int_equal(run(s, days_after(WINNER_DAYS), 100), N_PEOPLE);
	assert_true(round_step(s, ranking_freeze).unchanged);
	struct ranking_order order = round_step(s, ranking_rank);
	/* Giang was on the list of exclusions by name, which meets nobody now. */
	assert_int_equal(order.left_out, 0);
	assert_int_equal(order.people, N_PEOPLE);
	assert_memory_not_equal(order.hash.bytes, before.bytes, HASH_BYTES);
}

/* Nobody has won while nothing is published. */
static void without_a_result_all_go_at_once(void **state)
{
	struct sample *s = *state;

	(void)round_rank(s);
	assert_int_equal(run(s, days_after(DAYS) - 1, 100), 0);
	assert_int_equal(run(s, days_after(DAYS), 100), N_PEOPLE);
}

static int enter_other(void *ctx, struct db *db)
{
	struct sample *s = ctx;
	const struct contest *other = contest_acquire(s->site.contests, TEXT(OTHER_CODE), s->now);
	const struct contest *contest = sample_contest(s);
	struct q_person_by_entry_code row;

	assert_non_null(other);
	assert_int_equal(q_person_by_entry_code(db, contest->id, people[GIANG].code, &row), 1);
	const struct q_entry_add_in entry = {
		.id = id_next(&s->ids), .contest = other->id, .person = row.person,
		.code = TEXT("KHAC0001"), .group_id = other->ids[0].groups[1],
		.unit = other->units[0].id, .unit_written = TEXT_EMPTY,
		.consent_version = TEXT("1"), .consent_hash = TEXT("x"), .now = s->now,
	};
	contest_release(contest);
	contest_release(other);
	return q_entry_add(db, &entry);
}

/* Who is in a later contest as well goes when that one is due. */
static void the_last_contest_decides(void **state)
{
	struct sample *s = *state;
	struct contest_apply apply;

	sample_enter(s, &idle);
	publish(s);
	sample_edit(s, "profile.json", "\"code\": \"binh-phuoc-2024\"",
		    "\"code\": \"" OTHER_CODE "\"");
	sample_edit(s, "profile.json", "\"result_at\": \"" RESULT "\"",
		    "\"result_at\": \"2024-11-08T08:00:00+07:00\"");
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	assert_int_equal(store_call(s->site.store, STORE_CLASS_DOOR, "enter", enter_other, s),
			 STORE_ONE);
	int64_t later = sample_moment("2024-11-08T08:00:00+07:00") + DAYS * TIME_DAY_MS;
	assert_int_equal(run(s, later - 1, 100), 1);
	assert_true(is_known(s, &people[GIANG]));
	assert_false(is_known(s, &idle));
	assert_int_equal(run(s, later, 100), 1);
	assert_false(is_known(s, &people[GIANG]));
}

/* More people than one slice: each slice is an act, and a step goes on where the last
 * one ended. */
static void slices_go_on(void **state)
{
	struct sample *s = *state;
	struct retention_at at = { 0 };
	struct sample_person many = idle;

	for (int i = 0; i < RETENTION_SLICE + 20; i++) {
		many.phone = text_z(s->arena, text_format(s->arena, "+849%08d", i));
		sample_enter(s, &many);
	}
	publish(s);
	s->now = days_after(DAYS);
	assert_int_equal(retention_run(&s->site, 1, &at, NULL), RETENTION_SLICE - (N_PEOPLE - 1));
	assert_true(at.contest != 0);
	assert_int_equal(acts_of(s).n, 1);
	assert_int_equal(retention_run(&s->site, 1, &at, NULL), 20 + N_PEOPLE);
	assert_int_equal(at.contest, 0);
	assert_int_equal(acts_of(s).n, 2);
	assert_int_equal(retention_run(&s->site, 1, &at, NULL), 0);
}

#define WITH_PAPERS(test) \
	cmocka_unit_test_setup_teardown(test, round_set_up, sample_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PAPERS(each_goes_at_its_day),
		WITH_PAPERS(what_was_ranked_stays),
		WITH_PAPERS(without_a_result_all_go_at_once),
		WITH_PAPERS(the_last_contest_decides),
		WITH_PAPERS(slices_go_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
