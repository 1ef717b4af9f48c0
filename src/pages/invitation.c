#include "pages/invitation.h"

#include "base/code.h"

#define TYPED_BYTES_MAX 64

struct text invitation_code(struct arena *arena, const struct keys *keys,
			    const struct contest *contest, const struct contest_unit *unit)
{
	struct text both = text_format(arena, "%.*s %.*s", TEXT_ARGS(contest->code),
				       TEXT_ARGS(unit->code));
	struct hash hash = keys_blind_index(keys, "invitation", both);

	return code_from_bytes(arena, hash.bytes, INVITATION_CHARS, false);
}

struct text invitation_read(struct arena *arena, struct text typed)
{
	struct text code = typed.len <= TYPED_BYTES_MAX ? code_read(arena, text_trim(typed))
							: TEXT_EMPTY;
	return code.len == INVITATION_CHARS ? code : TEXT_EMPTY;
}

bool invitation_fits(struct arena *arena, const struct keys *keys, const struct contest *contest,
		     const struct contest_unit *unit, struct text code)
{
	for (;;) {
		struct text one = invitation_code(arena, keys, contest, unit);
		if (one.len && text_equal_secret(one, code))
			return true;
		if (unit->parent < 0)
			return false;
		unit = &contest->units[unit->parent];
	}
}

struct text invitation_carried(const struct request *request)
{
	const struct form *form = request->method == METHOD_POST ? &request->form : &request->query;
	return invitation_read(request->arena, form_value(form, "moi"));
}
