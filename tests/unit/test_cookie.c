#include "base/random.h"
#include "http/cookie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW INT64_C(1730000000000)

static struct arena *arena;
static struct keys *keys;

static const char *found(const char *header, const char *name)
{
	struct text value;
	return cookie_find(text_from_z(header), name, &value) ? text_z(arena, value) : NULL;
}

static void test_find(void **state)
{
	(void)state;
	assert_string_equal(found("a=1; b=2", "a"), "1");
	assert_string_equal(found("a=1; b=2", "b"), "2");
	assert_string_equal(found("a=1;b=2;b=3", "b"), "2");
	assert_string_equal(found("  a = \"1\" ", "a"), "1");
	assert_string_equal(found("a=", "a"), "");
	assert_string_equal(found("a=b=c", "a"), "b=c");
	assert_string_equal(found("a=\"", "a"), "\"");
	assert_null(found("", "a"));
	assert_null(found("a", "a"));
	assert_null(found("xa=1; ab=1; A=1", "a"));
	assert_null(found(";;;", "a"));
}

static const struct session sample = {
	.person = INT64_C(0x123456789abcdef0),
	.epoch = 3,
	.device = INT64_C(0x7fffffffffffffff),
	.issued_at = NOW - 5,
	.until = NOW + TIME_DAY_MS,
	.shared = false,
};

static int decode(const char *ptr, struct session *ret)
{
	return session_decode(keys, NOW, (struct text){ ptr, SESSION_TEXT_BYTES }, ret);
}

static void test_round_trip(void **state)
{
	char value[SESSION_TEXT_BYTES];
	struct session session;

	(void)state;
	assert_int_equal(session_encode(keys, &sample, value), 0);
	assert_int_equal(decode(value, &session), 0);
	assert_int_equal(session.person, sample.person);
	assert_int_equal(session.epoch, sample.epoch);
	assert_int_equal(session.device, sample.device);
	assert_int_equal(session.issued_at, sample.issued_at);
	assert_int_equal(session.until, sample.until);
	assert_false(session.shared);
}

/* No other character at any place makes a cookie. */
static void test_every_change_is_seen(void **state)
{
	static const char letters[] = "AQgw-_9z.=";
	char value[SESSION_TEXT_BYTES];
	struct session session = { .person = 5 };

	(void)state;
	assert_int_equal(session_encode(keys, &sample, value), 0);
	for (size_t i = 0; i < sizeof(value); i++)
		for (const char *c = letters; *c; c++) {
			char old = value[i];
			if (*c == old)
				continue;
			value[i] = *c;
			assert_int_equal(decode(value, &session), 1);
			value[i] = old;
		}
	assert_int_equal(session_decode(keys, NOW, (struct text){ value, sizeof(value) - 1 },
					&session), 1);
	assert_int_equal(session_decode(keys, NOW, TEXT_EMPTY, &session), 1);
	assert_int_equal(session.person, 5);
}

/* Signed in at `issued_at`, with a paper that is open until `stays_until`; looked at `now`. */
static struct session after(int64_t issued_at, bool shared, int64_t stays_until, int64_t now)
{
	char value[SESSION_TEXT_BYTES];
	struct session session = sample;

	session.issued_at = issued_at;
	session.shared = shared;
	session_extend(&session, issued_at, stays_until);
	assert_int_equal(session_encode(keys, &session, value), 0);
	assert_int_equal(session_decode(keys, now, (struct text){ value, sizeof(value) }, &session),
			 0);
	assert_int_equal(session.device, sample.device);
	return session;
}

static void test_life(void **state)
{
	const int64_t paper = NOW + 3 * TIME_HOUR_MS;

	(void)state;
	assert_int_equal(after(NOW, false, 0, NOW).person, sample.person);
	assert_int_equal(after(NOW, false, 0, NOW + SESSION_LIFE_MS - 1).person, sample.person);
	assert_int_equal(after(NOW, false, 0, NOW + SESSION_LIFE_MS).person, 0);
	assert_int_equal(after(NOW, true, 0, NOW + SESSION_SHARED_IDLE_MS - 1).person, sample.person);
	assert_int_equal(after(NOW, true, 0, NOW + SESSION_SHARED_IDLE_MS).person, 0);
	assert_int_equal(after(NOW, true, paper, paper).person, sample.person);
	assert_int_equal(after(NOW, true, paper, paper + SESSION_SHARED_IDLE_MS).person, 0);
	assert_int_equal(after(NOW, true, NOW - 1, NOW + SESSION_SHARED_IDLE_MS).person, 0);
	assert_true(after(NOW, true, 0, NOW).shared);
	assert_int_equal(after(NOW, false, 0, NOW - TIME_MINUTE_MS).person, sample.person);
	assert_int_equal(after(NOW, false, 0, NOW - TIME_HOUR_MS).person, 0);
}

