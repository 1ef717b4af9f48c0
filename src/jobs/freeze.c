#include "jobs/ranking.h"

#include "base/time.h"
#include "jobs/close_papers.h"
#include "store/act.h"
#include "store/store.h"

#include "store_queries.h"

#include <sodium.h>

/* The hash of a freeze: SHA-256 of the leaf hashes of its papers by id. */
struct freezing {
	struct ranking_order *order;
	int64_t round;
	crypto_hash_sha256_state state;
	int64_t papers;
	int64_t still_open;
	struct q_freeze_latest latest;
	bool has_latest;
};

static int add_leaf(void *ctx, const struct q_freeze_leaves *row)
{
	struct freezing *f = ctx;
	crypto_hash_sha256_update(&f->state, (const unsigned char *)row->leaf_hash.ptr,
				  row->leaf_hash.len);
	f->papers++;
	return 0;
}

static int look(void *ctx, struct db *db)
{
	struct freezing *f = ctx;
	struct q_papers_still_open open;

	crypto_hash_sha256_init(&f->state);
	if (q_papers_still_open(db, f->round, &open) < 0 ||
	    q_freeze_leaves(db, f->round, add_leaf, f) < 0)
		return STORE_FAILED;
	crypto_hash_sha256_final(&f->state, f->order->hash.bytes);
	f->still_open = open.n;
	int latest = q_freeze_latest(db, f->order->arena, f->round, &f->latest);
	f->has_latest = latest > 0;
	return latest < 0 ? latest : STORE_ONE;
}

static int write_freeze(void *ctx, struct db *db)
{
	struct freezing *f = ctx;
	struct ranking_order *order = f->order;
	int64_t id = id_next(order->site->ids);
	const struct act act = {
		.actor = order->actor, .kind = TEXT("contest.freeze"), .before = TEXT_EMPTY,
		.subject = text_format(order->arena, "%.*s round %d", TEXT_ARGS(order->contest->code),
				       order->round + 1),
		.after = text_format(order->arena, "%lld papers, hash %.*s", (long long)f->papers,
				     TEXT_ARGS(text_hex(order->arena, order->hash.bytes, HASH_BYTES))),
		.reason = TEXT_EMPTY,
	};

	if (q_freeze_add(db, id, order->contest->id, f->round, order->now, f->papers,
			 hash_text(&order->hash)) < 0)
		return STORE_FAILED;
	int added = q_freeze_papers_add(db, id, f->round);
	/* A paper that was submitted since we looked would not be in the hash. */
	if (added < 0 || added != f->papers || act_add(db, order->arena, time_now_ms(), &act) < 0)
		return STORE_FAILED;
	return STORE_ONE;
}

int ranking_freeze(struct ranking_order *order)
{
	const struct rules_in_force *rules = contest_rules(order->contest, order->now);
	struct freezing f = { .order = order, .round = ranking_round(order) };

	if (order->now < rules->profile.rounds[order->round].close_at) {
		order->refused = TEXT("đợt thi chưa kết thúc");
		return 1;
	}
	while (close_papers_step(order->site) > 0)
		;
	int result = store_read(order->site->store, "freeze", look, &f, NULL);
	if (result < 0)
		return result;
	order->papers = f.papers;
	if (f.still_open) {
		order->refused = text_format(order->arena,
					     "còn %lld bài đang mở; thử lại khi hết giờ của các bài đó",
					     (long long)f.still_open);
		return 1;
	}
	order->unchanged = f.has_latest && text_equal(f.latest.hash, hash_text(&order->hash));
	if (order->unchanged)
		return 0;
	result = store_call(order->site->store, STORE_CLASS_BACKGROUND, "freeze", write_freeze, &f);
	return result < 0 ? result : 0;
}
