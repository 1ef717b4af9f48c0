#include "http/cookie.h"

#include "base/bytes.h"

#include <assert.h>
#include <sodium.h>

#define SESSION_VERSION 2
#define FLAG_SHARED 1
#define CLOCK_SLACK_MS (5 * TIME_MINUTE_MS)

#define TOKEN_MAC_BYTES 16
#define TOKEN_BYTES (2 + 8 + TOKEN_MAC_BYTES)
#define TOKEN_TEXT_BYTES ((TOKEN_BYTES * 4 + 2) / 3)

const char *session_cookie_name(bool secure)
{
	return secure ? "__Host-hoithi" : "hoithi";
}

bool cookie_find(struct text header, const char *name, struct text *ret)
{
	struct text rest = header;

	while (rest.ptr) {
		struct text value = text_trim(text_cut(&rest, ';'));
		struct text found = text_cut(&value, '=');
		if (!value.ptr || !text_equal_z(text_trim(found), name))
			continue;
		value = text_trim(value);
		if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
			value = text_part(value, 1, value.len - 2);
		*ret = value;
		return true;
	}
	return false;
}

/* The hash under which a session is signed: of its bytes without key number
 * and MAC. */
static int session_mac(const struct keys *keys, int number,
		       const unsigned char bytes[SESSION_BYTES], int *ret_number, struct hash *ret)
{
	unsigned char data[7 + SESSION_BYTES] = "session";
	size_t len = SESSION_BYTES - SESSION_MAC_BYTES - 3;

	data[7] = bytes[0];
	memcpy(data + 8, bytes + 3, len);
	return keys_mac(keys, KEY_SESSION, number, text_from_bytes(data, 8 + len), ret_number, ret);
}

