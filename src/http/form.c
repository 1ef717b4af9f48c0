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

/* Decodes to `out`, which has as many bytes: decoding never makes it longer. */
static int decode(char *out, struct text encoded, bool plus_is_space, struct text *ret)
{
	size_t len = 0;

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

int percent_decode(struct arena *arena, struct text encoded, bool plus_is_space,
		   struct text *ret)
{
	char *out = arena_alloc(arena, encoded.len ? encoded.len : 1);

	return out ? decode(out, encoded, plus_is_space, ret) : -1;
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

/* One "name=value". 0 done, 1 malformed. */
static int parse_field(char **out, struct text value, struct form_field *ret)
{
	struct text name = text_cut(&value, '=');

	if (name.len == 0)
		return 1;
	if (!value.ptr)
		value = TEXT_EMPTY;
	char *at = *out;
	*out += name.len + value.len;
	return decode(at, name, true, &ret->name) ||
	       decode(at + name.len, value, true, &ret->value);
}

/* Parts between two "&" that are not empty, counted up to one too many. */
static int count_parts(struct text rest)
{
	int n = 0;

	while (rest.ptr && n <= FORM_FIELDS_MAX)
		n += text_cut(&rest, '&').len > 0;
	return n;
}

int form_parse(struct arena *arena, struct text encoded, struct form *ret_form)
{
	struct form form = { .n = count_parts(encoded) };
	struct text rest = encoded;

	if (form.n > FORM_FIELDS_MAX)
		return 2;
	if (form.n == 0) {
		*ret_form = form;
		return 0;
	}
	form.fields = arena_array(arena, (size_t)form.n, sizeof(*form.fields));
	char *out = arena_alloc(arena, encoded.len);
	if (!form.fields || !out)
		return -1;
	for (int i = 0; i < form.n;) {
		struct text part = text_cut(&rest, '&');
		if (part.len && parse_field(&out, part, &form.fields[i++]))
			return 1;
	}
	*ret_form = form;
	return 0;
}

bool form_field_is_known(const char *fields, struct text name)
{
	const char *at = fields;

	while (*at) {
		size_t same = 0;
		while (same < name.len && at[same] == name.ptr[same] && at[same] != ' ' &&
		       at[same] != '*')
			same++;
		if (at[same] == '*' || (same == name.len && (at[same] == ' ' || !at[same])))
			return true;
		at += same;
		while (*at && *at++ != ' ')
			;
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
