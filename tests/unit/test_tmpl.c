/* The template compiler: what it writes, and what it refuses at which line. */
#include "tools/tmpl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define TOP "{{page p \"p.h\" struct p_view}}\n"
#define PART "{{part row \"p.h\" struct row}}\n<b>{{v->name}}</b>\n"

static struct text known_asset(void *ctx, struct text name)
{
	(void)ctx;
	return text_equal_z(name, "app.css") ? TEXT("/assets/app.00c0ffee.css") : TEXT_EMPTY;
}

static int compile(struct arena *arena, const char *page, const char *other,
		   struct tmpl_result *ret)
{
	struct tmpl_file files[] = {
		{ TEXT("views/p.html"), text_from_z(page) },
		{ TEXT("views/other.html"), text_from_z(other) },
	};
	struct tmpl_options options = { TEXT("views/views.h"), known_asset, NULL };

	return tmpl_compile(arena, files, other ? 2 : 1, &options, ret);
}

/* The fixed text of a function of the generated C, with "@" for each value and
 * tag: enough to see what would be written. */
static struct text outline(struct arena *arena, struct text source)
{
	struct buf buf;

	buf_init(&buf, arena, 1 << 20);
	while (source.ptr) {
		struct text line = text_cut(&source, '\n');
		if (text_starts_with(line, TEXT("#line")))
			buf_char(&buf, '@');
		if (!text_starts_with(line, TEXT("\t\t\"")))
			continue;
		for (size_t i = 3; i < line.len && line.ptr[i] != '"'; i++) {
			if (line.ptr[i] == '\\' && line.ptr[i + 1] == 'n')
				buf_char(&buf, '\n');
			else if (line.ptr[i] == '\\')
				buf_char(&buf, line.ptr[i + 1]);
			else
				buf_char(&buf, line.ptr[i]);
			i += line.ptr[i] == '\\';
		}
	}
	return buf_done(&buf);
}

static void assert_outline(const char *page, const char *wanted)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct tmpl_result result;
	int answer = compile(arena, page, NULL, &result);

	if (answer == 1)
		fail_msg("%.*s:%d: %.*s", TEXT_ARGS(result.errors[0].file), result.errors[0].line,
			 TEXT_ARGS(result.errors[0].message));
	assert_int_equal(answer, 0);
	assert_string_equal(text_z(arena, outline(arena, result.source)), wanted);
	arena_free(arena);
}

static void assert_has(const char *page, const char *other, const char *wanted)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct tmpl_result result;
	int answer = compile(arena, page, other, &result);

	if (answer == 1)
		fail_msg("%d: %.*s", result.errors[0].line, TEXT_ARGS(result.errors[0].message));
	assert_int_equal(answer, 0);
	if (text_find(result.source, text_from_z(wanted), 0) < 0)
		fail_msg("no %s in\n%.*s", wanted, TEXT_ARGS(result.source));
	arena_free(arena);
}

static void assert_refused_with(const char *page, const char *other, int line, const char *wanted)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct tmpl_result result;

	if (compile(arena, page, other, &result) != 1)
		fail_msg("not refused: %s", page);
	struct tmpl_error first = result.errors[0];
	if (first.line != line || text_find(first.message, text_from_z(wanted), 0) < 0)
		fail_msg("%s\nwanted %d: %s\ngot    %d: %.*s", page, line, wanted, first.line,
			 TEXT_ARGS(first.message));
	arena_free(arena);
}

static void assert_refused(const char *page, int line, const char *wanted)
{
	assert_refused_with(page, NULL, line, wanted);
}

