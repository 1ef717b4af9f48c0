#include "base/code.h"

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

struct text code_from_bytes(struct arena *arena, const void *bytes, int chars, bool grouped)
{
	const unsigned char *p = bytes;
	struct buf buf;

	buf_init(&buf, arena, (size_t)chars * 2);
	for (int i = 0; i < chars; i++) {
		int bit = i * 5;
		int value = p[bit / 8] << 8;
		/* The second byte is only there when the digit reaches into it. */
		if (bit % 8 > 3)
			value |= p[bit / 8 + 1];
		if (grouped && i && i % 4 == 0)
			buf_char(&buf, '-');
		buf_char(&buf, digits[(value >> (11 - bit % 8)) & 31]);
	}
	return buf_done(&buf);
}

static char read_digit(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		return '0';
	if (c == 'I' || c == 'L')
		return '1';
	return c && strchr(digits, c) ? c : '\0';
}

struct text code_read(struct arena *arena, struct text typed)
{
	struct buf buf;

	buf_init(&buf, arena, typed.len + 1);
	for (size_t i = 0; i < typed.len; i++) {
		if (typed.ptr[i] == ' ' || typed.ptr[i] == '-')
			continue;
		char digit = read_digit(typed.ptr[i]);
		if (!digit)
			return TEXT_EMPTY;
		buf_char(&buf, digit);
	}
	return buf_done(&buf);
}
