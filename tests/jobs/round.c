#include "round.h"

#include "base/time.h"
#include "store_queries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct sample_person people[N_PEOPLE] = {
	[AN] = { .name = "Nguyễn Thị An", .birth = "1990-01-02", .phone = "+84912345671",
		 .unit = "SNV-VP" },
	[BINH] = { .name = "Trần Văn Bình", .birth = "1985", .phone = "+84912345672",
		   .unit = "SNV-TTRA" },
	[CUC] = { .name = "Lê Thị Cúc", .birth = "1970-05-06", .phone = "+84912345673",
		  .unit = "SNV" },
	[GIANG] = { .name = "Lê Thị Hương Giang", .birth = "1976-03-14", .phone = "+84912345674",
		    .unit = "SNV-VP" },
	[DUNG] = { .name = "Điểu Dung", .birth = "2001-12-31", .phone = "+84912345675",
		   .unit = "SNV-CBCC", .group = 1 },
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

int round_set_up(void **state)
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
static int take(struct sample *s, int (*fn)(struct ranking_order *), struct ranking_order *ret)
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

void round_refused(struct sample *s, int (*fn)(struct ranking_order *), const char *why)
{
	struct ranking_order order;

	assert_int_equal(take(s, fn, &order), 1);
	if (text_find(order.refused, text_from_z(why), 0) < 0)
		fail_msg("“%.*s” does not say “%s”", TEXT_ARGS(order.refused), why);
}

struct ranking_order round_step(struct sample *s, int (*fn)(struct ranking_order *))
{
	struct ranking_order order;
	int answer = take(s, fn, &order);

	if (answer)
		fail_msg("answers %d: %.*s", answer, TEXT_ARGS(order.refused));
	return order;
}

struct ranking_order round_rank(struct sample *s)
{
	s->now = sample_moment(RANKED);
	(void)round_step(s, ranking_freeze);
	return round_step(s, ranking_rank);
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

void round_annul(struct sample *s)
{
	assert_int_equal(store_call(s->site.store, STORE_CLASS_DOOR, "annul", annul, s), STORE_ONE);
}

void round_restore(struct sample *s)
{
	assert_int_equal(store_call(s->site.store, STORE_CLASS_DOOR, "lift", lift, s), STORE_ONE);
}