static void base64_write(char *ret, size_t ret_bytes, const unsigned char *bytes, size_t len)
{
	/* sodium ends its text with NUL, which the output has no room for. */
	char z[SESSION_TEXT_BYTES + 1];

	sodium_bin2base64(z, sizeof(z), bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	memcpy(ret, z, ret_bytes);
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* False when `text` is not base64url of exactly `len` bytes. Whoever sent it knows it,
 * so that it may take as long as it takes; sodium's never tells, and takes ten times that. */
static bool base64_read(struct text text, unsigned char *ret, size_t len)
{
	unsigned bits = 0;

	if (text.len != (len * 4 + 2) / 3)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int digit = base64_digit(text.ptr[i]);
		if (digit < 0)
			return false;
		bits = bits << 6 | (unsigned)digit;
		if (i % 4)	/* the other three of four bring a byte each */
			*ret++ = (unsigned char)(bits >> (6 - 2 * (i % 4)));
	}
	/* What is over is zero, so that no two texts mean the same. */
	return (bits & ((1u << 2 * (-text.len % 4)) - 1)) == 0;
}

int session_encode(const struct keys *keys, const struct session *session,
		   char ret[SESSION_TEXT_BYTES])
{
	unsigned char bytes[SESSION_BYTES] = { SESSION_VERSION };
	struct hash mac;
	int number = 0;

	bytes_put(bytes + 3, 8, (uint64_t)session->person);
	bytes_put(bytes + 11, 8, (uint64_t)session->epoch);
	bytes_put(bytes + 19, 8, (uint64_t)session->device);
	bytes_put(bytes + 27, 8, (uint64_t)session->issued_at);
	bytes_put(bytes + 35, 8, (uint64_t)session->until);
	bytes[43] = session->shared ? FLAG_SHARED : 0;
	if (session_mac(keys, 0, bytes, &number, &mac))
		return 1;
	bytes_put(bytes + 1, 2, (uint64_t)number);
	memcpy(bytes + SESSION_BYTES - SESSION_MAC_BYTES, mac.bytes, SESSION_MAC_BYTES);
	base64_write(ret, SESSION_TEXT_BYTES, bytes, sizeof(bytes));
	return 0;
}

void session_extend(struct session *session, int64_t now, int64_t stays_until)
{
	if (!session->shared)
		session->until = now + SESSION_LIFE_MS;
	else
		session->until = (stays_until > now ? stays_until : now) + SESSION_SHARED_IDLE_MS;
}

static bool session_is_over(const struct session *session, int64_t now)
{
	return session->issued_at > now + CLOCK_SLACK_MS || session->until <= now;
}

int session_decode(const struct keys *keys, int64_t now, struct text value, struct session *ret)
{
	unsigned char bytes[SESSION_BYTES];
	struct hash mac;
	int number;

	if (!base64_read(value, bytes, sizeof(bytes)) || bytes[0] != SESSION_VERSION)
		return 1;
	number = (int)bytes_get(bytes + 1, 2);
	if (number == 0 || session_mac(keys, number, bytes, &number, &mac) ||
	    !text_equal_secret(text_from_bytes(bytes + SESSION_BYTES - SESSION_MAC_BYTES, SESSION_MAC_BYTES),
			       text_from_bytes(mac.bytes, SESSION_MAC_BYTES)))
		return 1;
	struct session session = {
		.person = (int64_t)bytes_get(bytes + 3, 8),
		.epoch = (int64_t)bytes_get(bytes + 11, 8),
		.device = (int64_t)bytes_get(bytes + 19, 8),
		.issued_at = (int64_t)bytes_get(bytes + 27, 8),
		.until = (int64_t)bytes_get(bytes + 35, 8),
		.shared = bytes[43] & FLAG_SHARED,
	};
	if (session_is_over(&session, now)) {
		session.person = 0;
		session.epoch = 0;
	}
	*ret = session;
	return 0;
}

struct text session_set_cookie(struct arena *arena, const struct keys *keys, bool secure,
			       const struct session *session)
{
	char value[SESSION_TEXT_BYTES];
	const char *age = "";

	if (session_encode(keys, session, value))
		return TEXT_EMPTY;
	if (!session->shared)
		age = "; Max-Age=3456000";
	static_assert(SESSION_LIFE_MS == 3456000 * TIME_SECOND_MS, "the header says so");
	return text_format(arena, "%s=%.*s; Path=/; HttpOnly; SameSite=Lax%s%s",
			   session_cookie_name(secure), SESSION_TEXT_BYTES, value, age,
			   secure ? "; Secure" : "");
}

/* 0 done, 1 there is no key of that number. */
static int token_mac(const struct keys *keys, int number, const struct session *session,
		     int64_t made_at, int *ret_number, struct hash *ret)
{
	unsigned char data[4 + 24] = "form";

	bytes_put(data + 4, 8, (uint64_t)session->device);
	bytes_put(data + 12, 8, (uint64_t)session->person);
	bytes_put(data + 20, 8, (uint64_t)made_at);
	return keys_mac(keys, KEY_SESSION, number, text_from_bytes(data, sizeof(data)), ret_number,
			ret);
}

struct text token_make(struct arena *arena, const struct keys *keys,
		       const struct session *session, int64_t now)
{
	unsigned char bytes[TOKEN_BYTES];
	char token[TOKEN_TEXT_BYTES];
	struct hash mac;
	int number;

	if (token_mac(keys, 0, session, now, &number, &mac))
		return TEXT_EMPTY;
	bytes_put(bytes, 2, (uint64_t)number);
	bytes_put(bytes + 2, 8, (uint64_t)now);
	memcpy(bytes + 10, mac.bytes, TOKEN_MAC_BYTES);
	base64_write(token, TOKEN_TEXT_BYTES, bytes, sizeof(bytes));
	return text_copy(arena, text_from_bytes(token, sizeof(token)));
}

int token_check(const struct keys *keys, const struct session *session, int64_t now,
		struct text token, int64_t *ret_age_ms)
{
	unsigned char bytes[TOKEN_BYTES];
	struct hash mac;

	if (session->device == 0 || !base64_read(token, bytes, sizeof(bytes)))
		return 1;
	int number = (int)bytes_get(bytes, 2);
	int64_t made_at = (int64_t)bytes_get(bytes + 2, 8);
	if (!number || token_mac(keys, number, session, made_at, &number, &mac) != 0 ||
	    !text_equal_secret(text_from_bytes(bytes + 10, TOKEN_MAC_BYTES),
			       text_from_bytes(mac.bytes, TOKEN_MAC_BYTES)))
		return 1;
	/* A clock that was set back makes no form older than it is. */
	*ret_age_ms = made_at < now ? now - made_at : 0;
	return *ret_age_ms > TOKEN_LIFE_MS ? 2 : 0;
}
