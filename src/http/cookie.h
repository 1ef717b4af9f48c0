/* Cookies: finding one, and the signed session cookie.
 *
 * The session cookie is base64url (no padding) of
 *   version 2 (1 byte), key number (2), person (8), epoch (8), device (8),
 *   issued at (8), until (8), flags (1: bit 0 shared machine), MAC (16)
 * with integers big-endian. The MAC is the first 16 bytes of keys_mac over
 * "session" and all that stands before the MAC but for the key number, under
 * the KEY_SESSION key of that number. Any thread. */
#ifndef HTTP_COOKIE_H
#define HTTP_COOKIE_H

#include "base/keys.h"
#include "base/time.h"
#include "pages/request.h"

#define SESSION_MAC_BYTES 16
#define SESSION_BYTES (1 + 2 + 5 * 8 + 1 + SESSION_MAC_BYTES)
#define SESSION_TEXT_BYTES ((SESSION_BYTES * 4 + 2) / 3)

/* A contestant's cookie lasts that long; on a shared machine it ends with the
 * browser, or when nothing was asked for so long. */
#define SESSION_LIFE_MS (40 * TIME_DAY_MS)
#define SESSION_SHARED_IDLE_MS (30 * TIME_MINUTE_MS)

/* A form may be sent that long after it was made. */
#define TOKEN_LIFE_MS (24 * TIME_HOUR_MS)

/* The session cookie's name. */
const char *session_cookie_name(bool secure);

/* The value of the first cookie of that name in a Cookie header, without
 * quotes. False when there is none. */
bool cookie_find(struct text header, const char *name, struct text *ret);

/* Writes the cookie's value. Answers 0 done, 1 there is no key. */
int session_encode(const struct keys *keys, const struct session *session,
		   char ret[SESSION_TEXT_BYTES]) MUST_CHECK;

/* Gives a session its time from `now` (machine clock) on. On a shared machine that
 * is counted from `stays_until` when that is later: an open paper ends there. */
void session_extend(struct session *session, int64_t now, int64_t stays_until);

/* Reads one. `now` is the machine's clock. A person whose time is over (or that
 * was signed in the future) is left out, its device is kept. Answers 0 done,
 * 1 not a cookie of ours. */
int session_decode(const struct keys *keys, int64_t now, struct text value,
		   struct session *ret) MUST_CHECK;

/* The whole Set-Cookie header's value; empty when the arena is full or there is
 * no key. */
struct text session_set_cookie(struct arena *arena, const struct keys *keys, bool secure,
			       const struct session *session);

/* What forms of this browser and person carry: base64url of the key number (2),
 * when it was made (8, ms of the machine's clock) and a keyed hash of "form",
 * device, person and that time, cut to 16 bytes. */
struct text token_make(struct arena *arena, const struct keys *keys,
		       const struct session *session, int64_t now);

/* Whether `token` was made for this browser and person, in constant time, and how
 * long ago. Answers 0 yes, 1 no, 2 it was, more than TOKEN_LIFE_MS ago. */
int token_check(const struct keys *keys, const struct session *session, int64_t now,
		struct text token, int64_t *ret_age_ms) MUST_CHECK;

#endif
