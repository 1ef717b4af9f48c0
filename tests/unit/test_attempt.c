#include "rules/attempt.h"

#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LIMIT_MS (30 * TIME_MINUTE_MS)
#define N_HISTORIES 300
#define N_STEPS 120
#define PAPERS_MAX 400

static int64_t moment(const char *iso)
{
	int64_t ms = 0;
	assert_int_equal(time_parse(text_from_z(iso), &ms), 0);
	return ms;
}

/* Complete rules: two rounds with half an hour between them, two attempts a round. */
static struct profile two_rounds(void)
{
	struct profile profile = {
		.decision_no = TEXT("1"), .decision_date = TEXT("2024-09-20"), .n_rounds = 2,
		.n_questions = 30, .points_per_question = 1, .time_limit_s = 1800,
		.at_close = AT_CLOSE_CUT, .attempt_limit = 2,
		.attempt_period = ATTEMPT_PERIOD_ROUND,
		.attempt_counting = ATTEMPT_COUNTING_BEST,
		.prediction_target = PREDICTION_ALL_CORRECT_PEOPLE,
		.prediction_scope = PREDICTION_SCOPE_GROUP_ROUND,
		.prediction_distance = PREDICTION_DISTANCE_ABSOLUTE,
		.rank_keys = { RANK_KEY_SCORE }, .n_rank_keys = 1,
		.unit_rate_weight_milli = 500, .unit_mean_score_weight_milli = 500,
		.feedback = FEEDBACK_SCORE,
	};

	profile.launch_at = moment("2024-09-09");
	profile.open_at = moment("2024-09-20T08:00:00+07:00");
	profile.close_at = moment("2024-10-04T24:00:00+07:00");
	profile.result_at = moment("2024-10-08T08:00:00+07:00");
	profile.rounds[0].open_at = profile.open_at;
	profile.rounds[0].close_at = moment("2024-09-27T09:30:00+07:00");
	profile.rounds[1].open_at = moment("2024-09-27T10:00:00+07:00");
	profile.rounds[1].close_at = profile.close_at;
	return profile;
}

static struct attempt paper(int round, int number, bool submitted, int64_t started_at)
{
	return (struct attempt){ .paper = 100 * round + number, .round = round, .number = number,
				 .submitted = submitted, .started_at = started_at,
				 .deadline_at = started_at + LIMIT_MS };
}

static struct start_decision decide(const struct profile *p, const struct attempt *papers, int n,
				    int64_t now)
{
	return attempt_decide_start(p, papers, n, true, now);
}

static void assert_decision(struct start_decision d, enum start_verdict verdict, int round,
			    int left)
{
	assert_int_equal(d.verdict, verdict);
	assert_int_equal(d.round, round);
	assert_int_equal(d.left, left);
	assert_true((d.open >= 0) == (verdict == START_GO_ON));
}

static void papers_start_while_a_round_is_open(void **state)
{
	struct profile p = two_rounds();
	const int64_t closed[] = { p.launch_at, p.open_at - 1, p.rounds[0].close_at,
				   p.rounds[1].open_at - 1, p.close_at, p.result_at };
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(closed); i++)
		assert_decision(decide(&p, NULL, 0, closed[i]), START_NO_ROUND, -1, -1);
	assert_int_equal(decide(&p, NULL, 0, p.open_at).number, 1);
	assert_decision(decide(&p, NULL, 0, p.open_at), START_MAY, 0, 2);
	assert_decision(decide(&p, NULL, 0, p.rounds[0].close_at - 1), START_MAY, 0, 2);
	assert_decision(decide(&p, NULL, 0, p.rounds[1].open_at), START_MAY, 1, 2);
	assert_decision(decide(&p, NULL, 0, p.close_at - 1), START_MAY, 1, 2);
}

static void no_start_by_half_of_the_rules(void **state)
{
	(void)state;
	for (int value = 0; value < 4; value++) {
		struct profile p = two_rounds();
		if (value == 0)
			p.n_questions = PROFILE_UNDECIDED;
		if (value == 1)
			p.attempt_period = ATTEMPT_PERIOD_UNDECIDED;
		if (value == 2)
			p.attempt_limit = PROFILE_UNDECIDED;
		if (value == 3)
			p.decision_no = TEXT_EMPTY;
		assert_decision(decide(&p, NULL, 0, p.open_at), START_RULES_MISSING, 0, -1);
		assert_decision(decide(&p, NULL, 0, p.open_at - 1), START_NO_ROUND, -1, -1);
		assert_decision(decide(&p, NULL, 0, p.close_at), START_NO_ROUND, -1, -1);
	}
}

