/* From the close to the published result. Group 1 of the sample has four people:
 * An, who sits twice, and Bình, both with a perfect paper; Cúc with 20 right; Giang,
 * perfect too, who is on the list of exclusions. Group 2 has Dung, with 25 right. */
#include "sample.h"

#include "base/time.h"
#include "jobs/close_papers.h"
#include "jobs/ranking.h"
#include "store_queries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN "2024-09-20T08:00:00+07:00"
#define CLOSE "2024-10-04T24:00:00+07:00"

enum { AN, BINH, CUC, GIANG, DUNG, N_PEOPLE };

static struct sample_person people[N_PEOPLE] = {
	[AN] = { .name = "Nguyễn Thị An", .birth = "1990-01-02", .phone = "+84912345671",
		 .unit = "SNV-VP" },
	[BINH] = { .name = "Trần Văn Bình", .birth = "1985", .phone = "+84912345672",
		   .unit = "SNV-TTRA" },
	[CUC] = { .name = "Lê Thị Cúc", .birth = "1970-05-06", .phone = "+84912345673",
		  .unit = "SNV" },
	[GIANG] = { .name = "Lê Thị Hương Giang", .birth = "1976-03-14", .phone = "+84912345674",
		    .unit = "SNV-VP" },
	[DUNG] = { .name = "Điểu Dung", .birth = "2001-12-31", .phone = "+84912345675",
		   .unit = "DP-25207", .group = 1 },
};

static struct sample_paper sit(struct sample *s, int person, int attempt, int correct,
			       int64_t prediction)
{
	struct sample_paper paper = sample_start(s, &people[person], attempt);

	s->now += TIME_MINUTE_MS;
	sample_submit(s, &paper, correct, prediction);
	return paper;
}

/* An's best paper. */
static struct sample_paper best_of_an;

static int set_up(void **state)
{
	if (sample_set_up_applied(state) != 0)
		return -1;
	struct sample *s = *state;
	for (int i = 0; i < N_PEOPLE; i++)
		sample_enter(s, &people[i]);
	s->now = sample_moment(OPEN);
	(void)sit(s, AN, 1, 10, 1);
	best_of_an = sit(s, AN, 2, 30, 2);
	(void)sit(s, BINH, 1, 30, 10);
	(void)sit(s, CUC, 1, 20, 2);
	(void)sit(s, GIANG, 1, 30, 2);
	(void)sit(s, DUNG, 1, 25, 4);
	return 0;
}

/* One step as an operator takes it, after which the contest is loaded anew. */
static int step(struct sample *s, int (*fn)(struct ranking_order *), struct ranking_order *ret)
{
	*ret = (struct ranking_order){
		.site = &s->site, .contest = sample_contest(s), .now = s->now,
		.actor = TEXT("cli:test"), .decision_no = TEXT("71/QĐ-BTC"),
		.decision_date = TEXT("2024-10-08"), .arena = s->arena, .refused = TEXT_EMPTY,
	};
	int answer = fn(ret);

	contest_release(ret->contest);
	sample_reload(s);
	return answer;
}

static void assert_refused(struct sample *s, int (*fn)(struct ranking_order *), const char *why)
{
	struct ranking_order order;

	assert_int_equal(step(s, fn, &order), 1);
	if (text_find(order.refused, text_from_z(why), 0) < 0)
		fail_msg("“%.*s” does not say “%s”", TEXT_ARGS(order.refused), why);
}

static struct ranking_order done(struct sample *s, int (*fn)(struct ranking_order *))
{
	struct ranking_order order;
	int answer = step(s, fn, &order);

	if (answer)
		fail_msg("answers %d: %.*s", answer, TEXT_ARGS(order.refused));
	return order;
}

static struct ranking_order close_freeze_and_rank(struct sample *s)
{
	s->now = sample_moment("2024-10-06T08:00:00+07:00");
	(void)done(s, ranking_freeze);
	return done(s, ranking_rank);
}

/* ---- what is stored ---- */

#define PLACES_MAX 16

struct result {
	struct sample *s;
	int64_t round, groups[2];
	struct q_freeze_latest freeze;
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

