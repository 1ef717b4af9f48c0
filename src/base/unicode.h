/* What needs the Unicode tables, through ICU. Inputs are well-formed UTF-8 of at
 * most UNICODE_BYTES_MAX; a longer one marks the arena as failed. Any thread. */
#ifndef BASE_UNICODE_H
#define BASE_UNICODE_H

#include "base/text.h"

#define UNICODE_BYTES_MAX (64 << 20)

/* Normalization form C, a copy. All text that is stored is in it. */
struct text unicode_nfc(struct arena *arena, struct text text);

/* Whether a text is in form C already; quick for ASCII. */
bool unicode_is_nfc(struct text text);

enum unicode_class {
	UNICODE_OTHER,		/* punctuation, symbols, unassigned … */
	UNICODE_LATIN,		/* a letter of the Latin script */
	UNICODE_LETTER,		/* a letter of another script */
	UNICODE_MARK,		/* written over, under or around the letter before it */
	UNICODE_DIGIT,		/* 0 to 9 */
	UNICODE_SPACE,		/* any white space, line ends too */
	UNICODE_CONTROL,	/* control characters that are not white space */
	UNICODE_INVISIBLE,	/* zero-width and bidirectional format characters */
};

enum unicode_class unicode_classify(uint32_t c);

/* In capitals, whatever the language. */
struct text unicode_upper(struct arena *arena, struct text text);

/* For comparing and searching what people type: marks and tones taken off,
 * "đ" to "d", lower case, runs of anything but letters and digits to one space,
 * none at the ends. "Trường THPT  Hùng-Vương" becomes "truong thpt hung vuong".
 * Compatibility forms (full width, ², Ⅷ) become plain ones. Equal for all
 * canonically equivalent spellings, and folding twice changes nothing.
 * The form is stored in *_folded columns; a change of it needs a migration. */
struct text unicode_fold(struct arena *arena, struct text text);

/* Order of Vietnamese text for people (ICU's "vi"): <0, 0, >0. The bytes decide
 * only where ICU's tables cannot be had. */
int unicode_compare_vi(struct text a, struct text b);

/* Order of names of persons: by tên (the last word), then họ (the first), then
 * đệm (what stands between). A single word is a tên. */
int unicode_compare_names_vi(struct text a, struct text b);

#endif
