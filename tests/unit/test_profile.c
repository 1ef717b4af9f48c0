#include "rules/profile.h"

#include "base/time.h"
#include "test_profile_refusals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;
static struct profile profile;
static struct profile_problems problems;

/* Documents are written with ' for ". */
static struct text unquoted(struct text document)
{
	struct buf buf;

	buf_init(&buf, arena, 1 << 20);
	for (size_t i = 0; i < document.len; i++)
		buf_char(&buf, document.ptr[i] == '\'' ? '"' : document.ptr[i]);
	return buf_done(&buf);
}

static const char minimal[] =
	"{'format':1,"
	"'contest':{'code':'thu','title':'Hội thi thử','short_title':'Thử',"
	"'organizer':'Sở A','contact':'Tổ Thư ký',"
	"'legal_basis':[{'no':'1/KH','date':'2024-08-20','issuer':'UBND','title':'Kế hoạch'}],"
	"'launch_at':'2024-09-09T00:00:00+07:00','open_at':'2024-09-20T08:00:00+07:00',"
	"'close_at':'2024-10-04T24:00:00+07:00','result_at':'2024-10-08T08:00:00+07:00'},"
	"'rules':{'decision_no':'70/QĐ-BTC','decision_date':'2024-09-20'},"
	"'rounds':["
	"{'code':'r1','name':'Đợt 1','open_at':'2024-09-20T08:00+07:00',"
	"'close_at':'2024-09-27T08:00+07:00'},"
	"{'code':'r2','name':'Đợt 2','open_at':'2024-09-27T10:00+07:00',"
	"'close_at':'2024-10-05T00:00+07:00'}],"
	"'groups':["
	"{'code':'g1','name':'Nhóm 1','who':'cán bộ','bank':'b1','place':'unit'},"
	"{'code':'g2','name':'Nhóm 2','who':'người dân','bank':'b1','place':'locality'}],"
	"'banks':[{'code':'b1','file':'bank.csv'},{'code':'b2','file':'practice.csv'}],"
	"'consent':{'version':'1','purpose':'tổ chức hội thi'}"
	"}";

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(64 << 20);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena = arena_free(arena);
	return 0;
}

/* The minimal profile with the first `old` replaced; NULL adds `new` at the end. */
static struct text changed(const char *old, const char *new)
{
	struct text document = text_from_z(minimal);
	ptrdiff_t at = old ? text_find(document, text_from_z(old), 0) : (ptrdiff_t)document.len - 1;
	size_t len = old ? strlen(old) : 0;

	if (at < 0)
		fail_msg("no %s in the minimal profile", old ? old : "end");
	return text_format(arena, "%.*s%s%s%.*s", (int)at, minimal, old ? "" : ",", new,
			   (int)(document.len - (size_t)at - len), minimal + at + len);
}

static int parse(struct text document, enum profile_stage stage)
{
	memset(&profile, 0x5a, sizeof(profile));
	return profile_parse(arena, unquoted(document), stage, &profile, &problems);
}

static void print_problems(void)
{
	for (int i = 0; i < problems.n; i++)
		print_error("%.*s: %.*s\n", TEXT_ARGS(problems.items[i].path),
			    TEXT_ARGS(problems.items[i].reason));
}

static void assert_right(struct text document, enum profile_stage stage)
{
	int answer = parse(document, stage);
	if (answer != 0) {
		print_problems();
		fail_msg("answer %d", answer);
	}
	assert_int_equal(problems.n, 0);
}

