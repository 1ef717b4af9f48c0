#include "pages/exclusion.h"

static bool is_set(const struct hash *hash)
{
	static const struct hash none;
	return memcmp(hash, &none, sizeof(none)) != 0;
}

static bool is_index(const struct hash *hash, struct text index)
{
	return index.len == HASH_BYTES && is_set(hash) && text_equal(hash_text(hash), index);
}

static bool meets_person(const struct exclusion *exclusion, const struct identity_indexes *indexes)
{
	/* Two whole dates are compared whole: a namesake of the same year is
	 * somebody else. */
	bool both_whole = is_set(&exclusion->name_birth_index) && indexes->name_birth.len;

	if (exclusion->has_phone && is_index(&exclusion->phone_index, indexes->name_phone))
		return true;
	if (!exclusion->has_name)
		return false;
	if (both_whole)
		return is_index(&exclusion->name_birth_index, indexes->name_birth);
	return is_index(&exclusion->name_year_index, indexes->name_year);
}

static bool is_under(const struct contest *contest, const struct contest_unit *unit, int64_t id)
{
	while (unit) {
		if (unit->id == id)
			return true;
		unit = unit->parent >= 0 ? &contest->units[unit->parent] : NULL;
	}
	return false;
}

const struct exclusion *exclusion_match(const struct contest *contest,
					const struct identity_indexes *indexes, int64_t unit)
{
	const struct contest_unit *chosen = unit < 0 ? NULL : contest_unit_by_id(contest, unit);

	for (int i = 0; i < contest->n_exclusions; i++) {
		const struct exclusion *one = &contest->exclusions[i];
		if (meets_person(one, indexes))
			return one;
		if (one->unit >= 0 && is_under(contest, chosen, one->unit))
			return one;
	}
	return NULL;
}
