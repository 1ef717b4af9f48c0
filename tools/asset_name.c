#include "tools/asset_name.h"

#include "assets/assets.h"
#include "base/hash.h"

struct text asset_hashed_name(struct arena *arena, struct text name, struct text bytes)
{
	struct hash hash = hash_sha256(bytes);
	struct text hex = text_hex(arena, hash.bytes, 4);
	size_t dot = name.len;

	while (dot && name.ptr[dot - 1] != '.')
		dot--;
	/* A name without an ending has the hash at its end. */
	if (dot == 0)
		return text_format(arena, "%.*s.%.*s", TEXT_ARGS(name), TEXT_ARGS(hex));
	return text_format(arena, "%.*s%.*s.%.*s", (int)dot, name.ptr, TEXT_ARGS(hex),
			   TEXT_ARGS(text_part(name, dot, name.len)));
}

struct text asset_address(struct arena *arena, struct text name, struct text bytes)
{
	return text_format(arena, ASSETS_PREFIX "%.*s",
			   TEXT_ARGS(asset_hashed_name(arena, name, bytes)));
}
