/* Cookies: finding one, and the signed session cookie.
 *
 * The session cookie is base64url (no padding) of
 *   version 1 (1 byte), key number (2), person (8), epoch (8), device (8),
 *   issued at (8), flags (1: bit 0 shared machine), MAC (16)
 * with integers big-endian. The MAC is the first 16 bytes of keys_mac over
 * "session" and all that stands before the MAC but for the key number, under
 * the KEY_SESSION key of that number. Any thread. */
#ifndef HTTP_COOKIE_H
#define HTTP_COOKIE_H

#include "base/keys.h"
#include "base/time.h"
#include "pages/request.h"

#define SESSION_MAC_BYTES 16
#define SESSION_BYTES (1 + 2 + 4 * 8 + 1 + SESSION_MAC_BYTES)
#define SESSION_TEXT_BYTES ((SESSION_BYTES * 4 + 2) / 3)

/* A contestant's cookie lasts that long; on a shared machine it ends with the
 * browser, and with the day's work if the browser is never closed. */
#define SESSION_LIFE_MS (40 * TIME_DAY_MS)
#define SESSION_SHARED_LIFE_MS (12 * TIME_HOUR_MS)

/* The session cookie's name. */
const char *session_cookie_name(bool secure);

/* The value of the first cookie of that name in a Cookie header, without
 * quotes. False when there is none. */
bool cookie_find(struct text header, const char *name, struct text *ret);

/* Writes the cookie's value. Answers 0 done, 1 there is no key. */
int session_encode(const struct keys *keys, const struct session *session,
		   char ret[SESSION_TEXT_BYTES]) MUST_CHECK;

/* Reads one. `now` is the machine's clock. A person whose time is over (or that
 * was signed in the future) is left out, its device is kept. Answers 0 done,
 * 1 not a cookie of ours. */
int session_decode(const struct keys *keys, int64_t now, struct text value,
		   struct session *ret) MUST_CHECK;

/* The whole Set-Cookie header's value; empty when the arena is full or there is
 * no key. */
struct text session_set_cookie(struct arena *arena, const struct keys *keys, bool secure,
			       const struct session *session);

/* What forms of this browser and person carry: base64url of the key number (2)
 * and a keyed hash of "form", device and person, cut to 16 bytes. */
struct text token_make(struct arena *arena, const struct keys *keys,
		       const struct session *session);

/* Whether `token` was made for this browser and person, in constant time. */
bool token_matches(const struct keys *keys, const struct session *session, struct text token);

#endif
