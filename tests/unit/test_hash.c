#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MILLION 1000000

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(16 << 20);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena = arena_free(arena);
	return 0;
}

static void assert_hash(struct hash hash, const char *hex)
{
	struct text found = text_hex(arena, hash.bytes, HASH_BYTES);

	if (!text_equal_z(found, hex))
		fail_msg("%.*s is not %s", TEXT_ARGS(found), hex);
}

static struct text repeated(int byte, size_t n)
{
	char *bytes = arena_alloc(arena, n);

	assert_non_null(bytes);
	memset(bytes, byte, n);
	return text_from_bytes(bytes, n);
}

/* FIPS 180-4's examples, and lengths around the end of a block. */
static void sha256_is_the_standards(void **state)
{
	static const struct {
		size_t n;
		const char *hex;
	} as[] = {
		{ 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318" },
		{ 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a" },
		{ 63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34" },
		{ 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb" },
		{ 65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0" },
		{ MILLION, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
	};
	(void)state;

	assert_hash(hash_sha256(TEXT_EMPTY),
		    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_hash(hash_sha256(TEXT("abc")),
		    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_hash(hash_sha256(TEXT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	for (size_t i = 0; i < ARRAY_LEN(as); i++)
		assert_hash(hash_sha256(repeated('a', as[i].n)), as[i].hex);
}

static void parts_are_hashed_as_their_whole(void **state)
{
	struct text whole = repeated('p', 200);
	struct hash expected = hash_sha256(whole);
	(void)state;

	for (size_t i = 0; i <= whole.len; i++)
		for (size_t j = i; j <= whole.len; j += 13) {
			const struct text parts[] = { text_part(whole, 0, i),
						      text_part(whole, i, j - i), TEXT_EMPTY,
						      text_part(whole, j, whole.len) };
			struct hash hash = hash_sha256_parts(parts, ARRAY_LEN(parts));
			assert_memory_equal(hash.bytes, expected.bytes, HASH_BYTES);
		}
	assert_hash(hash_sha256_parts(NULL, 0),
		    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 4231, cases 1 to 4, 6 and 7. */
static void hmac_is_the_rfcs(void **state)
{
	char count[25];
	(void)state;

	for (size_t i = 0; i < sizeof(count); i++)
		count[i] = (char)(i + 1);
	assert_hash(hash_hmac_sha256(repeated(0x0b, 20), TEXT("Hi There")),
		    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	assert_hash(hash_hmac_sha256(TEXT("Jefe"), TEXT("what do ya want for nothing?")),
		    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	assert_hash(hash_hmac_sha256(repeated(0xaa, 20), repeated(0xdd, 50)),
		    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	assert_hash(hash_hmac_sha256(text_from_bytes(count, sizeof(count)), repeated(0xcd, 50)),
		    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
	/* Keys longer than a block are hashed first. */
	assert_hash(hash_hmac_sha256(repeated(0xaa, 131), TEXT("Test Using Larger Than Block-Size "
							       "Key - Hash Key First")),
		    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	assert_hash(hash_hmac_sha256(repeated(0xaa, 131),
				     TEXT("This is a test using a larger than block-size key and a "
					  "larger than block-size data. The key needs to be hashed "
					  "before being used by the HMAC algorithm.")),
		    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
	assert_hash(hash_hmac_sha256(TEXT_EMPTY, TEXT_EMPTY),
		    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

/* Against Python's hashlib.blake2b(data, key=bytes(range(32)), digest_size=32). */
static void keyed_is_blake2b(void **state)
{
	unsigned char key[HASH_BYTES], data[200];
	(void)state;

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (unsigned char)i;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)i;
	assert_hash(hash_keyed(key, TEXT_EMPTY),
		    "4e51e7a913fc80137da52880fecca175bf81e117d5c68126dc2774033517ea0d");
	assert_hash(hash_keyed(key, TEXT("abc")),
		    "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f");
	assert_hash(hash_keyed(key, text_from_bytes(data, sizeof(data))),
		    "a39ff6e7e838226fd50e24a55375ff3a39419fd93e32cc463f3f74323291c425");
	struct hash hash = hash_keyed(key, TEXT("abc"));
	key[31] ^= 1;
	struct hash other = hash_keyed(key, TEXT("abc"));
	assert_memory_not_equal(hash.bytes, other.bytes, HASH_BYTES);
}

static void a_hash_is_its_bytes(void **state)
{
	struct hash hash = hash_sha256(TEXT("abc"));
	struct text text = hash_text(&hash);
	(void)state;

	assert_int_equal(text.len, HASH_BYTES);
	assert_ptr_equal(text.ptr, hash.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_is_the_standards),
		cmocka_unit_test(parts_are_hashed_as_their_whole),
		cmocka_unit_test(hmac_is_the_rfcs),
		cmocka_unit_test(keyed_is_blake2b),
		cmocka_unit_test(a_hash_is_its_bytes),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