static void test_places(void **state)
{
	(void)state;
	assert_has(TOP "<p>{{v->x}}</p>", NULL, "_Generic((v->x), HTML_IN_TEXT)(out, (v->x));");
	assert_has(TOP "<title>{{v->x}}</title>", NULL, "HTML_IN_PLAIN)");
	assert_has(TOP "<svg><text>{{v->x}}</text></svg>", NULL, "HTML_IN_PLAIN)");
	assert_has(TOP "<p title=\"{{v->x}}\">a</p>", NULL, "HTML_IN_ATTR)");
	assert_has(TOP "<p title='{{v->x}}'>a</p>", NULL, "HTML_IN_ATTR)");
	assert_has(TOP "<a href=\"{{v->x}}\">a</a>", NULL, "HTML_IN_URL)");
	assert_has(TOP "<A HREF=\"{{v->x}}\">a</a>", NULL, "HTML_IN_URL)");
	assert_has(TOP "<a href=\"/{{v->x}}\">a</a>", NULL, "HTML_IN_SEGMENT)");
	assert_has(TOP "<a href=\"/a/b.{{v->x}}\">a</a>", NULL, "HTML_IN_SEGMENT)");
	assert_has(TOP "<a href=\"https://a.vn/{{v->x}}\">a</a>", NULL, "HTML_IN_SEGMENT)");
	assert_has(TOP "<a href=\"?a={{v->x}}\">a</a>", NULL, "HTML_IN_QUERY)");
	assert_has(TOP "<a href=\"/a?b=1&amp;a={{v->x}}\">a</a>", NULL, "HTML_IN_QUERY)");
	assert_has(TOP "<a href=\"#{{v->x}}\">a</a>", NULL, "HTML_IN_QUERY)");
	assert_has(TOP "<meta http-equiv=\"refresh\" content=\"{{v->x}}\">", NULL,
		   "HTML_INTEGERS)");
	assert_has(TOP "<meta http-equiv=\"refresh\" content=\"5; url={{v->x}}\">", NULL,
		   "HTML_IN_URL)");
	assert_has(TOP "<meta http-equiv=\"refresh\" content=\"{{v->x}}; url=/a\">", NULL,
		   "; url=/a");
	assert_has(TOP "<meta name=\"description\" content=\"{{v->x}}\">", NULL, "HTML_IN_ATTR)");
}

static void test_values_refused(void **state)
{
	(void)state;
	assert_refused(TOP "<script src=\"/a.js\">\n{{v->x}}</script>", 3,
		       "a value cannot stand inside <script>");
	assert_refused(TOP "<style>{{v->x}}</style>", 2, "<style> is refused");
	assert_refused(TOP "<p title={{v->x}}>", 2, "an unquoted attribute");
	assert_refused(TOP "<p\n{{v->x}}>a</p>", 3, "a value cannot stand in a tag");
	assert_refused(TOP "<p data-{{v->x}}>a</p>", 2, "a value cannot stand in a tag");
	assert_refused(TOP "<{{v->x}}>", 2, "in the name of a tag");
	assert_refused(TOP "<h{{v->x}}>", 2, "in the name of a tag");
	assert_refused(TOP "</{{v->x}}>", 2, "an end tag is written");
	assert_refused(TOP "<!-- {{v->x}} -->", 2, "an HTML comment");
	assert_refused(TOP "<p onclick=\"{{v->x}}\">", 2, "the attribute onclick is refused");
	assert_refused(TOP "<p ONCLICK=\"a\">", 2, "the attribute onclick is refused");
	assert_refused(TOP "<p style=\"color: red\">", 2, "the attribute style is refused");
	assert_refused(TOP "<iframe title=\"a\" srcdoc=\"{{v->x}}\">", 2, "srcdoc is refused");
	assert_refused(TOP "<img alt=\"\" srcset=\"{{v->x}}\">", 2, "in the attribute srcset");
	assert_refused(TOP "<a target=\"{{v->x}}\">a</a>", 2, "in the attribute target");
	assert_refused(TOP "<rect fill=\"{{v->x}}\">", 2, "in the attribute fill");
	assert_refused(TOP "<script src=\"{{v->x}}\"></script>", 2, "{{asset}} or a fixed");
	assert_refused(TOP "<meta content=\"{{v->x}}\" http-equiv=\"refresh\">", 2,
		       "http-equiv has to stand before");
	assert_refused(TOP "<meta http-equiv=\"refresh\" content=\"5; url=javascript:a\">", 2,
		       "only https:");
	assert_refused(TOP "<table><tr>{{v->x}}</tr></table>", 2, "right inside <tr>");
}