static void the_young_may_not_start(void **state)
{
	struct profile p = two_rounds();
	(void)state;

	assert_decision(attempt_decide_start(&p, NULL, 0, false, p.open_at), START_TOO_YOUNG, 0, 2);
	assert_decision(attempt_decide_start(&p, NULL, 0, false, p.open_at - 1), START_NO_ROUND, -1,
			-1);
	struct attempt one[] = { paper(0, 1, true, p.open_at) };
	assert_decision(attempt_decide_start(&p, one, 1, false, p.open_at + 1), START_TOO_YOUNG, 0,
			1);
}

static void the_third_start_is_refused(void **state)
{
	struct profile p = two_rounds();
	int64_t now = p.open_at + TIME_DAY_MS;
	struct attempt papers[] = { paper(0, 1, true, p.open_at),
				    paper(0, 2, true, p.open_at + TIME_HOUR_MS) };
	(void)state;

	struct start_decision d = decide(&p, papers, 1, now);
	assert_decision(d, START_MAY, 0, 1);
	assert_int_equal(d.number, 2);
	assert_decision(decide(&p, papers, 2, now), START_USED_UP, 0, 0);
	p.attempt_limit = 1;
	/* A limit that was lowered leaves none, and not less. */
	assert_decision(decide(&p, papers, 2, now), START_USED_UP, 0, 0);
	p.attempt_limit = 3;
	d = decide(&p, papers, 2, now);
	assert_decision(d, START_MAY, 0, 1);
	assert_int_equal(d.number, 3);
}

static void without_a_limit_there_is_always_one_more(void **state)
{
	struct profile p = two_rounds();
	struct attempt papers[50];
	(void)state;

	p.attempt_limit = 0;
	for (int i = 0; i < 50; i++)
		papers[i] = paper(0, i + 1, true, p.open_at + i * TIME_HOUR_MS);
	struct start_decision d = decide(&p, papers, 50, p.open_at + 60 * TIME_HOUR_MS);
	assert_decision(d, START_MAY, 0, -1);
	assert_int_equal(d.number, 51);
}

static void an_open_paper_is_gone_on_with(void **state)
{
	struct profile p = two_rounds();
	struct attempt papers[] = { paper(0, 1, true, p.open_at),
				    paper(0, 2, false, p.open_at + TIME_HOUR_MS) };
	int64_t deadline = papers[1].deadline_at;
	(void)state;

	for (int old_enough = 0; old_enough < 2; old_enough++) {
		struct start_decision d =
		    attempt_decide_start(&p, papers, 2, old_enough, deadline - 1);
		assert_decision(d, START_GO_ON, 0, 0);
		assert_true(d.open == 1 && d.number == 2);
	}
	/* At its deadline it reads as closed, and has been used all the same. */
	assert_decision(decide(&p, papers, 2, deadline), START_USED_UP, 0, 0);
	p.attempt_limit = 3;
	assert_decision(decide(&p, papers, 2, deadline - 1), START_GO_ON, 0, 1);
	struct start_decision d = decide(&p, papers, 2, deadline);
	assert_decision(d, START_MAY, 0, 1);
	assert_int_equal(d.number, 3);
	papers[1].submitted = true;
	assert_decision(decide(&p, papers, 2, deadline - 1), START_MAY, 0, 1);
	papers[1] = paper(-1, 1, false, p.open_at);	/* of no round: it has no address */
	assert_decision(decide(&p, papers, 2, p.open_at + 1), START_MAY, 0, 2);
}

/* With at_close = finish a paper outlives its round, and rules may change under it. */
static void an_open_paper_outlives_its_round(void **state)
{
	struct profile p = two_rounds();
	struct attempt one[] = { paper(0, 1, false, p.rounds[0].close_at - TIME_MINUTE_MS) };
	(void)state;

	p.at_close = AT_CLOSE_FINISH;
	one[0].deadline_at = p.rounds[1].open_at + TIME_HOUR_MS;
	struct start_decision d = decide(&p, one, 1, p.rounds[0].close_at);
	assert_decision(d, START_GO_ON, -1, -1);
	assert_int_equal(d.open, 0);
	d = decide(&p, one, 1, p.rounds[1].open_at);
	assert_decision(d, START_GO_ON, 1, 2);
	assert_int_equal(d.open, 0);
	p.n_questions = PROFILE_UNDECIDED;
	assert_int_equal(decide(&p, one, 1, p.rounds[1].open_at).verdict, START_GO_ON);
	assert_int_equal(decide(&p, one, 1, one[0].deadline_at).verdict, START_RULES_MISSING);
}

