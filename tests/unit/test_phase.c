#include "rules/phase.h"

#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define N_PROFILES 200
#define N_MOMENTS 300

static int64_t moment(const char *iso)
{
	int64_t ms = 0;
	assert_int_equal(time_parse(text_from_z(iso), &ms), 0);
	return ms;
}

/* A complete profile of two rounds with a gap between them. */
static struct profile two_rounds(void)
{
	struct profile profile = {
		.decision_no = TEXT("1"),
		.decision_date = TEXT("2024-09-20"),
		.n_rounds = 2,
		.n_questions = 30,
		.points_per_question = 1,
		.time_limit_s = 1800,
		.at_close = AT_CLOSE_CUT,
		.attempt_limit = 2,
		.attempt_period = ATTEMPT_PERIOD_ROUND,
		.attempt_counting = ATTEMPT_COUNTING_BEST,
		.prediction_target = PREDICTION_ALL_CORRECT_PEOPLE,
		.prediction_scope = PREDICTION_SCOPE_GROUP_ROUND,
		.prediction_distance = PREDICTION_DISTANCE_ABSOLUTE,
		.rank_keys = { RANK_KEY_SCORE },
		.n_rank_keys = 1,
		.unit_rate_weight_milli = 500,
		.unit_mean_score_weight_milli = 500,
		.feedback = FEEDBACK_SCORE,
	};
	profile.launch_at = moment("2024-09-09T00:00:00+07:00");
	profile.open_at = moment("2024-09-20T08:00:00+07:00");
	profile.close_at = moment("2024-10-04T24:00:00+07:00");
	profile.result_at = moment("2024-10-08T08:00:00+07:00");
	profile.rounds[0].open_at = profile.open_at;
	profile.rounds[0].close_at = moment("2024-09-27T09:30:00+07:00");
	profile.rounds[1].open_at = moment("2024-09-27T10:00:00+07:00");
	profile.rounds[1].close_at = profile.close_at;
	return profile;
}

static void phases_change_at_their_moments(void **state)
{
	(void)state;
	struct profile p = two_rounds();

	assert_int_equal(phase_at(&p, TIME_NONE, p.launch_at - 1), PHASE_BEFORE);
	assert_int_equal(phase_at(&p, TIME_NONE, p.launch_at), PHASE_ANNOUNCED);
	assert_int_equal(phase_at(&p, TIME_NONE, p.open_at - 1), PHASE_ANNOUNCED);
	assert_int_equal(phase_at(&p, TIME_NONE, p.open_at), PHASE_OPEN);
	assert_int_equal(phase_at(&p, TIME_NONE, p.rounds[0].close_at), PHASE_OPEN);
	assert_int_equal(phase_at(&p, TIME_NONE, p.close_at - 1), PHASE_OPEN);
	assert_int_equal(phase_at(&p, TIME_NONE, p.close_at), PHASE_CLOSED);
	assert_int_equal(phase_at(&p, TIME_NONE, p.result_at), PHASE_CLOSED);
	assert_int_equal(phase_at(&p, p.result_at, p.result_at - 1), PHASE_CLOSED);
	assert_int_equal(phase_at(&p, p.result_at, p.result_at), PHASE_PUBLISHED);
}

static void rounds_open_and_follow(void **state)
{
	(void)state;
	struct profile p = two_rounds();

	assert_null(phase_open_round(&p, p.open_at - 1));
	assert_ptr_equal(phase_open_round(&p, p.open_at), &p.rounds[0]);
	assert_ptr_equal(phase_open_round(&p, p.rounds[0].close_at - 1), &p.rounds[0]);
	assert_null(phase_open_round(&p, p.rounds[0].close_at));
	assert_ptr_equal(phase_open_round(&p, p.rounds[1].open_at), &p.rounds[1]);
	assert_null(phase_open_round(&p, p.close_at));
	assert_ptr_equal(phase_next_round(&p, p.open_at - 1), &p.rounds[0]);
	assert_ptr_equal(phase_next_round(&p, p.open_at), &p.rounds[1]);
	assert_null(phase_next_round(&p, p.rounds[1].open_at));
}

static void papers_start_in_a_round_with_complete_rules(void **state)
{
	(void)state;
	struct profile p = two_rounds();

	assert_int_equal(phase_may_start(&p, p.open_at - 1), 1);
	assert_int_equal(phase_may_start(&p, p.open_at), 0);
	assert_int_equal(phase_may_start(&p, p.rounds[0].close_at), 1);
	p.n_questions = PROFILE_UNDECIDED;
	assert_int_equal(phase_may_start(&p, p.open_at), 2);
	assert_int_equal(phase_may_start(&p, p.close_at), 1);
	p = two_rounds();
	p.decision_no = TEXT_EMPTY;
	assert_int_equal(phase_may_start(&p, p.open_at), 2);
}

static void a_paper_ends_with_its_time_or_its_round(void **state)
{
	(void)state;
	struct profile p = two_rounds();
	const struct profile_round *last = &p.rounds[1];
	const int64_t limit = 30 * TIME_MINUTE_MS;

	assert_int_equal(phase_deadline(&p, last, p.close_at - limit - 1), p.close_at - 1);
	assert_int_equal(phase_deadline(&p, last, p.close_at - limit), p.close_at);
	assert_int_equal(phase_deadline(&p, last, p.close_at - 1), p.close_at);
	p.at_close = AT_CLOSE_FINISH;
	assert_int_equal(phase_deadline(&p, last, p.close_at - 1), p.close_at - 1 + limit);
}

