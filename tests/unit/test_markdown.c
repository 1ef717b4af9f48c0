#include "exchange/markdown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(64 << 20);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena = arena_free(arena);
	return 0;
}

static void assert_text(struct text text, const char *expected)
{
	if (!text_equal_z(text, expected))
		fail_msg("“%.*s” is not “%s”", TEXT_ARGS(text), expected);
}

static void assert_html(const char *markdown, const char *expected)
{
	assert_text(markdown_html(arena, text_from_z(markdown), 1), expected);
}

static void assert_line(const char *markdown, const char *expected)
{
	assert_text(markdown_html_inline(arena, text_from_z(markdown)), expected);
}

static void writes_blocks(void **state)
{
	(void)state;
	assert_html("", "");
	assert_html("Xin **chào** *bạn*", "<p>Xin <strong>chào</strong> <em>bạn</em></p>\n");
	assert_html("# Một\n\n###### Sáu", "<h2>Một</h2>\n<h6>Sáu</h6>\n");
	assert_text(markdown_html(arena, TEXT("# Một\n## Hai"), 0), "<h1>Một</h1>\n<h2>Hai</h2>\n");
	assert_text(markdown_html(arena, TEXT("# Một\n#### Bốn"), 3), "<h4>Một</h4>\n<h6>Bốn</h6>\n");
	assert_html("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n");
	assert_html("3. a", "<ol start=\"3\">\n<li>a</li>\n</ol>\n");
	assert_html("> a\n\n---", "<blockquote>\n<p>a</p>\n</blockquote>\n<hr>\n");
	assert_html("```c\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>\n");
	assert_html("| a | b |\n|:-:|---|\n| 1 | ~~2~~ |",
		    "<table>\n<thead>\n<tr>\n<th class=\"align-center\">a</th>\n<th>b</th>\n</tr>\n</thead>\n"
		    "<tbody>\n<tr>\n<td class=\"align-center\">1</td>\n<td><del>2</del></td>\n</tr>\n"
		    "</tbody>\n</table>\n");
	assert_html("a  \nb", "<p>a<br>\nb</p>\n");
}

static void writes_lines(void **state)
{
	(void)state;
	assert_line("", "");
	assert_line("Xin **chào** `x<y`", "Xin <strong>chào</strong> <code>x&lt;y</code>");
	assert_line("**Đúng**", "<strong>Đúng</strong>");
	assert_line("_a_", "<em>a</em>");
	assert_line("2025.", "2025.");
	assert_line("1. một", "1. một");
	assert_line("- 5", "- 5");
	assert_line("# x", "# x");
	assert_line("> 5", "&gt; 5");
	assert_line("---", "---");
	assert_line("    x", "x");
	assert_line("a\n\n- b\r\nc", "a  - b  c");
	assert_line("[x]: /y", "[x]: /y");
	assert_line("| a |", "| a |");
	assert_line("5 * 6 * 7 < 8 & 9", "5 * 6 * 7 &lt; 8 &amp; 9");
	assert_line("[x](/y)", "<a href=\"/y\">x</a>");
}

static void keeps_good_links(void **state)
{
	(void)state;
	assert_html("[x](https://a.vn/?b=1&c=2)", "<p><a href=\"https://a.vn/?b=1&amp;c=2\">x</a></p>\n");
	assert_html("[x](HTTP://a.vn \"t\\\"i<\")", "<p><a href=\"HTTP://a.vn\" title=\"t&quot;i&lt;\">x</a></p>\n");
	assert_html("<mailto:a@b.vn>", "<p><a href=\"mailto:a@b.vn\">mailto:a@b.vn</a></p>\n");
	assert_html("https://thi.vn/x.", "<p><a href=\"https://thi.vn/x\">https://thi.vn/x</a>.</p>\n");
	assert_html("[x](/the-le#muc) [y](#z)", "<p><a href=\"/the-le#muc\">x</a> <a href=\"#z\">y</a></p>\n");
	assert_html("[x](/đường)", "<p><a href=\"/%C4%91%C6%B0%E1%BB%9Dng\">x</a></p>\n");
	assert_html("![a *b*](/i.png)", "<p><img src=\"/i.png\" alt=\"a b\"></p>\n");
}

