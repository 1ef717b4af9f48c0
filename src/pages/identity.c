#include "pages/identity.h"

#include "base/unicode.h"

#define YEAR_CHARS 4

static struct text blind(const struct keys *keys, struct arena *arena, const char *kind,
			 struct text plain)
{
	struct hash hash = keys_blind_index(keys, kind, plain);
	return text_copy(arena, hash_text(&hash));
}

static struct text joined(struct arena *arena, struct text a, struct text b)
{
	return text_format(arena, "%.*s\n%.*s", TEXT_ARGS(a), TEXT_ARGS(b));
}

void identity_of_person(const struct keys *keys, struct arena *arena, struct text name,
			struct text birth, struct text phone, struct identity_indexes *ret)
{
	struct text folded = unicode_fold(arena, name);
	struct text year = text_part(birth, 0, YEAR_CHARS);
	struct text who = joined(arena, folded, birth);

	ret->person = blind(keys, arena, "person", joined(arena, phone, who));
	ret->phone = blind(keys, arena, "phone", phone);
	ret->name_birth = birth.len > YEAR_CHARS ? blind(keys, arena, "name-birth", who) : TEXT_EMPTY;
	ret->name_year = blind(keys, arena, "name-year", joined(arena, folded, year));
	ret->name_phone = blind(keys, arena, "name-phone", joined(arena, folded, phone));
}

void identity_of_exclusion(const struct keys *keys, struct arena *arena, struct text name,
			   struct text birth, struct text phone, struct identity_indexes *ret)
{
	*ret = (struct identity_indexes){ TEXT_EMPTY, TEXT_EMPTY, TEXT_EMPTY, TEXT_EMPTY,
					  TEXT_EMPTY };
	if (name.len == 0)
		return;
	struct text folded = unicode_fold(arena, name);
	struct text year = text_part(birth, 0, YEAR_CHARS);
	if (phone.len)
		ret->name_phone = blind(keys, arena, "name-phone", joined(arena, folded, phone));
	if (birth.len > YEAR_CHARS)
		ret->name_birth = blind(keys, arena, "name-birth", joined(arena, folded, birth));
	if (birth.len >= YEAR_CHARS)
		ret->name_year = blind(keys, arena, "name-year", joined(arena, folded, year));
}
