#include "crowd/request.h"

#include <stdio.h>

/* What browsers send with each request of a site. */
size_t crowd_request_write(const struct crowd_request *request, char to[CROWD_REQUEST_BYTES])
{
	int len = snprintf(to, CROWD_REQUEST_BYTES,
			   "%s %.*s HTTP/1.1\r\nHost: %s\r\n"
			   "User-Agent: Mozilla/5.0 (Linux; Android 10; K) bench/journeys\r\n"
			   "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"
			   "Accept-Language: vi-VN,vi;q=0.9\r\nAccept-Encoding: gzip\r\n%s%.*s%s",
			   request->body ? "POST" : "GET", TEXT_ARGS(request->path), request->host,
			   request->cookie.len ? "Cookie: hoithi=" : "",
			   TEXT_ARGS(request->cookie), request->cookie.len ? "\r\n" : "");

	if (request->body)
		len += snprintf(to + len, CROWD_REQUEST_BYTES - (size_t)len,
				"Origin: http://%s\r\nSec-Fetch-Site: same-origin\r\n"
				"Content-Type: application/x-www-form-urlencoded\r\n"
				"Content-Length: %zu\r\n\r\n%.*s",
				request->host, request->body_bytes, (int)request->body_bytes,
				request->body);
	else
		len += snprintf(to + len, CROWD_REQUEST_BYTES - (size_t)len, "\r\n");
	return len < CROWD_REQUEST_BYTES ? (size_t)len : CROWD_REQUEST_BYTES - 1;
}

static void add(struct crowd_form *form, const char *format, ...) PRINTF(2, 3);

static void add(struct crowd_form *form, const char *format, ...)
{
	size_t room = sizeof(form->body) - form->len;
	va_list args;

	va_start(args, format);
	int len = vsnprintf(form->body + form->len, room, format, args);
	va_end(args);
	form->len += (size_t)len < room ? (size_t)len : room - 1;
}

void crowd_form_add(struct crowd_form *form, const char *name, struct text value)
{
	add(form, "%s%s=", form->len ? "&" : "", name);
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.ptr[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
		add(form, plain ? "%c" : "%%%02X", c);
	}
}