static void periods_follow_the_vietnamese_calendar(void **state)
{
	(void)state;
	struct profile p = two_rounds();
	static const struct {
		enum attempt_period period;
		const char *start, *from, *to;
	} rows[] = {
		{ ATTEMPT_PERIOD_ROUND, "2024-09-30T12:00:00+07:00", "2024-09-27T10:00:00+07:00",
		  "2024-10-05" },
		{ ATTEMPT_PERIOD_CONTEST, "2024-09-30T12:00:00+07:00", "2024-09-20T08:00:00+07:00",
		  "2024-10-05" },
		{ ATTEMPT_PERIOD_WEEK, "2024-09-29T23:59:59+07:00", "2024-09-23", "2024-09-30" },
		{ ATTEMPT_PERIOD_WEEK, "2024-09-30T00:00:00+07:00", "2024-09-30", "2024-10-07" },
		{ ATTEMPT_PERIOD_DAY, "2024-09-30T00:00:00+07:00", "2024-09-30", "2024-10-01" },
		{ ATTEMPT_PERIOD_DAY, "2024-09-30T23:59:59+07:00", "2024-09-30", "2024-10-01" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t from, to;
		p.attempt_period = rows[i].period;
		phase_attempt_period(&p, &p.rounds[1], moment(rows[i].start), &from, &to);
		assert_int_equal(from, moment(rows[i].from));
		assert_int_equal(to, moment(rows[i].to));
	}
}

/* ---- properties over random profiles ---- */

static uint64_t random_state = 20240920;

/* SplitMix64: the same numbers in every run. */
static int64_t below(int64_t n)
{
	uint64_t x = random_state += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (int64_t)((x ^ (x >> 31)) % (uint64_t)n);
}

static struct profile random_profile(void)
{
	struct profile p = two_rounds();
	int64_t at = moment("2024-01-01T00:00:00+07:00") + below(365 * TIME_DAY_MS);

	p.launch_at = at;
	p.n_rounds = 1 + (int)below(PROFILE_ROUNDS_MAX);
	for (int i = 0; i < p.n_rounds; i++) {
		at += (i == 0) + below(2) * below(5 * TIME_DAY_MS);
		p.rounds[i].open_at = at;
		at += 1 + below(10 * TIME_DAY_MS);
		p.rounds[i].close_at = at;
	}
	p.open_at = p.rounds[0].open_at;
	p.close_at = at;
	p.result_at = at + below(10 * TIME_DAY_MS);
	p.time_limit_s = 60 + below(14341);
	p.at_close = below(2) ? AT_CLOSE_CUT : AT_CLOSE_FINISH;
	p.attempt_period = (enum attempt_period)(ATTEMPT_PERIOD_ROUND + below(4));
	return p;
}

static void check_start(const struct profile *p, const struct profile_round *round, int64_t now)
{
	int64_t limit = p->time_limit_s * TIME_SECOND_MS;
	int64_t deadline = phase_deadline(p, round, now);
	int64_t from, to;

	assert_true(deadline > now && deadline <= now + limit);
	if (p->at_close == AT_CLOSE_CUT)
		assert_true(deadline <= round->close_at);
	if (p->at_close == AT_CLOSE_FINISH || now + limit <= round->close_at)
		assert_int_equal(deadline, now + limit);
	if (phase_open_round(p, now + 1) == round)
		assert_true(phase_deadline(p, round, now + 1) >= deadline);

	phase_attempt_period(p, round, now, &from, &to);
	assert_true(from <= now && now < to);
	for (int i = 0; i < 4; i++) {
		/* Whoever starts in the same period finds the same period. */
		int64_t other = from + below(to - from), other_from, other_to;
		phase_attempt_period(p, round, other, &other_from, &other_to);
		assert_int_equal(other_from, from);
		assert_int_equal(other_to, to);
	}
}

static void hold_for_random_profiles(void **state)
{
	(void)state;

	for (int i = 0; i < N_PROFILES; i++) {
		struct profile p = random_profile();
		int64_t published_at = below(2) ? TIME_NONE : p.result_at + below(TIME_DAY_MS);
		int64_t now = p.launch_at - 2 * TIME_DAY_MS;
		int64_t step = (p.result_at + 4 * TIME_DAY_MS - now) / N_MOMENTS;
		enum phase before = PHASE_BEFORE;
		for (int j = 0; j < N_MOMENTS; j++, now += 1 + below(2 * step)) {
			enum phase phase = phase_at(&p, published_at, now);
			const struct profile_round *round = phase_open_round(&p, now);
			const struct profile_round *next = phase_next_round(&p, now);
			assert_true(phase >= before);
			before = phase;
			assert_int_equal(phase_may_start(&p, now), round ? 0 : 1);
			assert_true(!next || next->open_at > now);
			assert_true(!round || !next || next > round);
			if (!round)
				continue;
			assert_int_equal(phase, PHASE_OPEN);
			check_start(&p, round, now);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phases_change_at_their_moments),
		cmocka_unit_test(rounds_open_and_follow),
		cmocka_unit_test(papers_start_in_a_round_with_complete_rules),
		cmocka_unit_test(a_paper_ends_with_its_time_or_its_round),
		cmocka_unit_test(periods_follow_the_vietnamese_calendar),
		cmocka_unit_test(hold_for_random_profiles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