static void test_header(void **state)
{
	struct session session = sample;
	const char *header = text_z(arena, session_set_cookie(arena, keys, true, &session));

	(void)state;
	assert_memory_equal(header, "__Host-hoithi=", 14);
	assert_string_equal(header + 14 + SESSION_TEXT_BYTES,
			    "; Path=/; HttpOnly; SameSite=Lax; Max-Age=3456000; Secure");
	session.shared = true;
	header = text_z(arena, session_set_cookie(arena, keys, false, &session));
	assert_memory_equal(header, "hoithi=", 7);
	assert_string_equal(header + 7 + SESSION_TEXT_BYTES, "; Path=/; HttpOnly; SameSite=Lax");
}

static int check(const struct session *session, int64_t now, struct text token)
{
	int64_t age = -1;
	return token_check(keys, session, now, token, &age);
}

static void test_token(void **state)
{
	struct session other = sample;
	struct text token = token_make(arena, keys, &sample, NOW);

	(void)state;
	assert_int_equal(token.len, 35);
	assert_int_equal(check(&sample, NOW, token), 0);
	other.epoch++;
	other.issued_at++;
	assert_int_equal(check(&other, NOW, token), 0);
	other.person++;
	assert_int_equal(check(&other, NOW, token), 1);
	other = sample;
	other.device--;
	assert_int_equal(check(&other, NOW, token), 1);
	/* Without a device there is nothing that the token could belong to. */
	other.device = 0;
	assert_int_equal(check(&other, NOW, token_make(arena, keys, &other, NOW)), 1);
	assert_int_equal(check(&sample, NOW, TEXT_EMPTY), 1);
	assert_int_equal(check(&sample, NOW, text_part(token, 0, 34)), 1);
}

/* Nor does another letter anywhere make one: the last has two bits that say nothing. */
static void test_every_change_of_a_token_is_seen(void **state)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";
	struct text token = token_make(arena, keys, &sample, NOW);
	char other[35];

	(void)state;
	memcpy(other, token.ptr, sizeof(other));
	for (size_t i = 0; i < sizeof(other); i++) {
		for (const char *c = letters; *c; c++) {
			other[i] = *c;
			assert_int_equal(check(&sample, NOW, text_from_bytes(other, sizeof(other))),
					 *c != token.ptr[i]);
		}
		other[i] = token.ptr[i];
	}
}

static void test_token_age(void **state)
{
	struct text token = token_make(arena, keys, &sample, NOW);
	int64_t age;

	(void)state;
	assert_int_equal(token_check(keys, &sample, NOW + 2999, token, &age), 0);
	assert_int_equal(age, 2999);
	assert_int_equal(token_check(keys, &sample, NOW - 5000, token, &age), 0);
	assert_int_equal(age, 0);
	assert_int_equal(token_check(keys, &sample, NOW + TOKEN_LIFE_MS, token, &age), 0);
	assert_int_equal(token_check(keys, &sample, NOW + TOKEN_LIFE_MS + 1, token, &age), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),   cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_change_is_seen),
		cmocka_unit_test(test_life),   cmocka_unit_test(test_header),
		cmocka_unit_test(test_token),  cmocka_unit_test(test_token_age),
		cmocka_unit_test(test_every_change_of_a_token_is_seen),
	};
	char dir[] = "/tmp/test_cookie.XXXXXX";
	struct text path;

	arena = arena_new(1 << 20);
	if (random_init() || !mkdtemp(dir) ||
	    keys_create(text_z(arena, text_format(arena, "%s/keys", dir))) ||
	    keys_open(arena, text_z(arena, text_format(arena, "%s/keys", dir)), &keys, &path))
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	keys_free(keys);
	arena_free(arena);
	return failed;
}
