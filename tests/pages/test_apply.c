/* Applying the sample's folder: for the first time, again, and changed. */
#include "sample.h"

#include "base/time.h"
#include "pages/exclusion.h"
#include "pages/submission.h"
#include "store/act.h"
#include "store_queries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define OPEN "2024-09-20T08:00:00+07:00"

static void assert_text(struct text text, const char *expected)
{
	if (!text_equal_z(text, expected))
		fail_msg("“%.*s” is not “%s”", TEXT_ARGS(text), expected);
}

static const struct contest_unit *unit_of(const struct contest *contest, const char *code)
{
	const struct contest_unit *unit = contest_unit_by_code(contest, text_from_z(code));

	if (!unit)
		fail_msg("there is no unit %s", code);
	return unit;
}

static void assert_rules(const struct contest *contest, int64_t now, int64_t version,
			 int64_t limit_s)
{
	const struct rules_in_force *rules = contest_rules(contest, now);

	assert_int_equal(rules->version, version);
	assert_int_equal(rules->profile.time_limit_s, limit_s);
	assert_ptr_equal(contest_rules_version(contest, version), rules);
}

static void the_first_apply_makes_everything(void **state)
{
	struct sample *s = *state;
	struct contest_apply apply;

	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	assert_true(apply.created && apply.rules_changed);
	assert_int_equal(apply.rules_version, 1);
	assert_int_equal(apply.banks_changed, 2);
	const struct contest *contest = sample_contest(s);
	assert_int_equal(contest->n_units, apply.folder->units.n);
	assert_int_equal(contest->n_banks, 2);
	assert_int_equal(contest_bank(contest, TEXT("chung"))->n,
			 apply.folder->banks[0].questions.n);
	assert_int_equal(contest->n_exclusions, apply.folder->exclusions.n);
	assert_int_equal(contest->n_articles, apply.folder->n_articles);
	assert_non_null(contest_article(contest, "guide", TEXT_EMPTY));
	assert_null(contest_article(contest, "guide", TEXT("x")));
	contest_release(contest);
}

static void assert_same_contest(const struct contest *a, const struct contest *b)
{
	assert_int_equal(a->id, b->id);
	assert_int_equal(a->n_rules, b->n_rules);
	assert_memory_equal(&a->ids[0], &b->ids[0], sizeof(a->ids[0]));
	assert_int_equal(a->n_banks, b->n_banks);
	for (int i = 0; i < a->n_banks; i++)
		assert_int_equal(a->banks[i].id, b->banks[i].id);
	assert_int_equal(a->n_units, b->n_units);
	for (int i = 0; i < a->n_units; i++) {
		assert_int_equal(a->units[i].id, b->units[i].id);
		assert_true(text_equal(a->units[i].shown, b->units[i].shown));
		assert_true(text_equal(a->units[i].search_folded, b->units[i].search_folded));
	}
	assert_int_equal(a->n_articles, b->n_articles);
	assert_int_equal(a->n_exclusions, b->n_exclusions);
	for (int i = 0; i < a->n_exclusions; i++) {
		assert_memory_equal(&a->exclusions[i].name_year_index,
				    &b->exclusions[i].name_year_index, HASH_BYTES);
		assert_int_equal(a->exclusions[i].unit, b->exclusions[i].unit);
	}
}

static int check_acts(void *ctx, struct db *db)
{
	return act_check(db, NULL, NULL, ctx);
}

static void a_second_apply_changes_nothing(void **state)
{
	struct sample *s = *state;
	const struct contest *before = sample_contest(s);
	struct contest_apply apply;
	int64_t broken = -1;

	s->now += TIME_DAY_MS;
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	assert_false(apply.created || apply.rules_changed);
	assert_int_equal(apply.rules_version, 1);
	assert_int_equal(apply.banks_changed, 0);
	sample_reopen(s);
	const struct contest *after = sample_contest(s);
	assert_ptr_not_equal(before, after);
	assert_same_contest(before, after);
	/* Each was an act all the same. */
	assert_int_equal(store_read(s->site.store, "acts", check_acts, &broken, NULL), 2);
	assert_int_equal(broken, 0);
	contest_release(before);
	contest_release(after);
}

/* One question more before all others: every number of the old bank is another's in
 * the new one. */
static void add_question_at_the_front(struct sample *s)
{
	sample_edit(s, "bank.csv", "\nCDS001,",
		    "\nCDS000,cds,1,Câu hỏi thêm vào?,Một,Hai,Ba,Bốn,D,Điều 1\nCDS001,");
}

