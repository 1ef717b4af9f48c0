/* Reading a contest from the store into memory. */
#include "pages/contest.h"

#include "base/time.h"
#include "base/unicode.h"
#include "exchange/markdown.h"
#include "pages/question.h"
#include "rules/rules_text.h"

#include "store_queries.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#define CONTEST_ARENA_BYTES (256u << 20)

struct loader {
	struct contest *contest;
	struct arena *arena;
	struct db *db;
	const struct keys *keys;
};

static struct hash hash_from_text(struct text bytes)
{
	struct hash hash = { { 0 } };
	if (bytes.len == HASH_BYTES)
		memcpy(hash.bytes, bytes.ptr, HASH_BYTES);
	return hash;
}

static void ask_for_predictions(struct loader *l, struct rules_in_force *rules)
{
	const struct profile *profile = &rules->profile;

	for (int g = 0; g < profile->n_groups; g++)
		for (int r = 0; r < profile->n_rounds; r++)
			rules->prediction_html[g][r] = markdown_html(
				l->arena,
				rules_text_prediction(l->arena, profile, &profile->groups[g],
						      &profile->rounds[r]), 3);
}

static int load_rules(struct loader *l)
{
	struct q_rules_versions *rows;
	int n = q_rules_versions(l->db, l->arena, l->contest->id, &rows);
	struct profile_problems *problems = arena_alloc(l->arena, sizeof(*problems));

	if (n <= 0 || !problems)
		return n < 0 ? n : STORE_FAILED;
	l->contest->rules = arena_array(l->arena, (size_t)n, sizeof(*l->contest->rules));
	l->contest->ids = arena_array(l->arena, (size_t)n, sizeof(*l->contest->ids));
	if (!l->contest->rules || !l->contest->ids)
		return STORE_FAILED;
	for (int i = 0; i < n; i++) {
		struct rules_in_force *rules = &l->contest->rules[i];
		rules->version = rows[i].version;
		rules->effective_at = rows[i].effective_at;
		rules->hash = hash_from_text(rows[i].profile_hash);
		rules->json = rows[i].profile;
		if (profile_parse(l->arena, rows[i].profile, PROFILE_FOR_ANNOUNCE, &rules->profile,
				  problems) != 0)
			return STORE_FAILED;
		ask_for_predictions(l, rules);
	}
	l->contest->n_rules = n;
	return 0;
}

static int load_ids(struct loader *l)
{
	struct q_rounds *rounds;
	struct q_groups *groups;
	int n_rounds = q_rounds(l->db, l->arena, l->contest->id, &rounds);
	int n_groups = q_groups(l->db, l->arena, l->contest->id, &groups);

	if (n_rounds < 0 || n_groups < 0)
		return STORE_FAILED;
	for (int i = 0; i < l->contest->n_rules; i++) {
		const struct profile *profile = &l->contest->rules[i].profile;
		for (int r = 0; r < profile->n_rounds; r++)
			for (int k = 0; k < n_rounds; k++)
				if (text_equal(profile->rounds[r].code, rounds[k].code))
					l->contest->ids[i].rounds[r] = rounds[k].id;
		for (int g = 0; g < profile->n_groups; g++)
			for (int k = 0; k < n_groups; k++)
				if (text_equal(profile->groups[g].code, groups[k].code))
					l->contest->ids[i].groups[g] = groups[k].id;
	}
	return 0;
}

static int load_question(struct loader *l, const struct q_bank_items *row, struct bank *bank)
{
	struct question_content content;
	int key = question_unseal_key(l->keys, l->arena, row->question, row->key_sealed);

	if (key < 0 ||
	    question_unseal(l->keys, l->arena, row->question, row->text_sealed, &content) != 0)
		return STORE_FAILED;
	bank->items[row->number] = (struct bank_item){ row->topic, (int)row->difficulty, key };
	struct bank_question *shown = &bank->questions[row->number];
	shown->code = row->code;
	shown->basis = content.basis;
	shown->body_html = markdown_html(l->arena, content.body, 3);
	for (int i = 0; i < PROFILE_OPTIONS; i++)
		shown->option_html[i] = markdown_html_inline(l->arena, content.options[i]);
	return 0;
}