	if (q_freeze_latest(db, arena, r->round, &r->freeze) != 1 ||
	    q_ranking_latest(db, arena, r->round, &r->ranking) != 1)
		return STORE_NONE;
	int n = q_ranking_targets(db, arena, r->ranking.id, &targets);
	for (r->group = 0; r->group < 2; r->group++) {
		for (int i = 0; i < n; i++)
			if (targets[i].group_id == r->groups[r->group])
				r->targets[r->group] = targets[i].value;
		if (q_ranking_places(db, r->ranking.id, r->groups[r->group], 1000, add_place, r) <
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

/* ---- freeze ---- */

static void nothing_is_frozen_before_the_close(void **state)
{
	struct sample *s = *state;

	s->now = sample_moment(CLOSE) - 1;
	assert_refused(s, ranking_freeze, "chưa kết thúc");
	s->now++;
	assert_int_equal(done(s, ranking_freeze).papers, 6);
}

static void nothing_is_frozen_while_a_paper_is_open(void **state)
{
	struct sample *s = *state;
	int64_t close = sample_moment(CLOSE);
	struct q_paper_get row;

	s->now = close - TIME_MINUTE_MS;
	struct sample_paper last = sample_start(s, &people[CUC], 2);
	s->now = close;
	assert_refused(s, ranking_freeze, "còn 1 bài đang mở");
	s->now = close + CLOSE_AFTER_MS - 1;
	assert_refused(s, ranking_freeze, "còn 1 bài đang mở");
	/* From then on freezing closes it itself. */
	s->now = close + CLOSE_AFTER_MS + 1;
	assert_int_equal(done(s, ranking_freeze).papers, 7);
	sample_stored(s, &last, &row);
	assert_int_equal(row.state, 1);
}

static void a_paper_that_may_be_finished_holds_the_freeze_up(void **state)
{
	struct sample *s = *state;
	int64_t close = sample_moment(CLOSE);
	struct contest_apply apply;

	sample_edit(s, "profile.json", "\"at_close\": \"cut\"", "\"at_close\": \"finish\"");
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	s->now = close - TIME_MINUTE_MS;
	struct sample_paper last = sample_start(s, &people[CUC], 2);
	s->now = close + 20 * TIME_MINUTE_MS;
	assert_refused(s, ranking_freeze, "còn 1 bài đang mở");
	sample_submit(s, &last, 30, 1);
	assert_int_equal(done(s, ranking_freeze).papers, 7);
}

struct leaves {
	struct arena *arena;
	int64_t round, last;
	struct text parts[16];
	size_t n;
};

static int add_leaf(void *ctx, const struct q_freeze_leaves *row)
{
	struct leaves *leaves = ctx;

	assert_true(row->id > leaves->last && row->leaf_hash.len == HASH_BYTES);
	leaves->last = row->id;
	leaves->parts[leaves->n++] = text_copy(leaves->arena, row->leaf_hash);
	return 0;
}

static int read_leaves(void *ctx, struct db *db)
{
	return q_freeze_leaves(db, ((struct leaves *)ctx)->round, add_leaf, ctx);
}

static void a_freeze_is_the_hash_of_its_leaves(void **state)
{
	struct sample *s = *state;
	struct leaves leaves = { .arena = s->arena, .round = sample_round(s) };

	s->now = sample_moment(CLOSE);
	struct ranking_order first = done(s, ranking_freeze);
	assert_false(first.unchanged);
	assert_true(store_read(s->site.store, "leaves", read_leaves, &leaves, NULL) >= 0);
	struct hash hash = hash_sha256_parts(leaves.parts, leaves.n);
	assert_int_equal(leaves.n, 6);
	assert_memory_equal(first.hash.bytes, hash.bytes, HASH_BYTES);
	s->now += TIME_DAY_MS;
	sample_reopen(s);
	struct ranking_order second = done(s, ranking_freeze);
	assert_true(second.unchanged);
	assert_memory_equal(second.hash.bytes, hash.bytes, HASH_BYTES);
	(void)done(s, ranking_rank);
	assert_int_equal(result_of(s).freeze.frozen_at, sample_moment(CLOSE));
}

/* ---- rank ---- */

static void people_are_ranked_by_the_keys(void **state)
{
	struct sample *s = *state;
	struct ranking_order order = close_freeze_and_rank(s);
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
	struct ranking_order order = close_freeze_and_rank(s);
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

static void nothing_is_ranked_before_a_freeze(void **state)
{
	struct sample *s = *state;

	s->now = sample_moment(CLOSE) + TIME_DAY_MS;
	assert_refused(s, ranking_rank, "chưa chốt bài");
}

static void ranking_twice_changes_nothing(void **state)
{
	struct sample *s = *state;
	struct ranking_order first = close_freeze_and_rank(s);
	int64_t id = result_of(s).ranking.id;

	s->now += TIME_DAY_MS;
	sample_reopen(s);
	struct ranking_order second = done(s, ranking_rank);
	assert_true(second.unchanged);
	assert_memory_equal(first.hash.bytes, second.hash.bytes, HASH_BYTES);
	assert_int_equal(second.people, first.people);
	assert_int_equal(second.left_out, first.left_out);
	assert_int_equal(result_of(s).ranking.id, id);
}

static void excluded_people_are_left_out_with_the_reason(void **state)
{
	struct sample *s = *state;
	struct ranking_order order = close_freeze_and_rank(s);
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
	struct ranking_order first = close_freeze_and_rank(s);
	assert_int_equal(first.left_out, 1);
	sample_edit(s, "exclusions.csv", "Lê Thị Hương Giang,14/03/1976", "Lê Thị Khác,14/03/1976");
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	struct ranking_order second = done(s, ranking_rank);
	assert_false(second.unchanged);
	assert_int_equal(second.left_out, 0);
	assert_int_equal(second.people, first.people + 1);
	struct result r = result_of(s);
	assert_int_equal(r.targets[0], 3);
	assert_int_equal(r.n_left_out, 0);
}

static int annul(void *ctx, struct db *db)
{
	struct sample *s = ctx;
	return q_annulment_add(db, id_next(&s->ids), best_of_an.id, TEXT("thi hộ"), s->now);
}

static int lift(void *ctx, struct db *db)
{
	struct sample *s = ctx;
	return q_annulment_lift(db, best_of_an.id, TEXT("nhầm"), s->now);
}

static void an_annulled_paper_counts_for_nothing_until_restored(void **state)
{
	struct sample *s = *state;
	struct ranking_order first = close_freeze_and_rank(s);

	assert_int_equal(store_call(s->site.store, STORE_CLASS_DOOR, "annul", annul, s), STORE_ONE);
	assert_true(done(s, ranking_freeze).unchanged);
	struct ranking_order second = done(s, ranking_rank);
	struct result r = result_of(s);
	assert_false(second.unchanged);
	assert_int_equal(r.targets[0], 1);
	assert_place(&r, 0, 0, BINH, 1, RANK_KEY_SCORE);
	assert_place(&r, 0, 1, CUC, 2, RANK_KEY_SCORE);
	/* An's first paper, with 10 right, counts instead. */
	assert_place(&r, 0, 2, AN, 3, 0);
	assert_int_equal(r.places[0][2].score_points, 10);
	assert_int_equal(unit_row(&r, "SNV")->perfect, 1);
	assert_int_equal(store_call(s->site.store, STORE_CLASS_DOOR, "lift", lift, s), STORE_ONE);
	struct ranking_order third = done(s, ranking_rank);
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

	s->now = sample_moment(CLOSE);
	(void)done(s, ranking_freeze);
	sample_edit(s, "profile.json", "\"counting\": \"best\"", "\"counting\": null");
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	assert_refused(s, ranking_rank, "chưa quyết định");
}

/* ---- publish ---- */

static void nothing_is_published_before_it_is_ranked(void **state)
{
	struct sample *s = *state;

	s->now = sample_moment(CLOSE);
	assert_refused(s, ranking_publish, "chưa xếp hạng");
	(void)done(s, ranking_freeze);
	assert_refused(s, ranking_publish, "chưa xếp hạng");
}

static void a_ranking_is_published_once(void **state)
{
	struct sample *s = *state;

	(void)close_freeze_and_rank(s);
	const struct contest *contest = sample_contest(s);
	assert_int_equal(contest_phase(contest, s->now), PHASE_CLOSED);
	contest_release(contest);
	(void)done(s, ranking_publish);
	contest = sample_contest(s);
	const struct publication *publication = contest_publication(contest, 0);
	assert_non_null(publication);
	assert_int_equal(publication->ranking, result_of(s).ranking.id);
	assert_int_equal(publication->published_at, s->now);
	assert_true(text_equal_z(publication->decision_no, "71/QĐ-BTC"));
	assert_true(text_equal_z(publication->decision_date, "2024-10-08"));
	assert_int_equal(contest_phase(contest, s->now), PHASE_PUBLISHED);
	contest_release(contest);
	assert_refused(s, ranking_publish, "đã được công bố");
	sample_reopen(s);
	assert_refused(s, ranking_publish, "đã được công bố");
}

static void a_corrected_ranking_is_published_in_its_turn(void **state)
{
	struct sample *s = *state;

	(void)close_freeze_and_rank(s);
	(void)done(s, ranking_publish);
	assert_int_equal(store_call(s->site.store, STORE_CLASS_DOOR, "annul", annul, s), STORE_ONE);
	s->now += TIME_DAY_MS;
	(void)done(s, ranking_rank);
	/* Until it is published the old one stands. */
	const struct contest *contest = sample_contest(s);
	assert_int_not_equal(contest_publication(contest, 0)->ranking, result_of(s).ranking.id);
	contest_release(contest);
	(void)done(s, ranking_publish);
	contest = sample_contest(s);
	assert_int_equal(contest->n_publications, 2);
	assert_int_equal(contest_publication(contest, sample_round(s))->ranking,
			 result_of(s).ranking.id);
	contest_release(contest);
}

#define WITH_PAPERS(test) cmocka_unit_test_setup_teardown(test, set_up, sample_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PAPERS(nothing_is_frozen_before_the_close),
		WITH_PAPERS(nothing_is_frozen_while_a_paper_is_open),
		WITH_PAPERS(a_paper_that_may_be_finished_holds_the_freeze_up),
		WITH_PAPERS(a_freeze_is_the_hash_of_its_leaves),
		WITH_PAPERS(people_are_ranked_by_the_keys),
		WITH_PAPERS(units_count_their_own_people_and_no_citizen),
		WITH_PAPERS(nothing_is_ranked_before_a_freeze),
		WITH_PAPERS(ranking_twice_changes_nothing),
		WITH_PAPERS(excluded_people_are_left_out_with_the_reason),
		WITH_PAPERS(the_list_as_it_is_now_counts),
		WITH_PAPERS(an_annulled_paper_counts_for_nothing_until_restored),
		WITH_PAPERS(nothing_is_ranked_by_half_of_the_rules),
		WITH_PAPERS(nothing_is_published_before_it_is_ranked),
		WITH_PAPERS(a_ranking_is_published_once),
		WITH_PAPERS(a_corrected_ranking_is_published_in_its_turn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
