/* A contest in memory, as it was applied from the sample's folder. */
#include "sample.h"

#include "base/time.h"
#include "base/unicode.h"
#include "exchange/contest_files.h"
#include "pages/exclusion.h"
#include "pages/submission.h"
#include "store/act.h"
#include "store_queries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HITS_MAX 1000
#define N_COMMUNES 111
#define OPEN "2024-09-20T08:00:00+07:00"
#define CLOSE "2024-10-04T24:00:00+07:00"

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

/* ---- searching ---- */

static int search(struct sample *s, const struct contest *contest, struct text typed,
		  enum group_place place, int hits[HITS_MAX])
{
	return contest_unit_search(s->arena, contest, typed, place, hits, HITS_MAX);
}

static void assert_first(struct sample *s, const struct contest *contest, const char *typed,
			 const char *code)
{
	int hits[HITS_MAX];
	int n = search(s, contest, text_from_z(typed), GROUP_PLACE_UNIT, hits);

	if (n == 0 || !text_equal_z(contest->units[hits[0]].code, code))
		fail_msg("“%s” finds %.*s first, not %s", typed,
			 TEXT_ARGS(n ? contest->units[hits[0]].code : TEXT("nothing")), code);
}

static void units_are_found_as_people_call_them(void **state)
{
	static const struct {
		const char *typed, *code;
	} rows[] = {
		{ "stttt", "STTTT" },
		{ "STTTT", "STTTT" },
		{ "so tt&tt", "STTTT" },
		{ "sở tt-tt", "STTTT" },
		{ "Sở Thông tin và Truyền thông", "STTTT" },
		{ "so thong tin va truyen thong", "STTTT" },
		{ "SỞ THÔNG TIN", "STTTT" },
		{ "thpt hung vuong", "SGDDT-THPT-HV" },
		{ "THPT Hùng Vương", "SGDDT-THPT-HV" },
		{ "  truong   thpt HUNG-VUONG ", "SGDDT-THPT-HV" },
		{ "vuong hung thpt", "SGDDT-THPT-HV" },
		{ "cap 3 hung vuong", "SGDDT-THPT-HV" },
		{ "hung vuong toan", "SGDDT-THPT-HV-TOAN" },
		{ "so noi vu", "SNV" },
		{ "van phong so noi vu", "SNV-VP" },
	};
	struct sample *s = *state;
	const struct contest *contest = sample_contest(s);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_first(s, contest, rows[i].typed, rows[i].code);
	contest_release(contest);
}

static void a_search_that_fits_nothing_finds_nothing(void **state)
{
	static const char *const typed[] = { "", "   ", "&-.", "xyzzy", "stttt xyzzy",
					     "so thong tin hung vuong", "ung vuong" };
	struct sample *s = *state;
	const struct contest *contest = sample_contest(s);
	int hits[HITS_MAX];

	for (size_t i = 0; i < ARRAY_LEN(typed); i++)
		assert_int_equal(search(s, contest, text_from_z(typed[i]), GROUP_PLACE_UNIT, hits),
				 0);
	contest_release(contest);
}

/* Whatever its name: with accents or without, it is found, and nothing whose name
 * is another stands before it. */
static void every_unit_is_found_by_its_name(void **state)
{
	struct sample *s = *state;
	const struct contest *contest = sample_contest(s);
	int hits[HITS_MAX], plain_hits[HITS_MAX];

	for (int i = 0; i < contest->n_units; i += 5) {
		const struct contest_unit *unit = &contest->units[i];
		enum group_place place = unit->kind == UNIT_KIND_UNIT ? GROUP_PLACE_UNIT
								      : GROUP_PLACE_LOCALITY;
		struct text plain = unicode_fold(s->arena, unit->name);
		int n = search(s, contest, unit->name, place, hits);
		bool found = false;
		assert_int_equal(search(s, contest, plain, place, plain_hits), n);
		for (int k = 0; k < n; k++) {
			found |= hits[k] == i;
			assert_int_equal(hits[k], plain_hits[k]);
			assert_true(contest_unit_is_open(&contest->units[hits[k]], place));
		}
		assert_int_equal(found, contest_unit_is_open(unit, place));
		if (found)
			assert_true(text_equal(unicode_fold(s->arena, contest->units[hits[0]].name),
					       plain));
	}
	contest_release(contest);
}