static void drops_bad_links(void **state)
{
	static const char *const urls[] = {
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", "&#106;avascript:alert(1)",
		"&#x6A;avascript:alert(1)", "javascript&colon;alert(1)", "java&Tab;script:alert(1)",
		"java&#10;script:alert(1)", "java&#x0d;script:alert(1)", "&#1;javascript:alert(1)",
		"&nbsp;javascript:alert(1)", "\\javascript:alert(1)", "data:text/html,x",
		"data:text/html;base64,PHNjcmlwdD4=", "vbscript:x", "VBSCRIPT:x", "file:///etc/passwd",
		"//evil.vn", "\\\\\\\\evil.vn", "ftp://a.vn", "https:evil.vn",
		"http:/evil.vn", "the-le", "?a=javascript:1", "http://", "mailto:", "&#0;javascript:x",
		"javascript&#58alert(1)", "blob:https://a.vn/x", "&sol;/evil.vn", "&sol;&sol;evil.vn",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		struct text link = text_format(arena, "[**x**](<%s>) y", urls[i]);
		struct text html = markdown_html(arena, link, 0);
		if (!text_equal_z(html, "<p><strong>x</strong> y</p>\n"))
			fail_msg("%s: %.*s", urls[i], TEXT_ARGS(html));
		html = markdown_html(arena, text_format(arena, "[x]\n\n[x]: <%s>", urls[i]), 0);
		assert_text(html, "<p>x</p>\n");
		html = markdown_html(arena, text_format(arena, "![x<](<%s>)", urls[i]), 0);
		assert_text(html, "<p>x&lt;</p>\n");
	}
	assert_html("<javascript:alert(1)>", "<p>javascript:alert(1)</p>\n");
	assert_html("![x](https://evil.vn/i.png)", "<p>x</p>\n");
	assert_html("[a](x) [b](/b) [c](y)", "<p>a <a href=\"/b\">b</a> c</p>\n");
}

static void shows_html_as_text(void **state)
{
	(void)state;
	assert_html("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n");
	assert_html("a <img src=x onerror=y> b", "<p>a &lt;img src=x onerror=y&gt; b</p>\n");
	assert_html("&lt;b&gt; &quot; &#60;", "<p>&lt;b&gt; &quot; &lt;</p>\n");
	assert_html("&#1; &#xD800; &#x80;", "<p>\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd</p>\n");
	assert_html("```\" onclick=x\ny\n```", "<pre><code>y\n</code></pre>\n");
	assert_html("[x](/y 'a\" onclick=\"b')", "<p><a href=\"/y\" title=\"a&quot; onclick=&quot;b\">x</a></p>\n");
	assert_html("[x](/y\"onclick=\"z)", "<p><a href=\"/y%22onclick=%22z\">x</a></p>\n");
	assert_html("![\" src=\"/z](/y)", "<p><img src=\"/y\" alt=\"&quot; src=&quot;/z\"></p>\n");
}

static void closes_what_is_open(void **state)
{
	(void)state;
	/* Addresses that take the end of an emphasis with them. */
	assert_html("~~x https://a.vn/~~ y", "<p><del>x <a href=\"https://a.vn/\">https://a.vn/</a></del> y</p>\n");
	assert_html("*https://a.vn](*]: b", "<p><em><a href=\"https://a.vn%5D(*%5D\">https://a.vn](*]</a>: b"
					    "</em></p>\n");
	assert_html("[a@b.vn c](/d)", "<p><a href=\"/d\">a@b.vn c</a></p>\n");

	char deep[600];
	memset(deep, '>', sizeof(deep) - 2);
	deep[sizeof(deep) - 2] = 'x';
	deep[sizeof(deep) - 1] = '\0';
	struct text html = markdown_html(arena, text_from_z(deep), 0);
	ptrdiff_t last = text_find(html, TEXT("</blockquote>"), 0);
	int closed = 0;
	for (; last >= 0; last = text_find(html, TEXT("</blockquote>"), (size_t)last + 1))
		closed++;
	assert_int_equal(closed, MARKDOWN_DEPTH_MAX);
	assert_true(text_find(html, TEXT("x"), 0) > 0);
}

static uint64_t random_state;

static unsigned random_below(unsigned bound)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(random_state >> 33) % bound;
}

/* Elements open and close in order, addresses are of the allowed kinds, and
 * attributes are those that this module writes. */