static void test_urls_refused(void **state)
{
	(void)state;
	assert_refused(TOP "<a href=\"javascript:a()\">a</a>", 2, "only https:");
	assert_refused(TOP "<a href=\"java{{if v->a}}{{end}}script:a()\">a</a>", 2, "only https:");
	assert_refused(TOP "<a href=\"{{if v->a}}java{{else}}data{{end}}:x\">a</a>", 2,
		       "end in different places");
	assert_refused(TOP "<a href=\"data:text/html,x\">a</a>", 2, "only https:");
	assert_refused(TOP "<a href=\"//evil.example\">a</a>", 2, "leads to another host");
	assert_refused(TOP "<a href=\"/\\evil.example\">a</a>", 2, "backslash");
	assert_refused(TOP "<a href=\" javascript:a()\">a</a>", 2, "white space");
	assert_refused(TOP "<a href=\"&#106;avascript:a()\">a</a>", 2, "a reference cannot");
	assert_refused(TOP "<a href=\"/&#47;{{v->x}}\">a</a>", 2, "only the reference &amp;");
	assert_refused(TOP "<a href=\"https://{{v->x}}/\">a</a>", 2, "host");
	assert_refused(TOP "<a href=\"https://a.vn{{v->x}}\">a</a>", 2, "in the host");
	assert_refused(TOP "<a href=\"ket-qua{{v->x}}\">a</a>", 2, "a relative address");
	assert_refused(TOP "<a href=\"mailto:{{v->x}}\">a</a>", 2, "make a struct url");
	assert_refused(TOP "<a href=\"{{v->x}}/a\">a</a>", 2, "a whole address stands here");
	assert_refused(TOP "<a href=\"{{v->x}}{{v->y}}\">a</a>", 2, "a whole address");
	assert_refused(TOP "<a href=\"{{t \"a\"}}\">a</a>", 2, "a message stands in text");
	assert_refused(TOP "<a href=\"/a{{if v->q}}?q={{v->q}}{{end}}{{v->x}}\">a</a>", 2,
		       "different parts of the address");
	assert_has(TOP "<a href=\"/a{{if v->q}}?q={{v->q}}{{end}}\">a</a>", NULL, "HTML_IN_QUERY");
	assert_has(TOP "<a href=\"{{if v->u}}{{v->u}}{{else}}/{{end}}\">a</a>", NULL,
		   "HTML_IN_URL");
	assert_refused(TOP "<a href=\"{{if v->u}}{{v->u}}{{else}}/{{end}}{{v->x}}\">a</a>", 2,
		       "different parts");
	assert_refused(TOP "<a href=\"{{each a in v->u, 2}}{{a->u}}{{end}}\">a</a>", 2,
		       "different places");
	assert_has(TOP "<a href=\"ket-qua/{{v->q}}\">a</a>", NULL, "HTML_IN_SEGMENT");
}

