#include "jobs/ranking.h"

#include "base/time.h"
#include "jobs/pace.h"
#include "pages/exclusion.h"
#include "pages/identity.h"
#include "rules/rank.h"
#include "rules/score.h"
#include "rules/unit_rank.h"
#include "store/act.h"
#include "store/person.h"
#include "store/store.h"

#include "store_queries.h"

#include <sodium.h>

#define PAPERS_MAX 4000000
/* What a ranking follows from changed while it was read: so often it is read again. */
#define TRIES_MAX 5

/* What ranking needs of an entry. */
struct ranked_entry {
	int64_t entry;
	int64_t unit;
	struct text left_out;	/* why; no ptr: takes part */
	bool has_paper;
};

struct ranking {
	struct ranking_order *order;
	const struct pace *pace;
	const struct rules_in_force *rules;
	const struct contest_ids *ids;
	int64_t round;		/* id */
	int64_t id;		/* of the new ranking */
	struct q_round_changes changes;
	struct q_freeze_latest freeze;
	struct q_ranking_latest latest;
	bool has_latest;
	struct rank_paper *papers;
	int n_papers, cap_papers;
	struct ranked_entry *entries;	/* by id */
	int n_entries, cap_entries;
	struct rank_result result;
	struct unit_node *nodes;
	struct unit_place *unit_places;
	int n_unit_places;
	struct pace_slice *slice;	/* that reads */
	bool is_over;
};

static struct ranked_entry *find_entry(struct ranking *r, int64_t id)
{
	int low = 0, high = r->n_entries;

