#include "ledger/leaf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HEAD_BYTES 17

/* The vectors of docs/proof.md. */
static const struct vector {
	struct leaf_paper paper;	/* without what the next five hold in hex */
	const char *rules_hash;
	const char *bank_hash;
	const char *seed;
	const char *drawn;
	const char *salt;
	const char *commitments[LEAF_FIELDS];
	const char *leaf_hash;
} vectors[] = {
	{
		/* a paper with a prediction */
		.paper = {
			.contest = { "binh-phuoc-2024", 15 },
			.round = { "vong-1", 6 },
			.group = { "nhom-1", 6 },
			.entry = { "BP24-7K3M-Q", 11 },
			.attempt = 1,
			.rules_version = 2,
			.draw_version = 1,
			.answers = { "1230412341", 10 },
			.prediction = 1200,
			.started_at = INT64_C(1726794000123),
			.submitted_at = INT64_C(1726794754456),
			.elapsed_ms = 754333,
			.score_points = 7,
		},
		.rules_hash = "6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0",
		.bank_hash = "4381dc2ab14285160c808659aee005d51255add7264b318d07c7417292c7442c",
		.seed = "000102030405060708090a0b0c0d0e0f",
		.drawn = "0015d8000fc900172d00117200043900066c0000270009d2001c93000d8d",
		.salt = "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
		.commitments = {
			"024aec343074d2cdf15f7e6dfad2eaea078d5e25c7c5906f06da939d18e349fa",
			"0fec3775b205504197a03f5321b5a3d2c3f980608bee1a13b65325fbb865c8ee",
			"a1d6619a3fccb59f9fcdfba517eb13f0d70a69975034747c9efd4e06b0dbadf6",
			"120f89931048126775f477fafcfad25f297414989196225aa7d514c116ab6818",
			"51b118a0e962250f5dc334554bb7091186c3e283dd4d9d38cca84e99190f32f0",
			"aabeac26231c3693f042c29024632b1bf4e4e364b743d6b37eeea63e488781a7",
			"e9e252130ce0b14a144313d152b2ef8be53717f035060633472d967695012826",
			"4728406a65b1ef86676783a7a1203ff67d3406cb1c5b8b350928701a846cbef9",
			"c2c84a0cb7302232bb1dae38af2686d742ee3eaefc1161d85a52115667788800",
			"07040690ea73bc95ab07c905c4f5991a97433853c69412b8717dd32b676b6881",
			"e32c0d4d2e9277c6f1434e1d88c1ca14fc104431509df38ddc7e390ec02477d2",
			"cc940c2aa716771668af0aa8754c07f09048dca5b83aedb7f3d48775f54c7666",
			"1ed5397c02d16ff9c46a08650cf830878a8020a51cf645a73bea9469701244d1",
			"c2f4a627ef80537046438bf08ffa54c85368a1d2d9f422109105887a4c4d6eda",
			"646f038808a592e3a0232166cb17b0c2eb3b32784c9163a81e2d5183ae4731b1",
			"22f80a9dbc69006087cb217e647bfe28f619b96b6e669b117330643e45c78f96",
			"1436259fadf545bfa518b96184587888b234ff84a551dd0e860dd052ce42b589",
		},
		.leaf_hash = "447eddb5d6451d41f77e5656552cfe642f6ca5013e1a21f0c6338abb77b53a1e",
	},
	{
		/* a blank paper without one, an entry code outside ASCII */
		.paper = {
			.contest = { "bon-tuan", 8 },
			.round = { "tuan-4", 6 },
			.group = { "nguoi-dan", 9 },
			.entry = { "Đ-0001", 7 },
			.attempt = 12,
			.rules_version = 1,
			.draw_version = 1,
			.answers = { "00000000", 8 },
			.prediction = -1,
			.started_at = INT64_C(178000000000),
			.submitted_at = INT64_C(17800080000),
			.elapsed_ms = 80000,
			.score_points = 0,
		},
		.rules_hash = "0000000000000000000000000000000000000000000000000000000000000000",
		.bank_hash = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		.seed = "ffffffffffffffffffffffffffffffff",
		.drawn = "000ce4000d4b000ee1000f6300106300114e00123600158d",
		.salt = "8b0556e83dc14f7e994cefcf9a15bbc814209c2d3452d37ec1a1ccc7a07078ac",
		.commitments = {
			"11545441a051df34c3325f67739a675263b9d1453f76546ea9caffcbfd7e5d8a",
			"21553c28082f1ee6617bdb6757fcc47f31334e46e9ae7cc6627b9ad4a4627075",
			"7220f5cdcc4d352ab4f89a6d1498cffc3dcadf126f89ee9823e960c9f6949df4",
			"8db28d42893fd9ddf352a07f714aa20bc11b26cff87d1bc5b2b971eda61e6c2f",
			"d722815f817eefb3d06a9030213c4c82f45532643665eb5e7ad79b005092e5a1",
			"f420cb8615f14ee16f76e42174248ebc72dc9407c45d324cce03848ea2988959",
			"df3cca0e690d1e37e0896a8e54f30a50ee221558e621db09ecd1cd7d275dc527",
			"6fc8941ba4ecf20384b2dcb2593a3057409a389d7f27d59fa1e66438384415df",
			"c7b234401a6a624aa2fede228012c41d5fe4207fdaf5f87fe028e8f47dd4a462",
			"c9d5810f68579a3e4d0ba91efc34f37f53af7647736bc7dafa4b6c00f0a44898",
			"6f3b313de73fb8cf1e36fff6df57484f7bd21b684ec1ee785adaee44e5d35bb9",
			"8f088d9f6a7fff53d0d4975927c88ab3c96fe0a9cfd97d36a746b97e3006337a",
			"a47f09ce72a0694f955475ac63f2aa7e47c427ce33d72425731694e0bb0d6c44",
			"acf7791c2e32adeb8ccf041d369bc969b30a68d7de0d111ef31df2a3325b4fec",
			"5e2bcb884ffed35d30c325dfebfec76955ee563d88d1f370ed2bd4c1f78f8757",
			"43b6974723beb7fa9fa58cb68c05bb03cf80b4df42eca7223fe3623093db52d0",
			"642e76efbfa840eca21e90ed6f6155b24a02b0bd23d40bd20125ddc48588ac0b",
		},
		.leaf_hash = "2f0e98b5083979e7535d6d7760481c5ae6c291c6776eb1028a89835da7184ca9",
	},
};

