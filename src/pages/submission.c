#include "pages/submission.h"

#include "base/code.h"
#include "base/random.h"
#include "ledger/leaf.h"
#include "rules/attempt.h"

#define RECEIPT_CHARS 12

int submission_score(const struct submission *s, struct score *ret)
{
	const struct rules_in_force *rules = contest_rules_version(s->contest, s->rules_version);
	const struct bank *bank = contest_bank_by_id(s->contest, s->bank);
	struct drawn_paper drawn;

	if (!rules || !bank || draw_decode(s->drawn, &drawn) != 0 ||
	    !score_is_vector(s->answers, drawn.n))
		return 1;
	for (int i = 0; i < drawn.n; i++)
		if (drawn.items[i].number >= bank->n)
			return 1;
	*ret = score_paper(&rules->profile, bank->items, bank->n, &drawn, s->answers);
	return 0;
}

static struct text code_of(const int64_t *ids, int n, int64_t id, const struct profile *profile,
			   bool is_round)
{
	for (int i = 0; i < n; i++)
		if (ids[i] == id)
			return is_round ? profile->rounds[i].code : profile->groups[i].code;
	return TEXT_EMPTY;
}

static struct text leaf_of(struct arena *arena, const struct submission *s,
			   const struct score *score, const unsigned char salt[LEAF_SALT_BYTES])
{
	const struct rules_in_force *rules = contest_rules_version(s->contest, s->rules_version);
	const struct contest_ids *ids = contest_ids_of(s->contest, rules);
	const struct leaf_paper leaf = {
		.contest = s->contest->code,
		.round = code_of(ids->rounds, rules->profile.n_rounds, s->round, &rules->profile, true),
		.group = code_of(ids->groups, rules->profile.n_groups, s->group, &rules->profile, false),
		.entry = s->entry_code, .attempt = s->attempt, .rules_version = s->rules_version,
		.rules_hash = rules->hash, .bank_hash = contest_bank_by_id(s->contest, s->bank)->file_hash,
		.draw_version = s->draw_version, .seed = s->seed, .drawn = s->drawn,
		.answers = s->answers, .prediction = s->prediction, .started_at = s->started_at,
		.submitted_at = s->submitted_at,
		.elapsed_ms = attempt_elapsed_ms(s->started_at, s->deadline_at, s->submitted_at),
		.score_points = score->points,
	};
	return leaf_bytes(arena, &leaf, salt);
}

int submission_fill(struct arena *arena, const struct submission *s, struct job_save *ret)
{
	unsigned char salt[LEAF_SALT_BYTES];
	struct score score;

	if (submission_score(s, &score) != 0)
		return 1;
	random_bytes(salt, sizeof(salt));
	struct hash leaf = leaf_hash(leaf_of(arena, s, &score, salt));
	ret->submitted_at = s->submitted_at;
	ret->elapsed_ms = attempt_elapsed_ms(s->started_at, s->deadline_at, s->submitted_at);
	ret->score_points = score.points;
	ret->correct = score.correct;
	ret->perfect = score.perfect;
	ret->salt = text_copy(arena, text_from_bytes(salt, sizeof(salt)));
	ret->leaf_hash = text_copy(arena, hash_text(&leaf));
	ret->receipt = code_from_bytes(arena, leaf.bytes, RECEIPT_CHARS, true);
	return arena_failed(arena) ? -1 : 0;
}
