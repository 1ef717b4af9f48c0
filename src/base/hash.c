#include "base/hash.h"

#include <assert.h>
#include <sodium.h>

static_assert(HASH_BYTES == crypto_hash_sha256_BYTES, "SHA-256");
static_assert(HASH_BYTES == crypto_auth_hmacsha256_BYTES, "HMAC-SHA-256");

struct hash hash_sha256(struct text data)
{
	return hash_sha256_parts(&data, 1);
}

struct hash hash_sha256_parts(const struct text *parts, size_t n)
{
	crypto_hash_sha256_state state;
	struct hash hash;

	crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < n; i++)
		crypto_hash_sha256_update(&state, (const unsigned char *)parts[i].ptr, parts[i].len);
	crypto_hash_sha256_final(&state, hash.bytes);
	return hash;
}

struct hash hash_hmac_sha256(struct text key, struct text data)
{
	struct hash hash;

	hash_hmac_sha256_each(key, &data, 1, &hash);
	return hash;
}

void hash_hmac_sha256_each(struct text key, const struct text *data, size_t n, struct hash *ret)
{
	crypto_auth_hmacsha256_state keyed;

	crypto_auth_hmacsha256_init(&keyed, (const unsigned char *)key.ptr, key.len);
	for (size_t i = 0; i < n; i++) {
		crypto_auth_hmacsha256_state state = keyed;
		crypto_auth_hmacsha256_update(&state, (const unsigned char *)data[i].ptr, data[i].len);
		crypto_auth_hmacsha256_final(&state, ret[i].bytes);
	}
}

struct hash hash_keyed(const unsigned char key[HASH_BYTES], struct text data)
{
	struct hash hash;
	crypto_generichash(hash.bytes, sizeof(hash.bytes), (const unsigned char *)data.ptr, data.len,
			   key, HASH_BYTES);
	return hash;
}

struct text hash_text(const struct hash *hash)
{
	return text_from_bytes(hash->bytes, HASH_BYTES);
}