static struct text unhex(struct arena *arena, const char *hex)
{
	size_t len = strlen(hex) / 2;
	unsigned char *bytes = arena_alloc(arena, len);

	assert_non_null(bytes);
	assert_int_equal(text_unhex(text_from_z(hex), bytes, len), 0);
	return text_from_bytes(bytes, len);
}

static struct leaf_paper vector_paper(struct arena *arena, const struct vector *vector)
{
	struct leaf_paper paper = vector->paper;

	assert_int_equal(text_unhex(text_from_z(vector->rules_hash), &paper.rules_hash, HASH_BYTES),
			 0);
	assert_int_equal(text_unhex(text_from_z(vector->bank_hash), &paper.bank_hash, HASH_BYTES),
			 0);
	paper.seed = unhex(arena, vector->seed);
	paper.drawn = unhex(arena, vector->drawn);
	return paper;
}

static void test_vectors(void **state)
{
	struct arena *arena = arena_new(1 << 20);

	(void)state;
	for (size_t v = 0; v < ARRAY_LEN(vectors); v++) {
		const struct vector *vector = &vectors[v];
		struct leaf_paper paper = vector_paper(arena, vector);
		struct text salt = unhex(arena, vector->salt);
		struct text bytes = leaf_bytes(arena, &paper, (const unsigned char *)salt.ptr);
		assert_int_equal(bytes.len, LEAF_BYTES);
		assert_memory_equal(bytes.ptr, "hoithi paper v1\n\x11", HEAD_BYTES);
		for (int i = 0; i < LEAF_FIELDS; i++) {
			struct text hex = text_hex(arena, bytes.ptr + HEAD_BYTES + i * HASH_BYTES,
						   HASH_BYTES);
			assert_string_equal(text_z(arena, hex), vector->commitments[i]);
		}
		struct hash hash = leaf_hash(bytes);
		assert_string_equal(text_z(arena, text_hex(arena, hash.bytes, HASH_BYTES)),
				    vector->leaf_hash);
	}
	arena_free(arena);
}

/* How many commitments differ between two papers. */
static int n_differing(struct text a, struct text b, int *ret_last)
{
	int n = 0;

	for (int i = 0; i < LEAF_FIELDS; i++) {
		size_t at = (size_t)(HEAD_BYTES + i * HASH_BYTES);
		if (memcmp(a.ptr + at, b.ptr + at, HASH_BYTES) != 0) {
			n++;
			*ret_last = i;
		}
	}
	return n;
}

/* A field changes its own commitment and no other. */
static void test_each_field_is_by_itself(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct leaf_paper first = vector_paper(arena, &vectors[0]);
	struct text salt = unhex(arena, vectors[0].salt);
	struct text bytes = leaf_bytes(arena, &first, (const unsigned char *)salt.ptr);

	(void)state;
	for (int field = 0; field < LEAF_FIELDS; field++) {
		struct leaf_paper paper = first;
		struct text *texts[LEAF_FIELDS] = {
			&paper.contest, &paper.round, &paper.group, &paper.entry,
			[9] = &paper.seed, &paper.drawn, &paper.answers,
		};
		int64_t *ints[LEAF_FIELDS] = {
			[4] = &paper.attempt, &paper.rules_version, [8] = &paper.draw_version,
			[12] = &paper.prediction, &paper.started_at, &paper.submitted_at,
			&paper.elapsed_ms, &paper.score_points,
		};
		int last = -1;
		if (texts[field])
			*texts[field] = text_part(*texts[field], 0, texts[field]->len - 1);
		else if (ints[field])
			*ints[field] += INT64_C(1) << 40;
		else
			(field == 6 ? &paper.rules_hash : &paper.bank_hash)->bytes[31] ^= 1;
		struct text other = leaf_bytes(arena, &paper, (const unsigned char *)salt.ptr);
		assert_int_equal(n_differing(bytes, other, &last), 1);
		assert_int_equal(last, field);
	}
	arena_free(arena);
}

static void test_salt_changes_everything(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct leaf_paper paper = vector_paper(arena, &vectors[0]);
	unsigned char salt[LEAF_SALT_BYTES] = { 0 };
	struct text bytes = leaf_bytes(arena, &paper, salt);
	int last;

	(void)state;
	salt[31] = 1;
	assert_int_equal(n_differing(bytes, leaf_bytes(arena, &paper, salt), &last), LEAF_FIELDS);
	arena_free(arena);
}

static void test_full_arena(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct leaf_paper paper = vector_paper(arena, &vectors[0]);
	unsigned char salt[LEAF_SALT_BYTES] = { 0 };

	(void)state;
	arena_fail(arena);
	assert_int_equal(leaf_bytes(arena, &paper, salt).len, 0);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_each_field_is_by_itself),
		cmocka_unit_test(test_salt_changes_everything),
		cmocka_unit_test(test_full_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
