#include "http/form.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int percent_decode(struct arena *arena, struct text encoded, bool plus_is_space,
		   struct text *ret)
{
	/* Decoding never makes it longer. */
	char *out = arena_alloc(arena, encoded.len ? encoded.len : 1);
	size_t len = 0;

	if (!out)
		return -1;
	for (size_t at = 0; at < encoded.len; at++) {
		char c = encoded.ptr[at];
		if (c == '%') {
			if (encoded.len - at < 3)
				return 1;
			int high = hex_value(encoded.ptr[at + 1]);
			int low = hex_value(encoded.ptr[at + 2]);
			if (high < 0 || low < 0)
				return 1;
			c = (char)(high << 4 | low);
			at += 2;
		} else if (c == '+' && plus_is_space) {
			c = ' ';
		}
		out[len++] = c;
	}
	struct text plain = { out, len };
	if (!text_is_utf8(plain))
		return 1;
	*ret = plain;
	return 0;
}

struct text percent_encode(struct arena *arena, struct text plain)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = arena_array(arena, plain.len ? plain.len : 1, 3);
	size_t len = 0;

	if (!out)
		return TEXT_EMPTY;
	for (size_t i = 0; i < plain.len; i++) {
		unsigned char c = (unsigned char)plain.ptr[i];
		bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || (c && strchr("-._~/", c));
		if (safe) {
			out[len++] = (char)c;
			continue;
		}
		out[len++] = '%';
		out[len++] = digits[c >> 4];
		out[len++] = digits[c & 15];
	}
	return (struct text){ out, len };
}

int form_parse(struct arena *arena, struct text encoded, struct form *ret_form)
{
	struct text rest = encoded;
	int n = 0;

	while (rest.ptr && rest.len) {
		struct text value = text_cut(&rest, '&');
		if (value.len == 0)
			continue;
		if (n == FORM_FIELDS_MAX)
			return 2;
		struct text name = text_cut(&value, '=');
		if (!value.ptr)
			value = TEXT_EMPTY;
		if (name.len == 0)
			return 1;
		struct form_field *field = &ret_form->fields[n];
		int result = percent_decode(arena, name, true, &field->name);
		if (result == 0)
			result = percent_decode(arena, value, true, &field->value);
		if (result)
			return result;
		n++;
	}
	ret_form->n = n;
	return 0;
}

bool form_field_is_known(const char *fields, struct text name)
{
	struct text rest = text_from_z(fields);

	while (rest.ptr) {
		struct text known = text_cut(&rest, ' ');
		if (known.len == 0)
			continue;
		if (known.ptr[known.len - 1] == '*') {
			known.len--;
			if (text_starts_with(name, known))
				return true;
		} else if (text_equal(name, known)) {
			return true;
		}
	}
	return false;
}

bool form_is_known(const struct form *form, const char *fields)
{
	for (int i = 0; i < form->n; i++)
		if (!text_equal_z(form->fields[i].name, FORM_TOKEN_FIELD) &&
		    !form_field_is_known(fields, form->fields[i].name))
			return false;
	return true;
}

void form_keep_known(struct form *form, const char *fields)
{
	int kept = 0;

	for (int i = 0; i < form->n; i++)
		if (form_field_is_known(fields, form->fields[i].name))
			form->fields[kept++] = form->fields[i];
	form->n = kept;
}