static void test_markup_refused(void **state)
{
	(void)state;
	assert_refused(TOP "<p>1 < 2</p>", 2, "a bare <");
	assert_refused(TOP "<p>a & b</p>", 2, "a bare &");
	assert_refused(TOP "<p>&amp</p>", 2, "a bare &");
	assert_refused(TOP "<p title=\"&{{v->x}}\">", 2, "a bare &");
	assert_refused(TOP "<p>", 2, "<p> is not closed");
	assert_refused(TOP "<p><b>a</p></b>", 2, "<b> of line 2 is open");
	assert_refused(TOP "a</p>", 2, "closes nothing");
	assert_refused(TOP "<br></br>", 2, "no end tag");
	assert_refused(TOP "<div/>", 2, "write <div></div>");
	assert_refused(TOP "<p title=a>b</p>", 2, "an unquoted attribute");
	assert_refused(TOP "<p title=\"a\"id=\"b\">c</p>", 2, "white space is missing");
	assert_refused(TOP "<p class=\"a\"\n class=\"b\">c</p>", 3, "twice");
	assert_refused(TOP "<p", 2, "not finished");
	assert_refused(TOP "<p title=\"a", 2, "not finished");
	assert_refused(TOP "<p><div>a</div></p>", 2, "<div> cannot stand in <p>");
	assert_refused(TOP "<a href=\"/\"><b><a href=\"/\">a</a></b></a>", 2, "in another <a>");
	assert_refused(TOP "<table><tr><p>a</p></tr></table>", 2, "<p> cannot stand in <tr>");
	assert_refused(TOP "<div><td>a</td></div>", 2, "<td> cannot stand in <div>");
	assert_refused(TOP "<ul>a</ul>", 2, "text cannot stand right inside <ul>");
	assert_refused(TOP "<script>a()</script>", 2, "<script> without src");
	assert_refused(TOP "<script src=\"/a.js\">a()</script>", 2, "has to stay empty");
	assert_refused(TOP "<title><b></b></title>", 2, "holds text only");
	assert_refused(TOP "<svg><p>a</p></svg>", 2, "<p> cannot stand in <svg>");
	assert_refused(TOP "<h1><h2>a</h2></h1>", 2, "a heading cannot");
	assert_refused(TOP "<base href=\"/\">", 2, "<base> is refused");
	assert_refused(TOP "<!doctype svg>", 2, "only <!doctype html>");
	assert_refused(TOP "<p><!doctype html></p>", 2, "at the top of a page");
	assert_refused(TOP "<!-- a", 2, "comment without an end");
	assert_refused(TOP "\xff", 1, "not UTF-8");
}

static void test_blocks_refused(void **state)
{
	(void)state;
	assert_refused(TOP "{{if v->a}}", 2, "{{if}} without {{end}}");
	assert_refused(TOP "{{each a in v->a, 2}}", 2, "{{each}} without {{end}}");
	assert_refused(TOP "{{end}}", 2, "{{end}} without");
	assert_refused(TOP "{{else}}", 2, "{{else}} without");
	assert_refused(TOP "{{if v->a}}<b>{{end}}</b>", 2, "in <b> of line 2, and outside all");
	assert_refused(TOP "{{if v->a}}\n<b>{{else}}<i>\n{{end}}", 4, "<b> of line 3");
	assert_refused(TOP "<p {{if v->a}}title=\"{{end}}\">a</p>", 2, "in the value of title");
	assert_refused(TOP "{{if v->a}}<p{{else}}<p{{end}}>a</p>", 2, "in the name of a tag");
	assert_refused(TOP "{{if v->a}}<p {{else}}<p {{end}}>a</p>", 2, "in the tag <p");
	assert_refused(TOP "{{each a in v->a, 2}}<b>{{end}}", 2, "in different places");
	assert_refused(TOP "<p {{each a in v->a, 2}}id=\"a\"{{end}}>a</p>", 2,
		       "cannot stand between attributes");
	assert_refused(TOP "{{if v->a}}{{else}}{{else}}{{end}}", 2, "a second {{else}}");
	assert_refused(TOP "{{if v->a}}{{else}}{{elif v->b}}{{end}}", 2, "{{elif}} follows");
	assert_refused(TOP "{{each a in v->a}}{{end}}", 2, "the count is missing");
	assert_refused(TOP "{{each a of v->a, 2}}{{end}}", 2, "write {{each item");
	assert_refused(TOP "{{each a in v->a, 2}}{{each a in v->a, 2}}{{end}}{{end}}", 2, "taken");
	assert_refused(TOP "<p {{if v->a}}id=\"a\"{{end}}class=\"b\">a</p>", 2, "white space");
}

