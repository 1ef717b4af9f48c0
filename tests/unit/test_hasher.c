#include "http/hasher.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>

static void ended(struct hasher_job *job)
{
	(void)job;
}

/* Hashes on this thread, like `like`. */
static struct hasher_job hash(const char *password, const char *like)
{
	struct hasher *hasher = hasher_new(1);
	struct hasher_job job = { .password = text_from_z(password), .done = ended };

	snprintf(job.encoded, sizeof(job.encoded), "%s", like);
	assert_int_equal(hasher_push(hasher, &job), 0);
	assert_true(hasher_step(hasher));
	struct hasher_figures figures = hasher_figures(hasher);
	assert_int_equal(figures.done, 1);
	assert_int_equal(figures.busy + figures.waiting, 0);
	hasher_free(hasher);
	return job;
}

/* libsodium's own check is the second opinion. */
static void a_hash_is_libsodiums(void **state)
{
	struct hasher_job made = hash("mật khẩu", "");

	(void)state;
	assert_int_equal(made.result, HASH_DONE);
	assert_int_equal(crypto_pwhash_str_verify(made.encoded, "mật khẩu", strlen("mật khẩu")), 0);
	assert_int_not_equal(crypto_pwhash_str_verify(made.encoded, "mat khau", 8), 0);
	assert_int_equal(crypto_pwhash_str_needs_rehash(made.encoded, 2, 19 << 20), 0);
}

static void like_another_it_is_equal_or_differs(void **state)
{
	struct hasher_job made = hash("một", ""), other = hash("một", "");
	struct hasher_job same = hash("một", made.encoded), wrong = hash("hai", made.encoded);

	(void)state;
	assert_string_not_equal(made.encoded, other.encoded);
	assert_string_equal(made.encoded, same.encoded);
	assert_string_not_equal(made.encoded, wrong.encoded);
}

/* One that libsodium made with another cost. */
static void the_cost_of_the_other_is_kept(void **state)
{
	char dear[crypto_pwhash_STRBYTES];

	(void)state;
	assert_int_equal(crypto_pwhash_str_alg(dear, "x", 1, 3, 8 << 20,
					       crypto_pwhash_ALG_ARGON2ID13), 0);
	assert_string_equal(hash("x", dear).encoded, dear);
}

static void what_is_no_hash_of_ours_fails(void **state)
{
	static const char *const wrong[] = {
		"x", "$argon2i$v=19$m=8192,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AA",
		"$argon2id$v=19$m=0,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AA",
		"$argon2id$v=19$m=99999999,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AA",
		"$argon2id$v=19$m=8192,t=11,p=1$AAAAAAAAAAAAAAAAAAAAAA$AA",
		"$argon2id$v=19$m=8192,t=2,p=2$AAAAAAAAAAAAAAAAAAAAAA$AA",
		"$argon2id$v=19$m=8192,t=2,p=1$AAAA$AA", "$argon2id$v=19$m=8192,t=2,p=1",
		"$argon2id$v=19$", "$argon2id$v=19$m=8192,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAAAAAA$AA",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(hash("x", wrong[i]).result, HASH_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hash_is_libsodiums),
		cmocka_unit_test(like_another_it_is_equal_or_differs),
		cmocka_unit_test(the_cost_of_the_other_is_kept),
		cmocka_unit_test(what_is_no_hash_of_ours_fails),
	};

	if (random_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