static int score_by(struct sample *s, const struct contest *contest,
		    const struct sample_paper *paper, int64_t bank)
{
	struct submission submission = {
		.contest = contest, .rules_version = 1, .bank = bank, .drawn = paper->drawn,
		.answers = sample_answers(s, paper, 30),
	};
	struct score score;

	assert_int_equal(submission_score(&submission, &score), 0);
	return score.correct;
}

static void a_changed_bank_is_a_new_version(void **state)
{
	struct sample *s = *state;
	const struct contest *before = sample_contest(s);
	const struct bank *old = contest_bank(before, TEXT("chung"));
	struct contest_apply apply;

	add_question_at_the_front(s);
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	assert_int_equal(apply.banks_changed, 1);
	assert_false(apply.rules_changed);
	const struct contest *contest = sample_contest(s);
	const struct bank *fresh = contest_bank(contest, TEXT("chung"));
	const struct bank *kept = contest_bank_by_id(contest, old->id);
	assert_int_equal(contest->n_banks, 3);
	assert_int_equal(fresh->version, 2);
	assert_int_equal(fresh->n, old->n + 1);
	assert_text(fresh->questions[0].code, "CDS000");
	assert_int_equal(fresh->items[0].key, 3);
	assert_int_equal(kept->version, 1);
	assert_int_equal(kept->n, old->n);
	for (int i = 0; i < kept->n; i++) {
		assert_true(text_equal(kept->questions[i].code, old->questions[i].code));
		assert_int_equal(kept->items[i].key, old->items[i].key);
	}
	assert_int_equal(contest_bank(contest, TEXT("thi-thu"))->version, 1);
	assert_null(contest_bank_by_id(contest, 1));
	contest_release(before);
	contest_release(contest);
}

static void old_papers_keep_their_bank_and_rules(void **state)
{
	struct sample *s = *state;
	struct sample_person person = { .name = "Nguyễn Văn A", .birth = "1990-01-02",
					.phone = "+84912345678", .unit = "SNV-VP" };
	struct contest_apply apply;
	struct q_paper_get row;

	s->now = sample_moment(OPEN);
	sample_enter(s, &person);
	struct sample_paper old = sample_start(s, &person, 1);
	add_question_at_the_front(s);
	sample_edit(s, "profile.json", "\"points_per_q\": 1", "\"points_per_q\": 2");
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	s->now += TIME_MINUTE_MS;
	sample_submit(s, &old, 30, 5);
	sample_stored(s, &old, &row);
	assert_int_equal(row.rules_version, 1);
	assert_int_equal(row.correct, 30);
	assert_int_equal(row.score_points, 30);
	const struct contest *contest = sample_contest(s);
	int64_t old_bank = row.bank, new_bank = contest_bank(contest, TEXT("chung"))->id;
	assert_int_not_equal(old_bank, new_bank);
	assert_int_equal(score_by(s, contest, &old, old_bank), 30);
	assert_true(score_by(s, contest, &old, new_bank) < 30);
	struct sample_paper fresh = sample_start(s, &person, 2);
	sample_submit(s, &fresh, 30, 5);
	sample_stored(s, &fresh, &row);
	assert_int_equal(row.bank, new_bank);
	assert_int_equal(row.rules_version, 2);
	assert_int_equal(row.score_points, 60);
	contest_release(contest);
}

static void a_published_unit_cannot_be_dropped(void **state)
{
	struct sample *s = *state;
	const struct contest *before = sample_contest(s);
	struct contest_apply apply;

	sample_edit(s, "units.csv", "\nSNV-TTLT,", "\nSNV-TTLT2,");
	sample_edit(s, "profile.json", "\"time_limit_s\": 1800", "\"time_limit_s\": 1200");
	add_question_at_the_front(s);
	s->now += TIME_HOUR_MS;
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_NONE);
	assert_true(text_find(apply.refused, TEXT("SNV-TTLT "), 0) > 0);
	/* Nothing of the folder is in force, and there was no act. */
	sample_reopen(s);
	const struct contest *after = sample_contest(s);
	assert_same_contest(before, after);
	assert_rules(after, s->now, 1, 1800);
	int64_t broken;
	assert_int_equal(store_read(s->site.store, "acts", check_acts, &broken, NULL), 1);
	contest_release(before);
	contest_release(after);
}

struct version_of {
	struct arena *arena;
	int64_t unit;
	struct q_unit_version_now row;
};

static int read_version(void *ctx, struct db *db)
{
	struct version_of *version = ctx;
	return q_unit_version_now(db, version->arena, version->unit, &version->row);
}

