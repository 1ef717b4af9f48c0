/* What needs the Unicode tables, through ICU. Inputs are well-formed UTF-8. */
#ifndef BASE_UNICODE_H
#define BASE_UNICODE_H

#include "base/text.h"

/* Normalization form C. All text that is stored is in it. */
struct text unicode_nfc(struct arena *arena, struct text text);

/* For comparing and searching what people type: marks and tones taken off,
 * "đ" to "d", lower case, runs of anything but letters and digits to one space,
 * none at the ends. "Trường THPT  Hùng-Vương" becomes "truong thpt hung vuong".
 * The form is stored in *_folded columns; a change of it needs a migration. */
struct text unicode_fold(struct arena *arena, struct text text);

/* Order of Vietnamese text for people (ICU's root of "vi"): <0, 0, >0. Any
 * thread. */
int unicode_compare_vi(struct text a, struct text b);

/* Order of names of persons: by tên (the last word), then họ, then đệm. */
int unicode_compare_names_vi(struct text a, struct text b);

#endif
