#include "http/gzip.h"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>

#define WORTH_BYTES 1024
#define GZIP_BYTES_MIN 18	/* head and tail */
#define SMALL_LEVEL 6

/* What is as short fits the first packets of a connection in any case: less work, and a
 * seventh more bytes. */
#define SHORT_BYTES 8192

struct gzip {
	struct libdeflate_compressor *compressor;	/* NULL: quick */
	struct isal_zstream stream;
	unsigned char memory[ISAL_DEF_LVL1_DEFAULT];
};

static void give_back(void *ptr)
{
	mem_free(ptr);
}

struct gzip *gzip_new(enum gzip_kind kind)
{
	struct gzip *gzip = mem_new(sizeof(*gzip));

	if (!gzip || kind == GZIP_QUICK)
		return gzip;
	libdeflate_set_memory_allocator(mem_new, give_back);
	gzip->compressor = libdeflate_alloc_compressor(SMALL_LEVEL);
	return gzip->compressor ? gzip : mem_free(gzip);
}

struct gzip *gzip_free(struct gzip *gzip)
{
	if (gzip && gzip->compressor)
		libdeflate_free_compressor(gzip->compressor);
	return mem_free(gzip);
}

/* Returns the length; 0 it does not fit into `room`. */
static size_t pack_quickly(struct gzip *gzip, struct text plain, char *out, size_t room)
{
	struct isal_zstream *stream = &gzip->stream;

	isal_deflate_stateless_init(stream);
	stream->level = plain.len < SHORT_BYTES ? 0 : 1;
	stream->level_buf = stream->level ? gzip->memory : NULL;
	stream->level_buf_size = stream->level ? sizeof(gzip->memory) : 0;
	stream->gzip_flag = IGZIP_GZIP;
	stream->end_of_stream = 1;
	stream->next_in = (unsigned char *)(uintptr_t)plain.ptr;
	stream->avail_in = (uint32_t)plain.len;
	stream->next_out = (unsigned char *)out;
	stream->avail_out = (uint32_t)room;
	return isal_deflate_stateless(stream) == COMP_OK ? stream->total_out : 0;
}

int gzip_pack(struct gzip *gzip, struct arena *arena, struct text plain, struct text *ret)
{
	if (plain.len < GZIP_BYTES_MIN || plain.len > UINT32_MAX)
		return 1;
	char *out = arena_grow_raw(arena, NULL, 0, plain.len);
	if (!out)
		return -1;
	size_t len = gzip->compressor
		? libdeflate_gzip_compress(gzip->compressor, plain.ptr, plain.len, out,
					   plain.len - 1)
		: pack_quickly(gzip, plain, out, plain.len - 1);
	*ret = (struct text){ out, len };
	return len ? 0 : 1;
}

int gzip_unpack(struct arena *arena, struct text packed, size_t bytes_max, struct text *ret)
{
	size_t used = 0, got = 0;

	if (packed.len < GZIP_BYTES_MIN)
		return 1;
	/* gzip ends with the length of what went in. */
	const unsigned char *tail = (const unsigned char *)packed.ptr + packed.len - 4;
	size_t len = (size_t)tail[0] | (size_t)tail[1] << 8 | (size_t)tail[2] << 16 |
		     (size_t)tail[3] << 24;
	if (len > bytes_max)
		return 1;
	char *out = arena_alloc(arena, len + 1);
	struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
	if (!out || !decompressor) {
		libdeflate_free_decompressor(decompressor);
		return -1;
	}
	enum libdeflate_result result = libdeflate_gzip_decompress_ex(
		decompressor, packed.ptr, packed.len, out, len + 1, &used, &got);
	libdeflate_free_decompressor(decompressor);
	if (result != LIBDEFLATE_SUCCESS || used != packed.len || got != len)
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
