#include "tools/c_literal.h"

void c_literal(struct buf *buf, struct text text)
{
	buf_char(buf, '"');
	for (size_t at = 0; at < text.len; at++) {
		unsigned char c = (unsigned char)text.ptr[at];
		if (c == '"' || c == '\\')
			buf_format(buf, "\\%c", c);
		else if (c == '\n')
			buf_z(buf, "\\n");
		else if (c < ' ' || c == 0x7f || c == '?')	/* no trigraphs */
			buf_format(buf, "\\%03o", c);
		else
			buf_char(buf, (char)c);
	}
	buf_char(buf, '"');
}