static void fills_in_the_defaults(void **state)
{
	(void)state;
	assert_right(text_from_z(minimal), PROFILE_FOR_OPEN);

	assert_int_equal(profile.n_questions, 30);
	assert_int_equal(profile.time_limit_s, 1800);
	assert_int_equal(profile.points_per_question, 1);
	assert_int_equal(profile.shuffle_questions, 1);
	assert_int_equal(profile.shuffle_options, 1);
	assert_int_equal(profile.at_close, AT_CLOSE_CUT);
	assert_int_equal(profile.n_strata, 0);
	assert_int_equal(profile.attempt_limit, 2);
	assert_int_equal(profile.attempt_period, ATTEMPT_PERIOD_ROUND);
	assert_int_equal(profile.attempt_counting, ATTEMPT_COUNTING_BEST);
	assert_int_equal(profile.prediction_target, PREDICTION_ALL_CORRECT_PEOPLE);
	assert_int_equal(profile.prediction_scope, PREDICTION_SCOPE_GROUP_ROUND);
	assert_int_equal(profile.prediction_distance, PREDICTION_DISTANCE_ABSOLUTE);
	assert_int_equal(profile.n_rank_keys, 4);
	assert_int_equal(profile.rank_keys[0], RANK_KEY_SCORE);
	assert_int_equal(profile.rank_keys[1], RANK_KEY_PREDICTION_ERROR);
	assert_int_equal(profile.rank_keys[2], RANK_KEY_ELAPSED_MS);
	assert_int_equal(profile.rank_keys[3], RANK_KEY_SUBMITTED_AT);
	assert_int_equal(profile.min_age, 0);
	assert_int_equal(profile.n_prizes, 0);
	assert_int_equal(profile.n_blocks, 0);
	assert_int_equal(profile.unit_rate_weight_milli, 500);
	assert_int_equal(profile.unit_mean_score_weight_milli, 500);
	assert_int_equal(profile.unit_min_rate_percent, 50);
	assert_int_equal(profile.unit_min_headcount, 5);
	assert_int_equal(profile.snapshot_minute_of_day, 660);
	assert_int_equal(profile.feedback, FEEDBACK_SCORE);
	assert_int_equal(profile.retention_days, 90);
	assert_int_equal(profile.retention_winner_days, 365);
	assert_int_equal(profile.practice_bank.len, 0);
	assert_int_equal(profile.theme.len, 0);
	assert_int_equal(profile_undecided(&profile, NULL, 0), 0);
}

static void reads_what_is_written(void **state)
{
	(void)state;
	assert_right(changed(NULL, "'practice':{'bank':'b2','n_questions':7},"
		"'paper':{'n_questions':5,'shuffle_q':false,'draw':[{'topic':'a','count':2},"
		"{'topic':'b','difficulty':3,'count':3}]},'publish':{'participation':'09:05'},"
		"'prize':{'individual':[{'level':'Giải Nhất','quantity':1,'value_vnd':5000000}],"
		"'collective':{'formula':{'rate':0.333,'mean_score':0.667}}},"
		"'rank':{'keys':['score','n_perfect','started_at']},"
		"'prediction':{'target':'none'}"), PROFILE_FOR_OPEN);

	assert_true(text_equal_z(profile.practice_bank, "b2"));
	assert_int_equal(profile.practice_questions, 7);
	assert_int_equal(profile.n_strata, 2);
	assert_int_equal(profile.strata[0].difficulty, 0);
	assert_int_equal(profile.strata[1].difficulty, 3);
	assert_int_equal(profile.strata[1].count, 3);
	assert_int_equal(profile.shuffle_questions, 0);
	assert_int_equal(profile.snapshot_minute_of_day, 545);
	assert_int_equal(profile.prizes[0].value_vnd, 5000000);
	assert_int_equal(profile.unit_rate_weight_milli, 333);
	assert_int_equal(profile.unit_mean_score_weight_milli, 667);
	assert_int_equal(profile.rank_keys[2], RANK_KEY_STARTED_AT);
	assert_int_equal(profile.n_rounds, 2);
	assert_int_equal(profile.close_at, profile.rounds[1].close_at);
	assert_true(text_equal_z(time_format_iso(arena, profile.close_at),
				 "2024-10-05T00:00:00+07:00"));
	assert_ptr_equal(profile_round_by_code(&profile, TEXT("r2")), &profile.rounds[1]);
	assert_ptr_equal(profile_group_by_code(&profile, TEXT("g2")), &profile.groups[1]);
	assert_null(profile_round_by_code(&profile, TEXT("r3")));
	assert_null(profile_group_by_code(&profile, TEXT("")));
}

