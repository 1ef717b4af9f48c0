#include "tools/io.h"

#include <errno.h>

#define READ_LIMIT_BYTES (64 << 20)

void io_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
	exit(1);
}

struct text io_read(struct arena *arena, const char *path)
{
	FILE *file = fopen(path, "rb");
	char block[16384];
	struct buf buf;
	size_t len;

	if (!file)
		io_fail("%s: %s", path, strerror(errno));
	buf_init(&buf, arena, READ_LIMIT_BYTES);
	while ((len = fread(block, 1, sizeof(block), file)) > 0)
		buf_add(&buf, block, len);
	if (ferror(file) || arena_failed(arena))
		io_fail("%s: it cannot be read", path);
	(void)fclose(file);
	return buf_done(&buf);
}

void io_write(const char *path, struct text text)
{
	FILE *file = fopen(path, "wb");

	if (!file)
		io_fail("%s: %s", path, strerror(errno));
	if (fwrite(text.ptr, 1, text.len, file) != text.len || fclose(file) != 0)
		io_fail("%s: %s", path, strerror(errno));
}

struct text io_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return text_from_z(slash ? slash + 1 : path);
}
