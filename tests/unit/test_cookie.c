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

static struct session after(int64_t issued_at, bool shared, int64_t now)
{
	char value[SESSION_TEXT_BYTES];
	struct session session = sample;

	session.issued_at = issued_at;
	session.shared = shared;
	assert_int_equal(session_encode(keys, &session, value), 0);
	assert_int_equal(session_decode(keys, now, (struct text){ value, sizeof(value) }, &session),
			 0);
	assert_int_equal(session.device, sample.device);
	return session;
}

static void test_life(void **state)
{
	(void)state;
	assert_int_equal(after(NOW, false, NOW).person, sample.person);
	assert_int_equal(after(NOW, false, NOW + SESSION_LIFE_MS).person, sample.person);
	assert_int_equal(after(NOW, false, NOW + SESSION_LIFE_MS + 1).person, 0);
	assert_int_equal(after(NOW, true, NOW + SESSION_SHARED_LIFE_MS).person, sample.person);
	assert_int_equal(after(NOW, true, NOW + SESSION_SHARED_LIFE_MS + 1).person, 0);
	assert_true(after(NOW, true, NOW).shared);
	assert_int_equal(after(NOW, false, NOW - TIME_MINUTE_MS).person, sample.person);
	assert_int_equal(after(NOW, false, NOW - TIME_HOUR_MS).person, 0);
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

static void test_token(void **state)
{
	struct session other = sample;
	struct text token = token_make(arena, keys, &sample);

	(void)state;
	assert_int_equal(token.len, 24);
	assert_true(token_matches(keys, &sample, token));
	other.epoch++;
	other.issued_at++;
	assert_true(token_matches(keys, &other, token));
	other.person++;
	assert_false(token_matches(keys, &other, token));
	other = sample;
	other.device--;
	assert_false(token_matches(keys, &other, token));
	/* Without a device there is nothing that the token could belong to. */
	other.device = 0;
	assert_false(token_matches(keys, &other, token_make(arena, keys, &other)));
	assert_false(token_matches(keys, &sample, TEXT_EMPTY));
	assert_false(token_matches(keys, &sample, text_part(token, 0, 23)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),   cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_change_is_seen),
		cmocka_unit_test(test_life),   cmocka_unit_test(test_header),
		cmocka_unit_test(test_token),
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