static void test_expressions_refused(void **state)
{
	(void)state;
	assert_refused(TOP "{{v->a = 2}}", 2, "only reads");
	assert_refused(TOP "{{v->a += 2}}", 2, "only reads");
	assert_refused(TOP "{{v->a <<= 2}}", 2, "only reads");
	assert_refused(TOP "{{v->a++}}", 2, "only reads");
	assert_refused(TOP "{{a); b(}}", 2, "do not match");
	assert_refused(TOP "{{a; b}}", 2, "not a C expression");
	assert_refused(TOP "{{a // b}}", 2, "no comments");
	assert_refused(TOP "{{f(\"a}}", 2, "{{ without }}");
	assert_refused(TOP "{{f((a]}}", 2, "do not match");
	assert_refused(TOP "{{a, b}}", 2, "not two");
	assert_refused(TOP "{{}}", 2, "a value is missing");
	assert_refused(TOP "{{v->a", 2, "{{ without }}");
	assert_has(TOP "{{v->a <= 2 && v->b >= 1 && v->c != 1 && v->d == f(\"}}\", '}')}}", NULL,
		   "v->d == f(\"}}\", '}')");
}

static void test_lint(void **state)
{
	(void)state;
	assert_refused(TOP "<img src=\"/a\">", 2, "<img> without alt");
	assert_refused(TOP "<img {{if v->a}}alt=\"\"{{end}} src=\"/a\">", 2, "<img> without alt");
	assert_refused(TOP "<input name=\"a\">", 2, "without a label");
	assert_refused(TOP "<input id=\"a\">\n<label for=\"b\">a</label>", 2, "without a label");
	assert_refused(TOP "<p id=\"a\">a</p>\n<p id=\"a\">a</p>", 3, "stands in line 2 already");
	assert_refused(TOP "{{each a in v->a, 2}}<p id=\"a\">a</p>{{end}}", 2, "in a loop");
	assert_refused(TOP "<html></html>", 2, "<html> without lang");
	assert_outline(TOP "{{if v->a}}<p id=\"a\">b</p>{{else}}<i id=\"a\">c</i>{{end}}",
		       "@<p id=\"a\">b</p>@<i id=\"a\">c</i>@");
	assert_outline(TOP "<label for=\"a\">b</label><input id=\"a\">",
		       "<label for=\"a\">b</label><input id=\"a\">");
	assert_outline(TOP "<input type=\"hidden\" name=\"a\">",
		       "<input type=\"hidden\" name=\"a\">");
	assert_outline(TOP "<label>b <select name=\"a\"></select></label>",
		       "<label>b <select name=\"a\"></select></label>");
	assert_has(TOP "<label for=\"a-{{v->n}}\">b</label><input id=\"a-{{v->n}}\">", NULL,
		   "v->n");
}

static void test_space(void **state)
{
	(void)state;
	assert_outline(TOP "<p>\n\t  a \t b\n\n</p>\n", "<p>a b</p>");
	assert_outline(TOP "<pre>\n a\n  b</pre>", "<pre>\n a\n  b</pre>");
	assert_outline(TOP "<pre>a</pre>", "<pre>\na</pre>");
	assert_outline(TOP "<textarea aria-label=\"a\">{{v->a}}</textarea>",
		       "<textarea aria-label=\"a\">\n@</textarea>");
	assert_outline(TOP "<p\n\tid=\"a\"\n\tclass=\"b\"\n>a</p>",
		       "<p id=\"a\" class=\"b\">a</p>");
	assert_outline(TOP "a\n{{if v->a}}\nb\n{{end}}\nc", "a\n@b\n@c");
	assert_outline(TOP "a\n{{# a\n comment }}\nc", "a\nc");
	assert_outline(TOP "a <!-- b --> c", "a  c");
	/* Beside a block nothing is shown; between words and other tags it is. */
	assert_outline(TOP "<ul>\n<li> a <b>b</b> </li>\n\t<li>&amp; c</li>\n</ul>\n",
		       "<ul><li>a <b>b</b></li><li>&amp; c</li></ul>");
	assert_outline(TOP "a <i> b</i>\n<i>c</i>\n<p>{{v->a}} d {{v->a}}\n</p>",
		       "a <i> b</i>\n<i>c</i><p>@ d @</p>");
	assert_outline(TOP "<p>{{if v->a}}b{{end}} c</p>", "<p>@b@ c</p>");
	assert_outline(TOP "<p>a</p>{{if v->a}}<p>b</p>{{end}} c", "<p>a</p>@<p>b</p>@c");
	assert_outline(TOP "<p>{{each b in v->a, 2}} c{{end}} d</p>", "<p>@ c@ d</p>");
	/* Indentation goes with the line above it that left nothing. */
	assert_outline(TOP "a\n{{if v->a}}\n\tb\n{{end}}\n\tc", "a\n@b\n@c");
	assert_outline(TOP "<b {{if v->a}}id=\"a\"{{end}} {{if v->b}}lang=\"b\"{{end}} >c</b>",
		       "<b@ id=\"a\"@@ lang=\"b\"@>c</b>");
	assert_outline(TOP "<pre>\na\n{{if v->a}}\nb\n{{end}}\n</pre>",
		       "<pre>\na\n@\nb\n@\n</pre>");
	assert_outline(TOP "<p class=\"a  {{if v->a}} b{{end}}\">c</p>",
		       "<p class=\"a  @ b@\">c</p>");
}

