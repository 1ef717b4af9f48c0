/* The commonest passwords; internal to password.c. All of them are folded as
 * unicode_fold does and without spaces, and in the order of strcmp. */
#ifndef RULES_PASSWORD_COMMON_H
#define RULES_PASSWORD_COMMON_H

/* Refused as they stand. Each has PASSWORD_CHARS_MIN characters at least. */
extern const char *const password_common[];
extern const int n_password_common;

/* Words that people put digits behind to be done with it ("matkhau123"). Refused
 * alone and with digits at the end. */
extern const char *const password_stems[];
extern const int n_password_stems;

#endif
