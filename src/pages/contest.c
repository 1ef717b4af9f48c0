#include "pages/contest.h"

#include "base/time.h"
#include "base/unicode.h"
#include "exchange/contest_files.h"

#include <assert.h>

const struct rules_in_force *contest_rules(const struct contest *contest, int64_t now)
{
	const struct rules_in_force *rules = &contest->rules[0];
	for (int i = 1; i < contest->n_rules; i++)
		if (contest->rules[i].effective_at <= now)
			rules = &contest->rules[i];
	return rules;
}

const struct rules_in_force *contest_rules_version(const struct contest *contest, int64_t version)
{
	for (int i = 0; i < contest->n_rules; i++)
		if (contest->rules[i].version == version)
			return &contest->rules[i];
	return NULL;
}

const struct contest_ids *contest_ids_of(const struct contest *contest,
					 const struct rules_in_force *rules)
{
	return &contest->ids[rules - contest->rules];
}

const struct bank *contest_bank(const struct contest *contest, struct text code)
{
	const struct bank *found = NULL;
	for (int i = 0; i < contest->n_banks; i++)
		if (text_equal(contest->banks[i].code, code) &&
		    (!found || found->version < contest->banks[i].version))
			found = &contest->banks[i];
	return found;
}

const struct bank *contest_bank_by_id(const struct contest *contest, int64_t id)
{
	for (int i = 0; i < contest->n_banks; i++)
		if (contest->banks[i].id == id)
			return &contest->banks[i];
	return NULL;
}

const struct contest_unit *contest_unit_by_id(const struct contest *contest, int64_t id)
{
	int low = 0, high = contest->n_units;

	while (low < high) {
		int middle = low + (high - low) / 2;
		if (contest->unit_ids_sorted[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == contest->n_units || contest->unit_ids_sorted[low] != id)
		return NULL;
	return &contest->units[contest->unit_index_sorted[low]];
}

const struct contest_unit *contest_unit_by_code(const struct contest *contest, struct text code)
{
	for (int i = 0; i < contest->n_units; i++)
		if (text_equal(contest->units[i].code, code))
			return &contest->units[i];
	return NULL;
}

bool contest_unit_is_open(const struct contest_unit *unit, enum group_place place)
{
	if (place == GROUP_PLACE_UNIT)
		return unit->kind == UNIT_KIND_UNIT;
	/* A district holds communes; people live in a commune. */
	return unit->kind == UNIT_KIND_LOCALITY && unit->n_children == 0;
}

/* Whether `word` begins a word of `folded`. */
static bool begins_a_word(struct text folded, struct text word)
{
	ptrdiff_t at = -1;
	while ((at = text_find(folded, word, (size_t)(at + 1))) >= 0)
		if (at == 0 || folded.ptr[at - 1] == ' ')
			return true;
	return false;
}

static bool matches(const struct contest_unit *unit, struct text folded)
{
	while (folded.ptr) {
		struct text word = text_cut(&folded, ' ');
		if (word.len && !begins_a_word(unit->search_folded, word))
			return false;
	}
	return true;
}

/* Lower is better: the whole name or alias, its beginning, anything. */
static int match_grade(const struct contest_unit *unit, struct text folded)
{
	ptrdiff_t at = text_find(unit->search_folded, folded, 0);

	if (at < 0)
		return 3;
	struct text after = text_part(unit->search_folded, (size_t)at + folded.len, 2);
	bool ends = after.len == 0 || text_starts_with(after, TEXT(" |"));
	return at == 0 ? (ends ? 0 : 1) : ends ? 1 : 2;
}

int contest_unit_search(struct arena *arena, const struct contest *contest, struct text typed,
			enum group_place place, int *ret, int max)
{
	struct text folded = unicode_fold(arena, typed);
	int n = 0;

	if (folded.len == 0)
		return 0;
	for (int grade = 0; grade <= 3; grade++)
		for (int i = 0; i < contest->n_units && n < max; i++) {
			const struct contest_unit *unit = &contest->units[i];
			if (contest_unit_is_open(unit, place) && matches(unit, folded) &&
			    match_grade(unit, folded) == grade)
				ret[n++] = i;
		}
	return n;
}

const struct article *contest_article(const struct contest *contest, const char *kind,
				      struct text slug)
{
	for (int i = 0; i < contest->n_articles; i++)
		if (text_equal_z(contest->articles[i].kind, kind) &&
		    text_equal(contest->articles[i].slug, slug))
			return &contest->articles[i];
	return NULL;
}

const struct publication *contest_publication(const struct contest *contest, int64_t round)
{
	for (int i = 0; i < contest->n_publications; i++)
		if (round == 0 || contest->publications[i].round == round)
			return &contest->publications[i];
	return NULL;
}

bool contest_surge(const struct contest *contest, int64_t now)
{
	if (contest->surge_switch != SURGE_PROFILE)
		return contest->surge_switch != 0;
	return contest_rules(contest, now)->profile.surge == 1;
}

/* Published once every round is. */
enum phase contest_phase(const struct contest *contest, int64_t now)
{
	const struct rules_in_force *rules = contest_rules(contest, now);
	const struct contest_ids *ids = contest_ids_of(contest, rules);
	int64_t published_at = TIME_NONE;

	for (int i = 0; i < rules->profile.n_rounds; i++) {
		const struct publication *one = contest_publication(contest, ids->rounds[i]);
		if (!one) {
			published_at = TIME_NONE;
			break;
		}
		if (one->published_at > published_at)
			published_at = one->published_at;
	}
	return phase_at(&rules->profile, published_at, now);
}
