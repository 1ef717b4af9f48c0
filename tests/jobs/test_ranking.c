/* Ranking the round of round.h. */
#include "round.h"

#include "base/time.h"
#include "jobs/pace.h"
#include "store_queries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PLACES_MAX 16

/* ---- what is stored ---- */

struct result {
	struct sample *s;
	int64_t round, groups[2];
	struct q_ranking_latest ranking;
	int64_t targets[2];
	struct q_ranking_places places[2][PLACES_MAX];
	int n_places[2];
	int group;		/* whose places are read */
	struct q_ranking_left_out *left_out;
	int n_left_out;
	struct q_ranking_units *units;
	int n_units;
};

static int add_place(void *ctx, const struct q_ranking_places *row)
{
	struct result *r = ctx;

	assert_true(r->n_places[r->group] < PLACES_MAX);
	r->places[r->group][r->n_places[r->group]++] = *row;
	return 0;
}

static int read_result(void *ctx, struct db *db)
{
	struct result *r = ctx;
	struct q_ranking_targets *targets;
	struct arena *arena = r->s->arena;

	if (q_ranking_latest(db, arena, r->round, &r->ranking) != 1)
		return STORE_NONE;
	int n = q_ranking_targets(db, arena, r->ranking.id, &targets);
	for (r->group = 0; r->group < 2; r->group++) {
		for (int i = 0; i < n; i++)
			if (targets[i].group_id == r->groups[r->group])
				r->targets[r->group] = targets[i].value;
		if (q_ranking_places(db, r->ranking.id, r->groups[r->group], 1000, 0, add_place, r) <
		    0)
			return STORE_FAILED;
	}
	r->n_left_out = q_ranking_left_out(db, arena, r->ranking.id, &r->left_out);
	r->n_units = q_ranking_units(db, arena, r->ranking.id, &r->units);
	return STORE_ONE;
}

static struct result result_of(struct sample *s)
{
	struct result r = { .s = s, .targets = { -2, -2 } };
	const struct contest *contest = sample_contest(s);

	r.round = contest->ids[0].rounds[0];
	memcpy(r.groups, contest->ids[0].groups, sizeof(r.groups));
	contest_release(contest);
	assert_int_equal(store_read(s->site.store, "result", read_result, &r, NULL), STORE_ONE);
	return r;
}

static void assert_place(const struct result *r, int group, int at, int person, int64_t place,
			 enum rank_key decided_by)
{
	const struct q_ranking_places *row = &r->places[group][at];

	assert_true(at < r->n_places[group]);
	assert_int_equal(row->entry, people[person].entry);
	assert_int_equal(row->place, place);
	assert_int_equal(row->decided_by, decided_by);
}

static const struct q_ranking_units *unit_row(const struct result *r, const char *code)
{
	const struct contest *contest = sample_contest(r->s);
	int64_t id = contest_unit_by_code(contest, text_from_z(code))->id;

	contest_release(contest);
	for (int i = 0; i < r->n_units; i++)
		if (r->units[i].unit == id)
			return &r->units[i];
	return NULL;
}

/* ---- rank ---- */

static void people_are_ranked_by_the_keys(void **state)
{
	struct sample *s = *state;
	struct ranking_order order = round_rank(s);
	struct result r = result_of(s);

	assert_false(order.unchanged);
	assert_int_equal(order.papers, 6);
	assert_int_equal(order.people, 4);
	/* An and Bình; Giang's perfect paper does not count. */
	assert_int_equal(r.targets[0], 2);
	assert_int_equal(r.targets[1], 0);
	assert_int_equal(r.n_places[0], 3);
	assert_place(&r, 0, 0, AN, 1, RANK_KEY_PREDICTION_ERROR);
	assert_place(&r, 0, 1, BINH, 2, RANK_KEY_SCORE);
	assert_place(&r, 0, 2, CUC, 3, 0);
	assert_int_equal(r.places[0][0].prediction_error, 0);
	assert_int_equal(r.places[0][1].prediction_error, 8);
	assert_int_equal(r.n_places[1], 1);
	assert_place(&r, 1, 0, DUNG, 1, 0);
	assert_int_equal(r.places[1][0].prediction_error, 4);
}

static void units_count_their_own_people_and_no_citizen(void **state)
{
	struct sample *s = *state;
	struct ranking_order order = round_rank(s);
	struct result r = result_of(s);
	const struct q_ranking_units *snv = unit_row(&r, "SNV");

	assert_int_equal(order.units, r.n_units);
	assert_int_equal(r.n_units, 1);
	assert_non_null(snv);
	assert_true(text_equal_z(snv->block, "tinh"));
	assert_int_equal(snv->people, 3);
	assert_int_equal(snv->perfect, 2);
	/* (30 + 30 + 20) ÷ 90 */
	assert_int_equal(snv->mean_ppm, 888889);
	assert_int_equal(snv->place, 0);
}

/* Registering a rival's staff is no way to spoil its rate or its mean: units count
 * people with a submitted paper. (Participation day by day: test_jobs.) */
