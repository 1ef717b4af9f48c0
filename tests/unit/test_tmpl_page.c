/* Rendering a compiled template (test_tmpl_page.html): whatever the values
 * are, the tree that a parser makes of the page is that of harmless ones. */
#include "views/html.h"

#include "test_tmpl_made.h"
#include "unit/test_tmpl_view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <libxml/HTMLparser.h>
#include <libxml/HTMLtree.h>
#include <string.h>

#define HARMLESS "zqz"
#define MAX_NODES 4000

static struct text render(struct arena *arena, struct text any, enum lang lang)
{
	struct test_row rows[] = {
		{ any, URL("/a?b=1&c=2"), 1 },
		{ any, URL("https://example.vn/"), 2 },
	};
	struct test_view view = {
		.page = { any }, .any = any, .rows = rows, .n_rows = 2, .number = 7, .on = true,
		.safe = html_safe_unchecked(TEXT("<p>safe &amp; <b>sound</b></p>")),
	};
	struct buf *buf = arena_alloc(arena, sizeof(*buf));
	assert_non_null(buf);
	buf_init(buf, arena, 1 << 20);
	struct html out = { buf, lang };
	view_test_page(&out, &view);
	assert_false(arena_failed(arena));
	return buf_done(buf);
}

static void test_whole_page(void **state)
{
	struct arena *arena = arena_new(1 << 22);
	struct text page = render(arena, TEXT("<&>\"' ./"), LANG_VI);

	(void)state;
	assert_string_equal(text_z(arena, page),
		"<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\">"
		"<title>&lt;&amp;&gt;\"' ./ | test</title></head><body>"
		"<h1 title=\"a &lt;&amp;&gt;&#34;&#39; ./ b\" "
		"data-a='&lt;&amp;&gt;&#34;&#39; ./'>&lt;&amp;&gt;\"' ./</h1>"
		"<p>&lt;&amp;&gt;\"' ./: 7</p>"
		"<ul>"
		"<li>1/2 <a href=\"/a?b=1&amp;c=2\" title='&lt;&amp;&gt;&#34;&#39; ./'>1 "
		"&lt;&amp;&gt;\"' ./</a>\n</li>"
		"<li>2/2 <a href=\"https://example.vn/\" title='&lt;&amp;&gt;&#34;&#39; ./'>2 "
		"&lt;&amp;&gt;\"' ./</a>\n</li>"
		"</ul>"
		"<form action=\"/x/%3C%26%3E%22%27%20.%2F/y?q=%3C%26%3E%22%27%20.%2F&amp;n=7"
		"#%3C%26%3E%22%27%20.%2F\" method=\"post\">"
		"<label for=\"a-&lt;&amp;&gt;&#34;&#39; ./\">còn 7 câu</label>\n"
		"<input id=\"a-&lt;&amp;&gt;&#34;&#39; ./\" name=\"&lt;&amp;&gt;&#34;&#39; ./\" "
		"value=\"&lt;&amp;&gt;&#34;&#39; ./\" checked>\n"
		"<textarea name=\"b\" aria-label=\"&lt;&amp;&gt;&#34;&#39; ./: 7\">\n"
		"&lt;&amp;&gt;\"' ./</textarea><pre>\n&lt;&amp;&gt;\"' ./</pre></form>"
		"<svg><title>&lt;&amp;&gt;\"' ./</title><text x=\"7\">"
		"&lt;&amp;&gt;\"' ./</text></svg>\n"
		"<p>safe &amp; <b>sound</b></p>\n"
		"</body></html>");
	arena_free(arena);
}

static void test_path_is_never_moved(void **state)
{
	static const char *const dots[] = { "", ".", "..", "..." };
	struct arena *arena = arena_new(1 << 24);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(dots); i++) {
		struct text page = render(arena, text_from_z(dots[i]), LANG_EN);
		assert_true(text_find(page, TEXT("action=\"/x/_/y?q="), 0) > 0);
	}
	arena_free(arena);
}

static void test_empty_lists_and_conditions(void **state)
{
	struct arena *arena = arena_new(1 << 22);
	struct test_view view = { .any = TEXT_EMPTY };
	struct buf buf;

	(void)state;
	buf_init(&buf, arena, 1 << 20);
	struct html out = { &buf, LANG_VI };
	view_test_page(&out, &view);
	struct text page = buf_done(&buf);
	assert_true(text_find(page, TEXT("<li>Không có gì</li>"), 0) > 0);
	assert_true(text_find(page, TEXT("<p>any</p>"), 0) < 0);
	assert_true(text_find(page, TEXT("checked"), 0) < 0);
	arena_free(arena);
}

/* ---- trees ---- */

