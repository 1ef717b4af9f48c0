#include "crowd/answer.h"

/* "HTTP/1.1 200 OK" */
static int read_status(struct text line, int *ret)
{
	int64_t status;

	if (!text_starts_with(line, TEXT("HTTP/1.1 ")) ||
	    text_to_int64(text_part(line, 9, 3), &status) != 0 || status < 100)
		return 2;
	*ret = (int)status;
	return 0;
}

static void read_header(struct text line, struct answer *answer, int64_t *length)
{
	struct text value = line;
	struct text name = text_cut(&value, ':');

	if (!value.ptr)
		return;
	value = text_trim(value);
	if (text_equal_ascii_case(name, TEXT("content-length"))) {
		if (text_to_int64(value, length) != 0)
			*length = -1;
	} else if (text_equal_ascii_case(name, TEXT("content-encoding"))) {
		answer->gzipped = text_equal_ascii_case(value, TEXT("gzip"));
	} else if (text_equal_ascii_case(name, TEXT("location"))) {
		answer->location = value;
	} else if (text_equal_ascii_case(name, TEXT("set-cookie"))) {
		if (answer->set_cookie.len == 0)
			answer->set_cookie = value;
	} else if (text_equal_ascii_case(name, TEXT("connection"))) {
		answer->close = text_equal_ascii_case(value, TEXT("close"));
	}
}

int answer_read(struct text in, struct answer *ret)
{
	const char *end = memmem(in.ptr, in.len, "\r\n\r\n", 4);
	int64_t length = -1;

	if (!end)
		return 1;
	*ret = (struct answer){ .location = TEXT_EMPTY, .set_cookie = TEXT_EMPTY };
	struct text rest = text_from_bytes(in.ptr, (size_t)(end - in.ptr));
	if (read_status(text_trim(text_cut(&rest, '\n')), &ret->status))
		return 2;
	while (rest.ptr)
		read_header(text_cut(&rest, '\n'), ret, &length);
	if (length < 0 || length > INFLATE_BYTES_MAX)
		return 2;
	size_t head = (size_t)(end - in.ptr) + 4;
	if (in.len - head < (size_t)length)
		return 1;
	ret->body = text_part(in, head, (size_t)length);
	ret->bytes = head + (size_t)length;
	return in.len > ret->bytes ? 2 : 0;
}

int inflater_init(struct inflater *inflater)
{
	*inflater = (struct inflater){ .out = mem_new(INFLATE_BYTES_MAX),
				       .decompressor = libdeflate_alloc_decompressor() };
	return inflater->out && inflater->decompressor ? 0 : -1;
}

void inflater_done(struct inflater *inflater)
{
	libdeflate_free_decompressor(inflater->decompressor);
	inflater->out = mem_free(inflater->out);
}

int inflater_body(struct inflater *inflater, const struct answer *answer, struct text *ret)
{
	size_t in = 0, bytes = 0;

	if (!answer->gzipped) {
		*ret = answer->body;
		return 0;
	}
	if (libdeflate_gzip_decompress_ex(inflater->decompressor, answer->body.ptr,
					  answer->body.len, inflater->out, INFLATE_BYTES_MAX, &in,
					  &bytes) != LIBDEFLATE_SUCCESS ||
	    in != answer->body.len)
		return 1;
	*ret = text_from_bytes(inflater->out, bytes);
	return 0;
}

bool text_between(struct text text, const char *before, char end, struct text *ret)
{
	size_t len = strlen(before);
	const char *found = memmem(text.ptr, text.len, before, len);

	if (!found)
		return false;
	const char *from = found + len;
	const char *to = memchr(from, end, (size_t)(text.ptr + text.len - from));
	if (!to)
		return false;
	*ret = text_from_bytes(from, (size_t)(to - from));
	return true;
}

bool text_has(struct text text, const char *part)
{
	return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

int text_count(struct text text, const char *part)
{
	size_t len = strlen(part);
	const char *at = text.ptr, *end = text.ptr + text.len;
	int n = 0;

	while (at && (at = memmem(at, (size_t)(end - at), part, len))) {
		at += len;
		n++;
	}
	return n;
}
