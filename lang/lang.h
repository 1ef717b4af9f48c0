/* Messages in the language of the reader.
 *
 * The message ids are the Vietnamese texts themselves, so Vietnamese needs no
 * catalogue; lang/en.po is compiled by tools/langc into a table that is part
 * of the program. The language goes with the request, never with the process.
 * Everything here may be called by many threads at once.
 *
 * A message with arguments is a pattern in which "%d" stands for an integer
 * and "%s" for a text, or "%1$d", "%2$s" where a translation needs another
 * order; "%%" is a percent sign. langc refuses a translation whose directives
 * differ from those of its message. A message without arguments is no pattern:
 * its percent signs stand for themselves. */
#ifndef LANG_LANG_H
#define LANG_LANG_H

#include "base/text.h"

enum lang {
	LANG_VI,
	LANG_EN,
};

/* Mark a literal as a message (TN: as one that has plural forms), so that the
 * check of the catalogue finds it. Both are plain `struct text`. */
#define T(literal) TEXT(literal)
#define TN(literal) TEXT(literal)

/* The message in this language; the id itself when there is no translation. */
struct text lang_text(enum lang lang, struct text msgid);

/* The same for a message with plural forms, of which `n` picks one. */
struct text lang_text_n(enum lang lang, struct text msgid, int64_t n);

/* The language tag (BCP 47), and back: 1 when it is none of ours. */
struct text lang_tag(enum lang lang);
int lang_from_tag(struct text tag, enum lang *ret) MUST_CHECK;

/* An argument of a pattern. */
struct lang_arg {
	bool is_text;
	int64_t number;
	struct text text;
};

struct lang_arg lang_arg_int(int64_t number);
struct lang_arg lang_arg_text(struct text text);

/* An argument of "%d" and one of "%s": any other type does not compile. The
 * lists are for the compiled templates (see views/html.h). */
#define LANG_INTEGERS int: lang_arg_int, int64_t: lang_arg_int, size_t: lang_arg_int
#define LANG_TEXTS struct text: lang_arg_text
#define LANG_INT(value) _Generic((value), LANG_INTEGERS)(value)
#define LANG_TEXT(value) _Generic((value), LANG_TEXTS)(value)

/* Takes the next part off a pattern: fixed text (answers true, `*ret_arg` is
 * -1) or an argument (`*ret_arg` is its number from 0, `*ret_fixed` is empty).
 * `*next_arg` starts as 0 and counts the arguments without a number. Answers
 * false at the end. */
bool lang_next_part(struct text *rest, int *next_arg, struct text *ret_fixed, int *ret_arg);

/* The pattern with its arguments in it. An argument that the pattern does not
 * name is left out, one that is not there is empty. */
struct text lang_fill(struct arena *arena, struct text pattern, const struct lang_arg *args,
		      size_t n_args);

#endif
