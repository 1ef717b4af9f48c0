#include "rules/person.h"

#include "rules/person_typed.h"

#include <stdio.h>

/* National number without the 0 in front: nine digits, ten before 2018. */
#define NUMBER_DIGITS 9

/* The conversion of September to November 2018: old prefix of three digits to
 * new one of two; the last seven digits stayed. */
static const struct {
	char old[4];
	char new[3];
} conversions[] = {
	{ "120", "70" }, { "121", "79" }, { "122", "77" }, { "123", "83" }, { "124", "84" },
	{ "125", "85" }, { "126", "76" }, { "127", "81" }, { "128", "78" }, { "129", "82" },
	{ "162", "32" }, { "163", "33" }, { "164", "34" }, { "165", "35" }, { "166", "36" },
	{ "167", "37" }, { "168", "38" }, { "169", "39" }, { "186", "56" }, { "188", "58" },
	{ "199", "59" },
};

/* Leaves an optional + and digits, in place; false when anything but those and
 * the usual separators is there. */
static bool strip(struct text *text, char *plain)
{
	size_t len = 0;

	for (size_t i = 0; i < text->len; i++) {
		char c = text->ptr[i];
		if ((c >= '0' && c <= '9') || (c == '+' && len == 0))
			plain[len++] = c;
		else if (!strchr(" .-()", c))
			return false;
	}
	*text = text_from_bytes(plain, len);
	return true;
}

static bool take_prefix(struct text *text, struct text prefix)
{
	if (!text_starts_with(*text, prefix))
		return false;
	*text = text_part(*text, prefix.len, text->len);
	return true;
}

/* Takes off the country code and the 0, whichever there are. */
static bool take_national(struct text *text)
{
	bool abroad = take_prefix(text, TEXT("+84")) || take_prefix(text, TEXT("0084"));

	if (!abroad && text_starts_with(*text, TEXT("+")))
		return false;
	/* Without a + it is the country code only if enough is left; 084… has its 0. */
	if (!abroad && text->len > NUMBER_DIGITS + 1)
		(void)take_prefix(text, TEXT("84"));
	(void)take_prefix(text, TEXT("0"));
	return true;
}

static struct text to_e164(struct arena *arena, const char *prefix, struct text rest)
{
	return text_format(arena, "+84%s%.*s", prefix, TEXT_ARGS(rest));
}

enum phone_verdict person_read_phone(struct arena *arena, struct text typed, struct text *ret_e164)
{
	char plain[PERSON_TYPED_MAX], digits[PERSON_TYPED_MAX];
	struct text text;

	if (!person_plain(typed, plain, &text) || !strip(&text, digits))
		return PHONE_NO_MOBILE;
	if (text.len == 0)
		return PHONE_EMPTY;
	if (!take_national(&text))
		return PHONE_NO_MOBILE;
	if (text.len == NUMBER_DIGITS && memchr("35789", text.ptr[0], 5)) {
		*ret_e164 = to_e164(arena, "", text);
		return PHONE_FINE;
	}
	if (text.len != NUMBER_DIGITS + 1)
		return PHONE_NO_MOBILE;
	for (size_t i = 0; i < ARRAY_LEN(conversions); i++)
		if (text_starts_with(text, text_from_z(conversions[i].old))) {
			*ret_e164 = to_e164(arena, conversions[i].new,
					    text_part(text, 3, text.len));
			return PHONE_CONVERTED;
		}
	return PHONE_NO_MOBILE;
}

struct text person_format_phone(struct arena *arena, struct text e164)
{
	if (e164.len != NUMBER_DIGITS + 3 || !text_starts_with(e164, TEXT("+84")))
		return e164;
	const char *p = e164.ptr + 3;
	return text_format(arena, "0%.3s %.3s %.3s", p, p + 3, p + 6);
}
