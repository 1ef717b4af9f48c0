#include "rules/person_typed.h"

#include "base/unicode.h"

/* The ASCII character that `c` stands for; -1 none, 0 nothing at all. */
static int plain_char(uint32_t c)
{
	if (c >= 0xff01 && c <= 0xff5e)
		c = c - 0xff01 + '!';
	if (c > ' ' && c < 0x7f)
		return (int)c;
	if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212)
		return '-';
	switch (unicode_classify(c)) {
	case UNICODE_SPACE:
		return ' ';
	case UNICODE_INVISIBLE:
		return 0;
	case UNICODE_OTHER:
	case UNICODE_LATIN:
	case UNICODE_LETTER:
	case UNICODE_MARK:
	case UNICODE_DIGIT:
	case UNICODE_CONTROL:
		break;
	}
	return -1;
}

bool person_plain(struct text typed, char ret[PERSON_TYPED_MAX], struct text *ret_plain)
{
	size_t len = 0;

	typed = text_trim(typed);
	if (!text_is_utf8(typed))
		return false;
	for (size_t at = 0; at < typed.len;) {
		int plain = plain_char(text_next_char(typed, &at));
		if (plain < 0 || (plain && len == PERSON_TYPED_MAX))
			return false;
		if (plain)
			ret[len++] = (char)plain;
	}
	*ret_plain = text_trim(text_from_bytes(ret, len));
	return true;
}