static void refuses_each_mistake_at_its_path(void **state)
{
	(void)state;
	int n_wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		const struct refusal *row = &refusals[i];
		int answer = parse(changed(row->old, row->new), PROFILE_FOR_OPEN);
		if (answer == 1 && problems.n == 1 &&
		    text_equal_z(problems.items[0].path, row->path) &&
		    text_find(problems.items[0].reason, text_from_z(row->reason), 0) >= 0)
			continue;
		print_error("row %zu, %s: answer %d\n", i, row->new, answer);
		print_problems();
		n_wrong++;
	}
	assert_int_equal(n_wrong, 0);
}

static void assert_paths(const char *const *paths, int n)
{
	if (problems.n != n)
		print_problems();
	assert_int_equal(problems.n, n);
	for (int i = 0; i < n; i++)
		if (!text_equal_z(problems.items[i].path, paths[i]))
			fail_msg("%.*s is not %s", TEXT_ARGS(problems.items[i].path), paths[i]);
}

static void reports_all_at_once_as_they_occur(void **state)
{
	(void)state;
	static const char *const paths[] = {
		"contest", "attempt.counting", "rank.keys", "paper.draw[1].count", "paper.colour",
		"paper.at_close", "banks[0].file", "groups[0].name", "groups[0].bank", "zebra",
	};
	struct text document = TEXT("{'contest':7,'attempt':{'counting':'only'},"
		"'rank':{'keys':['score']},"
		"'paper':{'draw':[{'count':3},{'topic':'a','count':0}],'colour':1,"
		"'at_close':'x'},"
		"'banks':[{'code':'b','file':'/'}],"
		"'groups':[{'code':'g','who':'w','bank':'c','place':'unit'}],"
		"'rounds':[{'code':'r','name':'R','open_at':'2024-09-20T08:00+07:00',"
		"'close_at':'2024-09-27T08:00+07:00'}],"
		"'consent':{'version':'1','purpose':'x'},'format':1,'zebra':1}");

	assert_int_equal(parse(document, PROFILE_FOR_ANNOUNCE), 1);
	assert_paths(paths, (int)ARRAY_LEN(paths));
}

static void leaves_the_profile_alone_on_failure(void **state)
{
	(void)state;
	struct profile before;

	memset(&before, 0x5a, sizeof(before));
	assert_int_equal(parse(TEXT("{}"), PROFILE_FOR_OPEN), 1);
	assert_memory_equal(&profile, &before, sizeof(profile));
}