static void the_best_of_many_are_shown(void **state)
{
	struct sample *s = *state;
	const struct contest *contest = sample_contest(s);
	int all[HITS_MAX], few[4] = { -1, -1, -1, -1 };

	assert_true(search(s, contest, TEXT("truong"), GROUP_PLACE_UNIT, all) > 3);
	assert_int_equal(
	    contest_unit_search(s->arena, contest, TEXT("truong"), GROUP_PLACE_UNIT, few, 3), 3);
	assert_memory_equal(few, all, 3 * sizeof(int));
	assert_int_equal(few[3], -1);
	contest_release(contest);
}

static void citizens_find_their_commune_by_its_district(void **state)
{
	struct sample *s = *state;
	const struct contest *contest = sample_contest(s);
	int hits[HITS_MAX];
	int n = search(s, contest, TEXT("dong xoai"), GROUP_PLACE_LOCALITY, hits);

	assert_int_equal(n, 8);
	for (int i = 0; i < n; i++)
		assert_text(contest->units[contest->units[hits[i]].parent].code, "DP-689");
	contest_release(contest);
}

/* ---- names and the tree ---- */

static void a_name_that_occurs_twice_is_shown_with_its_parent(void **state)
{
	static const struct {
		const char *code, *shown;
	} rows[] = {
		{ "SNV", "Sở Nội vụ" },
		{ "SNV-VP", "Văn phòng (Sở Nội vụ)" },
		{ "STTTT-VP", "Văn phòng (Sở Thông tin và Truyền thông)" },
		{ "SNV-CCHC", "Phòng Cải cách hành chính" },
		{ "DP-25207", "Xã Tân Thành (Thành phố Đồng Xoài)" },
		{ "DP-25198", "Phường Tân Đồng" },
		{ "G-TINH", "Sở, ban, ngành, đoàn thể tỉnh" },
	};
	const struct contest *contest = sample_contest(*state);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_text(unit_of(contest, rows[i].code)->shown, rows[i].shown);
	contest_release(contest);
}

static void names_are_alone_or_with_their_parent(void **state)
{
	struct sample *s = *state;
	const struct contest *contest = sample_contest(s);
	int n_twins = 0;

	for (int i = 0; i < contest->n_units; i++) {
		const struct contest_unit *unit = &contest->units[i];
		int same = 0;
		for (int k = 0; k < contest->n_units; k++)
			same += text_equal(contest->units[k].name, unit->name);
		n_twins += same > 1;
		if (same == 1 && text_equal(unit->shown, unit->name))
			continue;
		/* Names that differ in accents alone are alike too. */
		assert_true(unit->parent >= 0);
		struct text start = text_format(s->arena, "%.*s (%.*s", TEXT_ARGS(unit->name),
						TEXT_ARGS(contest->units[unit->parent].name));
		assert_true(text_starts_with(unit->shown, start));
	}
	assert_true(n_twins > 20);
	contest_release(contest);
}

static void the_tree_stands_in_order(void **state)
{
	const struct contest *contest = sample_contest(*state);
	int deepest = 0;

	for (int i = 0; i < contest->n_units; i++) {
		const struct contest_unit *unit = &contest->units[i];
		int children = 0;
		assert_true(unit->parent < i);
		assert_int_equal(unit->level,
				 unit->parent < 0 ? 0 : contest->units[unit->parent].level + 1);
		for (int k = i + 1; k < contest->n_units; k++)
			children += contest->units[k].parent == i;
		assert_int_equal(unit->n_children, children);
		assert_ptr_equal(contest_unit_by_id(contest, unit->id), unit);
		deepest = unit->level > deepest ? unit->level : deepest;
	}
	assert_true(deepest >= 3);
	assert_null(contest_unit_by_id(contest, 0));
	assert_null(contest_unit_by_id(contest, INT64_MAX));
	assert_null(contest_unit_by_code(contest, TEXT("NONE")));
	contest_release(contest);
}

