#include "base/unicode.h"

#include <assert.h>
#include <pthread.h>
#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

/* Enough for a name or a line; longer texts take memory of their own. */
#define SMALL_UNITS 512

/* ICU works on UTF-16. */
struct units {
	UChar *ptr;		/* `small`, or memory of its own */
	int32_t len;
	int32_t cap;
	UChar small[SMALL_UNITS];
};

static void units_init(struct units *units)
{
	units->ptr = units->small;
	units->len = 0;
	units->cap = SMALL_UNITS;
}

static void units_done(struct units *units)
{
	if (units->ptr != units->small)
		mem_free(units->ptr);
}

/* Room for `cap` units; what was in it is lost. */
static bool units_reserve(struct units *units, int32_t cap)
{
	if (cap <= units->cap)
		return true;
	UChar *ptr = mem_array((size_t)cap, sizeof(*ptr));
	if (!ptr)
		return false;
	units_done(units);
	units->ptr = ptr;
	units->cap = cap;
	return true;
}

static bool units_from_text(struct units *ret, struct text text)
{
	UErrorCode error = U_ZERO_ERROR;

	/* UTF-8 has at least as many bytes as UTF-16 has units. */
	if (text.len > UNICODE_BYTES_MAX || !units_reserve(ret, (int32_t)text.len))
		return false;
	u_strFromUTF8WithSub(ret->ptr, ret->cap, &ret->len, text.ptr, (int32_t)text.len, 0xfffd,
			     NULL, &error);
	return U_SUCCESS(error);
}

static struct text units_to_text(struct arena *arena, const struct units *units)
{
	UErrorCode error = U_ZERO_ERROR;
	int32_t len = 0;
	char *ptr = arena_array(arena, (size_t)units->len + 1, 3);

	if (!ptr)
		return TEXT_EMPTY;
	u_strToUTF8(ptr, units->len * 3 + 3, &len, units->ptr, units->len, &error);
	assert(U_SUCCESS(error));
	return text_from_bytes(ptr, (size_t)len);
}

/* Writes the form of `from` into `to`. */
static bool normalize(const UNormalizer2 *form, const struct units *from, struct units *to)
{
	UErrorCode error = U_ZERO_ERROR;

	to->len = unorm2_normalize(form, from->ptr, from->len, to->ptr, to->cap, &error);
	if (error == U_BUFFER_OVERFLOW_ERROR) {
		if (!units_reserve(to, to->len))
			return false;
		error = U_ZERO_ERROR;
		to->len = unorm2_normalize(form, from->ptr, from->len, to->ptr, to->cap, &error);
	}
	return U_SUCCESS(error);
}

static bool is_ascii(struct text text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] >= 0x80)
			return false;
	return true;
}

struct text unicode_nfc(struct arena *arena, struct text text)
{
	UErrorCode error = U_ZERO_ERROR;
	struct units from, to;

	if (is_ascii(text))
		return text_copy(arena, text);
	units_init(&from);
	units_init(&to);
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&error);
	struct text normal = TEXT_EMPTY;
	if (U_SUCCESS(error) && units_from_text(&from, text) && normalize(nfc, &from, &to))
		normal = units_to_text(arena, &to);
	else
		arena_fail(arena);
	units_done(&from);
	units_done(&to);
	return normal;
}

bool unicode_is_nfc(struct text text)
{
	UErrorCode error = U_ZERO_ERROR;
	struct units units;

	if (is_ascii(text))
		return true;
	units_init(&units);
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&error);
	bool is = U_SUCCESS(error) && units_from_text(&units, text) &&
		  unorm2_isNormalized(nfc, units.ptr, units.len, &error) && U_SUCCESS(error);
	units_done(&units);
	return is;
}

/* Writes the capitals of `from` into `to`: three times as many units at most. */
static bool capitalize(const struct units *from, struct units *to)
{
	UErrorCode error = U_ZERO_ERROR;

	if (from->len > INT32_MAX / 3 || !units_reserve(to, from->len * 3))
		return false;
	to->len = u_strToUpper(to->ptr, to->cap, from->ptr, from->len, "", &error);
	return U_SUCCESS(error);
}

struct text unicode_upper(struct arena *arena, struct text text)
{
	struct units from, to;
	struct text upper = TEXT_EMPTY;

	units_init(&from);
	units_init(&to);
	if (units_from_text(&from, text) && capitalize(&from, &to))
		upper = units_to_text(arena, &to);
	else
		arena_fail(arena);
	units_done(&from);
	units_done(&to);
	return upper;
}

enum unicode_class unicode_classify(uint32_t c)
{
	UErrorCode error = U_ZERO_ERROR;
	UChar32 point = (UChar32)c;

	if (c >= '0' && c <= '9')
		return UNICODE_DIGIT;
	if (u_isUWhiteSpace(point))
		return UNICODE_SPACE;
	if (u_isalpha(point))
		return uscript_getScript(point, &error) == USCRIPT_LATIN ? UNICODE_LATIN
									 : UNICODE_LETTER;
	switch (u_charType(point)) {
	case U_NON_SPACING_MARK:
	case U_ENCLOSING_MARK:
	case U_COMBINING_SPACING_MARK:
		return UNICODE_MARK;
	case U_FORMAT_CHAR:
		return UNICODE_INVISIBLE;
	case U_CONTROL_CHAR:
		return UNICODE_CONTROL;
	default:
		return UNICODE_OTHER;
	}
}

