#include "jobs/ranking.h"

#include "base/time.h"
#include "store/act.h"
#include "store/store.h"

#include "store_queries.h"

struct publishing {
	struct ranking_order *order;
	int64_t round;
	struct q_ranking_latest ranking;
};

static int look(void *ctx, struct db *db)
{
	struct publishing *p = ctx;
	return q_ranking_latest(db, p->order->arena, p->round, &p->ranking);
}

static int write(void *ctx, struct db *db)
{
	struct publishing *p = ctx;
	struct ranking_order *order = p->order;
	const struct q_publication_add_in row = {
		.id = id_next(order->site->ids), .contest = order->contest->id, .round = p->round,
		.ranking = p->ranking.id, .decision_no = order->decision_no,
		.decision_date = order->decision_date, .now = order->now,
	};
	const struct act act = {
		.actor = order->actor, .kind = TEXT("contest.publish"), .before = TEXT_EMPTY,
		.subject = text_format(order->arena, "%.*s round %d", TEXT_ARGS(order->contest->code),
				       order->round + 1),
		.after = text_format(order->arena, "ranking hash %.*s",
				     TEXT_ARGS(text_hex(order->arena, p->ranking.hash.ptr,
							p->ranking.hash.len))),
		.reason = text_format(order->arena, "%.*s, %.*s", TEXT_ARGS(order->decision_no),
				      TEXT_ARGS(order->decision_date)),
	};

	if (q_publication_add(db, &row) < 0)
		return STORE_FAILED;
	return act_add(db, order->arena, time_now_ms(), &act);
}

int ranking_publish(struct ranking_order *order)
{
	const struct rules_in_force *rules = contest_rules(order->contest, order->now);
	struct publishing p = { .order = order,
				.round = contest_ids_of(order->contest, rules)->rounds[order->round] };

	int result = store_read(order->site->store, "publish", look, &p, NULL);
	if (result < 0)
		return result;
	const struct publication *before = contest_publication(order->contest, p.round);
	if (result == 0)
		order->refused = TEXT("chưa xếp hạng: chạy `contest rank` trước");
	else if (before && before->ranking == p.ranking.id)
		order->refused = TEXT("bảng xếp hạng này đã được công bố");
	if (order->refused.len)
		return 1;
	result = store_call(order->site->store, STORE_CLASS_BACKGROUND, "publish", write, &p);
	return result < 0 ? result : 0;
}
