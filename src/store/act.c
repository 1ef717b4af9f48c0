#include "store/act.h"

#include "base/hash.h"

#include "store_queries.h"

#define ACT_BYTES_MAX (1 << 20)

/* Each field as its length in 4 bytes big-endian and its bytes, so that no two
 * different acts have the same bytes. */
static void add_field(struct buf *buf, struct text field)
{
	unsigned char len[4];
	for (int i = 0; i < 4; i++)
		len[i] = (unsigned char)(field.len >> (24 - 8 * i));
	buf_add(buf, len, sizeof(len));
	buf_text(buf, field);
}

static struct hash hash_act(struct arena *arena, struct text previous, int64_t number,
			    int64_t at_ms, const struct act *act)
{
	struct buf buf;

	buf_init(&buf, arena, ACT_BYTES_MAX);
	buf_z(&buf, "hoithi act 1\n");
	add_field(&buf, previous);
	add_field(&buf, text_format(arena, "%lld", (long long)number));
	add_field(&buf, text_format(arena, "%lld", (long long)at_ms));
	add_field(&buf, act->actor);
	add_field(&buf, act->kind);
	add_field(&buf, act->subject);
	add_field(&buf, act->before);
	add_field(&buf, act->after);
	add_field(&buf, act->reason);
	return hash_sha256(buf_done(&buf));
}

int act_add(struct db *db, struct arena *arena, int64_t now, const struct act *act)
{
	struct q_act_last last = { 0, TEXT_EMPTY };
	int result = q_act_last(db, arena, &last);

	if (result < 0)
		return result;
	struct hash hash = hash_act(arena, last.hash, last.number + 1, now, act);
	if (arena_failed(arena))
		return STORE_FAILED;
	const struct q_act_add_in row = {
		.number = last.number + 1, .at_ms = now, .actor = act->actor, .kind = act->kind,
		.subject = act->subject, .before_text = act->before, .after_text = act->after,
		.reason = act->reason, .previous_hash = last.hash, .hash = hash_text(&hash),
	};
	return q_act_add(db, &row);
}

struct check {
	struct arena *arena;
	struct hash previous;
	bool first;
	int64_t expected;
	int64_t broken;
	int (*show)(void *, int64_t, int64_t, const struct act *);
	void *ctx;
};

static int check_row(void *ctx, const struct q_acts *row)
{
	struct check *check = ctx;
	struct act act = { row->actor, row->kind, row->subject, row->before_text, row->after_text,
			   row->reason };

	arena_reset(check->arena);
	struct text previous = check->first ? TEXT_EMPTY : hash_text(&check->previous);
	struct hash hash = hash_act(check->arena, previous, row->number, row->at_ms, &act);
	bool right = row->number == check->expected && text_equal(row->previous_hash, previous) &&
		     text_equal(row->hash, hash_text(&hash));
	if (!right && check->broken == 0)
		check->broken = check->expected;
	check->expected++;
	check->first = false;
	check->previous = hash;
	return check->show ? check->show(check->ctx, row->number, row->at_ms, &act) : 0;
}

int act_check(struct db *db,
	      int (*show)(void *ctx, int64_t number, int64_t at_ms, const struct act *act),
	      void *ctx, int64_t *ret_broken)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(4 * ACT_BYTES_MAX);
	struct check check = { .arena = arena, .first = true, .expected = 1, .show = show,
			       .ctx = ctx };
	int result = arena ? q_acts(db, check_row, &check) : STORE_FAILED;

	if (result >= 0)
		*ret_broken = check.broken;
	return result;
}
