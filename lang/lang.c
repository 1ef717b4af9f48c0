#include "lang/lang.h"

#include "lang/table.h"

static const struct lang_entry *find(const struct lang_table *table, struct text msgid)
{
	uint32_t at = lang_hash(msgid) & table->mask;

	for (; table->slots[at].id.len; at = (at + 1) & table->mask)
		if (text_equal(table->slots[at].id, msgid))
			return &table->slots[at];
	return NULL;
}

static const struct lang_table *table_of(enum lang lang)
{
	switch (lang) {
	case LANG_VI:
		return NULL;
	case LANG_EN:
		return &lang_table_en;
	}
	return NULL;
}

struct text lang_text(enum lang lang, struct text msgid)
{
	return lang_text_n(lang, msgid, 1);
}

struct text lang_text_n(enum lang lang, struct text msgid, int64_t n)
{
	const struct lang_table *table = table_of(lang);
	const struct lang_entry *entry = table && msgid.len ? find(table, msgid) : NULL;

	if (!entry)
		return msgid;
	return n != 1 && entry->plural.len ? entry->plural : entry->text;
}

struct text lang_tag(enum lang lang)
{
	switch (lang) {
	case LANG_VI:
		return TEXT("vi");
	case LANG_EN:
		return TEXT("en");
	}
	return TEXT("vi");
}

int lang_from_tag(struct text tag, enum lang *ret)
{
	struct text primary = text_cut(&tag, '-');

	if (text_equal_ascii_case(primary, TEXT("vi")))
		*ret = LANG_VI;
	else if (text_equal_ascii_case(primary, TEXT("en")))
		*ret = LANG_EN;
	else
		return 1;
	return 0;
}

struct lang_arg lang_arg_int(int64_t number)
{
	return (struct lang_arg){ .number = number };
}

struct lang_arg lang_arg_text(struct text text)
{
	return (struct lang_arg){ .is_text = true, .text = text };
}

/* Length of the directive at the start of `text`, 0 when there is none there. */
static size_t directive_len(struct text text, int *next_arg, int *ret_arg)
{
	size_t at = 1;
	int number = 0;

	if (text.len >= 4 && text.ptr[1] >= '1' && text.ptr[1] <= '9' && text.ptr[2] == '$') {
		number = text.ptr[1] - '0';
		at = 3;
	}
	if (text.len <= at || (text.ptr[at] != 'd' && text.ptr[at] != 's'))
		return 0;
	*ret_arg = number ? number - 1 : (*next_arg)++;
	return at + 1;
}

static struct text take(struct text *rest, size_t len)
{
	struct text part = text_part(*rest, 0, len);

	*rest = text_part(*rest, len, rest->len);
	return part;
}

bool lang_next_part(struct text *rest, int *next_arg, struct text *ret_fixed, int *ret_arg)
{
	*ret_fixed = TEXT_EMPTY;
	*ret_arg = -1;
	if (rest->len == 0)
		return false;
	if (rest->ptr[0] == '%') {
		size_t len = directive_len(*rest, next_arg, ret_arg);
		if (len) {
			(void)take(rest, len);
			return true;
		}
		if (rest->len > 1 && rest->ptr[1] == '%')
			(void)take(rest, 1);
		*ret_fixed = take(rest, 1);
		return true;
	}
	const char *percent = memchr(rest->ptr, '%', rest->len);
	*ret_fixed = take(rest, percent ? (size_t)(percent - rest->ptr) : rest->len);
	return true;
}

#define FILLED_LIMIT_BYTES 65536

struct text lang_fill(struct arena *arena, struct text pattern, const struct lang_arg *args,
		      size_t n_args)
{
	struct text fixed;
	struct buf buf;
	int next = 0, arg;

	buf_init(&buf, arena, FILLED_LIMIT_BYTES);
	while (lang_next_part(&pattern, &next, &fixed, &arg)) {
		if (arg < 0)
			buf_text(&buf, fixed);
		else if ((size_t)arg >= n_args)
			continue;
		else if (args[arg].is_text)
			buf_text(&buf, args[arg].text);
		else
			buf_int(&buf, args[arg].number);
	}
	return buf_done(&buf);
}
