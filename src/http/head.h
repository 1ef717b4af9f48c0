/* The head of a request, and what is refused of it before any page runs.
 *
 * libmicrohttpd is lenient; a proxy in front and this server must never read
 * one stream of bytes as different requests. So whatever is ambiguous is refused
 * and closes the connection. Texts point into the connection's memory, which
 * lives until the request is complete. */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "base/text.h"

#define HEAD_LINES_MAX 64

/* What a head may take of the connection's memory, as head_add counts it: lines,
 * libmicrohttpd's notes of them, and its copy of the cookies. What is left of
 * the pool (loop.c) has to hold the reply's head. */
#define HEAD_BYTES_MAX 10752

/* The smallest of what a server has to take is not given anywhere; ours are
 * short. Path and query together. */
#define HEAD_TARGET_BYTES_MAX 2048

enum head_method {
	HEAD_METHOD_OTHER,
	HEAD_METHOD_GET,
	HEAD_METHOD_HEAD,
	HEAD_METHOD_POST,
};

struct head {
	enum head_method method;
	struct text target;		/* path and query as sent */
	struct text path;		/* as sent */
	struct text query;		/* as sent, without "?" */

	int lines;
	size_t bytes;			/* of memory, see HEAD_BYTES_MAX */
	bool malformed;			/* a line that must not be */
	int hosts, lengths, encodings, types;
	struct text host;
	struct text content_length;
	struct text transfer_encoding;
	struct text content_type;
	struct text cookies;		/* of all Cookie lines */
	struct text forwarded_for;	/* of all X-Forwarded-For lines */
	struct text origin;
	struct text fetch_site;
	struct text accept_encoding;
	struct text user_agent;
	struct text if_none_match;
	bool has_origin;
	bool expects_continue;

	bool has_body;			/* set by head_check */
	int64_t body_bytes;		/* -1 chunked */
};

/* Sets method, target, path and query. */
void head_begin(struct head *head, struct text method, struct text target);

/* Takes a header line in. */
void head_add(struct head *head, struct arena *arena, struct text name, struct text value);

/* What is wrong with it: 0 nothing, else a status. 400, 405 (method), 414, 415
 * (POST of another type than a form), 413 (body over `body_bytes_max`), 431 (too
 * many lines or bytes). *ret_framing tells that the body's length cannot be trusted, so
 * that nothing after this head may be read. */
int head_check(struct head *head, struct text version, int64_t body_bytes_max,
	       bool *ret_framing) MUST_CHECK;

/* Whether the comma-separated list accepts "gzip". */
bool head_accepts_gzip(struct text accept_encoding);

/* Whether an If-None-Match list names this entity tag (weak comparison). */
bool head_names_etag(struct text if_none_match, struct text etag);

#endif
