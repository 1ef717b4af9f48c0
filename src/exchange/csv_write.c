#include "exchange/csv.h"

/* "-5", "+84912345678", "-1,5", "-3%": signs that begin no formula. */
static bool is_signed_number(struct text field)
{
	size_t at = 1;
	bool digit = false;

	if (field.len == 0 || (field.ptr[0] != '-' && field.ptr[0] != '+'))
		return false;
	for (; at < field.len; at++) {
		char c = field.ptr[at];
		bool is_digit = c >= '0' && c <= '9';
		if (!is_digit && (!digit || (c != '.' && c != ',')))
			break;
		digit = is_digit;
	}
	if (at < field.len && field.ptr[at] == '%')
		at++;
	return digit && at == field.len;
}

static bool is_formula(struct text field)
{
	static const struct text starts[] = {
		TEXT("="), TEXT("+"), TEXT("-"), TEXT("@"), TEXT("\t"), TEXT("\r"), TEXT("\n"),
		TEXT("＝"), TEXT("＋"), TEXT("－"), TEXT("＠"),
	};

	/* Spreadsheets may take spaces off before they look. */
	while (field.len && field.ptr[0] == ' ')
		field = text_part(field, 1, field.len);
	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		if (text_starts_with(field, starts[i]))
			return !is_signed_number(field);
	return false;
}

static bool needs_quotes(struct text field)
{
	if (field.len && (field.ptr[0] == ' ' || field.ptr[field.len - 1] == ' '))
		return true;
	for (size_t i = 0; i < field.len; i++)
		if (strchr(",\"\r\n\t", field.ptr[i]))
			return true;
	return false;
}

void csv_write_field(struct buf *out, bool first, struct text field)
{
	bool quoted = needs_quotes(field);

	if (!first)
		buf_char(out, ',');
	if (quoted)
		buf_char(out, '"');
	if (is_formula(field))
		buf_char(out, '\'');
	while (field.len) {
		const char *quote = memchr(field.ptr, '"', field.len);
		size_t len = quote ? (size_t)(quote - field.ptr) + 1 : field.len;
		buf_add(out, field.ptr, len);
		if (quote)
			buf_char(out, '"');
		field = text_part(field, len, field.len);
	}
	if (quoted)
		buf_char(out, '"');
}

void csv_write_end(struct buf *out)
{
	buf_add(out, "\r\n", 2);
}