static void numbers_go_on_within_a_round(void **state)
{
	struct profile p = two_rounds();
	struct attempt papers[] = { paper(0, 7, true, p.open_at), paper(0, 3, true, p.open_at + 1),
				    paper(1, 1, true, p.rounds[1].open_at) };
	(void)state;

	p.attempt_limit = 0;
	assert_int_equal(decide(&p, papers, 2, p.open_at + TIME_DAY_MS).number, 8);
	assert_int_equal(decide(&p, papers, 2, p.rounds[1].open_at).number, 1);
	assert_int_equal(decide(&p, papers, 3, p.close_at - 1).number, 2);
}

static void a_round_counts_its_own_papers(void **state)
{
	struct profile p = two_rounds();
	struct attempt papers[] = { paper(0, 1, true, p.open_at), paper(0, 2, true, p.open_at),
				    paper(1, 1, true, p.rounds[1].open_at) };
	(void)state;

	assert_decision(decide(&p, papers, 2, p.rounds[0].close_at - 1), START_USED_UP, 0, 0);
	assert_decision(decide(&p, papers, 2, p.rounds[1].open_at), START_MAY, 1, 2);
	assert_decision(decide(&p, papers, 3, p.close_at - 1), START_MAY, 1, 1);
	/* What counts is whose round a paper is, also when an amended profile moved
	 * the round away from the paper's start. */
	papers[2].started_at = p.rounds[1].open_at - TIME_HOUR_MS;
	assert_decision(decide(&p, papers, 3, p.close_at - 1), START_MAY, 1, 1);
}

static void a_contest_counts_all_papers(void **state)
{
	struct profile p = two_rounds();
	struct attempt papers[] = { paper(0, 1, true, p.open_at),
				    paper(1, 1, true, p.rounds[1].open_at) };
	(void)state;

	p.attempt_period = ATTEMPT_PERIOD_CONTEST;
	struct start_decision d = decide(&p, papers, 1, p.rounds[1].open_at);
	assert_decision(d, START_MAY, 1, 1);
	assert_int_equal(d.number, 1);
	assert_decision(decide(&p, papers, 2, p.close_at - 1), START_USED_UP, 1, 0);
}

/* At the last and first moment of a period, each in Vietnamese time. */
static void days_and_weeks_begin_anew(void **state)
{
	static const struct {
		enum attempt_period period;
		const char *first, *last, *next;
	} rows[] = {
		{ ATTEMPT_PERIOD_DAY, "2024-09-23T00:00:00+07:00", "2024-09-23T23:59:59.999+07:00",
		  "2024-09-24T00:00:00+07:00" },
		/* Midnight in London is an hour of the same day here. */
		{ ATTEMPT_PERIOD_DAY, "2024-09-23T23:59:59Z", "2024-09-24T16:59:59Z",
		  "2024-09-24T17:00:00Z" },
		{ ATTEMPT_PERIOD_WEEK, "2024-09-23T00:00:00+07:00", "2024-09-29T23:59:59.999+07:00",
		  "2024-09-30T00:00:00+07:00" },
		{ ATTEMPT_PERIOD_WEEK, "2024-09-29T23:00:00+07:00", "2024-09-29T23:59:59.999+07:00",
		  "2024-09-30T00:00:00+07:00" },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct profile p = two_rounds();
		p.rounds[0].close_at = p.close_at;
		p.n_rounds = 1;
		p.attempt_limit = 1;
		p.attempt_period = rows[i].period;
		struct attempt one[] = { paper(0, 1, true, moment(rows[i].first)) };
		assert_decision(decide(&p, one, 1, moment(rows[i].last)), START_USED_UP, 0, 0);
		struct start_decision d = decide(&p, one, 1, moment(rows[i].next));
		assert_decision(d, START_MAY, 0, 1);
		assert_int_equal(d.number, 2);
	}
}

