#include "base/text.h"

#include <assert.h>

struct text text_from_z(const char *z)
{
	return z ? (struct text){ z, strlen(z) } : TEXT_EMPTY;
}

struct text text_from_bytes(const void *ptr, size_t len)
{
	return (struct text){ ptr, len };
}

static char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_same_ascii_case(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (ascii_lower(a[i]) != ascii_lower(b[i]))
			return false;
	return true;
}

bool text_ends_with(struct text text, struct text suffix)
{
	return text.len >= suffix.len &&
	       text_equal(text_part(text, text.len - suffix.len, suffix.len), suffix);
}

int text_compare(struct text a, struct text b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
	if (order)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

ptrdiff_t text_find(struct text text, struct text needle, size_t from)
{
	if (from > text.len || needle.len > text.len - from)
		return -1;
	if (needle.len == 0)
		return (ptrdiff_t)from;
	const char *at = memmem(text.ptr + from, text.len - from, needle.ptr, needle.len);
	return at ? at - text.ptr : -1;
}

struct text text_part(struct text text, size_t from, size_t len)
{
	if (from > text.len)
		from = text.len;
	if (len > text.len - from)
		len = text.len - from;
	/* A text without bytes may have no address either. */
	return (struct text){ from ? text.ptr + from : text.ptr, len };
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct text text_trim(struct text text)
{
	while (text.len && is_space(text.ptr[0])) {
		text.ptr++;
		text.len--;
	}
	while (text.len && is_space(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

struct text text_cut(struct text *rest, char separator)
{
	struct text part = *rest;
	const char *at = part.len ? memchr(part.ptr, separator, part.len) : NULL;

	if (!at) {
		*rest = (struct text){ NULL, 0 };
		return part.ptr ? part : TEXT_EMPTY;
	}
	part.len = (size_t)(at - part.ptr);
	rest->len -= part.len + 1;
	rest->ptr = at + 1;
	return part;
}

struct text text_copy(struct arena *arena, struct text text)
{
	char *copy = arena_alloc(arena, text.len ? text.len : 1);
	if (!copy)
		return TEXT_EMPTY;
	if (text.len)
		memcpy(copy, text.ptr, text.len);
	return (struct text){ copy, text.len };
}

const char *text_z(struct arena *arena, struct text text)
{
	char *copy = arena_alloc(arena, text.len + 1);
	if (!copy)
		return "";
	if (text.len)
		memcpy(copy, text.ptr, text.len);
	return copy;
}

struct text text_vformat(struct arena *arena, const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	if (len < 0)
		arena_fail(arena);
	char *ptr = len < 0 ? NULL : arena_alloc(arena, (size_t)len + 1);
	if (ptr)
		(void)vsnprintf(ptr, (size_t)len + 1, format, again);
	va_end(again);
	return ptr ? (struct text){ ptr, (size_t)len } : TEXT_EMPTY;
}

struct text text_format(struct arena *arena, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	struct text text = text_vformat(arena, format, args);
	va_end(args);
	return text;
}

int text_to_int64(struct text text, int64_t *ret)
{
	bool negative = text.len && text.ptr[0] == '-';
	int64_t value = 0;
	size_t at = negative;

	if (at == text.len)
		return 1;
	for (; at < text.len; at++) {
		char c = text.ptr[at];
		if (c < '0' || c > '9' || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, c - '0', &value))
			return 1;
	}
	/* Counted downwards, since the least integer has no positive twin. */
	if (!negative && __builtin_sub_overflow((int64_t)0, value, &value))
		return 1;
	*ret = value;
	return 0;
}

/* Length of the well-formed sequence at `p`, 0 when there is none. */
static size_t sequence_len(const unsigned char *p, size_t left)
{
	unsigned char c = p[0];
	size_t len = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (len == 0 || len > left || c == 0)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) ||
	    (c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

bool text_is_utf8(struct text text)
{
	const unsigned char *p = (const unsigned char *)text.ptr;
	for (size_t at = 0; at < text.len;) {
		size_t len = sequence_len(p + at, text.len - at);
		if (len == 0)
			return false;
		at += len;
	}
	return true;
}

uint32_t text_next_char(struct text text, size_t *offset)
{
	assert(*offset < text.len);
	const unsigned char *p = (const unsigned char *)text.ptr + *offset;
	size_t len = sequence_len(p, text.len - *offset);
	static const unsigned char lead_mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };

	if (len == 0) {
		*offset += 1;
		return 0xfffd;
	}
	uint32_t c = p[0] & lead_mask[len];
	for (size_t i = 1; i < len; i++)
		c = c << 6 | (p[i] & 0x3f);
	*offset += len;
	return c;
}

size_t text_count_chars(struct text text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	return count;
}

struct text text_hex(struct arena *arena, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = bytes;
	char *hex = arena_array(arena, len ? len : 1, 2);

	if (!hex)
		return TEXT_EMPTY;
	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = digits[p[i] >> 4];
		hex[2 * i + 1] = digits[p[i] & 15];
	}
	return (struct text){ hex, 2 * len };
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int text_unhex(struct text hex, void *ret, size_t len)
{
	unsigned char *bytes = ret;

	if (hex.len != 2 * len)
		return 1;
	for (size_t i = 0; i < hex.len; i++)
		if (hex_digit(hex.ptr[i]) < 0)
			return 1;
	for (size_t i = 0; i < len; i++)
		bytes[i] = (unsigned char)(hex_digit(hex.ptr[2 * i]) << 4 |
					   hex_digit(hex.ptr[2 * i + 1]));
	return 0;
}

bool text_equal_secret(struct text a, struct text b)
{
	unsigned char differ = 0;

	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		differ |= (unsigned char)(a.ptr[i] ^ b.ptr[i]);
	return differ == 0;
}

void buf_init(struct buf *buf, struct arena *arena, size_t limit_bytes)
{
	*buf = (struct buf){ .arena = arena, .limit = limit_bytes };
}

/* Lets the buffer take nothing more, so that no later, smaller piece makes a
 * text with a hole in it. */
static bool buf_stop(struct buf *buf)
{
	buf->limit = buf->cap = buf->len;
	arena_fail(buf->arena);
	return false;
}

bool buf_reserve(struct buf *buf, size_t more)
{
	if (more < buf->cap - buf->len)
		return true;
	if (more > buf->limit - buf->len)
		return buf_stop(buf);
	size_t cap = buf->cap ? buf->cap * 2 : 256;
	if (cap > buf->limit)
		cap = buf->limit;
	if (cap < buf->len + more + 1)
		cap = buf->len + more + 1;
	char *grown = arena_grow_raw(buf->arena, buf->ptr, buf->cap, cap);
	if (!grown)
		return buf_stop(buf);
	buf->ptr = grown;
	buf->cap = cap;
	return true;
}

void buf_text(struct buf *buf, struct text text)
{
	buf_add(buf, text.ptr, text.len);
}

void buf_z(struct buf *buf, const char *z)
{
	buf_add(buf, z, strlen(z));
}

void buf_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_int(struct buf *buf, int64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	if (value < 0)
		buf_char(buf, '-');
	buf_add(buf, digits + at, sizeof(digits) - at);
}

void buf_format(struct buf *buf, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		buf_stop(buf);
	if (len > 0 && buf_reserve(buf, (size_t)len)) {
		(void)vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

struct text buf_done(const struct buf *buf)
{
	if (!buf->ptr || arena_failed(buf->arena))
		return TEXT_EMPTY;
	buf->ptr[buf->len] = '\0';
	return (struct text){ buf->ptr, buf->len };
}
