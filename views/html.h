/* Writing HTML: what the C made from the templates calls (docs/templates.md).
 *
 * Each function escapes for one place in a page. The place is known to
 * tools/tmplc, which picks one of the HTML_IN_… lists below; the C type of the
 * value then picks the function, and a type that is not safe in that place does
 * not compile. Text is UTF-8 that was checked when it came in.
 *
 * Nothing here fails: when memory is out the arena of `out` is marked as
 * failed and the page is short, which its owner sees once at the end. */
#ifndef VIEWS_HTML_H
#define VIEWS_HTML_H

#include "base/text.h"
#include "lang/lang.h"

/* A page being written. */
struct html {
	struct buf *out;
	enum lang lang;
};

/* An address that is safe to follow: url_parse made it. */
struct url {
	struct text text;
};

/* Markup that is safe as it stands. */
struct html_safe {
	struct text markup;
};

/* Checks an address: a local one ("/…" but not "//…", "?…", "#…") or one that
 * starts with https://, http://, mailto: or tel:; no white space, control
 * characters or backslashes. Answers 0, or 1 when it is not safe. */
int url_parse(struct text text, struct url *ret) MUST_CHECK;

/* An address of ours written in the code, such as URL("/vao-thi"). Asserts
 * that url_parse takes it. */
#define URL(literal) url_literal(TEXT(literal))
struct url url_literal(struct text text);

/* Adds a text as one part of a path ("" and texts of dots alone become "_", so
 * that a value never makes "//", "." or ".." of it), or of a query. All
 * but A-Z a-z 0-9 - . _ ~ is percent-encoded. */
void url_add_segment(struct buf *buf, struct text text);
void url_add_query(struct buf *buf, struct text text);

/* Only for markup that our own Markdown sanitizer has made. */
struct html_safe html_safe_unchecked(struct text markup);

/* Bytes of the template itself. */
static inline void html_fixed(struct html *out, const char *bytes, size_t len)
{
	buf_add(out->out, bytes, len);
}

void html_text(struct html *out, struct text text);
void html_attr(struct html *out, struct text text);
void html_int(struct html *out, int64_t value);
void html_markup(struct html *out, struct html_safe safe);
void html_url(struct html *out, struct url url);
void html_url_as_text(struct html *out, struct url url);
void html_segment(struct html *out, struct text text);
void html_query(struct html *out, struct text text);

/* A translated pattern with its arguments (lang.h), escaped for text or for a
 * quoted attribute. Asserts that the arguments are of the pattern's types. */
void html_message(struct html *out, struct text pattern, const struct lang_arg *args,
		  size_t n_args);
void html_attr_message(struct html *out, struct text pattern, const struct lang_arg *args,
		       size_t n_args);

/* What may stand where: lists for _Generic, which the compiled templates name
 * at the line of the value, so that this is the line of the error. */
#define HTML_INTEGERS int: html_int, int64_t: html_int, size_t: html_int
/* In the text of an element. */
#define HTML_IN_TEXT \
	struct text: html_text, struct html_safe: html_markup, struct url: html_url_as_text, \
	HTML_INTEGERS
/* In <title> and <textarea>, where markup is text. */
#define HTML_IN_PLAIN struct text: html_text, struct url: html_url_as_text, HTML_INTEGERS
/* In a quoted attribute. */
#define HTML_IN_ATTR struct text: html_attr, struct url: html_url, HTML_INTEGERS
/* As the whole of an attribute that is an address. */
#define HTML_IN_URL struct url: html_url
/* In the path, and in the query or fragment, of such an attribute. */
#define HTML_IN_SEGMENT struct text: html_segment, HTML_INTEGERS
#define HTML_IN_QUERY struct text: html_query, HTML_INTEGERS

static inline bool html_is_text(struct text text)
{
	return text.len > 0;
}

static inline bool html_is_safe(struct html_safe safe)
{
	return safe.markup.len > 0;
}

static inline bool html_is_url(struct url url)
{
	return url.text.len > 0;
}

static inline bool html_is_number(int64_t number)
{
	return number != 0;
}

static inline bool html_is_pointer(const void *pointer)
{
	return pointer != NULL;
}

/* What {{if}} asks: text that is not empty, a number that is not 0, a pointer
 * that is not NULL. */
#define HTML_IS(value) \
	_Generic((value), struct text: html_is_text, struct html_safe: html_is_safe, \
		 struct url: html_is_url, _Bool: html_is_number, char: html_is_number, \
		 signed char: html_is_number, unsigned char: html_is_number, \
		 short: html_is_number, unsigned short: html_is_number, int: html_is_number, \
		 unsigned: html_is_number, long: html_is_number, \
		 unsigned long: html_is_number, long long: html_is_number, \
		 unsigned long long: html_is_number, default: html_is_pointer)(value)

#endif
