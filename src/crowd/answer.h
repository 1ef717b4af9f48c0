/* Reading an answer of HTTP/1.1, and the bodies that come compressed. */
#ifndef CROWD_ANSWER_H
#define CROWD_ANSWER_H

#include "base/text.h"

#include <libdeflate.h>

/* Texts point into what was read. */
struct answer {
	int status;
	struct text location;
	struct text set_cookie;	/* the first; "" none */
	struct text body;	/* as sent */
	bool gzipped;
	bool close;
	size_t bytes;		/* all of it on the wire */
};

/* Answers
 *   0  whole
 *   1  more has to come
 *   2  not an answer that this client reads: it wants a Content-Length */
int answer_read(struct text in, struct answer *ret) MUST_CHECK;

/* One inflater, used again and again. */
struct inflater {
	struct libdeflate_decompressor *decompressor;
	char *out;
};

/* Bodies larger than this are refused. */
#define INFLATE_BYTES_MAX (1 << 20)

int inflater_init(struct inflater *inflater) MUST_CHECK;	/* 0 done, -1 no memory */
void inflater_done(struct inflater *inflater);

/* The whole body, inflated if need be and its checksum proved; it lives until the
 * next call. 0 done, 1 it is damaged, too large or followed by something. */
int inflater_body(struct inflater *inflater, const struct answer *answer,
		  struct text *ret) MUST_CHECK;

/* What stands between the first `before` and the next `end`. False when there is
 * no such thing. */
bool text_between(struct text text, const char *before, char end, struct text *ret);

bool text_has(struct text text, const char *part);

/* How often `part` stands in it. */
int text_count(struct text text, const char *part);

#endif
