#include "base/json_write.h"

static void new_line(struct json_writer *json)
{
	buf_char(json->out, '\n');
	for (int i = 0; i < json->depth; i++)
		buf_char(json->out, '\t');
}

static void quote(struct buf *out, struct text text)
{
	buf_char(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c == '"' || c == '\\') {
			buf_char(out, '\\');
			buf_char(out, c);
		} else if ((unsigned char)c < 0x20) {
			buf_format(out, "\\u%04x", (unsigned)c);
		} else {
			buf_char(out, c);
		}
	}
	buf_char(out, '"');
}

static void begin(struct json_writer *json, const char *name)
{
	if (json->not_first)
		buf_char(json->out, ',');
	if (json->depth)
		new_line(json);
	json->not_first = true;
	if (name) {
		quote(json->out, text_from_z(name));
		buf_z(json->out, ": ");
	}
}

static void open(struct json_writer *json, const char *name, char bracket)
{
	begin(json, name);
	buf_char(json->out, bracket);
	json->depth++;
	json->not_first = false;
}

static void close(struct json_writer *json, char bracket)
{
	json->depth--;
	if (json->not_first)
		new_line(json);
	buf_char(json->out, bracket);
	json->not_first = true;
	if (json->depth == 0)
		buf_char(json->out, '\n');
}

void json_open_object(struct json_writer *json, const char *name)
{
	open(json, name, '{');
}

void json_close_object(struct json_writer *json)
{
	close(json, '}');
}

void json_open_array(struct json_writer *json, const char *name)
{
	open(json, name, '[');
}

void json_close_array(struct json_writer *json)
{
	close(json, ']');
}

void json_put_text(struct json_writer *json, const char *name, struct text value)
{
	begin(json, name);
	quote(json->out, value);
}

void json_put_int(struct json_writer *json, const char *name, int64_t value)
{
	begin(json, name);
	buf_int(json->out, value);
}

void json_put_bool(struct json_writer *json, const char *name, bool value)
{
	begin(json, name);
	buf_z(json->out, value ? "true" : "false");
}

void json_put_null(struct json_writer *json, const char *name)
{
	begin(json, name);
	buf_z(json->out, "null");
}
