#include "exchange/markdown.h"

#include <assert.h>
#include <md4c-html.h>

/* Most that a text grows to: md4c fills up the rows of a table. */
#define GROWTH 64

/* A no-break space: to Markdown white space, but not what a block begins with. */
#define SHIELD "\xc2\xa0"

/* An element that is open. */
struct open {
	struct text name;	/* in md4c's output */
	struct text written;	/* in ours; "" when it was left out */
};

struct sieve {
	struct buf out;
	bool one_line;		/* no blocks, no line ends */
	int heading_shift;
	int depth;
	int too_deep;		/* elements open that did not fit */
	struct open open[MARKDOWN_DEPTH_MAX];
};

static bool is_one_of(struct text name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text_equal_z(name, names[i]))
			return true;
	return false;
}

/* Characters as they may stand in a page: no controls, no halves of a pair,
 * which an &#…; can make. */
static void put_text(struct sieve *sieve, struct text text)
{
	for (size_t at = 0; at < text.len;) {
		size_t from = at;
		uint32_t c = text_next_char(text, &at);
		if (c == '\n' && sieve->one_line)
			buf_char(&sieve->out, ' ');
		else if ((c < ' ' && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) ||
			 c == 0xfffd)
			buf_z(&sieve->out, "\xef\xbf\xbd");
		else
			buf_text(&sieve->out, text_part(text, from, at - from));
	}
}

/* The value of an attribute as md4c wrote it, escaped: it holds no quote and no
 * angle bracket, so no attribute can be found inside another. */
static struct text find_attribute(struct text tag, struct text start)
{
	ptrdiff_t at = text_find(tag, start, 0);
	if (at < 0)
		return TEXT_EMPTY;
	struct text rest = text_part(tag, (size_t)at + start.len, tag.len);
	return text_cut(&rest, '"');
}

/* Characters that browsers drop, or read as another one, inside an address. */
static bool has_strange_char(struct text url)
{
	for (size_t i = 0; i < url.len; i++) {
		unsigned char c = (unsigned char)url.ptr[i];
		if (c <= ' ' || c >= 0x7f || strchr("\\\"'<>`", c))
			return true;
	}
	return false;
}

static bool is_own_path(struct text url)
{
	return !has_strange_char(url) && text_starts_with(url, TEXT("/")) &&
	       !text_starts_with(url, TEXT("//"));
}

static bool has_scheme(struct text url, struct text scheme)
{
	return url.len > scheme.len && text_equal_ascii_case(text_part(url, 0, scheme.len), scheme);
}

static bool is_allowed_link(struct text url)
{
	if (has_strange_char(url))
		return false;
	return is_own_path(url) || text_starts_with(url, TEXT("#")) ||
	       has_scheme(url, TEXT("http://")) || has_scheme(url, TEXT("https://")) ||
	       has_scheme(url, TEXT("mailto:"));
}

static void put_attribute(struct sieve *sieve, const char *name, struct text value)
{
	buf_char(&sieve->out, ' ');
	buf_z(&sieve->out, name);
	buf_z(&sieve->out, "=\"");
	put_text(sieve, value);
	buf_char(&sieve->out, '"');
}

static bool is_in_link(const struct sieve *sieve)
{
	for (int i = 0; i < sieve->depth; i++)
		if (text_equal_z(sieve->open[i].written, "a"))
			return true;
	return false;
}

/* Writes the link's beginning, if it is one of ours. */
static bool put_link(struct sieve *sieve, struct text tag)
{
	struct text url = find_attribute(tag, TEXT(" href=\""));
	struct text title = find_attribute(tag, TEXT(" title=\""));

	if (!is_allowed_link(url) || is_in_link(sieve))
		return false;
	buf_z(&sieve->out, "<a");
	put_attribute(sieve, "href", url);
	if (title.len)
		put_attribute(sieve, "title", title);
	buf_char(&sieve->out, '>');
	return true;
}

static void put_image(struct sieve *sieve, struct text tag)
{
	struct text url = find_attribute(tag, TEXT(" src=\""));
	struct text alt = find_attribute(tag, TEXT(" alt=\""));

	if (!is_own_path(url)) {
		put_text(sieve, alt);
		return;
	}
	buf_z(&sieve->out, "<img");
	put_attribute(sieve, "src", url);
	put_attribute(sieve, "alt", alt);
	buf_char(&sieve->out, '>');
}

static void put_element(struct sieve *sieve, struct text name, struct text tag)
{
	static const char *const aligns[] = { "left", "center", "right" };
	struct text align = find_attribute(tag, TEXT(" align=\""));
	struct text start = find_attribute(tag, TEXT(" start=\""));
	int64_t number;

	buf_char(&sieve->out, '<');
	buf_text(&sieve->out, name);
	if (is_one_of(align, aligns, ARRAY_LEN(aligns)))
		buf_format(&sieve->out, " class=\"align-%.*s\"", TEXT_ARGS(align));
	if (start.len && text_to_int64(start, &number) == 0)
		buf_format(&sieve->out, " start=\"%lld\"", (long long)number);
	buf_char(&sieve->out, '>');
}

/* What an element is called in our output; empty when it is left out. */
static struct text rename_element(const struct sieve *sieve, struct text name)
{
	static const char *const spans[] = { "em", "strong", "code", "del" };
	static const char *const headings[] = { "h1", "h2", "h3", "h4", "h5", "h6" };
	static const char *const blocks[] = {
		"p", "blockquote", "ul", "ol", "li", "pre", "table", "thead", "tbody", "tr", "th",
		"td",
	};

