#include "pages/work.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define DEVICE 42
#define CONTEST 7
#define NOW INT64_C(1727312400000)

static struct arena *arena;
static struct keys *keys;
static struct text challenge, proof;	/* one that is right */
static char dir[] = "/tmp/hoithi-test-work-XXXXXX";

static int zero_bits(struct text text)
{
	struct hash hash = hash_sha256(text);
	int n = 0;

	while (n < 256 && !(hash.bytes[n / 8] & 0x80 >> n % 8))
		n++;
	return n;
}

/* The first number with exactly so many bits, or that many and more. */
static struct text find(struct text of, int bits, bool exactly)
{
	char z[128];

	for (int i = 0;; i++) {
		int len = snprintf(z, sizeof(z), "%.*s%d", TEXT_ARGS(of), i);
		int n = zero_bits(text_from_bytes(z, (size_t)len));
		if (exactly ? n == bits : n >= bits)
			return text_copy(arena, text_from_bytes(z, (size_t)len));
	}
}

static int setup(void **state)
{
	struct text path;

	(void)state;
	arena = arena_new(1 << 20);
	if (!arena || !mkdtemp(dir) || keys_create(dir) || keys_open(arena, dir, &keys, &path))
		return -1;
	challenge = work_challenge(arena, keys, DEVICE, CONTEST, NOW);
	proof = find(challenge, WORK_BITS, false);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	keys_free(keys);
	for (int i = 0; i < KEY_PURPOSE_COUNT; i++)
		unlink(text_z(arena, text_format(arena, "%s/%s.key", dir, keys_purpose_name(i))));
	rmdir(dir);
	arena_free(arena);
	return 0;
}

static enum work_verdict check(struct text one, int64_t device, int64_t contest, int64_t now)
{
	return work_check(keys, one, device, contest, now);
}

static void a_right_one_is_fine_while_it_lives(void **state)
{
	(void)state;
	assert_int_equal(challenge.len, WORK_CHALLENGE_CHARS);
	assert_int_equal(check(proof, DEVICE, CONTEST, NOW), WORK_FINE);
	assert_int_equal(check(proof, DEVICE, CONTEST, NOW + WORK_LIFE_MS - 1), WORK_FINE);
	assert_int_equal(check(proof, DEVICE, CONTEST, NOW + WORK_LIFE_MS), WORK_EXPIRED);
	assert_int_equal(check(proof, DEVICE, CONTEST, NOW - 1), WORK_EXPIRED);
	assert_int_equal(check(TEXT_EMPTY, DEVICE, CONTEST, NOW), WORK_ABSENT);
}

static void one_bit_short_is_not_enough(void **state)
{
	struct text less = find(challenge, WORK_BITS - 1, true);

	(void)state;
	assert_int_equal(check(less, DEVICE, CONTEST, NOW), WORK_WRONG);
}

static void another_browser_or_contest_has_its_own(void **state)
{
	(void)state;
	assert_int_equal(check(proof, DEVICE + 1, CONTEST, NOW), WORK_WRONG);
	assert_int_equal(check(proof, DEVICE, CONTEST + 1, NOW), WORK_WRONG);
}

/* Whoever changes the time, or makes a challenge up, has no hash for it. */
static void none_can_be_made_up(void **state)
{
	char z[WORK_CHALLENGE_CHARS + WORK_NUMBER_CHARS + 1];
	size_t len = proof.len;

	(void)state;
	for (size_t i = 0; i < WORK_CHALLENGE_CHARS; i++) {
		memcpy(z, proof.ptr, len);
		z[i] = z[i] == '0' ? '1' : '0';
		assert_int_equal(check(text_from_bytes(z, len), DEVICE, CONTEST, NOW), WORK_WRONG);
	}
	assert_int_equal(check(challenge, DEVICE, CONTEST, NOW), WORK_WRONG);
	assert_int_equal(check(text_part(proof, 0, 63), DEVICE, CONTEST, NOW), WORK_WRONG);
	struct text more = text_format(arena, "%.*s%s", TEXT_ARGS(proof), "0123456789abcdef0");
	assert_int_equal(check(more, DEVICE, CONTEST, NOW), WORK_WRONG);
	more = text_format(arena, "%.*s\n", TEXT_ARGS(proof));
	assert_int_equal(check(more, DEVICE, CONTEST, NOW), WORK_WRONG);
}

static void two_challenges_are_never_the_same(void **state)
{
	(void)state;
	assert_false(text_equal(challenge, work_challenge(arena, keys, DEVICE, CONTEST, NOW)));
}

static void one_proof_is_for_one_person(void **state)
{
	struct work_used *used = work_used_new(1000);
	struct text other_number = text_format(arena, "%.*s77", TEXT_ARGS(challenge));

	(void)state;
	assert_non_null(used);
	assert_true(work_use(used, proof, TEXT("lan"), NOW));
	assert_true(work_use(used, proof, TEXT("lan"), NOW + 1));
	assert_false(work_use(used, proof, TEXT("mai"), NOW + 1));
	assert_false(work_use(used, other_number, TEXT("mai"), NOW + 1));
	/* So it stays while not too many others come: 8 more in its set of 8, of 126 sets, are
	 * one in a million. */
	for (int i = 0; i < 100; i++)
		assert_true(work_use(used, text_format(arena, "%064d", i), TEXT("mai"), NOW + 2));
	assert_false(work_use(used, proof, TEXT("mai"), NOW + 3));
	assert_null(work_used_free(used));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_right_one_is_fine_while_it_lives),
		cmocka_unit_test(one_bit_short_is_not_enough),
		cmocka_unit_test(another_browser_or_contest_has_its_own),
		cmocka_unit_test(none_can_be_made_up),
		cmocka_unit_test(two_challenges_are_never_the_same),
		cmocka_unit_test(one_proof_is_for_one_person),
	};
	return random_init() ? 1 : cmocka_run_group_tests(tests, setup, teardown);
}
