/* Packs assets into C: embed OUT.c FILE … */
#include "assets/assets.h"
#include "base/hash.h"
#include "tools/asset_name.h"
#include "tools/c_literal.h"
#include "tools/io.h"

#include <zlib.h>

#define ARENA_BYTES ((size_t)512 << 20)
#define SOURCE_BYTES ((size_t)256 << 20)

static struct text content_type(const char *path)
{
	static const struct {
		const char *ending;
		const char *type;
	} types[] = {
		{ ".css", "text/css; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".json", "application/json" },
		{ ".webmanifest", "application/manifest+json" },
		{ ".svg", "image/svg+xml" },
		{ ".png", "image/png" },
		{ ".jpg", "image/jpeg" },
		{ ".webp", "image/webp" },
		{ ".ico", "image/x-icon" },
		{ ".woff2", "font/woff2" },
		{ ".txt", "text/plain; charset=utf-8" },
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (text_ends_with(text_from_z(path), text_from_z(types[i].ending)))
			return text_from_z(types[i].type);
	io_fail("%s: embed.c does not know its content type", path);
}

/* The same bytes on every machine: the gzip header has no time and no name. */
static struct text gzip(struct arena *arena, struct text bytes)
{
	z_stream stream = { .next_in = (z_const Bytef *)(uintptr_t)bytes.ptr,
			    .avail_in = (uInt)bytes.len };

	if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		io_fail("embed: zlib");
	uLong limit = deflateBound(&stream, bytes.len);
	unsigned char *packed = arena_alloc(arena, limit);
	if (!packed)
		io_fail("embed: out of memory");
	stream.next_out = packed;
	stream.avail_out = (uInt)limit;
	if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
		io_fail("embed: zlib");
	struct text result = text_from_bytes(packed, stream.total_out);
	(void)deflateEnd(&stream);
	return result.len < bytes.len ? result : TEXT_EMPTY;
}

static void write_bytes(struct buf *buf, const char *kind, int number, struct text bytes)
{
	buf_format(buf, "static const unsigned char %s%d[%zu] = {", kind, number, bytes.len + 1);
	for (size_t i = 0; i < bytes.len; i++)
		buf_format(buf, "%s%d,", i % 24 ? "" : "\n", (unsigned char)bytes.ptr[i]);
	buf_z(buf, "\n0 };\n");
}

static void write_text(struct buf *buf, struct text text)
{
	buf_z(buf, "{ ");
	c_literal(buf, text);
	buf_format(buf, ", %zu }, ", text.len);
}

/* Adds the bytes of a file to `data` and its row to `rows`. */
static void pack(struct arena *arena, const char *path, int number, struct buf *data,
		 struct buf *rows)
{
	struct text bytes = io_read(arena, path);
	struct text packed = gzip(arena, bytes);
	struct hash hash = hash_sha256(bytes);
	struct text etag = text_format(arena, "\"%.*s\"",
				       TEXT_ARGS(text_hex(arena, hash.bytes, 16)));

	write_bytes(data, "bytes", number, bytes);
	write_bytes(data, "gzip", number, packed);
	buf_z(rows, "\t{ ");
	write_text(rows, io_name(path));
	write_text(rows, asset_hashed_name(arena, io_name(path), bytes));
	write_text(rows, content_type(path));
	write_text(rows, etag);
	buf_format(rows, "{ (const char *)bytes%d, %zu }, { (const char *)gzip%d, %zu } },\n",
		   number, bytes.len, number, packed.len);
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct buf data, rows;

	if (!arena || argc < 3)
		io_fail("embed OUT.c FILE …");
	buf_init(&data, arena, SOURCE_BYTES);
	buf_init(&rows, arena, SOURCE_BYTES);
	buf_z(&data, "/* Made from assets/ by tools/embed. */\n#include \"assets/table.h\"\n\n");
	for (int i = 2; i < argc; i++)
		pack(arena, argv[i], i - 2, &data, &rows);
	buf_z(&data, "\nconst struct asset assets_all[] = {\n");
	buf_text(&data, buf_done(&rows));
	buf_format(&data, "};\n\nconst size_t assets_n = %d;\n", argc - 2);
	if (arena_failed(arena))
		io_fail("embed: out of memory");
	io_write(argv[1], buf_done(&data));
	arena_free(arena);
	return 0;
}