	if (is_one_of(name, spans, ARRAY_LEN(spans)))
		return name;
	if (sieve->one_line)
		return TEXT_EMPTY;
	if (is_one_of(name, headings, ARRAY_LEN(headings))) {
		int level = name.ptr[1] - '0' + sieve->heading_shift;
		return text_from_z(headings[level > 6 ? 5 : level - 1]);
	}
	return is_one_of(name, blocks, ARRAY_LEN(blocks)) ? name : TEXT_EMPTY;
}

static void open_element(struct sieve *sieve, struct text name, struct text tag)
{
	struct text written = rename_element(sieve, name);

	if (sieve->depth == MARKDOWN_DEPTH_MAX) {
		sieve->too_deep++;
		return;
	}
	if (text_equal_z(name, "a"))
		written = put_link(sieve, tag) ? name : TEXT_EMPTY;
	else if (written.len)
		put_element(sieve, written, tag);
	sieve->open[sieve->depth++] = (struct open){ name, written };
}

/* Closes all that was opened at `depth` or deeper. */
static void close_down_to(struct sieve *sieve, int depth)
{
	while (sieve->depth > depth) {
		struct text written = sieve->open[--sieve->depth].written;
		if (written.len == 0)
			continue;
		buf_z(&sieve->out, "</");
		buf_text(&sieve->out, written);
		buf_char(&sieve->out, '>');
	}
}

static void close_element(struct sieve *sieve, struct text name)
{
	if (sieve->too_deep) {
		sieve->too_deep--;
		return;
	}
	for (int i = sieve->depth - 1; i >= 0; i--)
		if (text_equal(sieve->open[i].name, name)) {
			close_down_to(sieve, i);
			return;
		}
}

/* Writes the element again, if it is one of ours. `tag` stands between < and >. */
static void put_tag(struct sieve *sieve, struct text tag)
{
	struct text rest = tag;
	struct text name = text_cut(&rest, ' ');

	if (text_starts_with(name, TEXT("/")))
		close_element(sieve, text_part(name, 1, name.len));
	else if (text_equal_z(name, "img"))
		put_image(sieve, tag);
	else if (text_equal_z(name, "br"))
		buf_z(&sieve->out, "<br>");
	else if (!text_equal_z(name, "hr"))
		open_element(sieve, name, tag);
	else if (!sieve->one_line)
		buf_z(&sieve->out, "<hr>");
}

static void sift(struct sieve *sieve, struct text html)
{
	while (html.len) {
		ptrdiff_t tag = text_find(html, TEXT("<"), 0);
		size_t text_len = tag < 0 ? html.len : (size_t)tag;
		put_text(sieve, text_part(html, 0, text_len));
		if (tag < 0)
			break;
		struct text rest = text_part(html, text_len + 1, html.len);
		put_tag(sieve, text_cut(&rest, '>'));
		html = rest;
	}
	close_down_to(sieve, 0);
}

static void collect(const char *ptr, unsigned len, void *ctx)
{
	buf_add(ctx, ptr, len);
}

/* md4c's own HTML, which is not to be trusted. It looks for the end of a link at the byte
 * after the text too, so that a NUL has to stand there. */
static struct text render(struct arena *arena, struct text markdown, unsigned flags)
{
	const char *z = text_z(arena, markdown);
	struct buf out;

	buf_init(&out, arena, markdown.len * GROWTH + 4096);
	if (arena_failed(arena) ||
	    md_html(z, (unsigned)markdown.len, collect, &out,
		    flags | MD_FLAG_NOHTML | MD_FLAG_STRIKETHROUGH, 0) != 0)
		arena_fail(arena);
	return buf_done(&out);
}

struct text markdown_html(struct arena *arena, struct text markdown, int heading_shift)
{
	struct sieve sieve = { .heading_shift = heading_shift };

	assert(heading_shift >= 0);
	if (markdown.len > MARKDOWN_BYTES_MAX) {
		arena_fail(arena);
		return TEXT_EMPTY;
	}
	struct text html = render(arena, markdown, MD_FLAG_TABLES | MD_FLAG_PERMISSIVEURLAUTOLINKS |
						   MD_FLAG_PERMISSIVEEMAILAUTOLINKS);
	buf_init(&sieve.out, arena, html.len * 4 + 256);
	sift(&sieve, html);
	return buf_done(&sieve.out);
}

struct text markdown_html_inline(struct arena *arena, struct text markdown)
{
	struct sieve sieve = { .one_line = true };
	struct buf line;

	markdown = text_trim(markdown);
	if (markdown.len > MARKDOWN_BYTES_MAX) {
		arena_fail(arena);
		return TEXT_EMPTY;
	}
	buf_init(&line, arena, markdown.len + sizeof(SHIELD));
	buf_z(&line, SHIELD);
	for (size_t i = 0; i < markdown.len; i++) {
		bool end = markdown.ptr[i] == '\n' || markdown.ptr[i] == '\r';
		buf_char(&line, end ? ' ' : markdown.ptr[i]);
	}
	struct text html = render(arena, buf_done(&line), 0);
	buf_init(&sieve.out, arena, html.len * 4 + 256);
	sift(&sieve, html);
	struct text done = text_trim(buf_done(&sieve.out));
	return text_starts_with(done, TEXT(SHIELD)) ? text_part(done, sizeof(SHIELD) - 1, done.len)
						    : done;
}