static void units_keep_their_id_by_their_code(void **state)
{
	struct sample *s = *state;
	const struct contest *before = sample_contest(s);
	struct contest_apply apply;
	int hits[2];

	sample_edit(s, "units.csv", "\nSNV-TTLT,SNV,Trung tâm Lưu trữ lịch sử,",
		    "\nSNV-MOI,SNV,Phòng Mới lập,,unit,,5,,phong moi"
		    "\nSNV-TTLT,SNV,Trung tâm Sử liệu,");
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	const struct contest *after = sample_contest(s);
	assert_int_equal(after->n_units, before->n_units + 1);
	for (int i = 0; i < before->n_units; i++)
		assert_true(text_equal(contest_unit_by_id(after, before->units[i].id)->code,
				       before->units[i].code));
	assert_text(unit_of(after, "SNV-TTLT")->name, "Trung tâm Sử liệu");
	struct version_of version = { .arena = s->arena, .unit = unit_of(after, "SNV-TTLT")->id };
	assert_int_equal(store_read(s->site.store, "version", read_version, &version, NULL),
			 STORE_ONE);
	assert_text(version.row.name, "Trung tâm Sử liệu");
	assert_int_equal(
	    contest_unit_search(s->arena, after, TEXT("su lieu"), GROUP_PLACE_UNIT, hits, 2), 1);
	assert_int_equal(
	    contest_unit_search(s->arena, after, TEXT("Phòng mới lập"), GROUP_PLACE_UNIT, hits, 2),
	    1);
	assert_text(after->units[hits[0]].code, "SNV-MOI");
	assert_int_equal(after->units[unit_of(after, "SNV-MOI")->parent].id,
			 unit_of(before, "SNV")->id);
	contest_release(before);
	contest_release(after);
}

/* Whether somebody of that name and birth is excluded, wherever they work. */
static bool is_excluded(struct sample *s, const char *name, const char *birth, const char *unit)
{
	const struct contest *contest = sample_contest(s);
	struct identity_indexes indexes;

	identity_of_person(s->keys, s->arena, text_from_z(name), text_from_z(birth),
			   TEXT("+84987654321"), &indexes);
	bool excluded = exclusion_match(contest, &indexes, unit_of(contest, unit)->id) != NULL;
	contest_release(contest);
	return excluded;
}

static void exclusions_are_replaced(void **state)
{
	struct sample *s = *state;
	struct contest_apply apply;

	assert_true(is_excluded(s, "LÊ THỊ HƯƠNG GIANG", "1976-03-14", "SNV"));
	assert_true(is_excluded(s, "Le Thi Huong Giang", "1976-03-14", "SNV"));
	assert_false(is_excluded(s, "Lê Thị Hương Giang", "1976-03-15", "SNV"));
	assert_true(is_excluded(s, "Phạm Quốc Toàn", "1979-05-05", "SNV"));
	assert_true(is_excluded(s, "Trần Văn B", "1990-01-01", "STTTT-TTCNTT"));
	sample_edit(s, "exclusions.csv", "Lê Thị Hương Giang,14/03/1976,STTTT",
		    "Trần Thị Mới,15/04/1980,STTTT");
	sample_edit(s, "exclusions.csv", ",,STTTT-TTCNTT,,", ",,SNV-BTG,,");
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	assert_false(is_excluded(s, "Lê Thị Hương Giang", "1976-03-14", "SNV"));
	assert_true(is_excluded(s, "Trần Thị Mới", "1980-04-15", "SNV"));
	assert_true(is_excluded(s, "Phạm Quốc Toàn", "1979-05-05", "SNV"));
	assert_false(is_excluded(s, "Trần Văn B", "1990-01-01", "STTTT-TTCNTT"));
	assert_true(is_excluded(s, "Trần Văn B", "1990-01-01", "SNV-BTG"));
	const struct contest *contest = sample_contest(s);
	assert_int_equal(contest->n_exclusions, apply.folder->exclusions.n);
	contest_release(contest);
}

#define WITH_CONTEST(test) \
	cmocka_unit_test_setup_teardown(test, sample_set_up_applied, sample_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_apply_makes_everything, sample_set_up,
						sample_tear_down),
		WITH_CONTEST(a_second_apply_changes_nothing),
		WITH_CONTEST(a_changed_bank_is_a_new_version),
		WITH_CONTEST(old_papers_keep_their_bank_and_rules),
		WITH_CONTEST(a_published_unit_cannot_be_dropped),
		WITH_CONTEST(units_keep_their_id_by_their_code),
		WITH_CONTEST(exclusions_are_replaced),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
