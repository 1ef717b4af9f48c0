/* Publishing what is ranked now, ranking by the round's own rules, and exports that
 * a second program recomputes. Two people, An and Bình; An sits twice. */
#include "sample.h"

#include "base/file.h"
#include "base/time.h"
#include "cli/export_files.h"
#include "jobs/ranking.h"
#include "store_queries.h"

#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define OPEN "2024-09-20T08:00:00+07:00"
#define FIRST_CLOSE "2024-09-27T08:00:00+07:00"
#define CLOSE "2024-10-04T24:00:00+07:00"

enum { AN, BINH, N_PEOPLE };

static struct sample_person people[N_PEOPLE] = {
	[AN] = { .name = "Nguyễn Thị An", .birth = "1990-01-02", .phone = "+84912345671",
		 .unit = "SNV-VP" },
	[BINH] = { .name = "Trần Văn Bình", .birth = "1985", .phone = "+84912345672",
		   .unit = "SNV-TTRA" },
};

static struct sample_paper best_of_an;

static struct sample_paper sit(struct sample *s, int person, int attempt, int correct)
{
	struct sample_paper paper = sample_start(s, &people[person], attempt);

	s->now += TIME_MINUTE_MS;
	sample_submit(s, &paper, correct, 1);
	return paper;
}

static void apply(struct sample *s, int64_t effective_at)
{
	struct contest_apply done;

	if (sample_apply(s, effective_at, &done) != STORE_ONE)
		fail_msg("%.*s", TEXT_ARGS(done.refused));
}

static void sit_all(struct sample *s)
{
	apply(s, s->now);
	for (int i = 0; i < N_PEOPLE; i++)
		sample_enter(s, &people[i]);
	s->now = sample_moment(OPEN);
	best_of_an = sit(s, AN, 1, 30);
	(void)sit(s, BINH, 1, 20);
	(void)sit(s, AN, 2, 10);
}

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

static struct ranking_order done(struct sample *s, int (*fn)(struct ranking_order *))
{
	struct ranking_order order;
	int answer = step(s, fn, &order);

	if (answer)
		fail_msg("answers %d: %.*s", answer, TEXT_ARGS(order.refused));
	return order;
}

static struct ranking_order freeze_and_rank(struct sample *s, const char *at)
{
	s->now = sample_moment(at);
	(void)done(s, ranking_freeze);
	return done(s, ranking_rank);
}