static void people_choose_agencies_or_communes(void **state)
{
	static const struct {
		const char *code;
		bool as_unit, as_locality;
	} rows[] = {
		{ "G-TINH", false, false }, { "G-DIABAN", false, false },
		{ "STTTT", true, false },   { "STTTT-VP", true, false },
		{ "DP-689", false, false }, { "DP-25207", false, true },
	};
	const struct contest *contest = sample_contest(*state);
	int n_communes = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct contest_unit *unit = unit_of(contest, rows[i].code);
		bool as_locality = contest_unit_is_open(unit, GROUP_PLACE_LOCALITY);
		assert_int_equal(contest_unit_is_open(unit, GROUP_PLACE_UNIT), rows[i].as_unit);
		assert_int_equal(as_locality, rows[i].as_locality);
	}
	for (int i = 0; i < contest->n_units; i++)
		n_communes += contest_unit_is_open(&contest->units[i], GROUP_PLACE_LOCALITY);
	assert_int_equal(n_communes, N_COMMUNES);
	contest_release(contest);
}

/* ---- phases and rules ---- */

struct publishing {
	struct sample *s;
	int64_t contest, round, at;
};

static int add_publication(void *ctx, struct db *db)
{
	struct publishing *p = ctx;
	int64_t freeze = id_next(&p->s->ids), ranking = id_next(&p->s->ids);
	const struct q_ranking_add_in rank = {
		.id = ranking, .contest = p->contest, .round = p->round, .freeze = freeze,
		.rules_version = 1, .now = p->at, .hash = TEXT("h"),
	};
	const struct q_publication_add_in publication = {
		.id = id_next(&p->s->ids), .contest = p->contest, .round = p->round,
		.ranking = ranking, .decision_no = TEXT("71/QĐ-BTC"),
		.decision_date = TEXT("2024-10-08"), .now = p->at,
	};

	if (q_freeze_add(db, freeze, p->contest, p->round, p->at, TEXT("h")) < 0 ||
	    q_ranking_add(db, &rank) < 0)
		return STORE_FAILED;
	return q_publication_add(db, &publication);
}

static void assert_phase(struct sample *s, int64_t now, enum phase phase)
{
	const struct contest *contest = sample_contest(s);

	assert_int_equal(contest_phase(contest, now), phase);
	contest_release(contest);
}

static void the_contest_goes_through_its_phases(void **state)
{
	struct sample *s = *state;
	int64_t launch = sample_moment("2024-09-09"), open = sample_moment(OPEN);
	int64_t close = sample_moment(CLOSE), result = sample_moment("2024-10-08T08:00:00+07:00");
	struct publishing publishing = { s, 0, sample_round(s), result + TIME_HOUR_MS };
	const struct contest *contest = sample_contest(s);

	assert_phase(s, launch - 1, PHASE_BEFORE);
	assert_phase(s, launch, PHASE_ANNOUNCED);
	assert_phase(s, open - 1, PHASE_ANNOUNCED);
	assert_phase(s, open, PHASE_OPEN);
	assert_phase(s, close - 1, PHASE_OPEN);
	assert_phase(s, close, PHASE_CLOSED);
	/* Results never publish themselves. */
	assert_phase(s, result, PHASE_CLOSED);
	assert_phase(s, result + 30 * TIME_DAY_MS, PHASE_CLOSED);
	assert_null(contest_publication(contest, 0));
	publishing.contest = contest->id;
	contest_release(contest);
	assert_int_equal(store_call(s->site.store, STORE_CLASS_DOOR, "publish", add_publication,
				    &publishing), STORE_ONE);
	sample_reopen(s);
	assert_phase(s, publishing.at - 1, PHASE_CLOSED);
	assert_phase(s, publishing.at, PHASE_PUBLISHED);
	contest = sample_contest(s);
	assert_text(contest_publication(contest, publishing.round)->decision_no, "71/QĐ-BTC");
	assert_null(contest_publication(contest, publishing.round + 1));
	contest_release(contest);
}