static void test_messages(void **state)
{
	(void)state;
	assert_has(TOP "{{t \"a\"}}", NULL, "html_text(out, lang_text(out->lang, T(\"a\")));");
	assert_has(TOP "{{t \"100%\"}}", NULL, "T(\"100%\")");
	assert_has(TOP "{{t v->error}}", NULL, "html_text(out, lang_text(out->lang, (v->error)));");
	assert_has(TOP "<p title=\"{{t \"a\"}}\">b</p>", NULL, "html_attr(out, lang_text(");
	assert_has(TOP "{{t \"%s: %d\", v->a, f(v->b, 2)}}", NULL,
		   "{ _Generic((v->a), LANG_TEXTS)(v->a), "
		   "_Generic((f(v->b, 2)), LANG_INTEGERS)(f(v->b, 2)) }, 2);");
	assert_has(TOP "{{tn \"%d a\", v->n}}", NULL, "lang_text_n(out->lang, TN(\"%d a\"),");
	assert_refused(TOP "{{t \"%d\"}}", 2, "the message has no values");
	assert_refused(TOP "{{t \"%d %d\", v->a}}", 2, "wants 2 values, 1 are given");
	assert_refused(TOP "{{t \"%d\", v->a, v->b}}", 2, "wants 1 values, 2 are given");
	assert_refused(TOP "{{t \"%x\", v->a}}", 2, "only %d, %s and %%");
	assert_refused(TOP "{{t \"a\" v->a}}", 2, "a comma is missing");
	assert_refused(TOP "{{t \"\"}}", 2, "an empty message");
	assert_refused(TOP "{{tn \"a\"}}", 2, "needs a number");
	assert_refused(TOP "{{tn \"%s\", v->a}}", 2, "its number");
	assert_refused(TOP "<p {{t \"a\"}}>", 2, "a message stands in text");
}

static void test_pot(void **state)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct tmpl_result result;

	(void)state;
	assert_int_equal(compile(arena, TOP "{{t \"a \\\"b\\\"\"}}\n{{tn \"%d c\", v->n}}"
				 "{{t \"a \\\"b\\\"\"}}", NULL, &result), 0);
	assert_true(text_find(result.messages, TEXT("#: views/p.html:2\nmsgid \"a \\\"b\\\"\"\n"
						    "msgstr \"\"\n"), 0) > 0);
	assert_true(text_find(result.messages, TEXT("#: views/p.html:3\nmsgid \"%d c\"\n"
						    "msgid_plural \"%d c\"\n"), 0) > 0);
	struct text after = text_part(result.messages, 100, result.messages.len);
	assert_true(text_find(after, TEXT("msgid \"a "), 0) < 0);
	arena_free(arena);
}

