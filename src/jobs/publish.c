#include "jobs/ranking.h"

#include "base/time.h"
#include "jobs/pace.h"
#include "store/act.h"
#include "store/store.h"

#include "store_queries.h"

struct publishing {
	struct ranking_order *order;
	int64_t round;
	struct q_ranking_latest ranking;
	struct q_round_changes changes;
};

static int look(void *ctx, struct db *db)
{
	struct publishing *p = ctx;
	int result = q_round_changes(db, p->round, &p->changes);

	return result < 0 ? result : q_ranking_latest(db, p->order->arena, p->round, &p->ranking);
}

int ranking_is_as_it_was(struct db *db, int64_t round, const struct q_round_changes *then)
{
	struct q_round_changes now;
	int result = q_round_changes(db, round, &now);

	if (result < 0)
		return result;
	return now.freeze == then->freeze && now.ranking == then->ranking &&
	       now.annulled == then->annulled && now.restored == then->restored &&
	       now.ended == then->ended;
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

	int result = ranking_is_as_it_was(db, p->round, &p->changes);
	if (result <= 0)
		return result;
	if (q_publication_add(db, &row) < 0)
		return STORE_FAILED;
	return act_add(db, order->arena, time_now_ms(), &act);
}

/* What is shown has to be what ranking gives now: a paper that was annulled, or
 * somebody put on the list of exclusions, after the ranking must not be shown. */
static int check_fresh(struct ranking_order *order)
{
	struct pace pace = pace_begin(order->site, PACE_PUBLISH, order->stop);
	int answer = ranking_look(order, &pace);

	pace_end(&pace);
	if (answer == 0 && !order->unchanged) {
		order->refused = TEXT("từ lần xếp hạng cuối đã có thay đổi (chốt bài, huỷ hoặc khôi "
				      "phục bài, danh sách loại trừ, đơn vị, người rút hoặc nhập "
				      "mã dự thi): chạy lại "
				      "`contest rank`");
		return 1;
	}
	return answer;
}

int ranking_publish(struct ranking_order *order)
{
	struct publishing p = { .order = order, .round = ranking_round(order) };

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
	result = check_fresh(order);
	if (result)
		return result;
	result = store_call(order->site->store, STORE_CLASS_BACKGROUND, "publish", write, &p);
	if (result == STORE_NONE)
		order->refused = TEXT("vừa có thay đổi trong lúc công bố: chạy lại `contest rank`");
	return result < 0 ? result : result == STORE_NONE;
}