static htmlDocPtr parse(struct text page)
{
	htmlDocPtr doc = htmlReadMemory(page.ptr, (int)page.len, NULL, "UTF-8",
					HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
					HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
	assert_non_null(doc);
	return doc;
}

static struct text encoded(struct arena *arena, struct text any, bool segment)
{
	struct buf *buf = arena_alloc(arena, sizeof(*buf));

	assert_non_null(buf);
	buf_init(buf, arena, 1 << 16);
	if (segment)
		url_add_segment(buf, any);
	else
		url_add_query(buf, any);
	return buf_done(buf);
}

/* The harmless content with the value in the places of HARMLESS. In an address
 * its first place is in the path, the others are in the query. */
static struct text expected(struct arena *arena, const char *harmless, struct text any, bool url)
{
	struct text rest = text_from_z(harmless);
	bool first = true;
	struct buf buf;

	buf_init(&buf, arena, 1 << 20);
	for (;;) {
		ptrdiff_t at = text_find(rest, TEXT(HARMLESS), 0);
		if (at < 0)
			break;
		buf_text(&buf, text_part(rest, 0, (size_t)at));
		buf_text(&buf, url ? encoded(arena, any, first) : any);
		rest = text_part(rest, (size_t)at + strlen(HARMLESS), rest.len);
		first = false;
	}
	buf_text(&buf, rest);
	return buf_done(&buf);
}

static void compare_content(struct arena *arena, const xmlNode *harmless, const xmlNode *hostile,
			    struct text any, bool url)
{
	xmlChar *was = xmlNodeGetContent(harmless);
	xmlChar *is = xmlNodeGetContent(hostile);
	struct text wanted = expected(arena, (const char *)was, any, url);

	if (!text_equal_z(wanted, (const char *)is))
		fail_msg("%s: wanted \"%.*s\", got \"%s\"", harmless->name, TEXT_ARGS(wanted),
			 (const char *)is);
	xmlFree(was);
	xmlFree(is);
}

static void compare_attrs(struct arena *arena, const xmlNode *harmless, const xmlNode *hostile,
			  struct text any)
{
	const xmlAttr *a = harmless->properties, *b = hostile->properties;

	for (; a && b; a = a->next, b = b->next) {
		assert_string_equal((const char *)a->name, (const char *)b->name);
		bool url = text_equal_z(TEXT("action"), (const char *)a->name);
		compare_content(arena, (const xmlNode *)a, (const xmlNode *)b, any, url);
	}
	assert_null(a);
	assert_null(b);
}

/* The next node in document order. */
static const xmlNode *next_node(const xmlNode *node)
{
	if (node->type == XML_ELEMENT_NODE && node->children)
		return node->children;
	while (node && !node->next)
		node = node->parent && node->parent->type == XML_ELEMENT_NODE ? node->parent : NULL;
	return node ? node->next : NULL;
}

static void compare_trees(struct arena *arena, struct text harmless, struct text hostile,
			  struct text any)
{
	htmlDocPtr a_doc = parse(harmless), b_doc = parse(hostile);
	const xmlNode *a = xmlDocGetRootElement(a_doc), *b = xmlDocGetRootElement(b_doc);

	for (int n = 0; a && b && n < MAX_NODES; n++, a = next_node(a), b = next_node(b)) {
		assert_int_equal(a->type, b->type);
		assert_string_equal((const char *)a->name, (const char *)b->name);
		if (a->type == XML_ELEMENT_NODE)
			compare_attrs(arena, a, b, any);
		else
			compare_content(arena, a, b, any, false);
	}
	assert_null(a);
	assert_null(b);
	xmlFreeDoc(a_doc);
	xmlFreeDoc(b_doc);
}

static void check_value(struct text any)
{
	struct arena *arena = arena_new(1 << 24);

	assert_non_null(arena);
	compare_trees(arena, render(arena, TEXT(HARMLESS), LANG_VI), render(arena, any, LANG_VI),
		      any);
	arena_free(arena);
}

static const char *const hostile[] = {
	"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='x", "&",
	"&lt;", "&amp;quot;", "&#60;", "</textarea><b>", "</title><b>", "</pre>", "</svg><p>",
	"-->",
	"<!--", "<![CDATA[x]]>", "javascript:alert(1)", "//evil.example", "..", ".", "/", "\\",
	"%2e%2e", "%s%d%%", "+ = ? # & ;", "`=`", "a\r\nb", "\na", "\ta", "<", ">", "\"", "'",
	"Th\xe1\xba\xa7y & c\xc3\xb4", "\xf0\x9f\x98\x80", "{{v->any}}", "\xe2\x80\xa8x",
	"\xef\xbb\xbfx",
};

static void test_hostile_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++)
		check_value(text_from_z(hostile[i]));
}

static void test_random_values(void **state)
{
	uint64_t seed = 0x2024;
	char bytes[400];

	(void)state;
	for (int round = 0; round < 2000; round++) {
		size_t len = 0;
		for (int part = 0; part < 4; part++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			const char *chosen = hostile[(seed >> 33) % ARRAY_LEN(hostile)];
			memcpy(bytes + len, chosen, strlen(chosen));
			len += strlen(chosen);
		}
		check_value(text_from_bytes(bytes, len));
	}
}

static void test_urls(void **state)
{
	static const char *const refused[] = {
		"", "javascript:x", "JaVaScript:x", "data:text/html,x", "//evil", "/\\evil", "a/b",
		"x", " /a", "/a b", "/a\n", "\tjavascript:x", "vbscript:x", "https:/a",
		"https://", "\x01/",
	};
	static const char *const taken[] = {
		"/", "/a", "/a//b", "?a=b", "#a", "https://a.vn", "HTTP://a.vn/x", "mailto:a@b.vn",
		"tel:+84271",
	};
	struct url url;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		if (url_parse(text_from_z(refused[i]), &url) != 1)
			fail_msg("taken: %s", refused[i]);
	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		if (url_parse(text_from_z(taken[i]), &url) != 0)
			fail_msg("refused: %s", taken[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_page),
		cmocka_unit_test(test_path_is_never_moved),
		cmocka_unit_test(test_empty_lists_and_conditions),
		cmocka_unit_test(test_hostile_values),
		cmocka_unit_test(test_random_values),
		cmocka_unit_test(test_urls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
