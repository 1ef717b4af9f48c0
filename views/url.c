#include "views/html.h"

#include <assert.h>

static bool is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

void url_add_query(struct buf *buf, struct text text)
{
	static const char digits[] = "0123456789ABCDEF";
	const unsigned char *p = (const unsigned char *)text.ptr;
	size_t copied = 0;

	for (size_t at = 0; at < text.len; at++) {
		if (is_unreserved(p[at]))
			continue;
		char coded[3] = { '%', digits[p[at] >> 4], digits[p[at] & 15] };
		buf_add(buf, p + copied, at - copied);
		buf_add(buf, coded, sizeof(coded));
		copied = at + 1;
	}
	if (copied < text.len)
		buf_add(buf, p + copied, text.len - copied);
}

void url_add_segment(struct buf *buf, struct text text)
{
	size_t dots = 0;

	while (dots < text.len && text.ptr[dots] == '.')
		dots++;
	if (dots == text.len)
		buf_char(buf, '_');
	else
		url_add_query(buf, text);
}

/* Browsers drop some of these bytes and read a backslash as a slash. */
static bool has_only_plain_bytes(struct text text)
{
	for (size_t at = 0; at < text.len; at++) {
		unsigned char c = (unsigned char)text.ptr[at];
		if (c <= ' ' || c == 0x7f || c == '\\')
			return false;
	}
	return true;
}

static bool has_safe_scheme(struct text text)
{
	static const char *const schemes[] = { "https://", "http://", "mailto:", "tel:" };

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		struct text scheme = text_from_z(schemes[i]);
		if (text.len > scheme.len &&
		    text_equal_ascii_case(text_part(text, 0, scheme.len), scheme))
			return true;
	}
	return false;
}

int url_parse(struct text text, struct url *ret)
{
	if (text.len == 0 || !has_only_plain_bytes(text))
		return 1;
	bool local = text.ptr[0] == '?' || text.ptr[0] == '#' ||
		     (text.ptr[0] == '/' && (text.len == 1 || text.ptr[1] != '/'));
	if (!local && !has_safe_scheme(text))
		return 1;
	*ret = (struct url){ text };
	return 0;
}

struct url url_literal(struct text text)
{
	struct url url = { TEXT_EMPTY };
	int refused = url_parse(text, &url);

	assert(!refused);
	(void)refused;
	return url;
}