/* Keeps letters without their marks and digits, in place; what stands between
 * them becomes one space. */
static void keep_words(struct units *units)
{
	int32_t at = 0, end = 0;
	bool gap = false;

	while (at < units->len) {
		int32_t from = at;
		UChar32 c;
		U16_NEXT(units->ptr, at, units->len, c);
		uint32_t class = U_GET_GC_MASK(c);
		if (class & (U_GC_MN_MASK | U_GC_ME_MASK))
			continue;
		if (!(class & (U_GC_L_MASK | U_GC_MC_MASK | U_GC_ND_MASK | U_GC_NL_MASK))) {
			gap = true;
			continue;
		}
		if (gap && end)
			units->ptr[end++] = ' ';
		gap = false;
		/* Never longer than what was read: a gap had a character. */
		if (c == 0x111)
			units->ptr[end++] = 'd';
		else
			while (from < at)
				units->ptr[end++] = units->ptr[from++];
	}
	units->len = end;
}

static struct text fold_ascii(struct arena *arena, struct text text)
{
	char *ptr = arena_alloc(arena, text.len ? text.len : 1);
	size_t len = 0;
	bool gap = false;

	if (!ptr)
		return TEXT_EMPTY;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
			gap = true;
			continue;
		}
		if (gap && len)
			ptr[len++] = ' ';
		gap = false;
		ptr[len++] = c;
	}
	return text_from_bytes(ptr, len);
}

/* Decomposed first, so that canonically equivalent texts are one; then case
 * (NFKC_Casefold, which also drops invisible characters); decomposed again to
 * part the letters from their marks. */
static bool fold_units(struct units *a, struct units *b)
{
	UErrorCode error = U_ZERO_ERROR;
	const UNormalizer2 *apart = unorm2_getNFKDInstance(&error);
	const UNormalizer2 *caseless = unorm2_getNFKCCasefoldInstance(&error);

	if (U_FAILURE(error) || !normalize(apart, a, b) || !normalize(caseless, b, a) ||
	    !normalize(apart, a, b))
		return false;
	keep_words(b);
	return true;
}

struct text unicode_fold(struct arena *arena, struct text text)
{
	struct units a, b;
	struct text folded = TEXT_EMPTY;

	if (is_ascii(text))
		return fold_ascii(arena, text);
	units_init(&a);
	units_init(&b);
	if (units_from_text(&a, text) && fold_units(&a, &b))
		folded = units_to_text(arena, &b);
	else
		arena_fail(arena);
	units_done(&a);
	units_done(&b);
	return folded;
}

/* Opened at the first comparison and never closed: ICU's collators may be used
 * by all threads at once as long as nobody changes them. */
static UCollator *collator;
static pthread_once_t collator_once = PTHREAD_ONCE_INIT;

static void open_collator(void)
{
	UErrorCode error = U_ZERO_ERROR;
	collator = ucol_open("vi", &error);
	if (U_FAILURE(error))
		collator = NULL;
}

int unicode_compare_vi(struct text a, struct text b)
{
	UErrorCode error = U_ZERO_ERROR;

	if (text_equal(a, b))
		return 0;
	pthread_once(&collator_once, open_collator);
	if (!collator || a.len > UNICODE_BYTES_MAX || b.len > UNICODE_BYTES_MAX)
		return text_compare(a, b);
	UCollationResult order = ucol_strcollUTF8(collator, a.len ? a.ptr : "", (int32_t)a.len,
						  b.len ? b.ptr : "", (int32_t)b.len, &error);
	if (U_FAILURE(error))
		return text_compare(a, b);
	return order == UCOL_LESS ? -1 : order == UCOL_GREATER;
}

struct name_parts {
	struct text family;	/* họ */
	struct text middle;	/* đệm */
	struct text given;	/* tên */
};

static struct name_parts split_name(struct text name)
{
	struct name_parts parts = { TEXT_EMPTY, TEXT_EMPTY, text_trim(name) };
	struct text rest = parts.given;
	size_t at = rest.len;

	while (at && rest.ptr[at - 1] != ' ')
		at--;
	if (at == 0)
		return parts;
	parts.given = text_part(rest, at, rest.len);
	rest = text_trim(text_part(rest, 0, at));
	parts.family = text_cut(&rest, ' ');
	if (rest.ptr)
		parts.middle = text_trim(rest);
	return parts;
}

int unicode_compare_names_vi(struct text a, struct text b)
{
	struct name_parts x = split_name(a);
	struct name_parts y = split_name(b);
	int order = unicode_compare_vi(x.given, y.given);

	if (order == 0)
		order = unicode_compare_vi(x.family, y.family);
	if (order == 0)
		order = unicode_compare_vi(x.middle, y.middle);
	return order;
}
