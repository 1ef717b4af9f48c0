/* Forms and paths: whatever comes in, what comes out is bounded, well-formed,
 * and reads the same when it is written again. */
#include "http/form.h"
#include "http/router.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(struct arena *arena, const struct form *form)
{
	static struct form again;
	struct buf buf;

	buf_init(&buf, arena, 16 << 20);
	for (int i = 0; i < form->n; i++) {
		buf_text(&buf, percent_encode(arena, form->fields[i].name));
		buf_char(&buf, '=');
		buf_text(&buf, percent_encode(arena, form->fields[i].value));
		buf_char(&buf, '&');
	}
	assert(!arena_failed(arena));
	assert(form_parse(arena, buf_done(&buf), &again) == 0);
	assert(again.n == form->n);
	for (int i = 0; i < form->n; i++) {
		assert(text_equal(again.fields[i].name, form->fields[i].name));
		assert(text_equal(again.fields[i].value, form->fields[i].value));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct form form;
	struct text text = text_from_bytes(data, size);
	struct arena *arena = arena_new(64 << 20);
	struct path path;

	if (!arena || size > FORM_BYTES_MAX)
		goto done;
	if (form_parse(arena, text, &form) == 0) {
		for (int i = 0; i < form.n; i++) {
			assert(form.fields[i].name.len > 0);
			assert(text_is_utf8(form.fields[i].name));
			assert(text_is_utf8(form.fields[i].value));
		}
		/* A name of nothing but NUL-free text is never empty, so it reads again. */
		check_again(arena, &form);
	}
	if (path_parse(arena, text, &path) == 0)
		for (int i = 0; i < path.n; i++)
			assert(text_is_utf8(path.parts[i]) && path.parts[i].len > 0 &&
			       text_find(path.parts[i], TEXT("/"), 0) < 0);
done:
	arena_free(arena);
	return 0;
}