/* A week or day goes on over the gap between two rounds. */
static void a_day_reaches_over_rounds(void **state)
{
	struct profile p = two_rounds();
	struct attempt one[] = { paper(0, 1, true, p.rounds[0].close_at - TIME_HOUR_MS) };
	(void)state;

	p.attempt_limit = 1;
	p.attempt_period = ATTEMPT_PERIOD_DAY;
	assert_decision(decide(&p, one, 1, p.rounds[1].open_at), START_USED_UP, 1, 0);
	p.attempt_period = ATTEMPT_PERIOD_WEEK;
	assert_decision(decide(&p, one, 1, p.rounds[1].open_at), START_USED_UP, 1, 0);
	p.attempt_period = ATTEMPT_PERIOD_ROUND;
	assert_decision(decide(&p, one, 1, p.rounds[1].open_at), START_MAY, 1, 1);
}

static void a_paper_is_open_before_its_deadline(void **state)
{
	struct attempt one = paper(0, 1, false, 1000);
	(void)state;

	assert_true(attempt_is_open(&one, 1000));
	assert_true(attempt_is_open(&one, one.deadline_at - 1));
	assert_false(attempt_is_open(&one, one.deadline_at));
	one.submitted = true;
	assert_false(attempt_is_open(&one, 1000));
}

static void time_taken_is_never_more_than_there_was(void **state)
{
	(void)state;
	assert_int_equal(attempt_elapsed_ms(1000, 5000, 1000), 0);
	assert_int_equal(attempt_elapsed_ms(1000, 5000, 4999), 3999);
	assert_int_equal(attempt_elapsed_ms(1000, 5000, 5000), 4000);
	assert_int_equal(attempt_elapsed_ms(1000, 5000, 999999), 4000);
	/* The clock was set back meanwhile. */
	assert_int_equal(attempt_elapsed_ms(1000, 5000, 900), 0);
}

/* ---- histories of people who do as they are told ---- */

static uint64_t random_state = 20240920;

/* SplitMix64: the same numbers in every run. */
static int64_t below(int64_t n)
{
	uint64_t x = random_state += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (int64_t)((x ^ (x >> 31)) % (uint64_t)n);
}

struct history {
	struct profile profile;
	struct attempt papers[PAPERS_MAX];
	int n;
};

static int verdicts[START_TOO_YOUNG + 1];	/* of all histories together */

static struct profile random_profile(void)
{
	struct profile p = two_rounds();
	int64_t at = moment("2024-01-01T00:00:00+07:00") + below(365 * TIME_DAY_MS);

	p.n_rounds = 1 + (int)below(4);
	for (int i = 0; i < p.n_rounds; i++) {
		p.rounds[i].open_at = at += below(2) * below(TIME_DAY_MS);
		p.rounds[i].close_at = at += TIME_HOUR_MS + below(6 * TIME_DAY_MS);
	}
	p.open_at = p.rounds[0].open_at;
	p.close_at = at;
	p.time_limit_s = 60 + below(4 * 3600);
	p.at_close = below(2) ? AT_CLOSE_CUT : AT_CLOSE_FINISH;
	p.attempt_limit = (int)below(5);
	p.attempt_period = (enum attempt_period)(ATTEMPT_PERIOD_ROUND + below(4));
	return p;
}

/* Which period a start lies in, told by other means than the rules'. */
static int64_t period_of(const struct profile *p, int round, int64_t started_at)
{
	int64_t day = (started_at + 7 * TIME_HOUR_MS) / TIME_DAY_MS;

	if (p->attempt_period == ATTEMPT_PERIOD_ROUND)
		return round;
	if (p->attempt_period == ATTEMPT_PERIOD_DAY)
		return day;
	/* 1 January 1970 was a Thursday. */
	return p->attempt_period == ATTEMPT_PERIOD_WEEK ? (day + 3) / 7 : 0;
}

static int count_used(const struct history *h, int round, int64_t now)
{
	int used = 0;

	for (int i = 0; i < h->n; i++)
		used += period_of(&h->profile, h->papers[i].round, h->papers[i].started_at) ==
			period_of(&h->profile, round, now);
	return used;
}

static int count_open(const struct history *h, int64_t now)
{
	int open = 0;

	for (int i = 0; i < h->n; i++)
		open += !h->papers[i].submitted && now < h->papers[i].deadline_at;
	return open;
}

