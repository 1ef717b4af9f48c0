/* Compressing and decompressing bodies, whole buffers only: what goes out once through
 * ISA-L, whose quickest levels take half the time of others' and come out as long as
 * zlib's at level 1; what is kept through libdeflate. */
#ifndef HTTP_GZIP_H
#define HTTP_GZIP_H

#include "base/text.h"

/* A compressor that is used again and again, since making one costs more than
 * packing a page. One thread at a time. */
struct gzip;

enum gzip_kind {
	GZIP_QUICK,	/* for one client */
	GZIP_SMALL,	/* for many: level 6 */
};

/* NULL when memory is out. Not while another thread makes one. */
struct gzip *gzip_new(enum gzip_kind kind) MUST_CHECK;

/* Takes NULL, returns NULL. */
struct gzip *gzip_free(struct gzip *gzip);

/* Answers 0 done, 1 it would not be shorter, -1 the arena is full. */
int gzip_pack(struct gzip *gzip, struct arena *arena, struct text plain,
	      struct text *ret) MUST_CHECK;

/* Back, any thread. Answers 0 done, 1 not gzip or longer than `bytes_max`, -1
 * memory is out. */
int gzip_unpack(struct arena *arena, struct text packed, size_t bytes_max,
		struct text *ret) MUST_CHECK;

/* Whether a body of this media type and length is worth it. */
bool gzip_is_worth(struct text type, size_t bytes);

#endif