static void assert_stale(struct sample *s)
{
	struct ranking_order order;

	assert_int_equal(step(s, ranking_publish, &order), 1);
	assert_true(text_find(order.refused, TEXT("chạy lại `contest rank`"), 0) >= 0);
	const struct contest *contest = sample_contest(s);
	assert_int_equal(contest->n_publications, 0);
	contest_release(contest);
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

static void change(struct sample *s, int (*fn)(void *ctx, struct db *db))
{
	assert_int_equal(store_call(s->site.store, STORE_CLASS_DOOR, "annul", fn, s), STORE_ONE);
}

/* ---- publish ---- */

static void an_annulled_winner_is_not_published(void **state)
{
	struct sample *s = *state;

	sit_all(s);
	(void)freeze_and_rank(s, CLOSE);
	change(s, annul);
	assert_stale(s);
	(void)done(s, ranking_rank);
	change(s, lift);
	assert_stale(s);
	change(s, annul);
	/* As it was ranked: annulled. */
	(void)done(s, ranking_publish);
}

static void nobody_excluded_since_is_published(void **state)
{
	struct sample *s = *state;

	sit_all(s);
	(void)freeze_and_rank(s, CLOSE);
	sample_edit(s, "exclusions.csv", "Lê Thị Hương Giang,14/03/1976",
		    "Nguyễn Thị An,02/01/1990");
	apply(s, s->now);
	assert_stale(s);
	assert_int_equal(done(s, ranking_rank).left_out, 1);
	(void)done(s, ranking_publish);
}

/* ---- rules ---- */

/* An amendment after the close is for rounds to come. */
static void a_round_is_ranked_by_the_rules_of_its_close(void **state)
{
	struct sample *s = *state;

	sit_all(s);
	struct ranking_order first = freeze_and_rank(s, CLOSE);
	sample_edit(s, "profile.json", "\"counting\": \"best\"", "\"counting\": \"last\"");
	s->now += TIME_DAY_MS;
	apply(s, s->now);
	struct ranking_order second = done(s, ranking_rank);
	assert_true(second.unchanged);
	assert_memory_equal(first.hash.bytes, second.hash.bytes, HASH_BYTES);
	(void)done(s, ranking_freeze);
	(void)done(s, ranking_publish);
	/* One that says it held at the close changes the result. */
	sample_edit(s, "profile.json", "\"time_limit_s\": 1800", "\"time_limit_s\": 1200");
	apply(s, sample_moment(CLOSE) - 1);
	assert_false(done(s, ranking_rank).unchanged);
}

/* ---- export ---- */

static int collect(struct sample *s, bool with_keys, struct export *e)
{
	*e = (struct export){
		.arena = s->arena, .keys = s->keys, .contest = sample_contest(s), .now = s->now,
		.round_id = sample_round(s), .with_keys = with_keys, .refused = TEXT_EMPTY,
	};
	struct pace pace = pace_begin(&s->site, PACE_EXPORT, NULL);
	int result = export_collect(e, &pace);

	pace_end(&pace);
	contest_release(e->contest);
	return result;
}

static bool has_file(const struct export *e, const char *name)
{
	for (int i = 0; i < e->n_files; i++)
		if (text_equal_z(e->files[i].name, name))
			return true;
	return false;
}

/* Writes the files and has them recomputed. */
static void assert_recomputed(struct sample *s, const struct export *e)
{
	const char *root = getenv("HOITHI_SOURCE_ROOT");
	const char *dir = text_z(s->arena, text_format(s->arena, "%s/export", s->dir));

	assert_int_equal(mkdir(dir, 0700), 0);
	for (int i = 0; i < e->n_files; i++) {
		struct text path = text_format(s->arena, "%s/%.*s", dir,
					       TEXT_ARGS(e->files[i].name));
		assert_int_equal(file_write(s->arena, text_z(s->arena, path),
					    buf_done(&e->files[i].bytes)), 0);
	}
	struct text program = text_format(s->arena, "%s/tests/recompute/recompute.py",
					  root ? root : ".");
	const char *args[] = { "python3", "-B", text_z(s->arena, program), dir, NULL };
	pid_t child;
	int status;
	assert_int_equal(posix_spawnp(&child, args[0], NULL, NULL, (char **)args, environ), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* Papers were drawn from both versions, and old ones are numbered by the old. */
static void each_version_of_a_bank_is_exported(void **state)
{
	struct sample *s = *state;
	struct export *e = arena_alloc(s->arena, sizeof(*e));

	apply(s, s->now);
	for (int i = 0; i < N_PEOPLE; i++)
		sample_enter(s, &people[i]);
	s->now = sample_moment(OPEN);
	(void)sit(s, AN, 1, 30);
	sample_edit(s, "bank.csv", "\nCDS001,",
		    "\nCDS000,cds,1,Câu hỏi thêm vào?,Một,Hai,Ba,Bốn,D,Điều 1\nCDS001,");
	apply(s, s->now);
	(void)sit(s, BINH, 1, 20);
	(void)freeze_and_rank(s, CLOSE);
	assert_int_equal(collect(s, false, e), STORE_ONE);
	assert_true(has_file(e, "bank-chung-1.csv"));
	assert_true(has_file(e, "bank-chung-2.csv"));
	/* No paper has them. */
	assert_false(has_file(e, "bank-thi-thu-1.csv"));
	assert_recomputed(s, e);
}

/* The round's number is that of the ranking's rules, not of those in force. */
static void a_round_put_in_front_moves_no_result(void **state)
{
	struct sample *s = *state;
	struct export *e = arena_alloc(s->arena, sizeof(*e));

	sit_all(s);
	int64_t round = sample_round(s);
	(void)freeze_and_rank(s, CLOSE);
	sample_edit(s, "profile.json",
		    "\"code\": \"chinh-thuc\",\n\t\t\t\"name\": \"Đợt thi chính thức\",\n"
		    "\t\t\t\"open_at\": \"" OPEN "\"",
		    "\"code\": \"khoi-dong\", \"name\": \"Khởi động\", \"open_at\": \"" OPEN "\",\n"
		    "\"close_at\": \"2024-09-20T09:00:00+07:00\" },\n{ \"code\": \"chinh-thuc\",\n"
		    "\"name\": \"Đợt thi\", \"open_at\": \"2024-09-20T09:00:00+07:00\"");
	apply(s, s->now);
	assert_true(sample_round(s) != round);
	assert_int_equal(collect(s, false, e), STORE_NONE);	/* the new one has no ranking */
	*e = (struct export){ .arena = s->arena, .keys = s->keys, .contest = sample_contest(s),
			      .now = s->now, .round_id = round, .refused = TEXT_EMPTY };
	struct pace pace = pace_begin(&s->site, PACE_EXPORT, NULL);
	assert_int_equal(export_collect(e, &pace), STORE_ONE);
	pace_end(&pace);
	contest_release(e->contest);
	assert_int_equal(e->round, 0);
	assert_recomputed(s, e);
}

/* Otherwise the first week's export would be the answers of the second. */
static void keys_are_kept_while_another_round_draws_from_them(void **state)
{
	struct sample *s = *state;
	struct export *e = arena_alloc(s->arena, sizeof(*e));

	sample_edit(s, "profile.json", "\"close_at\": \"" CLOSE "\"\n\t\t}",
		    "\"close_at\": \"" FIRST_CLOSE "\"\n\t\t},\n{ \"code\": \"dot-2\", \"name\": "
		    "\"Đợt 2\", \"open_at\": \"" FIRST_CLOSE "\", \"close_at\": \"" CLOSE "\" }");
	sit_all(s);
	(void)freeze_and_rank(s, FIRST_CLOSE);
	assert_int_equal(collect(s, false, e), STORE_NONE);
	assert_true(text_find(e->refused, TEXT("--with-keys"), 0) >= 0);
	assert_true(text_find(e->refused, TEXT("dot-2"), 0) >= 0);
	s->now = sample_moment(CLOSE) - 1;
	assert_int_equal(collect(s, false, e), STORE_NONE);
	assert_int_equal(collect(s, true, e), STORE_ONE);
	s->now = sample_moment(CLOSE);
	assert_int_equal(collect(s, false, e), STORE_ONE);
	assert_recomputed(s, e);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, sample_set_up, sample_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_annulled_winner_is_not_published),
		TEST(nobody_excluded_since_is_published),
		TEST(a_round_is_ranked_by_the_rules_of_its_close),
		TEST(each_version_of_a_bank_is_exported),
		TEST(a_round_put_in_front_moves_no_result),
		TEST(keys_are_kept_while_another_round_draws_from_them),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	pace_set_rows(1);	/* the same in as many slices as there are rows */
	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