	while (low < high) {
		int middle = low + (high - low) / 2;
		if (r->entries[middle].entry < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < r->n_entries && r->entries[low].entry == id ? &r->entries[low] : NULL;
}

static int group_number(const struct ranking *r, int64_t id)
{
	for (int i = 0; i < r->rules->profile.n_groups; i++)
		if (r->ids->groups[i] == id)
			return i;
	return -1;
}

void *ranking_make_room(struct arena *arena, void *items, int n, int *cap, size_t bytes)
{
	if (n < *cap)
		return items;
	int more = *cap ? *cap * 2 : 1024;
	if (more > PAPERS_MAX)
		return NULL;
	void *grown = arena_array(arena, (size_t)more, bytes);
	if (grown && n)
		memcpy(grown, items, (size_t)n * bytes);
	*cap = more;
	return grown;
}

/* By what exclusions meet a person. An erased one is met by the unit alone. */
static int index_person(const struct keys *keys, struct arena *arena,
			const struct q_entries_with_people *row, struct identity_indexes *ret)
{
	struct text name, birth, phone;

	*ret = (struct identity_indexes){ TEXT_EMPTY, TEXT_EMPTY, TEXT_EMPTY, TEXT_EMPTY,
					  TEXT_EMPTY };
	if (row->name_sealed.len == 0)
		return 0;
	if (keys_unseal(keys, KEY_PERSONAL, arena, "person_data.name", row->person,
			row->name_sealed, &name) != 0 ||
	    keys_unseal(keys, KEY_PERSONAL, arena, "person_data.birth", row->person,
			row->birth_sealed, &birth) != 0 ||
	    keys_unseal(keys, KEY_PERSONAL, arena, "person_data.phone", row->person,
			row->phone_sealed, &phone) != 0)
		return STORE_FAILED;
	identity_of_person(keys, arena, name, birth, phone, ret);
	return 0;
}

/* Why an entry does not count; no ptr when it does. */
static struct text left_out_reason(const struct ranking *r, const struct q_entries_with_people *row,
				   const struct identity_indexes *indexes)
{
	struct arena *arena = r->order->arena;

	if (row->ended == ENTRY_WITHDRAWN)
		return TEXT("Đã rút khỏi hội thi");
	if (row->ended == ENTRY_MERGED)
		return text_format(arena, "Đã nhập vào mã dự thi %.*s của cùng một người",
				   TEXT_ARGS(row->into_code));
	const struct exclusion *exclusion = exclusion_match(r->order->contest, indexes, row->unit);
	return exclusion ? exclusion->reason : (struct text){ NULL, 0 };
}

/* By people; sorted by entry once all are there. */
static int add_entry(void *ctx, const struct q_entries_with_people *row)
{
	struct ranking *r = ctx;
	struct arena *scratch CLEANUP(arena_freep) = arena_new(1 << 20);
	struct identity_indexes indexes;

	r->entries = ranking_make_room(r->order->arena, r->entries, r->n_entries,
				       &r->cap_entries, sizeof(*r->entries));
	if (!r->entries || !scratch ||
	    index_person(r->order->site->keys, scratch, row, &indexes) < 0)
		return STORE_FAILED;
	r->entries[r->n_entries++] = (struct ranked_entry){
		.entry = row->entry, .unit = row->unit,
		.left_out = left_out_reason(r, row, &indexes),
	};
	r->is_over = pace_row(r->slice, row->person);
	return r->is_over;
}

static int add_paper(void *ctx, const struct q_round_papers *row)
{
	struct ranking *r = ctx;
	struct ranked_entry *entry = find_entry(r, row->entry);
	int group = group_number(r, row->group_id);

	if (!entry || group < 0)
		return STORE_FAILED;
	r->is_over = pace_row(r->slice, row->id);
	if (row->annulled)
		return r->is_over;
	r->papers = ranking_make_room(r->order->arena, r->papers, r->n_papers, &r->cap_papers,
				      sizeof(*r->papers));
	if (!r->papers)
		return STORE_FAILED;
	entry->has_paper = true;
	r->papers[r->n_papers++] = (struct rank_paper){
		.paper = row->id, .entry = row->entry,
		.entry_code = text_copy(r->order->arena, row->entry_code),
		.attempt = row->attempt, .group = group, .score_points = (int)row->score_points,
		.perfect = row->perfect, .prediction = row->prediction,
		.started_at = row->started_at, .submitted_at = row->submitted_at,
		.elapsed_ms = row->elapsed_ms, .excluded = entry->left_out.ptr != NULL,
	};
	return r->is_over;
}

static int look_first(void *ctx, struct db *db)
{
	struct ranking *r = ctx;

	if (q_round_changes(db, r->round, &r->changes) < 0)
		return STORE_FAILED;
	return q_freeze_latest(db, r->order->arena, r->round, &r->freeze);
}

static int look_at_entries(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct ranking *r = ctx;

	r->slice = slice;
	r->is_over = false;
	int result = q_entries_with_people(db, r->order->contest->id, slice->from, add_entry, r);
	return result < 0 ? result : r->is_over;
}

static int look_at_papers(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct ranking *r = ctx;

	r->slice = slice;
	r->is_over = false;
	int result = q_round_papers(db, r->freeze.id, slice->from, add_paper, r);
	return result < 0 ? result : r->is_over;
}

static int look_last(void *ctx, struct db *db)
{
	struct ranking *r = ctx;
	int result = q_ranking_latest(db, r->order->arena, r->round, &r->latest);

	r->has_latest = result > 0;
	return result < 0 ? result : ranking_is_as_it_was(db, r->round, &r->changes);
}

static int by_entry(const void *a, const void *b)
{
	const struct ranked_entry *x = a, *y = b;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

/* Everything that a ranking is made from. The papers of a freeze never change, and whose
 * they are was there before it; so slices read what one look would as long as nobody was
 * annulled, restored or left meanwhile. STORE_RETRY: somebody was. */
static int look_once(struct ranking *r)
{
	struct store *store = r->order->site->store;
	int result = store_read(store, "rank", look_first, r, NULL);

	r->n_entries = r->n_papers = 0;
	if (result <= 0)
		return result;
	if (pace_read(r->pace, "rank", look_at_entries, r) < 0)
		return STORE_FAILED;
	if (r->n_entries)
		qsort(r->entries, (size_t)r->n_entries, sizeof(*r->entries), by_entry);
	if (pace_read(r->pace, "rank", look_at_papers, r) < 0)
		return STORE_FAILED;
	result = store_read(store, "rank", look_last, r, NULL);
	return result == STORE_NONE ? STORE_RETRY : result;
}

static int look(struct ranking *r)
{
	int result = STORE_RETRY;

	for (int i = 0; i < TRIES_MAX && result == STORE_RETRY; i++)
		result = look_once(r);
	return result;
}

static int block_number(const struct profile *profile, struct text code)
{
	for (int i = 0; i < profile->n_blocks; i++)
		if (text_equal(profile->blocks[i].code, code))
			return i;
	return -1;
}

static int rank_units(struct ranking *r)
{
	const struct contest *contest = r->order->contest;
	const struct profile *profile = &r->rules->profile;

	r->nodes = arena_array(r->order->arena, (size_t)contest->n_units + 1, sizeof(*r->nodes));
	if (!r->nodes)
		return -1;
	for (int i = 0; i < contest->n_units; i++)
		r->nodes[i] = (struct unit_node){
			.unit = contest->units[i].id, .code = contest->units[i].code,
			.parent = contest->units[i].parent, .headcount = contest->units[i].headcount,
			.block = block_number(profile, contest->units[i].block),
		};
	for (int i = 0; i < r->result.n_places; i++) {
		const struct rank_place *place = &r->result.places[i];
		if (profile->groups[place->group].place != GROUP_PLACE_UNIT)
			continue;
		const struct contest_unit *unit =
			contest_unit_by_id(contest, find_entry(r, place->entry)->unit);
		if (!unit)
			continue;
		struct unit_node *node = &r->nodes[unit - contest->units];
		node->own_people++;
		node->own_score_points += place->score_points;
		node->own_perfect += place->perfect;
	}
	return unit_rank(r->order->arena, profile, r->nodes, contest->n_units, &r->unit_places,
			 &r->n_unit_places);
}

/* Twice gives the same bytes: all that the ranking says, hashed. */
static struct hash hash_result(const struct ranking *r)
{
	crypto_hash_sha256_state state;
	struct hash hash;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const unsigned char *)&r->freeze.id, sizeof(r->freeze.id));
	crypto_hash_sha256_update(&state, r->rules->hash.bytes, HASH_BYTES);
	for (int i = 0; i < r->result.n_places; i++) {
		const struct rank_place *p = &r->result.places[i];
		const int64_t row[] = { p->paper, p->entry, p->group, p->place, p->prediction_error,
					p->n_perfect, p->decided_by };
		crypto_hash_sha256_update(&state, (const unsigned char *)row, sizeof(row));
	}
	for (int i = 0; i < r->n_unit_places; i++) {
		const struct unit_place *p = &r->unit_places[i];
		const struct unit_node *n = &r->nodes[p->node];
		const int64_t row[] = { n->unit, p->block, p->place, p->gate, n->people,
					n->total_headcount, n->rate_ppm, n->mean_ppm, n->index_ppm };
		crypto_hash_sha256_update(&state, (const unsigned char *)row, sizeof(row));
	}
	for (int i = 0; i < r->n_entries; i++)
		if (r->entries[i].left_out.ptr && r->entries[i].has_paper)
			crypto_hash_sha256_update(&state,
						  (const unsigned char *)&r->entries[i].entry,
						  sizeof(r->entries[i].entry));
	crypto_hash_sha256_final(&state, hash.bytes);
	return hash;
}

static int write_head(void *ctx, struct db *db, struct pace_slice *slice UNUSED)
{
	struct ranking *r = ctx;
	struct ranking_order *order = r->order;
	const struct q_ranking_add_in row = {
		.id = r->id, .contest = order->contest->id, .round = r->round, .freeze = r->freeze.id,
		.rules_version = r->rules->version, .now = order->now,
		.hash = hash_text(&order->hash),
	};

	if (q_ranking_add(db, &row) < 0)
		return STORE_FAILED;
	for (int g = 0; g < r->rules->profile.n_groups; g++)
		if (q_ranking_target_add(db, r->id, r->ids->groups[g], r->result.targets[g].value) < 0)
			return STORE_FAILED;
	return 0;
}

static int write_left_out(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct ranking *r = ctx;

	for (int64_t i = slice->from; i < r->n_entries; i++) {
		const struct ranked_entry *entry = &r->entries[i];
		if (!entry->left_out.ptr || !entry->has_paper)
			continue;
		if (q_ranking_left_out_add(db, r->id, entry->entry, entry->left_out) < 0)
			return STORE_FAILED;
		if (pace_row(slice, i + 1))
			return 1;
	}
	return 0;
}

static int write_people(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct ranking *r = ctx;

	for (int64_t i = slice->from; i < r->result.n_places; i++) {
		const struct rank_place *p = &r->result.places[i];
		const struct q_ranking_place_add_in row = {
			.ranking = r->id, .entry = p->entry, .group_id = r->ids->groups[p->group],
			.number = i, .place = p->place, .paper = p->paper,
			.unit = find_entry(r, p->entry)->unit,
			.prediction_error = p->prediction_error, .n_perfect = p->n_perfect,
			.decided_by = p->decided_by,
		};
		if (q_ranking_place_add(db, &row) < 0)
			return STORE_FAILED;
		if (pace_row(slice, i + 1))
			return 1;
	}
	return 0;
}

static int write_units(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct ranking *r = ctx;

	for (int64_t i = slice->from; i < r->n_unit_places; i++) {
		const struct unit_place *p = &r->unit_places[i];
		const struct unit_node *n = &r->nodes[p->node];
		const struct q_ranking_unit_add_in row = {
			.ranking = r->id, .unit = n->unit, .number = i,
			.block = r->rules->profile.blocks[p->block].code, .place = p->place,
			.gate = p->gate, .people = n->people, .headcount = n->total_headcount,
			.over_full = n->over_full, .perfect = n->perfect,
			.score_points = n->score_points, .rate_ppm = n->rate_ppm,
			.mean_ppm = n->mean_ppm, .index_ppm = n->index_ppm,
		};
		if (q_ranking_unit_add(db, &row) < 0)
			return STORE_FAILED;
		if (pace_row(slice, i + 1))
			return 1;
	}
	return 0;
}

static int write_end(void *ctx, struct db *db)
{
	struct ranking *r = ctx;
	struct ranking_order *order = r->order;
	const struct act act = {
		.actor = order->actor, .kind = TEXT("contest.rank"),
		.subject = text_format(order->arena, "%.*s round %d", TEXT_ARGS(order->contest->code),
				       order->round + 1),
		.before = TEXT_EMPTY, .reason = TEXT_EMPTY,
		.after = text_format(order->arena, "%lld people, %lld units, %lld left out, hash %.*s",
				     (long long)order->people, (long long)order->units,
				     (long long)order->left_out,
				     TEXT_ARGS(text_hex(order->arena, order->hash.bytes, HASH_BYTES))),
	};

	if (q_ranking_done(db, r->id) < 0)
		return STORE_FAILED;
	return act_add(db, order->arena, time_now_ms(), &act);
}

static int write_ranking(struct ranking *r)
{
	struct store *store = r->order->site->store;

	r->id = id_next(r->order->site->ids);
	if (pace_write(r->pace, "rank", write_head, NULL, r) < 0 ||
	    pace_write(r->pace, "rank", write_left_out, NULL, r) < 0 ||
	    pace_write(r->pace, "rank", write_people, NULL, r) < 0 ||
	    pace_write(r->pace, "rank", write_units, NULL, r) < 0)
		return STORE_FAILED;
	return store_call(store, STORE_CLASS_BACKGROUND, "rank", write_end, r) < 0 ? STORE_FAILED : 0;
}

int64_t ranking_round(const struct ranking_order *order)
{
	const struct rules_in_force *rules = contest_rules(order->contest, order->now);
	return contest_ids_of(order->contest, rules)->rounds[order->round];
}

const struct rules_in_force *ranking_rules(const struct ranking_order *order)
{
	const struct rules_in_force *now = contest_rules(order->contest, order->now);
	const struct profile_round *round = &now->profile.rounds[order->round];
	const struct rules_in_force *then = contest_rules(order->contest, round->close_at - 1);

	/* A round that was put in after its own close. */
	return profile_round_by_code(&then->profile, round->code) ? then : now;
}

static int make_ranking(struct ranking *r)
{
	struct ranking_order *order = r->order;

	r->rules = ranking_rules(order);
	if (profile_undecided(&r->rules->profile, NULL, 0) > 0) {
		order->refused = TEXT("thể lệ còn giá trị chưa quyết định");
		return 1;
	}
	r->ids = contest_ids_of(order->contest, r->rules);
	r->round = ranking_round(order);
	int result = look(r);
	if (result == 0)
		order->refused = TEXT("chưa chốt bài: chạy `contest freeze` trước");
	if (result <= 0)
		return result < 0 ? result : 1;
	if (rank_people(order->arena, &r->rules->profile, r->papers, r->n_papers, &r->result) < 0 ||
	    rank_units(r) < 0)
		return STORE_FAILED;
	order->papers = r->freeze.papers;
	order->people = r->result.n_places;
	order->units = r->n_unit_places;
	for (int i = 0; i < r->n_entries; i++)
		order->left_out += r->entries[i].left_out.ptr && r->entries[i].has_paper;
	order->hash = hash_result(r);
	order->unchanged = r->has_latest && text_equal(r->latest.hash, hash_text(&order->hash));
	return 0;
}

int ranking_look(struct ranking_order *order, const struct pace *pace)
{
	struct ranking r = { .order = order, .pace = pace };
	return make_ranking(&r);
}

int ranking_rank(struct ranking_order *order)
{
	struct pace pace = pace_begin(order->site, PACE_RANK, order->stop);
	struct ranking r = { .order = order, .pace = &pace };
	int answer = make_ranking(&r);

	if (answer == 0 && !order->unchanged)
		answer = write_ranking(&r);
	pace_end(&pace);
	return answer;
}
