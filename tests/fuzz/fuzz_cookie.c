/* Cookie headers, session cookies, tokens and what else is read of a head. No
 * input may be a session that we did not sign. */
#include "base/random.h"
#include "http/address.h"
#include "http/cookie.h"
#include "http/head.h"

#include <assert.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct keys *open_keys(struct arena *arena)
{
	char dir[] = "/tmp/fuzz_cookie.XXXXXX";
	struct keys *keys = NULL;
	struct text path;

	assert(random_init() == 0 && mkdtemp(dir));
	assert(rmdir(dir) == 0 && keys_create(dir) == 0);
	assert(keys_open(arena, dir, &keys, &path) == 0);
	return keys;
}

static void feed_head(struct arena *arena, struct text text)
{
	static const char *const names[] = {
		"Host", "Content-Length", "Transfer-Encoding", "Content-Type", "Cookie",
	};
	struct head head;
	bool framing;
	struct text rest = text;

	head_begin(&head, TEXT("POST"), text);
	for (int i = 0; rest.ptr && i < 100; i++)
		head_add(&head, arena, text_from_z(names[i % (int)ARRAY_LEN(names)]),
			 text_cut(&rest, '\n'));
	if (head_check(&head, TEXT("HTTP/1.1"), FORM_BYTES_MAX, &framing) == 0)
		assert(head.body_bytes >= -1 && head.body_bytes <= FORM_BYTES_MAX);
	(void)head_accepts_gzip(text);
	(void)head_names_etag(text, TEXT("\"a\""));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct keys *keys;
	struct arena *arena = arena_new(8 << 20);
	struct text text = text_from_bytes(data, size);
	struct trusted trusted;
	struct session session;
	struct address address = { { 0 } };
	struct text value;

	if (!arena || size > 65536) {
		arena_free(arena);
		return 0;
	}
	if (!keys) {
		struct arena *key_arena = arena_new(1 << 20);
		keys = open_keys(key_arena);
		arena_free(key_arena);
	}
	if (cookie_find(text, "hoithi", &value)) {
		assert(value.len <= size);
		assert(session_decode(keys, 0, value, &session) == 1);
	}
	session = (struct session){ .device = 1 };
	int64_t age;
	assert(token_check(keys, &session, 0, text, &age) == 1);
	feed_head(arena, text);
	if (trusted_parse(text, &trusted) == 0)
		address = address_of_client(&trusted, &address, text);
	assert(address_text(arena, &address).len > 0);
	arena_free(arena);
	return 0;
}
