#include "http/gzip.h"

#define ZLIB_CONST
#include <zlib.h>

#define GZIP_WINDOW (15 + 16)	/* zlib's way to ask for gzip's header */
#define WORTH_BYTES 1024

struct gzip {
	z_stream stream;
};

static void *zlib_alloc(void *ctx, unsigned items, unsigned size)
{
	(void)ctx;
	return mem_array(items, size);
}

static void zlib_free(void *ctx, void *ptr)
{
	(void)ctx;
	mem_free(ptr);
}

struct gzip *gzip_new(int level)
{
	struct gzip *gzip = mem_new(sizeof(*gzip));

	if (!gzip)
		return NULL;
	gzip->stream.zalloc = zlib_alloc;
	gzip->stream.zfree = zlib_free;
	if (deflateInit2(&gzip->stream, level, Z_DEFLATED, GZIP_WINDOW, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return mem_free(gzip);
	return gzip;
}

struct gzip *gzip_free(struct gzip *gzip)
{
	if (gzip)
		(void)deflateEnd(&gzip->stream);
	return mem_free(gzip);
}

int gzip_pack(struct gzip *gzip, struct arena *arena, struct text plain, struct text *ret)
{
	z_stream *stream = &gzip->stream;

	if (plain.len < 32 || plain.len > UINT32_MAX)
		return 1;
	char *out = arena_alloc(arena, plain.len);
	if (!out)
		return -1;
	if (deflateReset(stream) != Z_OK)
		return 1;
	stream->next_in = (const Bytef *)plain.ptr;
	stream->avail_in = (uInt)plain.len;
	stream->next_out = (Bytef *)out;
	stream->avail_out = (uInt)plain.len;
	if (deflate(stream, Z_FINISH) != Z_STREAM_END)
		return 1;
	*ret = (struct text){ out, stream->total_out };
	return 0;
}

int gzip_unpack(struct arena *arena, struct text packed, size_t bytes_max, struct text *ret)
{
	z_stream stream = { .zalloc = zlib_alloc, .zfree = zlib_free };

	/* gzip ends with the length of what went in. */
	if (packed.len < 18 || packed.len > UINT32_MAX)
		return 1;
	const unsigned char *tail = (const unsigned char *)packed.ptr + packed.len - 4;
	size_t len = (size_t)tail[0] | (size_t)tail[1] << 8 | (size_t)tail[2] << 16 |
		     (size_t)tail[3] << 24;
	if (len > bytes_max)
		return 1;
	char *out = arena_alloc(arena, len + 1);
	if (!out || inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
		return -1;
	stream.next_in = (const Bytef *)packed.ptr;
	stream.avail_in = (uInt)packed.len;
	stream.next_out = (Bytef *)out;
	stream.avail_out = (uInt)len + 1;
	int result = inflate(&stream, Z_FINISH);
	size_t got = stream.total_out;
	(void)inflateEnd(&stream);
	if (result != Z_STREAM_END || got != len)
		return 1;
	*ret = (struct text){ out, len };
	return 0;
}

bool gzip_is_worth(struct text type, size_t bytes)
{
	return bytes >= WORTH_BYTES &&
	       (text_starts_with(type, TEXT("text/")) ||
		text_starts_with(type, TEXT("application/json")) ||
		text_starts_with(type, TEXT("application/javascript")) ||
		text_starts_with(type, TEXT("image/svg+xml")));
}