static void null_is_undecided_until_the_opening(void **state)
{
	(void)state;
	static const struct {
		const char *new, *path;
		int n_undecided;
		const char *first;
	} rows[] = {
		{ "'paper':{'n_questions':null}", "paper.n_questions", 1, "paper.n_questions" },
		{ "'paper':{'draw':null}", "paper.draw", 1, "paper.draw" },
		{ "'paper':null", "paper", 7, "paper.n_questions" },
		{ "'attempt':{'limit':null,'counting':'only'}",
		  "attempt.limit", 1, "attempt.limit" },
		{ "'attempt':null", "attempt", 3, "attempt.limit" },
		{ "'prediction':{'target':null}", "prediction.target", 1, "prediction.target" },
		{ "'prediction':{'distance':null}",
		  "prediction.distance", 1, "prediction.distance" },
		{ "'rank':{'keys':null}", "rank.keys", 1, "rank.keys" },
		{ "'eligibility':{'min_age':null}",
		  "eligibility.min_age", 1, "eligibility.min_age" },
		{ "'prize':{'individual':null}", "prize.individual", 1, "prize.individual" },
		{ "'prize':{'collective':{'formula':{'rate':null}}}",
		  "prize.collective.formula.rate", 1, "prize.collective.formula.rate" },
		{ "'prize':null", "prize", 5, "prize.individual" },
		{ "'feedback':{'after_submit':null}", "feedback.after_submit", 1,
		  "feedback.after_submit" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct text document = changed(NULL, rows[i].new);
		struct text first[1];
		assert_right(document, PROFILE_FOR_ANNOUNCE);
		assert_int_equal(profile_undecided(&profile, first, 1), rows[i].n_undecided);
		assert_true(text_equal_z(first[0], rows[i].first));
		assert_int_equal(parse(document, PROFILE_FOR_OPEN), 1);
		assert_paths(&rows[i].path, 1);
	}
}

static void the_decision_may_come_late(void **state)
{
	(void)state;
	static const char *const paths[] = { "rules.decision_no", "rules.decision_date" };
	struct text paths_left[2];
	struct text document = changed("'rules':{'decision_no':'70/QĐ-BTC','decision_date':"
				       "'2024-09-20'},", "");

	assert_right(document, PROFILE_FOR_ANNOUNCE);
	assert_int_equal(profile.decision_no.len, 0);
	assert_int_equal(profile_undecided(&profile, paths_left, 2), 2);
	assert_true(text_equal_z(paths_left[1], "rules.decision_date"));
	assert_int_equal(parse(document, PROFILE_FOR_OPEN), 1);
	assert_paths(paths, 2);
}

static void results_wait_for_the_last_paper(void **state)
{
	(void)state;
	static const char *const path = "contest.result_at";
	struct buf buf;
	struct text rest = changed("2024-10-08T08:00:00", "2024-10-05T00:10:00");

	buf_init(&buf, arena, 1 << 20);
	assert_right(rest, PROFILE_FOR_OPEN);
	buf_text(&buf, text_part(rest, 0, rest.len - 1));
	buf_z(&buf, ",'paper':{'at_close':'finish'}}");
	assert_int_equal(parse(buf_done(&buf), PROFILE_FOR_OPEN), 1);
	assert_paths(&path, 1);
}

static void keeps_no_more_problems_than_fit(void **state)
{
	(void)state;
	struct buf buf;

	buf_init(&buf, arena, 1 << 20);
	buf_z(&buf, "{");
	for (int i = 0; i < 3000; i++)
		buf_format(&buf, "'x%d':1,", i);
	buf_z(&buf, "'format':1}");
	assert_int_equal(parse(buf_done(&buf), PROFILE_FOR_OPEN), 1);
	assert_int_equal(problems.n, PROFILE_PROBLEMS_MAX);
}

static void survives_running_out_of_memory(void **state)
{
	(void)state;
	struct text documents[] = {
		unquoted(text_from_z(minimal)),
		unquoted(changed("'bank':'b1'", "'x':'b9'")),
	};

	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		int expected = parse(documents[i], PROFILE_FOR_OPEN);
		for (int64_t n = 1, answer = -1; answer != expected; n++) {
			struct arena *small = arena_new(8 << 20);
			assert_non_null(small);
			mem_fail_nth(n, false);
			answer = profile_parse(small, documents[i], PROFILE_FOR_OPEN, &profile,
					       &problems);
			mem_fail_nth(0, false);
			if (answer != expected && answer != -1)
				fail_msg("allocation %lld: answer %lld",
						(long long)n, (long long)answer);
			small = arena_free(small);
		}
	}
}

static void the_examples_are_right(void **state)
{
	(void)state;
	static const char *const names[] = { "binh-phuoc-2024", "bon-tuan" };
	static char bytes[PROFILE_BYTES_MAX];
	const char *root = getenv("HOITHI_SOURCE_ROOT");

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct text path = text_format(arena, "%s/examples/%s/profile.json",
				root ? root : ".",
					       names[i]);
		FILE *file = fopen(text_z(arena, path), "r");
		if (!file)
			fail_msg("%.*s (set HOITHI_SOURCE_ROOT)", TEXT_ARGS(path));
		size_t len = fread(bytes, 1, sizeof(bytes), file);
		(void)fclose(file);
		assert_right(text_from_bytes(bytes, len), PROFILE_FOR_OPEN);
		assert_true(text_equal_z(profile.code, names[i]));
	}
	assert_int_equal(profile.n_rounds, 4);
	assert_int_equal(time_weekday(profile.rounds[3].open_at), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_in_the_defaults),
		cmocka_unit_test(reads_what_is_written),
		cmocka_unit_test(refuses_each_mistake_at_its_path),
		cmocka_unit_test(reports_all_at_once_as_they_occur),
		cmocka_unit_test(leaves_the_profile_alone_on_failure),
		cmocka_unit_test(null_is_undecided_until_the_opening),
		cmocka_unit_test(the_decision_may_come_late),
		cmocka_unit_test(results_wait_for_the_last_paper),
		cmocka_unit_test(keeps_no_more_problems_than_fit),
		cmocka_unit_test(survives_running_out_of_memory),
		cmocka_unit_test(the_examples_are_right),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