static int load_bank(struct loader *l, const struct q_bank_versions *row, struct bank *bank)
{
	struct q_bank_items *items;

	bank->id = row->id;
	bank->code = row->code;
	bank->version = row->version;
	bank->file_hash = hash_from_text(row->file_hash);
	bank->n = q_bank_items(l->db, l->arena, row->id, &items);
	if (bank->n < 0)
		return bank->n;
	bank->items = arena_array(l->arena, (size_t)bank->n, sizeof(*bank->items));
	bank->questions = arena_array(l->arena, (size_t)bank->n, sizeof(*bank->questions));
	if (!bank->items || !bank->questions)
		return STORE_FAILED;
	for (int i = 0; i < bank->n; i++)
		if (items[i].number != i || load_question(l, &items[i], bank) < 0)
			return STORE_FAILED;
	return 0;
}

static int load_banks(struct loader *l)
{
	struct q_bank_versions *rows;
	int n = q_bank_versions(l->db, l->arena, l->contest->id, &rows);

	if (n < 0)
		return n;
	l->contest->banks = arena_array(l->arena, (size_t)n + 1, sizeof(*l->contest->banks));
	if (!l->contest->banks)
		return STORE_FAILED;
	for (int i = 0; i < n; i++)
		if (load_bank(l, &rows[i], &l->contest->banks[i]) < 0)
			return STORE_FAILED;
	l->contest->n_banks = n;
	return 0;
}

struct unit_key {
	int64_t id;
	int index;
};