static void test_files_together(void **state)
{
	static const char page[] =
		"{{page p \"p.h\" struct p_view layout site}}\n<p id=\"x\">a</p>";

	(void)state;
	assert_has(TOP "{{call row v->r}}", PART, "part_row(out, (v->r));");
	assert_has(page, "{{layout site \"p.h\" struct s}}\n<main>{{body}}</main>",
		   "layout_site(out, &v->page, body_p, v);");
	assert_refused_with(TOP "{{call nil v->r}}", PART, 2, "there is no part nil");
	assert_refused_with(TOP "a", TOP "a", 1, "that of views/p.html already");
	assert_refused_with(page, PART, 1, "there is no layout site");
	assert_refused_with(page, "{{layout site \"p.h\" struct s}}\n<p id=\"x\">b</p>{{body}}", 2,
			    "stands in the layout already");
	assert_refused_with("{{part a \"p.h\" struct s}}\n{{call b v}}",
			    "{{part b \"p.h\" struct s}}\n{{call a v}}", 1, "calls itself");
	assert_refused("{{layout site \"p.h\" struct s}}\n<p>a</p>", 2, "needs one {{body}}");
	assert_refused("{{layout s \"p.h\" struct s}}\n{{body}}{{body}}", 2, "stands once");
	assert_refused(TOP "{{body}}", 2, "stands once, in a layout");
	assert_refused(TOP TOP, 2, "declares one page");
	assert_refused("<p>a</p>", 1, "a template begins with");
	assert_refused("{{page p}}", 1, "a template begins with");
	assert_refused("", 1, "a template begins with");
}

static void test_flags_and_assets(void **state)
{
	(void)state;
	assert_has(TOP "<option {{flag selected v->a}}>b</option>", NULL,
		   "if (HTML_IS(v->a)) html_fixed(out, \" selected\", 9);");
	assert_refused(TOP "<p{{flag hidden v->a}}>b</p>", 2, "in the name of a tag");
	assert_refused(TOP "<p title=\"a\"{{flag hidden v->a}}>b</p>", 2, "white space is missing");
	assert_refused(TOP "{{flag hidden v->a}}", 2, "{{flag}} stands in a tag");
	assert_refused(TOP "<p {{flag onclick v->a}}>b</p>", 2, "refused");
	assert_outline(TOP "<link href=\"{{asset \"app.css\"}}\">",
		       "<link href=\"/assets/app.00c0ffee.css\">");
	assert_outline(TOP "<script src=\"{{asset \"app.css\"}}\"></script>",
		       "<script src=\"/assets/app.00c0ffee.css\"></script>");
	assert_refused(TOP "<link href=\"{{asset \"nil.css\"}}\">", 2, "there is no asset");
	assert_refused(TOP "<p title=\"{{asset \"app.css\"}}\">a</p>", 2, "the whole of an attr");
	assert_refused(TOP "<link href=\"/{{asset \"app.css\"}}\">", 2, "the whole of an attr");
}

static void test_limits(void **state)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct arena *small = arena_new(100000);
	struct tmpl_result result;
	struct buf buf;

	(void)state;
	buf_init(&buf, arena, 1 << 20);
	buf_z(&buf, TOP);
	for (int i = 0; i < 100; i++)
		buf_z(&buf, "<div>");
	assert_refused(text_z(arena, buf_done(&buf)), 2, "more than 24 elements");
	buf.len = sizeof(TOP) - 1;
	for (int i = 0; i < 100; i++)
		buf_z(&buf, "{{if v->a}}");
	assert_refused(text_z(arena, buf_done(&buf)), 2, "more than 16 blocks");
	assert_int_equal(compile(small, TOP "a", NULL, &result), -1);
	arena_free(small);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_values_refused),
		cmocka_unit_test(test_urls_refused),
		cmocka_unit_test(test_markup_refused),
		cmocka_unit_test(test_blocks_refused),
		cmocka_unit_test(test_expressions_refused),
		cmocka_unit_test(test_lint),
		cmocka_unit_test(test_space),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_pot),
		cmocka_unit_test(test_files_together),
		cmocka_unit_test(test_flags_and_assets),
		cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
