#include "http/head.h"

#include <string.h>

/* libmicrohttpd's note of a line or a cookie. */
#define NOTE_BYTES 64

void head_begin(struct head *head, struct text method, struct text target)
{
	struct text rest = target;

	*head = (struct head){ .method = HEAD_METHOD_OTHER, .target = target };
	if (text_equal_z(method, "GET"))
		head->method = HEAD_METHOD_GET;
	else if (text_equal_z(method, "HEAD"))
		head->method = HEAD_METHOD_HEAD;
	else if (text_equal_z(method, "POST"))
		head->method = HEAD_METHOD_POST;
	head->path = text_cut(&rest, '?');
	head->query = rest.ptr ? rest : TEXT_EMPTY;
}

/* A field name is a token (RFC 9110 5.6.2): above all no space before the colon. */
static bool is_token(struct text name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9');
		if (!alnum && (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c)))
			return false;
	}
	return name.len > 0;
}

static bool has_control(struct text text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

/* Lines of one name that make one list. */
static void join(struct text *list, struct arena *arena, const char *between, struct text more)
{
	if (list->len)
		*list = text_format(arena, "%.*s%s%.*s", TEXT_ARGS(*list), between,
				    TEXT_ARGS(more));
	else
		*list = more;
}

void head_add(struct head *head, struct arena *arena, struct text name, struct text value)
{
	head->lines++;
	head->bytes += name.len + value.len + 4 + NOTE_BYTES;
	if (!is_token(name) || has_control(value))
		head->malformed = true;
	value = text_trim(value);
	if (text_equal_ascii_case(name, TEXT("host"))) {
		head->hosts++;
		head->host = value;
	} else if (text_equal_ascii_case(name, TEXT("content-length"))) {
		head->lengths++;
		head->content_length = value;
	} else if (text_equal_ascii_case(name, TEXT("transfer-encoding"))) {
		head->encodings++;
		head->transfer_encoding = value;
	} else if (text_equal_ascii_case(name, TEXT("content-type"))) {
		head->types++;
		head->content_type = value;
	} else if (text_equal_ascii_case(name, TEXT("cookie"))) {
		join(&head->cookies, arena, "; ", value);
		head->bytes += value.len + NOTE_BYTES;
		for (size_t i = 0; i < value.len; i++)
			head->bytes += value.ptr[i] == ';' || value.ptr[i] == ',' ? NOTE_BYTES : 0;
	} else if (text_equal_ascii_case(name, TEXT("x-forwarded-for"))) {
		join(&head->forwarded_for, arena, ",", value);
	} else if (text_equal_ascii_case(name, TEXT("origin"))) {
		/* Two origins are no origin of ours. */
		join(&head->origin, arena, " ", value);
		head->has_origin = true;
	} else if (text_equal_ascii_case(name, TEXT("sec-fetch-site"))) {
		head->fetch_site = value;
	} else if (text_equal_ascii_case(name, TEXT("accept-encoding"))) {
		join(&head->accept_encoding, arena, ",", value);
	} else if (text_equal_ascii_case(name, TEXT("if-none-match"))) {
		join(&head->if_none_match, arena, ",", value);
	} else if (text_equal_ascii_case(name, TEXT("user-agent"))) {
		head->user_agent = value;
	} else if (text_equal_ascii_case(name, TEXT("expect"))) {
		head->expects_continue = true;
	}
}

/* "name", "name:port", "[v6]:port". */
static bool is_host(struct text host)
{
	for (size_t i = 0; i < host.len; i++) {
		char c = host.ptr[i];
		bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9');
		if (!alnum && (c == '\0' || !strchr("-._:[]", c)))
			return false;
	}
	return host.len > 0 && host.len <= 255;
}

/* Visible ASCII, from the root, and no escaped NUL. */
static bool is_target(struct text target)
{
	if (target.len == 0 || target.ptr[0] != '/')
		return false;
	for (size_t i = 0; i < target.len; i++)
		if (target.ptr[i] <= ' ' || target.ptr[i] >= 0x7f || target.ptr[i] == '#')
			return false;
	return text_find(target, TEXT("%00"), 0) < 0;
}

/* How long the body is; false when the head leaves doubt. */
static bool read_framing(struct head *head, bool http_1_1)
{
	if (head->lengths > 1 || head->encodings > 1 || (head->lengths && head->encodings))
		return false;
	if (head->encodings) {
		head->has_body = true;
		head->body_bytes = -1;
		return http_1_1 &&
		       text_equal_ascii_case(head->transfer_encoding, TEXT("chunked"));
	}
	if (head->lengths == 0)
		return true;
	if (head->content_length.len == 0 || head->content_length.ptr[0] == '-' ||
	    text_to_int64(head->content_length, &head->body_bytes))
		return false;
	head->has_body = head->body_bytes > 0;
	return true;
}

static bool is_form_type(struct text type)
{
	struct text rest = type;
	struct text media = text_trim(text_cut(&rest, ';'));

	if (!text_equal_ascii_case(media, TEXT("application/x-www-form-urlencoded")))
		return false;
	if (!rest.ptr)
		return true;
	rest = text_trim(rest);
	return text_equal_ascii_case(rest, TEXT("charset=utf-8")) ||
	       text_equal_ascii_case(rest, TEXT("charset=\"utf-8\""));
}

int head_check(struct head *head, struct text version, int64_t body_bytes_max, bool *ret_framing)
{
	bool http_1_1 = text_equal_z(version, "HTTP/1.1");

	*ret_framing = true;
	if (head->target.len > HEAD_TARGET_BYTES_MAX)
		return 414;
	if (head->lines > HEAD_LINES_MAX || head->bytes + head->target.len > HEAD_BYTES_MAX)
		return 431;
	if (!http_1_1 && !text_equal_z(version, "HTTP/1.0"))
		return 400;
	if (head->malformed || head->hosts != 1 || !is_host(head->host) ||
	    !read_framing(head, http_1_1))
		return 400;
	if (head->method == HEAD_METHOD_OTHER)
		return 405;
	if (!is_target(head->target))
		return 400;
	if (head->method != HEAD_METHOD_POST && head->has_body)
		return 400;
	*ret_framing = false;
	if (head->method != HEAD_METHOD_POST)
		return 0;
	if (head->body_bytes > body_bytes_max)
		return 413;
	if (head->types > 1 ||
	    ((head->has_body || head->types) && !is_form_type(head->content_type)))
		return 415;
	return 0;
}

bool head_accepts_gzip(struct text accept_encoding)
{
	struct text rest = accept_encoding;

	while (rest.ptr && rest.len) {
		struct text weight = text_cut(&rest, ',');
		struct text coding = text_trim(text_cut(&weight, ';'));
		if (!text_equal_ascii_case(coding, TEXT("gzip")))
			continue;
		weight = text_trim(weight.ptr ? weight : TEXT_EMPTY);
		/* "q=0", "q=0.0" … refuse it. */
		if (!text_starts_with(weight, TEXT("q=0")))
			return true;
		for (size_t i = 3; i < weight.len; i++)
			if (weight.ptr[i] >= '1' && weight.ptr[i] <= '9')
				return true;
		return false;
	}
	return false;
}

bool head_names_etag(struct text if_none_match, struct text etag)
{
	struct text rest = if_none_match;

	if (etag.len == 0)
		return false;
	while (rest.ptr && rest.len) {
		struct text tag = text_trim(text_cut(&rest, ','));
		if (text_starts_with(tag, TEXT("W/")))
			tag = text_part(tag, 2, tag.len);
		if (text_equal(tag, etag) || text_equal_z(tag, "*"))
			return true;
	}
	return false;
}
