#include "base/keys_internal.h"

#include "base/random.h"

#include <assert.h>
#include <sodium.h>

#define NUMBER_BYTES 2
#define NONCE_BYTES 24
#define TAG_BYTES 16
#define PLACE_BYTES_MAX 64

static_assert(NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
static_assert(TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
static_assert(HASH_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
static_assert(KEYS_SIGNATURE_BYTES == crypto_sign_BYTES, "Ed25519 signature");
static_assert(KEYS_SEAL_BYTES == NUMBER_BYTES + NONCE_BYTES + TAG_BYTES, "seal");

static const struct key *newest(const struct keys *keys, enum key_purpose purpose)
{
	const struct ring *ring = &keys->rings[purpose];
	return &ring->keys[atomic_load_explicit(&ring->n, memory_order_acquire) - 1];
}

static const struct key *find_key(const struct keys *keys, enum key_purpose purpose, int number)
{
	const struct ring *ring = &keys->rings[purpose];
	int n = atomic_load_explicit(&ring->n, memory_order_acquire);

	for (int i = 0; i < n; i++)
		if (ring->keys[i].number == number)
			return &ring->keys[i];
	return NULL;
}

struct associated {
	unsigned char bytes[NUMBER_BYTES + 8 + PLACE_BYTES_MAX];
	size_t len;
};

/* Key number, row, place: the first two have a fixed length, so no two lists of
 * values give the same bytes. */
static struct associated associate(int number, int64_t row, const char *place)
{
	struct associated data;
	size_t len = strlen(place);
	uint64_t left = (uint64_t)row;

	assert(len <= PLACE_BYTES_MAX);
	data.bytes[0] = (unsigned char)(number >> 8);
	data.bytes[1] = (unsigned char)number;
	for (int i = 7; i >= 0; i--, left >>= 8)
		data.bytes[NUMBER_BYTES + i] = (unsigned char)left;
	memcpy(data.bytes + NUMBER_BYTES + 8, place, len);
	data.len = NUMBER_BYTES + 8 + len;
	return data;
}

struct text keys_seal(const struct keys *keys, enum key_purpose purpose, struct arena *arena,
		      const char *place, int64_t row, struct text plain)
{
	const struct key *key = newest(keys, purpose);
	struct associated data = associate(key->number, row, place);
	unsigned char *sealed = arena_alloc(arena, plain.len + KEYS_SEAL_BYTES);

	if (!sealed)
		return TEXT_EMPTY;
	unsigned char *nonce = sealed + NUMBER_BYTES;
	memcpy(sealed, data.bytes, NUMBER_BYTES);
	random_bytes(nonce, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + NONCE_BYTES, NULL,
						   (const unsigned char *)plain.ptr, plain.len,
						   data.bytes, data.len, NULL, nonce, key->bytes);
	return text_from_bytes(sealed, plain.len + KEYS_SEAL_BYTES);
}

int keys_unseal(const struct keys *keys, enum key_purpose purpose, struct arena *arena,
		const char *place, int64_t row, struct text sealed, struct text *ret_plain)
{
	const unsigned char *bytes = (const unsigned char *)sealed.ptr;

	if (sealed.len < KEYS_SEAL_BYTES)
		return 1;
	int number = bytes[0] << 8 | bytes[1];
	const struct key *key = find_key(keys, purpose, number);
	if (!key)
		return 1;
	struct associated data = associate(number, row, place);
	size_t len = sealed.len - KEYS_SEAL_BYTES;
	unsigned char *plain = arena_alloc(arena, len ? len : 1);
	if (!plain)
		return -1;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
		    plain, NULL, NULL, bytes + NUMBER_BYTES + NONCE_BYTES, len + TAG_BYTES,
		    data.bytes, data.len, bytes + NUMBER_BYTES, key->bytes) != 0)
		return 1;
	*ret_plain = text_from_bytes(plain, len);
	return 0;
}

int keys_sealed_number(struct text sealed)
{
	const unsigned char *bytes = (const unsigned char *)sealed.ptr;
	return sealed.len < KEYS_SEAL_BYTES ? 0 : bytes[0] << 8 | bytes[1];
}

int keys_newest_number(const struct keys *keys, enum key_purpose purpose)
{
	return newest(keys, purpose)->number;
}

struct hash keys_blind_index(const struct keys *keys, const char *kind, struct text plain)
{
	const struct key *key = newest(keys, KEY_INDEX);
	crypto_generichash_state state;
	struct hash hash;

	/* The kind's NUL parts it from the value. */
	crypto_generichash_init(&state, key->bytes, HASH_BYTES, HASH_BYTES);
	crypto_generichash_update(&state, (const unsigned char *)kind, strlen(kind) + 1);
	crypto_generichash_update(&state, (const unsigned char *)plain.ptr, plain.len);
	crypto_generichash_final(&state, hash.bytes, sizeof(hash.bytes));
	sodium_memzero(&state, sizeof(state));
	return hash;
}

int keys_mac(const struct keys *keys, enum key_purpose purpose, int number, struct text data,
	     int *ret_number, struct hash *ret)
{
	const struct key *key = number ? find_key(keys, purpose, number) : newest(keys, purpose);

	if (!key)
		return 1;
	*ret_number = key->number;
	*ret = hash_keyed(key->bytes, data);
	return 0;
}

void keys_sign(const struct keys *keys, struct text data,
	       unsigned char ret_signature[KEYS_SIGNATURE_BYTES])
{
	crypto_sign_detached(ret_signature, NULL, (const unsigned char *)data.ptr, data.len,
			     keys->sign_secret);
}

void keys_public(const struct keys *keys, unsigned char ret_public[HASH_BYTES])
{
	memcpy(ret_public, keys->sign_public, HASH_BYTES);
}