static void assert_safe(struct text html)
{
	struct text open[256];
	int depth = 0;

	assert_true(text_is_utf8(html));
	for (size_t at = 0; at < html.len; at++) {
		if (html.ptr[at] != '<')
			continue;
		struct text rest = text_part(html, at + 1, html.len);
		struct text tag = text_cut(&rest, '>');
		assert_non_null(rest.ptr);
		struct text attributes = tag;
		struct text name = text_cut(&attributes, ' ');
		if (text_starts_with(name, TEXT("/"))) {
			assert_true(depth > 0);
			assert_true(text_equal(text_part(name, 1, name.len), open[--depth]));
		} else if (!text_equal_z(name, "br") && !text_equal_z(name, "hr") &&
			   !text_equal_z(name, "img")) {
			assert_true(depth < (int)ARRAY_LEN(open));
			open[depth++] = name;
		}
		while (attributes.ptr) {
			struct text key = text_cut(&attributes, '=');
			assert_true(text_starts_with(attributes, TEXT("\"")));
			attributes = text_part(attributes, 1, attributes.len);
			struct text value = text_cut(&attributes, '"');
			bool address = text_equal_z(key, "href") || text_equal_z(key, "src");
			assert_true(address || text_equal_z(key, "title") || text_equal_z(key, "alt") ||
				    text_equal_z(key, "class") || text_equal_z(key, "start"));
			if (address)
				assert_true(text_starts_with(value, TEXT("/")) ||
					    text_starts_with(value, TEXT("#")) ||
					    text_starts_with(value, TEXT("http")) ||
					    text_starts_with(value, TEXT("mailto:")));
			if (attributes.len == 0)
				break;
			assert_true(text_starts_with(attributes, TEXT(" ")));
			attributes = text_part(attributes, 1, attributes.len);
		}
	}
	assert_int_equal(depth, 0);
}

/* What stands after the text is none of it. */
static void ends_where_it_ends(void **state)
{
	struct text text = text_part(TEXT("[a](<b>)"), 0, 7);

	(void)state;
	assert_text(markdown_html(arena, text, 0), "<p>[a](&lt;b&gt;</p>\n");
	assert_text(markdown_html_inline(arena, text), "[a](&lt;b&gt;");
}

static void is_safe_whatever_comes(void **state)
{
	static const char *const pieces[] = {
		"[", "](", ")", "!", "<", ">", "\"", "'", "javascript:", "https://a.vn", "/p", "&#58;",
		"&Tab;", "*", "_", "`", "```", "\n", "\n\n", "- ", "1. ", "# ", "> ", "|", "|-|\n", "~~",
		"<script>", "</p>", "<a href=\"x\">", "\\", "đ", " ", "    ", "&#xD801;", "]: ", "x", "<!--",
		"a@b.vn", " \"t\"", "data:x", "//", "&quot;", "&lt;",
	};
	(void)state;
	random_state = 3;
	for (int round = 0; round < 20000; round++) {
		struct buf out;
		arena_reset(arena);
		buf_init(&out, arena, 4096);
		for (unsigned n = random_below(24); n; n--)
			buf_z(&out, pieces[random_below(ARRAY_LEN(pieces))]);
		assert_safe(markdown_html(arena, buf_done(&out), (int)random_below(7)));
		assert_safe(markdown_html_inline(arena, buf_done(&out)));
		assert_false(arena_failed(arena));
	}
}

static void has_a_limit(void **state)
{
	static char big[MARKDOWN_BYTES_MAX + 1];
	(void)state;
	memset(big, 'x', sizeof(big));
	struct text text = text_from_bytes(big, MARKDOWN_BYTES_MAX);
	assert_int_equal(markdown_html(arena, text, 0).len, MARKDOWN_BYTES_MAX + strlen("<p></p>\n"));
	assert_false(arena_failed(arena));
	text.len++;
	assert_int_equal(markdown_html(arena, text, 0).len, 0);
	assert_true(arena_failed(arena));
	arena_reset(arena);
	assert_int_equal(markdown_html_inline(arena, text).len, 0);
	assert_true(arena_failed(arena));
	struct arena *small = arena_new(1000);
	text.len = 2000;
	assert_int_equal(markdown_html(small, text, 0).len, 0);
	assert_true(arena_failed(small));
	arena_free(small);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(writes_blocks),	  TEST(writes_lines),	 TEST(keeps_good_links),
		TEST(drops_bad_links),	  TEST(shows_html_as_text), TEST(closes_what_is_open),
		TEST(ends_where_it_ends), TEST(is_safe_whatever_comes),
		TEST(has_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