static void who_is_only_registered_changes_no_unit(void **state)
{
	static const char *const units[] = { "SNV", "SNV-VP", "SNV-TTRA" };
	struct sample *s = *state;
	char phone[] = "+84912349990";

	for (size_t i = 0; i < 9; i++) {
		struct sample_person staff = { .name = "Người Được Ghi Hộ", .birth = "1980",
					       .phone = phone, .unit = units[i % ARRAY_LEN(units)] };
		phone[sizeof(phone) - 2] = (char)('0' + i);
		sample_enter(s, &staff);
	}
	struct ranking_order order = round_rank(s);
	struct result r = result_of(s);
	const struct q_ranking_units *snv = unit_row(&r, "SNV");
	assert_int_equal(order.people, 4);
	assert_int_equal(r.n_units, 1);
	assert_int_equal(snv->people, 3);
	assert_int_equal(snv->rate_ppm,
			 (3 * INT64_C(1000000) + snv->headcount / 2) / snv->headcount);
	assert_int_equal(snv->mean_ppm, 888889);
}

static void ranking_twice_changes_nothing(void **state)
{
	struct sample *s = *state;
	struct ranking_order first = round_rank(s);
	int64_t id = result_of(s).ranking.id;

	s->now += TIME_DAY_MS;
	sample_reopen(s);
	struct ranking_order second = round_step(s, ranking_rank);
	assert_true(second.unchanged);
	assert_memory_equal(first.hash.bytes, second.hash.bytes, HASH_BYTES);
	assert_int_equal(second.people, first.people);
	assert_int_equal(second.left_out, first.left_out);
	assert_int_equal(result_of(s).ranking.id, id);
}

static void excluded_people_are_left_out_with_the_reason(void **state)
{
	struct sample *s = *state;
	struct ranking_order order = round_rank(s);
	struct result r = result_of(s);

	assert_int_equal(order.left_out, 1);
	assert_int_equal(r.n_left_out, 1);
	assert_int_equal(r.left_out[0].entry, people[GIANG].entry);
	assert_true(text_equal_z(r.left_out[0].reason, "Thành viên Ban Tổ chức"));
	for (int i = 0; i < r.n_places[0]; i++)
		assert_int_not_equal(r.places[0][i].entry, people[GIANG].entry);
}

/* Whoever leaves the list is ranked; whoever has no paper is not told of. */
static void the_list_as_it_is_now_counts(void **state)
{
	struct sample *s = *state;
	struct contest_apply apply;
	struct sample_person without_paper = { .name = "Phạm Quốc Toàn", .birth = "1979",
					       .phone = "+84912345679", .unit = "SNV-CCHC" };

	sample_enter(s, &without_paper);
	struct ranking_order first = round_rank(s);
	assert_int_equal(first.left_out, 1);
	sample_edit(s, "exclusions.csv", "Lê Thị Hương Giang,14/03/1976", "Lê Thị Khác,14/03/1976");
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	struct ranking_order second = round_step(s, ranking_rank);
	assert_false(second.unchanged);
	assert_int_equal(second.left_out, 0);
	assert_int_equal(second.people, first.people + 1);
	struct result r = result_of(s);
	assert_int_equal(r.targets[0], 3);
	assert_int_equal(r.n_left_out, 0);
}

static void an_annulled_paper_counts_for_nothing_until_restored(void **state)
{
	struct sample *s = *state;
	struct ranking_order first = round_rank(s);

	round_annul(s);
	assert_true(round_step(s, ranking_freeze).unchanged);
	struct ranking_order second = round_step(s, ranking_rank);
	struct result r = result_of(s);
	assert_false(second.unchanged);
	assert_int_equal(r.targets[0], 1);
	assert_place(&r, 0, 0, BINH, 1, RANK_KEY_SCORE);
	assert_place(&r, 0, 1, CUC, 2, RANK_KEY_SCORE);
	/* An's first paper, with 10 right, counts instead. */
	assert_place(&r, 0, 2, AN, 3, 0);
	assert_int_equal(r.places[0][2].score_points, 10);
	assert_int_equal(unit_row(&r, "SNV")->perfect, 1);
	round_restore(s);
	struct ranking_order third = round_step(s, ranking_rank);
	assert_false(third.unchanged);
	assert_memory_equal(third.hash.bytes, first.hash.bytes, HASH_BYTES);
	r = result_of(s);
	assert_place(&r, 0, 0, AN, 1, RANK_KEY_PREDICTION_ERROR);
}

/* An amendment that took a value back: who counts is not decided. */
static void nothing_is_ranked_by_half_of_the_rules(void **state)
{
	struct sample *s = *state;
	struct contest_apply apply;

	s->now = sample_moment(CLOSE) - 1;
	sample_edit(s, "profile.json", "\"counting\": \"best\"", "\"counting\": null");
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	s->now++;
	(void)round_step(s, ranking_freeze);
	round_refused(s, ranking_rank, "chưa quyết định");
}

#define WITH_PAPERS(test) \
	cmocka_unit_test_setup_teardown(test, round_set_up, sample_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PAPERS(people_are_ranked_by_the_keys),
		WITH_PAPERS(units_count_their_own_people_and_no_citizen),
		WITH_PAPERS(who_is_only_registered_changes_no_unit),
		WITH_PAPERS(ranking_twice_changes_nothing),
		WITH_PAPERS(excluded_people_are_left_out_with_the_reason),
		WITH_PAPERS(the_list_as_it_is_now_counts),
		WITH_PAPERS(an_annulled_paper_counts_for_nothing_until_restored),
		WITH_PAPERS(nothing_is_ranked_by_half_of_the_rules),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	pace_set_rows(1);	/* the same in as many slices as there are rows */
	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
