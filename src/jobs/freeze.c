#include "jobs/ranking.h"

#include "base/time.h"
#include "jobs/close_papers.h"
#include "jobs/pace.h"
#include "store/act.h"
#include "store/store.h"

#include "store_queries.h"

#include <sodium.h>

/* The hash of a freeze: SHA-256 of the leaf hashes of its papers by id. */
struct freezing {
	struct ranking_order *order;
	struct pace pace;
	int64_t round, id;
	crypto_hash_sha256_state state;
	int64_t *papers;	/* ids */
	int n_papers, cap_papers;
	int64_t newest;		/* paper of the round */
	bool is_over;		/* a slice */
	struct q_freeze_latest latest;
	bool has_latest;
};

static int count_open(void *ctx, struct db *db)
{
	struct freezing *f = ctx;
	struct q_papers_still_open open;
	struct q_round_newest_paper newest;

	if (q_papers_still_open(db, f->round, &open) < 0 ||
	    q_round_newest_paper(db, f->round, &newest) < 0)
		return STORE_FAILED;
	f->newest = newest.id;
	return (int)open.n;
}

struct leaving {
	struct freezing *f;
	struct pace_slice *slice;
};

static int add_leaf(void *ctx, const struct q_freeze_leaves *row)
{
	struct leaving *l = ctx;
	struct freezing *f = l->f;

	f->papers = ranking_make_room(f->order->arena, f->papers, f->n_papers, &f->cap_papers,
				      sizeof(*f->papers));
	if (!f->papers)
		return STORE_FAILED;
	f->papers[f->n_papers++] = row->id;
	crypto_hash_sha256_update(&f->state, (const unsigned char *)row->leaf_hash.ptr,
				  row->leaf_hash.len);
	f->is_over = pace_row(l->slice, row->id);
	return f->is_over;
}

/* A submitted paper never changes, and none is open, so that slices find what one look
 * would; write_end asks whether it is still so. */
static int look(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct leaving l = { .f = ctx, .slice = slice };

	l.f->is_over = false;
	int result = q_freeze_leaves(db, l.f->round, slice->from, add_leaf, &l);
	return result < 0 ? result : l.f->is_over;
}

static int look_latest(void *ctx, struct db *db)
{
	struct freezing *f = ctx;
	int latest = q_freeze_latest(db, f->order->arena, f->round, &f->latest);

	f->has_latest = latest > 0;
	return latest;
}

static int write_head(void *ctx, struct db *db, struct pace_slice *slice UNUSED)
{
	const struct freezing *f = ctx;
	return q_freeze_add(db, f->id, f->order->contest->id, f->round, f->order->now,
			    TEXT_EMPTY) < 0 ? STORE_FAILED : 0;
}

static int write_papers(void *ctx, struct db *db, struct pace_slice *slice)
{
	const struct freezing *f = ctx;

	for (int64_t i = slice->from; i < f->n_papers; i++) {
		if (q_freeze_paper_add(db, f->id, f->papers[i]) < 0)
			return STORE_FAILED;
		if (pace_row(slice, i + 1))
			return 1;
	}
	return 0;
}

static int write_end(void *ctx, struct db *db)
{
	struct freezing *f = ctx;
	struct ranking_order *order = f->order;
	int64_t newest = f->newest;
	const struct act act = {
		.actor = order->actor, .kind = TEXT("contest.freeze"), .before = TEXT_EMPTY,
		.subject = text_format(order->arena, "%.*s round %d", TEXT_ARGS(order->contest->code),
				       order->round + 1),
		.after = text_format(order->arena, "%d papers, hash %.*s", f->n_papers,
				     TEXT_ARGS(text_hex(order->arena, order->hash.bytes, HASH_BYTES))),
		.reason = TEXT_EMPTY,
	};

	/* A paper that was begun since we looked is not in the hash. */
	if (count_open(f, db) != 0 || f->newest != newest)
		return STORE_FAILED;
	if (q_freeze_done(db, f->id, f->n_papers, hash_text(&order->hash)) < 0)
		return STORE_FAILED;
	return act_add(db, order->arena, time_now_ms(), &act);
}

static int write_freeze(struct freezing *f)
{
	struct store *store = f->order->site->store;

	f->id = id_next(f->order->site->ids);
	if (pace_write(&f->pace, "freeze", write_head, NULL, f) < 0 ||
	    pace_write(&f->pace, "freeze", write_papers, NULL, f) < 0 ||
	    store_call(store, STORE_CLASS_BACKGROUND, "freeze", write_end, f) < 0)
		return STORE_FAILED;
	return 0;
}

static int freeze(struct freezing *f)
{
	struct ranking_order *order = f->order;
	int open = store_read(order->site->store, "freeze", count_open, f, NULL);

	if (open > 0) {
		order->refused = text_format(order->arena,
					     "còn %d bài đang mở; thử lại khi hết giờ của các bài đó",
					     open);
		return 1;
	}
	crypto_hash_sha256_init(&f->state);
	if (open < 0 || pace_read(&f->pace, "freeze", look, f) < 0 ||
	    store_read(order->site->store, "freeze", look_latest, f, NULL) < 0)
		return STORE_FAILED;
	crypto_hash_sha256_final(&f->state, order->hash.bytes);
	order->papers = f->n_papers;
	order->unchanged = f->has_latest && text_equal(f->latest.hash, hash_text(&order->hash));
	return order->unchanged ? 0 : write_freeze(f);
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
	f.pace = pace_begin(order->site, PACE_FREEZE, order->stop);
	int result = freeze(&f);
	pace_end(&f.pace);
	return result;
}