static int by_id(const void *a, const void *b)
{
	const struct unit_key *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static int index_units(struct loader *l)
{
	struct contest *c = l->contest;
	struct unit_key *keys = arena_array(l->arena, (size_t)c->n_units + 1, sizeof(*keys));

	c->unit_ids_sorted = arena_array(l->arena, (size_t)c->n_units + 1, sizeof(int64_t));
	c->unit_index_sorted = arena_array(l->arena, (size_t)c->n_units + 1, sizeof(int));
	if (!keys || !c->unit_ids_sorted || !c->unit_index_sorted)
		return STORE_FAILED;
	for (int i = 0; i < c->n_units; i++)
		keys[i] = (struct unit_key){ c->units[i].id, i };
	qsort(keys, (size_t)c->n_units, sizeof(*keys), by_id);
	for (int i = 0; i < c->n_units; i++) {
		c->unit_ids_sorted[i] = keys[i].id;
		c->unit_index_sorted[i] = keys[i].index;
	}
	return 0;
}

static int parent_index(const struct contest *c, int n, int64_t parent)
{
	for (int i = n - 1; i >= 0; i--)
		if (c->units[i].id == parent)
			return i;
	return -1;
}

static int by_folded_name(const void *a, const void *b)
{
	const struct contest_unit *const *x = a, *const *y = b;
	return text_compare((*x)->search_folded, (*y)->search_folded);
}

/* Marks the units whose name another has too. 0 done, negative memory is out. */
static int find_twins(struct loader *l, bool *ret_is_twin)
{
	struct contest *c = l->contest;
	struct contest_unit **order = arena_array(l->arena, (size_t)c->n_units + 1, sizeof(*order));

	if (!order)
		return STORE_FAILED;
	for (int i = 0; i < c->n_units; i++) {
		order[i] = &c->units[i];
		c->units[i].search_folded = unicode_fold(l->arena, c->units[i].name);
	}
	qsort(order, (size_t)c->n_units, sizeof(*order), by_folded_name);
	for (int i = 0; i + 1 < c->n_units; i++)
		if (by_folded_name(&order[i], &order[i + 1]) == 0)
			ret_is_twin[order[i] - c->units] = ret_is_twin[order[i + 1] - c->units] = true;
	return 0;
}

/* A name that occurs twice is shown with its parent's, and where that occurs twice
 * with its own parent's too, and so on. */
static int name_units(struct loader *l)
{
	struct contest *c = l->contest;
	bool *is_twin = arena_array(l->arena, (size_t)c->n_units + 1, sizeof(*is_twin));
	struct text *trail = arena_array(l->arena, (size_t)c->n_units + 1, sizeof(*trail));

	if (!is_twin || !trail || find_twins(l, is_twin) < 0)
		return STORE_FAILED;
	for (int i = 0; i < c->n_units; i++) {
		struct contest_unit *unit = &c->units[i];
		unit->shown = trail[i] = unit->name;
		if (!is_twin[i] || unit->parent < 0)
			continue;
		struct text parent = trail[unit->parent];
		unit->shown = text_format(l->arena, "%.*s (%.*s)", TEXT_ARGS(unit->name),
					  TEXT_ARGS(parent));
		trail[i] = text_format(l->arena, "%.*s, %.*s", TEXT_ARGS(unit->name),
				       TEXT_ARGS(parent));
	}
	return 0;
}

static int load_units(struct loader *l)
{
	struct contest *c = l->contest;
	struct q_units *rows;
	int n = q_units(l->db, l->arena, c->id, &rows);

	if (n < 0)
		return n;
	c->units = arena_array(l->arena, (size_t)n + 1, sizeof(*c->units));
	if (!c->units)
		return STORE_FAILED;
	for (int i = 0; i < n; i++) {
		const struct q_units *row = &rows[i];
		int parent = row->parent < 0 ? -1 : parent_index(c, i, row->parent);
		c->units[i] = (struct contest_unit){
			.id = row->unit, .code = row->code, .parent = parent, .kind = (int)row->kind,
			.block = row->block, .name = row->name, .short_name = row->short_name,
			.official_code = row->official_code, .headcount = (int)row->headcount,
			.level = parent < 0 ? 0 : c->units[parent].level + 1,
		};
		if (parent >= 0)
			c->units[parent].n_children++;
	}
	c->n_units = n;
	if (name_units(l) < 0)
		return STORE_FAILED;
	for (int i = 0; i < n; i++)
		c->units[i].search_folded = rows[i].search_folded;
	return index_units(l);
}

static int load_articles(struct loader *l)
{
	struct contest *c = l->contest;
	struct q_articles *rows;
	int n = q_articles(l->db, l->arena, c->id, &rows);

	if (n < 0)
		return n;
	c->articles = arena_array(l->arena, (size_t)n + 1, sizeof(*c->articles));
	if (!c->articles)
		return STORE_FAILED;
	for (int i = 0; i < n; i++)
		c->articles[i] = (struct article){ rows[i].kind, rows[i].slug, rows[i].title,
						   rows[i].summary, rows[i].dated,
						   markdown_html(l->arena, rows[i].markdown, 1) };
	c->n_articles = n;
	return 0;
}

static int load_exclusions(struct loader *l)
{
	struct contest *c = l->contest;
	struct q_exclusions *rows;
	int n = q_exclusions(l->db, l->arena, c->id, &rows);

	if (n < 0)
		return n;
	c->exclusions = arena_array(l->arena, (size_t)n + 1, sizeof(*c->exclusions));
	if (!c->exclusions)
		return STORE_FAILED;
	for (int i = 0; i < n; i++)
		c->exclusions[i] = (struct exclusion){
			.name_birth_index = hash_from_text(rows[i].name_birth_index),
			.name_year_index = hash_from_text(rows[i].name_year_index),
			.phone_index = hash_from_text(rows[i].phone_index),
			.has_name = rows[i].name_birth_index.len || rows[i].name_year_index.len,
			.has_phone = rows[i].phone_index.len > 0,
			.unit = rows[i].unit, .reason = rows[i].reason,
		};
	c->n_exclusions = n;
	return 0;
}

static int load_publications(struct loader *l)
{
	struct contest *c = l->contest;
	struct q_publications *rows;
	int n = q_publications(l->db, l->arena, c->id, &rows);

	if (n < 0)
		return n;
	c->publications = arena_array(l->arena, (size_t)n + 1, sizeof(*c->publications));
	if (!c->publications)
		return STORE_FAILED;
	for (int i = 0; i < n; i++)
		c->publications[i] = (struct publication){ rows[i].round, rows[i].ranking,
							   rows[i].decision_no, rows[i].decision_date,
							   rows[i].published_at };
	c->n_publications = n;
	return 0;
}

static int load_switches(struct loader *l)
{
	struct q_switches *rows;
	int n = q_switches(l->db, l->arena, l->contest->id, &rows);

	l->contest->surge_switch = SURGE_PROFILE;
	for (int i = 0; i < n; i++)
		if (text_equal_z(rows[i].name, SURGE_SWITCH))
			l->contest->surge_switch = (int)rows[i].value;
	return n;
}

static struct contest *load_contest(struct db *db, const struct keys *keys, int64_t id,
				    struct text code)
{
	struct arena *arena = arena_new(CONTEST_ARENA_BYTES);
	struct contest *contest = arena ? arena_alloc(arena, sizeof(*contest)) : NULL;
	static int (*const steps[])(struct loader *) = {
		load_rules, load_ids, load_banks, load_units, load_articles, load_exclusions,
		load_publications, load_switches,
	};

	if (!contest) {
		arena_free(arena);
		return NULL;
	}
	contest->arena = arena;
	atomic_init(&contest->references, 1);
	contest->id = id;
	contest->code = text_copy(arena, code);
	struct loader l = { contest, arena, db, keys };
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (steps[i](&l) < 0 || arena_failed(arena)) {
			arena_free(arena);
			return NULL;
		}
	return contest;
}

struct contest_cache {
	const struct keys *keys;
	pthread_mutex_t lock;
	struct contest *contests[CONTESTS_MAX];
	int n;
};

struct contest_cache *contest_cache_new(const struct keys *keys)
{
	struct contest_cache *cache = mem_new(sizeof(*cache));

	if (!cache)
		return NULL;
	cache->keys = keys;
	pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

void contest_release(const struct contest *contest)
{
	struct contest *mine = (struct contest *)contest;
	if (mine && atomic_fetch_sub(&mine->references, 1) == 1)
		arena_free(mine->arena);
}

struct contest_cache *contest_cache_free(struct contest_cache *cache)
{
	if (!cache)
		return NULL;
	for (int i = 0; i < cache->n; i++)
		contest_release(cache->contests[i]);
	pthread_mutex_destroy(&cache->lock);
	return mem_free(cache);
}

int contest_cache_load(struct contest_cache *cache, struct db *db)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(1 << 20);
	struct contest *fresh[CONTESTS_MAX];
	struct q_contests *rows;
	int n = arena ? q_contests(db, arena, &rows) : STORE_FAILED;

	if (n < 0 || n > CONTESTS_MAX)
		return STORE_FAILED;
	for (int i = 0; i < n; i++) {
		fresh[i] = load_contest(db, cache->keys, rows[i].id, rows[i].code);
		if (!fresh[i]) {
			while (i--)
				contest_release(fresh[i]);
			return STORE_FAILED;
		}
	}
	pthread_mutex_lock(&cache->lock);
	for (int i = 0; i < cache->n; i++)
		contest_release(cache->contests[i]);
	memcpy(cache->contests, fresh, (size_t)n * sizeof(*fresh));
	cache->n = n;
	pthread_mutex_unlock(&cache->lock);
	return 0;
}

/* The one that most people who come to "/" look for. */
static struct contest *contest_that_is_on(struct contest_cache *cache, int64_t now)
{
	static const enum phase wanted[] = { PHASE_OPEN, PHASE_ANNOUNCED, PHASE_CLOSED,
					     PHASE_PUBLISHED, PHASE_BEFORE };
	for (size_t k = 0; k < ARRAY_LEN(wanted); k++)
		for (int i = cache->n - 1; i >= 0; i--)
			if (contest_phase(cache->contests[i], now) == wanted[k])
				return cache->contests[i];
	return NULL;
}

const struct contest *contest_acquire(struct contest_cache *cache, struct text code, int64_t now)
{
	struct contest *found = NULL;

	pthread_mutex_lock(&cache->lock);
	if (code.len == 0)
		found = contest_that_is_on(cache, now);
	for (int i = 0; i < cache->n && code.len; i++)
		if (text_equal(cache->contests[i]->code, code))
			found = cache->contests[i];
	if (found)
		atomic_fetch_add(&found->references, 1);
	pthread_mutex_unlock(&cache->lock);
	return found;
}

int contest_acquire_all(struct contest_cache *cache, const struct contest *ret[CONTESTS_MAX])
{
	pthread_mutex_lock(&cache->lock);
	for (int i = 0; i < cache->n; i++) {
		atomic_fetch_add(&cache->contests[i]->references, 1);
		ret[i] = cache->contests[i];
	}
	int n = cache->n;
	pthread_mutex_unlock(&cache->lock);
	return n;
}
