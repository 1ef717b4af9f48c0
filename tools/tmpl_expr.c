#include "tools/tmpl_inner.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static void skip_space(struct text *rest)
{
	while (rest->len && is_space(rest->ptr[0]))
		*rest = text_part(*rest, 1, rest->len);
}

/* The text up to the next white space, and the white space after it. */
struct text take_word(struct text *rest)
{
	size_t len = 0;

	skip_space(rest);
	while (len < rest->len && !is_space(rest->ptr[len]))
		len++;
	struct text word = text_part(*rest, 0, len);
	*rest = text_part(*rest, len, rest->len);
	skip_space(rest);
	return word;
}

/* A C identifier; empty when there is none. */
struct text take_name(struct text *rest)
{
	size_t len = 0;

	skip_space(rest);
	if (rest->len && rest->ptr[0] >= '0' && rest->ptr[0] <= '9')
		return TEXT_EMPTY;
	while (len < rest->len && is_name_char(rest->ptr[len]))
		len++;
	struct text name = text_part(*rest, 0, len);
	*rest = text_part(*rest, len, rest->len);
	skip_space(rest);
	return name;
}

/* Length of the quoted literal at the start, with its quotes; 0: it has no end. */
static size_t quoted_len(struct text text)
{
	for (size_t at = 1; at < text.len; at++) {
		if (text.ptr[at] == '\\')
			at++;
		else if (text.ptr[at] == '\n')
			return 0;
		else if (text.ptr[at] == text.ptr[0])
			return at + 1;
	}
	return 0;
}

/* A string literal; `*ret_raw` is what stands between its quotes. */
bool take_literal(struct text *rest, struct text *ret_raw)
{
	skip_space(rest);
	size_t len = rest->len && rest->ptr[0] == '"' ? quoted_len(*rest) : 0;
	if (len == 0)
		return false;
	*ret_raw = text_part(*rest, 1, len - 2);
	*rest = text_part(*rest, len, rest->len);
	skip_space(rest);
	return true;
}

/* The text that a literal stands for: \" \\ and \n are its only escapes. */
struct text literal_value(struct unit *unit, struct text raw, int line)
{
	struct buf buf;

	buf_init(&buf, unit->arena, MAX_SOURCE_BYTES);
	for (size_t at = 0; at < raw.len; at++) {
		char c = raw.ptr[at];
		if (c == '\\' && at + 1 < raw.len) {
			c = raw.ptr[++at];
			if (c == 'n')
				c = '\n';
			else if (c != '"' && c != '\\')
				unit_error(unit, line, "only \\\", \\\\ and \\n are known here");
		}
		buf_char(&buf, c);
	}
	return buf_done(&buf);
}

static const char *const no_writing = "a template only reads: =, ++ and -- have no place here";

/* What is wrong with the operator at `at`, if anything. */
static const char *bad_operator(struct text expr, size_t at)
{
	char c = expr.ptr[at];
	char before = at ? expr.ptr[at - 1] : ' ';
	char after = at + 1 < expr.len ? expr.ptr[at + 1] : ' ';

	if ((c == '+' || c == '-') && after == c)
		return no_writing;
	if (c == '=' && after != '=' && before != '=' && before != '!' && before != '<' &&
	    before != '>')
		return no_writing;
	if (c == '=' && (before == '<' || before == '>') && at > 1 && expr.ptr[at - 2] == before)
		return no_writing;
	if (c == '/' && (after == '/' || after == '*'))
		return "no comments inside a value: use {{# … }}";
	if (c == ';' || c == '{' || c == '}' || c == '#' || c == '\\' || c == '`' || c == '@' ||
	    c == '$' || (unsigned char)c >= 0x80 || ((unsigned char)c < ' ' && !is_space(c)))
		return "this is not a C expression";
	return NULL;
}

struct scan {
	char closers[MAX_BLOCKS];
	size_t depth;
};

static const char *bad_bracket(struct scan *scan, char c)
{
	if (c == '(' || c == '[') {
		if (scan->depth == sizeof(scan->closers))
			return "too many brackets";
		scan->closers[scan->depth++] = c == '(' ? ')' : ']';
	} else if (c == ')' || c == ']') {
		if (scan->depth == 0 || scan->closers[--scan->depth] != c)
			return "the brackets do not match";
	}
	return NULL;
}

/* Reads an expression up to a comma outside of brackets, or to its end. */
static const char *scan_expr(struct text list, size_t *at)
{
	struct scan scan = { .depth = 0 };

	for (; *at < list.len; (*at)++) {
		char c = list.ptr[*at];
		if (c == '"' || c == '\'') {
			size_t len = quoted_len(text_part(list, *at, list.len));
			if (len == 0)
				return "a literal without an end";
			*at += len - 1;
			continue;
		}
		if (c == ',' && scan.depth == 0)
			break;
		const char *wrong = bad_bracket(&scan, c);
		wrong = wrong ? wrong : bad_operator(list, *at);
		if (wrong)
			return wrong;
	}
	return scan.depth ? "the brackets do not match" : NULL;
}

/* Cuts a list at its commas; answers the number of expressions, 0 when there
 * is an error, which it tells. An empty list has one empty expression, which
 * is an error too. */
size_t expr_split(struct unit *unit, struct text list, int line, struct text *ret, size_t max)
{
	size_t n = 0, at = 0;

	for (;;) {
		size_t start = at;
		const char *wrong = scan_expr(list, &at);
		if (wrong) {
			unit_error(unit, line, "%s", wrong);
			return 0;
		}
		struct text expr = text_trim(text_part(list, start, at - start));
		if (expr.len == 0 || n == max) {
			unit_error(unit, line, expr.len ? "too many values" : "a value is missing");
			return 0;
		}
		ret[n++] = expr;
		if (at == list.len)
			return n;
		at++;
	}
}

/* Whether this is one expression, as far as can be seen without a compiler. */
bool expr_check(struct unit *unit, struct text expr, int line)
{
	struct text only[2];
	size_t n = expr_split(unit, expr, line, only, ARRAY_LEN(only));

	if (n == 2)
		unit_error(unit, line, "one value is wanted here, not two");
	return n == 1;
}
