/* The packed files of assets/. */
#include "assets/assets.h"
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <zlib.h>

static void test_asset(void **state)
{
	const struct asset *asset = asset_by_name(TEXT("app.css"));
	struct arena *arena = arena_new(1 << 20);

	(void)state;
	assert_non_null(asset);
	assert_ptr_equal(asset_find_path(asset->hashed_name), asset);
	assert_null(asset_find_path(asset->name));
	assert_null(asset_by_name(TEXT("nil.css")));
	assert_true(text_equal(asset->content_type, TEXT("text/css; charset=utf-8")));
	struct hash hash = hash_sha256(asset->bytes);
	struct text hex = text_hex(arena, hash.bytes, 4);
	assert_true(text_equal(asset->hashed_name,
			       text_format(arena, "app.%.*s.css", TEXT_ARGS(hex))));
	assert_int_equal(asset->etag.ptr[0], '"');
	arena_free(arena);
}

static void test_gzip(void **state)
{
	const struct asset *asset = asset_by_name(TEXT("app.css"));
	static unsigned char bytes[1 << 20];
	z_stream stream = { .next_out = bytes, .avail_out = sizeof(bytes) };

	(void)state;
	if (!asset->gzip.len)
		return;
	assert_true(asset->gzip.len < asset->bytes.len);
	stream.next_in = (z_const Bytef *)(uintptr_t)asset->gzip.ptr;
	stream.avail_in = (uInt)asset->gzip.len;
	assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_true(text_equal(text_from_bytes(bytes, stream.total_out), asset->bytes));
	assert_int_equal(inflateEnd(&stream), Z_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asset),
		cmocka_unit_test(test_gzip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
