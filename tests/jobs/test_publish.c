/* Before and after ranking: what is frozen, and what is shown. */
#include "round.h"

#include "base/time.h"
#include "jobs/pace.h"
#include "jobs/close_papers.h"
#include "store_queries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* ---- freeze ---- */

static void nothing_is_frozen_before_the_close(void **state)
{
	struct sample *s = *state;

	s->now = sample_moment(CLOSE) - 1;
	round_refused(s, ranking_freeze, "chưa kết thúc");
	s->now++;
	assert_int_equal(round_step(s, ranking_freeze).papers, 6);
}

static void nothing_is_frozen_while_a_paper_is_open(void **state)
{
	struct sample *s = *state;
	int64_t close = sample_moment(CLOSE);
	struct q_paper_get row;

	s->now = close - TIME_MINUTE_MS;
	struct sample_paper last = sample_start(s, &people[CUC], 2);
	s->now = close;
	round_refused(s, ranking_freeze, "còn 1 bài đang mở");
	s->now = close + CLOSE_AFTER_MS - 1;
	round_refused(s, ranking_freeze, "còn 1 bài đang mở");
	/* From then on freezing closes it itself. */
	s->now = close + CLOSE_AFTER_MS + 1;
	assert_int_equal(round_step(s, ranking_freeze).papers, 7);
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
	round_refused(s, ranking_freeze, "còn 1 bài đang mở");
	sample_submit(s, &last, 30, 1);
	assert_int_equal(round_step(s, ranking_freeze).papers, 7);
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
	return q_freeze_leaves(db, ((struct leaves *)ctx)->round, 0, add_leaf, ctx);
}

static void a_freeze_is_the_hash_of_its_leaves(void **state)
{
	struct sample *s = *state;
	struct leaves leaves = { .arena = s->arena, .round = sample_round(s) };

	s->now = sample_moment(CLOSE);
	struct ranking_order first = round_step(s, ranking_freeze);
	assert_false(first.unchanged);
	assert_true(store_read(s->site.store, "leaves", read_leaves, &leaves, NULL) >= 0);
	struct hash hash = hash_sha256_parts(leaves.parts, leaves.n);
	assert_int_equal(leaves.n, 6);
	assert_memory_equal(first.hash.bytes, hash.bytes, HASH_BYTES);
	s->now += TIME_DAY_MS;
	sample_reopen(s);
	struct ranking_order second = round_step(s, ranking_freeze);
	assert_true(second.unchanged);
	assert_memory_equal(second.hash.bytes, hash.bytes, HASH_BYTES);
}

/* ---- publish ---- */

/* Of the newest ranking. */
struct latest {
	struct sample *s;
	int64_t round;
	struct q_ranking_latest ranking;
};

static int read_latest(void *ctx, struct db *db)
{
	struct latest *latest = ctx;
	return q_ranking_latest(db, latest->s->arena, latest->round, &latest->ranking);
}

static int64_t newest_ranking(struct sample *s)
{
	struct latest latest = { .s = s, .round = sample_round(s) };

	assert_int_equal(store_read(s->site.store, "latest", read_latest, &latest, NULL), STORE_ONE);
	return latest.ranking.id;
}

static void no_step_comes_before_the_one_it_needs(void **state)
{
	struct sample *s = *state;

	s->now = sample_moment(CLOSE);
	round_refused(s, ranking_rank, "chưa chốt bài");
	round_refused(s, ranking_publish, "chưa xếp hạng");
	(void)round_step(s, ranking_freeze);
	round_refused(s, ranking_publish, "chưa xếp hạng");
}

static void a_ranking_is_published_once(void **state)
{
	struct sample *s = *state;

	(void)round_rank(s);
	const struct contest *contest = sample_contest(s);
	assert_int_equal(contest_phase(contest, s->now), PHASE_CLOSED);
	contest_release(contest);
	(void)round_step(s, ranking_publish);
	contest = sample_contest(s);
	const struct publication *publication = contest_publication(contest, 0);
	assert_non_null(publication);
	assert_int_equal(publication->ranking, newest_ranking(s));
	assert_int_equal(publication->published_at, s->now);
	assert_true(text_equal_z(publication->decision_no, "71/QĐ-BTC"));
	assert_true(text_equal_z(publication->decision_date, "2024-10-08"));
	assert_int_equal(contest_phase(contest, s->now), PHASE_PUBLISHED);
	contest_release(contest);
	round_refused(s, ranking_publish, "đã được công bố");
	sample_reopen(s);
	round_refused(s, ranking_publish, "đã được công bố");
}

static void a_corrected_ranking_is_published_in_its_turn(void **state)
{
	struct sample *s = *state;

	(void)round_rank(s);
	(void)round_step(s, ranking_publish);
	round_annul(s);
	s->now += TIME_DAY_MS;
	(void)round_step(s, ranking_rank);
	/* Until it is published the old one stands. */
	const struct contest *contest = sample_contest(s);
	assert_int_not_equal(contest_publication(contest, 0)->ranking, newest_ranking(s));
	contest_release(contest);
	(void)round_step(s, ranking_publish);
	contest = sample_contest(s);
	assert_int_equal(contest->n_publications, 2);
	assert_int_equal(contest_publication(contest, sample_round(s))->ranking,
			 newest_ranking(s));
	contest_release(contest);
}

#define WITH_PAPERS(test) \
	cmocka_unit_test_setup_teardown(test, round_set_up, sample_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PAPERS(nothing_is_frozen_before_the_close),
		WITH_PAPERS(nothing_is_frozen_while_a_paper_is_open),
		WITH_PAPERS(a_paper_that_may_be_finished_holds_the_freeze_up),
		WITH_PAPERS(a_freeze_is_the_hash_of_its_leaves),
		WITH_PAPERS(no_step_comes_before_the_one_it_needs),
		WITH_PAPERS(a_ranking_is_published_once),
		WITH_PAPERS(a_corrected_ranking_is_published_in_its_turn),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	pace_set_rows(1);	/* the same in as many slices as there are rows */
	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
