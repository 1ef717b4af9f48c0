/* Text: a pointer and a length, never owned by the struct that holds it.
 *
 * Inside the program text is `struct text`; NUL-terminated strings appear only
 * at the border to libc and libraries (text_z). Bytes are UTF-8 unless a name
 * says otherwise; what comes from outside is checked once (text_is_utf8). A
 * text that could not be made because its arena is full is empty. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/mem.h"

#include <stdarg.h>

struct text {
	const char *ptr;
	size_t len;	/* bytes */
};

/* A text from a string literal. */
#define TEXT(literal) ((struct text){ "" literal, sizeof(literal) - 1 })
#define TEXT_EMPTY ((struct text){ "", 0 })

/* For printf's "%.*s". */
#define TEXT_ARGS(text) ((int)(text).len), ((text).ptr ? (text).ptr : "")

struct text text_from_z(const char *z);	/* takes NULL: empty */
struct text text_from_bytes(const void *ptr, size_t len);

/* Comparisons stand here because every request asks them hundreds of times, and
 * nearly always the lengths answer. */
static inline bool text_equal(struct text a, struct text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool text_equal_z(struct text a, const char *z)
{
	return text_equal(a, (struct text){ z, strlen(z) });
}

static inline bool text_starts_with(struct text text, struct text prefix)
{
	return text.len >= prefix.len &&
	       text_equal((struct text){ text.ptr, prefix.len }, prefix);
}

bool text_same_ascii_case(const char *a, const char *b, size_t len);

static inline bool text_equal_ascii_case(struct text a, struct text b)
{
	return a.len == b.len && text_same_ascii_case(a.ptr, b.ptr, a.len);
}

bool text_ends_with(struct text text, struct text suffix);

/* Order of bytes, shorter first: <0, 0, >0. */
int text_compare(struct text a, struct text b);

/* Offset of the first `needle` at or after `from`; -1 when there is none. */
ptrdiff_t text_find(struct text text, struct text needle, size_t from);

/* The part from `from` on, `len` bytes at most; both are clipped to the text. */
struct text text_part(struct text text, size_t from, size_t len);

/* Without ASCII white space at both ends. */
struct text text_trim(struct text text);

/* Cuts `*rest` at its first `separator`: returns what stands before it and
 * leaves what stands after it. Without a separator the whole is returned and
 * `rest->ptr` becomes NULL, so that `while (rest.ptr)` visits every part. */
struct text text_cut(struct text *rest, char separator);

/* Copies into the arena. text_z ends the copy with NUL ("" when memory is
 * out, so it is never NULL). */
struct text text_copy(struct arena *arena, struct text text);
const char *text_z(struct arena *arena, struct text text);

struct text text_format(struct arena *arena, const char *format, ...) PRINTF(2, 3);
struct text text_vformat(struct arena *arena, const char *format, va_list args) PRINTF(2, 0);

/* The decimal integer that is the whole text, with an optional '-'.
 * Answers 0 done, 1 when it is not one or does not fit. */
int text_to_int64(struct text text, int64_t *ret) MUST_CHECK;

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms), no NUL. */
bool text_is_utf8(struct text text);

/* Number of code points of well-formed UTF-8. */
size_t text_count_chars(struct text text);

/* Reads the code point at `*offset` of well-formed UTF-8 and moves past it. */
uint32_t text_next_char(struct text text, size_t *offset);

/* Lower-case hex of bytes, and back: 1 when the text is not exactly `len`
 * bytes in hex. */
struct text text_hex(struct arena *arena, const void *bytes, size_t len);
int text_unhex(struct text hex, void *ret, size_t len) MUST_CHECK;

/* Constant-time equality, for secrets. */
bool text_equal_secret(struct text a, struct text b);

/* A growing text in an arena. Past `limit` bytes, or when the arena is full,
 * it stops growing and the arena is marked as failed; buf_done is then empty. */
struct buf {
	struct arena *arena;
	char *ptr;
	size_t len;
	size_t cap;
	size_t limit;	/* bytes */
};

void buf_init(struct buf *buf, struct arena *arena, size_t limit_bytes);

/* Makes room for `more` bytes and a NUL that is not counted; false when there is
 * none. Only of use to who knows that a lot will come: adding does it by itself. */
bool buf_reserve(struct buf *buf, size_t more);

static inline void buf_add(struct buf *buf, const void *bytes, size_t len)
{
	if (len && (len < buf->cap - buf->len || buf_reserve(buf, len))) {
		memcpy(buf->ptr + buf->len, bytes, len);
		buf->len += len;
	}
}

void buf_text(struct buf *buf, struct text text);
void buf_z(struct buf *buf, const char *z);
void buf_char(struct buf *buf, char c);
void buf_int(struct buf *buf, int64_t value);
void buf_format(struct buf *buf, const char *format, ...) PRINTF(2, 3);

/* The text so far. A NUL stands after it, until more is added. */
struct text buf_done(const struct buf *buf);

#endif