static void assert_rules(const struct contest *contest, int64_t now, int64_t version,
			 int64_t limit_s)
{
	const struct rules_in_force *rules = contest_rules(contest, now);

	assert_int_equal(rules->version, version);
	assert_int_equal(rules->profile.time_limit_s, limit_s);
	assert_ptr_equal(contest_rules_version(contest, version), rules);
}

static void rules_hold_from_their_moment(void **state)
{
	struct sample *s = *state;
	int64_t first = s->now, second = sample_moment(OPEN) - TIME_MINUTE_MS;
	struct contest_apply apply;

	s->now = second - TIME_HOUR_MS;
	sample_edit(s, "profile.json", "\"time_limit_s\": 1800", "\"time_limit_s\": 1200");
	assert_int_equal(sample_apply(s, second, &apply), STORE_ONE);
	assert_true(apply.rules_changed);
	assert_false(apply.created);
	assert_int_equal(apply.rules_version, 2);
	const struct contest *contest = sample_contest(s);
	assert_int_equal(contest->n_rules, 2);
	assert_rules(contest, first - TIME_DAY_MS, 1, 1800);
	assert_rules(contest, second - 1, 1, 1800);
	assert_rules(contest, second, 2, 1200);
	assert_rules(contest, sample_moment(CLOSE), 2, 1200);
	assert_null(contest_rules_version(contest, 3));
	/* Rounds and groups are the same ones by either version. */
	assert_memory_equal(&contest->ids[0], &contest->ids[1], sizeof(contest->ids[0]));
	contest_release(contest);
}

static void of_two_rules_in_force_the_newer_holds(void **state)
{
	struct sample *s = *state;
	int64_t later = s->now + TIME_DAY_MS, sooner = s->now + TIME_HOUR_MS;
	struct contest_apply apply;

	sample_edit(s, "profile.json", "\"time_limit_s\": 1800", "\"time_limit_s\": 1200");
	assert_int_equal(sample_apply(s, later, &apply), STORE_ONE);
	sample_edit(s, "profile.json", "\"time_limit_s\": 1200", "\"time_limit_s\": 900");
	assert_int_equal(sample_apply(s, sooner, &apply), STORE_ONE);
	const struct contest *contest = sample_contest(s);
	assert_rules(contest, sooner - 1, 1, 1800);
	assert_rules(contest, sooner, 3, 900);
	assert_rules(contest, later, 3, 900);
	contest_release(contest);
}

static void contests_are_had_by_code(void **state)
{
	struct sample *s = *state;
	const struct contest *by_code = sample_contest(s);
	const struct contest *that_is_on = contest_acquire(s->site.contests, TEXT_EMPTY, s->now);
	const struct contest *all[CONTESTS_MAX];

	assert_ptr_equal(by_code, that_is_on);
	assert_null(contest_acquire(s->site.contests, TEXT("none"), s->now));
	assert_int_equal(contest_acquire_all(s->site.contests, all), 1);
	assert_ptr_equal(all[0], by_code);
	contest_release(all[0]);
	contest_release(that_is_on);
	contest_release(by_code);
}

#define WITH_CONTEST(test) \
	cmocka_unit_test_setup_teardown(test, sample_set_up_applied, sample_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_CONTEST(units_are_found_as_people_call_them),
		WITH_CONTEST(a_search_that_fits_nothing_finds_nothing),
		WITH_CONTEST(every_unit_is_found_by_its_name),
		WITH_CONTEST(the_best_of_many_are_shown),
		WITH_CONTEST(citizens_find_their_commune_by_its_district),
		WITH_CONTEST(a_name_that_occurs_twice_is_shown_with_its_parent),
		WITH_CONTEST(names_are_alone_or_with_their_parent),
		WITH_CONTEST(the_tree_stands_in_order),
		WITH_CONTEST(people_choose_agencies_or_communes),
		WITH_CONTEST(the_contest_goes_through_its_phases),
		WITH_CONTEST(rules_hold_from_their_moment),
		WITH_CONTEST(of_two_rules_in_force_the_newer_holds),
		WITH_CONTEST(contests_are_had_by_code),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
