#include "rules/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define BANK 400

/* splitmix64: the tests' own randomness, the same on every run. */
static uint64_t random_state;

static uint64_t random_u64(void)
{
	uint64_t z = (random_state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static int random_below(int n)
{
	return (int)(random_u64() % (uint64_t)n);
}

static void random_seed(unsigned char seed[DRAW_SEED_BYTES])
{
	for (int i = 0; i < DRAW_SEED_BYTES; i++)
		seed[i] = (unsigned char)random_u64();
}

static const char *const topics[] = { "chung", "cds", "cchc", "an-toan" };

static void random_bank(struct bank_item *bank, int n)
{
	for (int i = 0; i < n; i++)
		bank[i] = (struct bank_item){
			.topic = text_from_z(topics[random_below(ARRAY_LEN(topics))]),
			.difficulty = 1 + random_below(3),
			.key = random_below(4),
		};
}

static bool fits(const struct profile_stratum *stratum, const struct bank_item *item)
{
	return (!stratum->topic.len || text_equal(stratum->topic, item->topic)) &&
	       (!stratum->difficulty || stratum->difficulty == item->difficulty);
}

static bool overlaps(const struct profile_stratum *a, const struct profile_stratum *b)
{
	return (!a->topic.len || !b->topic.len || text_equal(a->topic, b->topic)) &&
	       (!a->difficulty || !b->difficulty || a->difficulty == b->difficulty);
}

/* Up to six strata that do not overlap, or none. */
static void random_strata(struct profile *profile)
{
	profile->n_strata = 0;
	profile->n_questions = 0;
	for (int i = random_below(7); i > 0; i--) {
		int topic = random_below(ARRAY_LEN(topics) + 1);
		struct profile_stratum stratum = {
			.topic = topic ? text_from_z(topics[topic - 1]) : TEXT_EMPTY,
			.difficulty = random_below(4),
			.count = 1 + random_below(8),
		};
		bool apart = true;
		for (int s = 0; s < profile->n_strata; s++)
			apart = apart && !overlaps(&profile->strata[s], &stratum);
		if (!apart)
			continue;
		profile->strata[profile->n_strata++] = stratum;
		profile->n_questions += stratum.count;
	}
	if (profile->n_strata == 0)
		profile->n_questions = 1 + random_below(30);
}

static void check_strata(const struct profile *profile, const struct bank_item *bank,
			 const struct drawn_paper *paper)
{
	for (int s = 0; s < profile->n_strata; s++) {
		int n = 0;
		for (int i = 0; i < paper->n; i++)
			n += fits(&profile->strata[s], &bank[paper->items[i].number]);
		assert_int_equal(n, profile->strata[s].count);
	}
}

static void check_paper(const struct profile *profile, const struct drawn_paper *paper, int n_bank)
{
	bool seen[BANK] = { false };

	assert_int_equal(paper->n, profile->n_questions);
	for (int i = 0; i < paper->n; i++) {
		const struct drawn_item *item = &paper->items[i];
		int options = 0;
		assert_true(item->number < n_bank);
		assert_false(seen[item->number]);
		seen[item->number] = true;
		for (int p = 0; p < PROFILE_OPTIONS; p++)
			options |= 1 << item->options[p];
		assert_int_equal(options, 15);
		if (!profile->shuffle_options)
			for (int p = 0; p < PROFILE_OPTIONS; p++)
				assert_int_equal(item->options[p], p);
		if (!profile->shuffle_questions && i > 0)
			assert_true(paper->items[i - 1].number < item->number);
	}
}

static bool same_paper(const struct drawn_paper *a, const struct drawn_paper *b)
{
	return a->n == b->n &&
	       memcmp(a->items, b->items, (size_t)a->n * sizeof(a->items[0])) == 0;
}

static void test_random_papers(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	static struct profile profile;
	static struct bank_item bank[BANK];
	int n_drawn = 0;

	(void)state;
	random_state = 1;
	for (int round = 0; round < 3000; round++) {
		unsigned char seed[DRAW_SEED_BYTES];
		struct drawn_paper paper, again, read;
		int n_bank = 1 + random_below(round % 2 ? BANK : 60);
		random_bank(bank, n_bank);
		random_strata(&profile);
		profile.shuffle_questions = random_below(2);
		profile.shuffle_options = random_below(2);
		random_seed(seed);
		arena_reset(arena);
		bool short_of = draw_shortage(arena, &profile, bank, n_bank).len > 0;
		assert_int_equal(draw_paper(&profile, bank, n_bank, seed, &paper), short_of);
		if (short_of)
			continue;
		n_drawn++;
		check_paper(&profile, &paper, n_bank);
		check_strata(&profile, bank, &paper);
		assert_int_equal(draw_paper(&profile, bank, n_bank, seed, &again), 0);
		assert_true(same_paper(&paper, &again));
		struct text stored = draw_encode(arena, &paper);
		assert_int_equal(stored.len, 3 * paper.n);
		assert_int_equal(draw_decode(stored, &read), 0);
		assert_true(same_paper(&paper, &read));
	}
	assert_in_range(n_drawn, 1000, 2990);
	arena_free(arena);
}

static void test_shortage_names_the_stratum(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	struct profile profile = { .n_questions = 3 };
	struct bank_item bank[] = {
		{ TEXT("cds"), 1, 0 }, { TEXT("cds"), 2, 0 }, { TEXT("a"), 2, 0 },
	};

	(void)state;
	assert_true(text_equal(draw_shortage(arena, &profile, bank, 3), TEXT_EMPTY));
	assert_true(text_equal(draw_shortage(arena, &profile, bank, 2),
			       TEXT("Đề thi cần 3 câu, ngân hàng chỉ có 2 câu.")));
	profile.n_strata = 2;
	profile.strata[0] = (struct profile_stratum){ TEXT("cds"), 0, 1 };
	profile.strata[1] = (struct profile_stratum){ TEXT("cds"), 3, 2 };
	assert_true(text_equal(draw_shortage(arena, &profile, bank, 3),
			       TEXT("Phần 2 của đề (chủ đề cds, độ khó 3) cần 2 câu, "
				    "ngân hàng chỉ có 0 câu.")));
	profile.n_strata = 0;
	profile.n_questions = PROFILE_UNDECIDED;
	assert_int_equal(draw_shortage(arena, &profile, bank, 0).len, 0);
	profile.n_strata = PROFILE_UNDECIDED;
	profile.n_questions = 30;
	assert_int_equal(draw_shortage(arena, &profile, bank, 0).len, 0);
	arena_free(arena);
}

static void test_seeds_differ(void **state)
{
	static struct bank_item bank[BANK];
	struct profile profile = { .n_questions = 30, .shuffle_questions = 1,
				   .shuffle_options = 1 };
	unsigned char seed[DRAW_SEED_BYTES] = { 0 };
	struct drawn_paper first, other;

	(void)state;
	random_state = 3;
	random_bank(bank, BANK);
	assert_int_equal(draw_paper(&profile, bank, BANK, seed, &first), 0);
	for (int bit = 0; bit < 8 * DRAW_SEED_BYTES; bit++) {
		seed[bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_int_equal(draw_paper(&profile, bank, BANK, seed, &other), 0);
		assert_false(same_paper(&first, &other));
		seed[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
}

/* Sum of (seen - expected)^2 / expected. */
static double chi_square(const int *seen, int n, double expected)
{
	double sum = 0;
	for (int i = 0; i < n; i++)
		sum += (seen[i] - expected) * (seen[i] - expected) / expected;
	return sum;
}

/* With fixed seeds, so the outcome is always the same; the bounds are those of
 * one in a thousand. */
static void test_uniform(void **state)
{
	static struct bank_item bank[40];
	struct profile profile = { .n_questions = 8, .shuffle_questions = 1, .shuffle_options = 1 };
	int chosen[40] = { 0 }, first[40] = { 0 }, shown[4][4] = { { 0 } }, orders[256] = { 0 };
	const int rounds = 20000;

	(void)state;
	random_state = 4;
	random_bank(bank, 40);
	for (int round = 0; round < rounds; round++) {
		unsigned char seed[DRAW_SEED_BYTES];
		struct drawn_paper paper;
		random_seed(seed);
		assert_int_equal(draw_paper(&profile, bank, 40, seed, &paper), 0);
		first[paper.items[0].number]++;
		for (int i = 0; i < paper.n; i++) {
			const uint8_t *o = paper.items[i].options;
			chosen[paper.items[i].number]++;
			orders[o[0] << 6 | o[1] << 4 | o[2] << 2 | o[3]]++;
			for (int p = 0; p < 4; p++)
				shown[p][o[p]]++;
		}
	}
	assert_true(chi_square(chosen, 40, rounds * 8 / 40.0) < 72.1);
	assert_true(chi_square(first, 40, rounds / 40.0) < 72.1);
	for (int p = 0; p < 4; p++)
		assert_true(chi_square(shown[p], 4, rounds * 8 / 4.0) < 16.3);
	int of_orders[24], n = 0;
	for (int i = 0; i < 256; i++)
		if (orders[i])
			of_orders[n++] = orders[i];
	assert_int_equal(n, 24);
	assert_true(chi_square(of_orders, 24, rounds * 8 / 24.0) < 49.8);
}

static void test_decode_refuses(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	struct drawn_paper paper = { .n = -7 };
	static const char long_form[3 * (PROFILE_QUESTIONS_MAX + 1)];

	(void)state;
	assert_int_equal(draw_decode(TEXT_EMPTY, &paper), 1);
	assert_int_equal(draw_decode(TEXT("\x00\x01"), &paper), 1);
	assert_int_equal(draw_decode(TEXT("\x00\x01\x1b\x00"), &paper), 1);
	assert_int_equal(draw_decode(TEXT("\x00\x01\x1a"), &paper), 1);
	assert_int_equal(draw_decode(TEXT("\x00\x01\x00"), &paper), 1);
	assert_int_equal(draw_decode(TEXT("\x00\x01\x1b\x00\x01\xe4"), &paper), 1);
	assert_int_equal(draw_decode(text_from_bytes(long_form, sizeof(long_form)), &paper), 1);
	assert_int_equal(paper.n, -7);
	assert_int_equal(draw_decode(TEXT("\xff\xfe\xe4\x00\x01\x1b"), &paper), 0);
	assert_int_equal(paper.n, 2);
	assert_int_equal(paper.items[0].number, 0xfffe);
	assert_int_equal(paper.items[0].options[0], 3);
	assert_int_equal(paper.items[0].options[3], 0);
	arena_free(arena);
}

/* The vectors of docs/proof.md. */
struct run {
	const char *topic;
	int difficulty;
	int n;
};

static const struct run small_bank[] = {
	{ "chung", 1, 7 }, { "cds", 1, 5 }, { "cds", 2, 6 }, { "cchc", 2, 4 }, { "cchc", 3, 5 },
	{ "cds", 3, 3 }, { NULL, 0, 0 },
};

static const struct run large_bank[] = { { "chung", 1, 8000 }, { NULL, 0, 0 } };

static const struct vector {
	const struct run *bank;
	struct run strata[4];
	int shuffle_questions;
	int shuffle_options;
	const char *seed;
	const char *drawn;
} vectors[] = {
	{
		/* freely, everything shuffled */
		small_bank, { { "", 0, 10 } }, 1, 1,
		"000102030405060708090a0b0c0d0e0f",
		"0015d8000fc900172d00117200043900066c0000270009d2001c93000d8d",
	},
	{
		/* overlapping strata */
		small_bank, { { "cds", 0, 4 }, { "", 3, 3 }, { "", 0, 5 } }, 1, 1,
		"4316a4d874cb71ecca876e4d42a84f9c",
		"001cb1000978001687000d1e001ac900184e001b630003870008d2000cc60010b100006c",
	},
	{
		/* nothing shuffled, the whole of a topic */
		small_bank, { { "cchc", 0, 9 }, { "chung", 1, 2 } }, 0, 0,
		"baffd14f9cb3ab4b17fb2d5f4a2dcb30",
		"00031b00051b00121b00131b00141b00151b00161b00171b00181b00191b001a1b",
	},
	{
		/* questions shuffled only */
		small_bank, { { "", 0, 30 } }, 1, 0,
		"baffd14f9cb3ab4b17fb2d5f4a2dcb30",
		"00151b00071b000a1b000d1b00031b000e1b00091b00111b001c1b00061b00021b001b1b00131b00"
		"191b00121b00161b00051b00041b00141b00081b00101b000b1b00181b00171b001d1b000f1b0001"
		"1b000c1b001a1b00001b",
	},
	{
		/* options shuffled only */
		small_bank, { { "", 2, 8 } }, 0, 1,
		"ffffffffffffffffffffffffffffffff",
		"000ce4000d4b000ee1000f6300106300114e00123600158d",
	},
	{
		/* a number is rejected (number 44 of the stream) */
		large_bank, { { "", 0, 100 } }, 0, 0,
		"932783c0bed1e22e19364ee2243f3a5e",
		"00c51b00f51b00fb1b01641b01791b01b41b02421b02631b03331b03461b03881b04361b048a1b05"
		"291b053b1b05ec1b06111b06331b064d1b06d21b07281b07401b07701b07821b07b21b07e11b087a"
		"1b08a71b08aa1b08e31b08fc1b09601b09a01b0afb1b0b011b0b211b0b341b0b391b0bb21b0c411b"
		"0c421b0c5c1b0cad1b0cc71b0d041b0d791b0d7d1b0f3b1b0fd31b102d1b105b1b10da1b11021b11"
		"2f1b11871b11911b11a01b11d11b11d31b11dd1b122e1b13021b133d1b135f1b13641b13791b13ed"
		"1b14021b145e1b15d61b16bc1b17141b173d1b17a11b17f11b17ff1b18101b182c1b18551b189d1b"
		"18cc1b18f41b19321b19e11b19f81b1a1a1b1ae11b1ae71b1b181b1b1d1b1b431b1b551b1c151b1c"
		"b21b1d651b1e6d1b1e8a1b1eaf1b1ec31b1ee01b",
	},
};

static void test_vectors(void **state)
{
	static struct bank_item bank[DRAW_BANK_MAX];
	struct arena *arena = arena_new(1 << 20);

	(void)state;
	for (size_t v = 0; v < ARRAY_LEN(vectors); v++) {
		const struct vector *vector = &vectors[v];
		struct profile profile = { .shuffle_questions = vector->shuffle_questions,
					   .shuffle_options = vector->shuffle_options };
		unsigned char seed[DRAW_SEED_BYTES];
		struct drawn_paper paper;
		int n_bank = 0;
		for (const struct run *run = vector->bank; run->topic; run++)
			for (int i = 0; i < run->n; i++)
				bank[n_bank++] = (struct bank_item){ text_from_z(run->topic),
								     run->difficulty, 0 };
		for (const struct run *run = vector->strata; run->topic; run++) {
			profile.n_questions += run->n;
			profile.strata[profile.n_strata++] = (struct profile_stratum){
				text_from_z(run->topic), run->difficulty, run->n };
		}
		assert_int_equal(text_unhex(text_from_z(vector->seed), seed, sizeof(seed)), 0);
		assert_int_equal(draw_paper(&profile, bank, n_bank, seed, &paper), 0);
		struct text stored = draw_encode(arena, &paper);
		struct text hex = text_hex(arena, stored.ptr, stored.len);
		assert_string_equal(text_z(arena, hex), vector->drawn);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_papers),
		cmocka_unit_test(test_shortage_names_the_stratum),
		cmocka_unit_test(test_seeds_differ),
		cmocka_unit_test(test_uniform),
		cmocka_unit_test(test_decode_refuses),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
