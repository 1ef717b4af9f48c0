#include "views/html.h"

#include <assert.h>


/* What stands for a byte in text and in attributes; NULL: the byte itself. A
 * carriage return is written as a reference, since a parser makes a line feed
 * of a bare one. */
static const char *const text_references[256] = {
	['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['\r'] = "&#13;",
};

static const char *const attr_references[256] = {
	['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['\r'] = "&#13;",
	['"'] = "&#34;", ['\''] = "&#39;",
};

static void escape(struct buf *buf, struct text text, const char *const references[256])
{
	const unsigned char *p = (const unsigned char *)text.ptr;
	size_t copied = 0;

	for (size_t at = 0; at < text.len; at++) {
		const char *reference = references[p[at]];
		if (!reference)
			continue;
		buf_add(buf, p + copied, at - copied);
		buf_z(buf, reference);
		copied = at + 1;
	}
	if (copied < text.len)
		buf_add(buf, p + copied, text.len - copied);
}

void html_text(struct html *out, struct text text)
{
	escape(out->out, text, text_references);
}

void html_attr(struct html *out, struct text text)
{
	escape(out->out, text, attr_references);
}

void html_int(struct html *out, int64_t value)
{
	buf_int(out->out, value);
}

void html_markup(struct html *out, struct html_safe safe)
{
	buf_text(out->out, safe.markup);
}

void html_url(struct html *out, struct url url)
{
	html_attr(out, url.text);
}

void html_url_as_text(struct html *out, struct url url)
{
	html_text(out, url.text);
}

void html_segment(struct html *out, struct text text)
{
	url_add_segment(out->out, text);
}

void html_query(struct html *out, struct text text)
{
	url_add_query(out->out, text);
}

struct html_safe html_safe_unchecked(struct text markup)
{
	return (struct html_safe){ markup };
}

/* Writes the pattern; `write` escapes for the place that it goes to. */
static void message(struct html *out, struct text pattern, const struct lang_arg *args,
		    size_t n_args, void (*write)(struct html *, struct text))
{
	struct text fixed;
	int next = 0, arg;

	while (lang_next_part(&pattern, &next, &fixed, &arg)) {
		if (arg < 0) {
			write(out, fixed);
			continue;
		}
		assert((size_t)arg < n_args);
		if (args[arg].is_text)
			write(out, args[arg].text);
		else
			html_int(out, args[arg].number);
	}
}

void html_message(struct html *out, struct text pattern, const struct lang_arg *args,
		  size_t n_args)
{
	message(out, pattern, args, n_args, html_text);
}

void html_attr_message(struct html *out, struct text pattern, const struct lang_arg *args,
		       size_t n_args)
{
	message(out, pattern, args, n_args, html_attr);
}