/* The decision is the one that the history justifies. */
static void check(const struct history *h, const struct start_decision *d, int64_t now)
{
	int limit = h->profile.attempt_limit;
	const struct profile_round *open = phase_open_round(&h->profile, now);
	int round = open ? (int)(open - h->profile.rounds) : -1;
	int used = round < 0 ? 0 : count_used(h, round, now);

	assert_int_equal(d->round, round);
	assert_int_equal(d->left, round < 0 || limit == 0 ? -1 : limit - used);
	if (count_open(h, now))
		assert_int_equal(d->verdict, START_GO_ON);
	else if (round < 0)
		assert_int_equal(d->verdict, START_NO_ROUND);
	else
		assert_int_equal(d->verdict, limit && used >= limit ? START_USED_UP : START_MAY);
	if (d->verdict == START_GO_ON) {
		assert_in_range(d->open, 0, h->n - 1);
		assert_true(attempt_is_open(&h->papers[d->open], now));
		assert_int_equal(d->number, h->papers[d->open].number);
	}
}

static void start(struct history *h, const struct start_decision *d, int64_t now)
{
	int before = 0;

	for (int i = 0; i < h->n; i++)
		before += h->papers[i].round == d->round;
	assert_int_equal(d->number, before + 1);
	assert_true(h->n < PAPERS_MAX);
	h->papers[h->n] = (struct attempt){
		.paper = h->n + 1, .round = d->round, .number = d->number, .started_at = now,
		.deadline_at = phase_deadline(&h->profile, &h->profile.rounds[d->round], now),
	};
	h->n++;
	assert_int_equal(count_open(h, now), 1);
	if (h->profile.attempt_limit)
		assert_true(count_used(h, d->round, now) <= h->profile.attempt_limit);
}

/* Papers reach the rules in whatever order the store has them. */
static void shuffle(struct history *h)
{
	for (int i = h->n - 1; i > 0; i--) {
		int other = (int)below(i + 1);
		struct attempt kept = h->papers[i];
		h->papers[i] = h->papers[other];
		h->papers[other] = kept;
	}
}

static void live(struct history *h)
{
	int64_t now = h->profile.open_at - TIME_HOUR_MS;
	int64_t pace = (h->profile.close_at - now) / (N_STEPS / 2);

	for (int i = 0; i < N_STEPS; i++) {
		shuffle(h);
		struct start_decision d = decide(&h->profile, h->papers, h->n, now);
		check(h, &d, now);
		verdicts[d.verdict]++;
		if (d.verdict == START_MAY)
			start(h, &d, now);
		else if (d.verdict == START_GO_ON && below(2))
			h->papers[d.open].submitted = true;
		/* Often the very moment at which a paper ends. */
		if (h->n && below(3) == 0 && h->papers[h->n - 1].deadline_at > now + 1)
			now = h->papers[h->n - 1].deadline_at - below(2);
		else
			now += below(below(4) ? pace : TIME_MINUTE_MS);
	}
}

static void who_follows_decisions_breaks_no_rule(void **state)
{
	static struct history h;
	(void)state;

	for (int i = 0; i < N_HISTORIES; i++) {
		h = (struct history){ .profile = random_profile() };
		live(&h);
	}
	/* The histories went through all that they are meant to try. */
	assert_true(verdicts[START_MAY] > N_HISTORIES);
	assert_true(verdicts[START_GO_ON] > N_HISTORIES);
	assert_true(verdicts[START_USED_UP] > N_HISTORIES);
	assert_true(verdicts[START_NO_ROUND] > N_HISTORIES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(papers_start_while_a_round_is_open),
		cmocka_unit_test(no_start_by_half_of_the_rules),
		cmocka_unit_test(the_young_may_not_start),
		cmocka_unit_test(the_third_start_is_refused),
		cmocka_unit_test(without_a_limit_there_is_always_one_more),
		cmocka_unit_test(an_open_paper_is_gone_on_with),
		cmocka_unit_test(an_open_paper_outlives_its_round),
		cmocka_unit_test(numbers_go_on_within_a_round),
		cmocka_unit_test(a_round_counts_its_own_papers),
		cmocka_unit_test(a_contest_counts_all_papers),
		cmocka_unit_test(days_and_weeks_begin_anew),
		cmocka_unit_test(a_day_reaches_over_rounds),
		cmocka_unit_test(a_paper_is_open_before_its_deadline),
		cmocka_unit_test(time_taken_is_never_more_than_there_was),
		cmocka_unit_test(who_follows_decisions_breaks_no_rule),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
