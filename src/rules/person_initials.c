#include "rules/person.h"

#include "base/unicode.h"

#define INITIALS_BYTES_MAX 4096

struct text person_initials(struct arena *arena, struct text name)
{
	struct buf out;
	bool wanted = true;	/* the word's letter has not come yet */
	bool after_letter = false;

	buf_init(&out, arena, INITIALS_BYTES_MAX);
	for (size_t at = 0; at < name.len;) {
		size_t from = at;
		uint32_t c = text_next_char(name, &at);
		enum unicode_class class = unicode_classify(c);
		if (after_letter && class == UNICODE_MARK) {
			buf_add(&out, name.ptr + from, at - from);
			continue;
		}
		if (after_letter)
			buf_char(&out, '.');
		after_letter = false;
		if (class == UNICODE_SPACE)
			wanted = true;
		if (!wanted || (class != UNICODE_LATIN && class != UNICODE_LETTER))
			continue;
		if (out.len)
			buf_char(&out, ' ');
		buf_text(&out, unicode_upper(arena, text_part(name, from, at - from)));
		wanted = false;
		after_letter = true;
	}
	if (after_letter)
		buf_char(&out, '.');
	return buf_done(&out);
}
