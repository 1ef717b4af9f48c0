/* The template compiler takes any bytes: it answers or tells an error, and
 * what it makes of a template that it takes does not depend on chance. */
#include "tools/tmpl.h"

#include <assert.h>

#define ARENA_BYTES ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct text any_asset(void *ctx, struct text name)
{
	(void)ctx;
	return name.len ? TEXT("/assets/a.00000000.css") : TEXT_EMPTY;
}

static int compile(struct arena *arena, const uint8_t *data, size_t size,
		   struct tmpl_result *ret)
{
	struct tmpl_file files[] = {
		{ TEXT("views/a.html"), text_from_bytes(data, size) },
		{ TEXT("views/l.html"), TEXT("{{layout l \"l.h\" struct l}}\n<p>{{body}}</p>\n") },
		{ TEXT("views/r.html"), TEXT("{{part r \"r.h\" struct r}}\n{{v->x}}\n") },
	};
	struct tmpl_options options = { TEXT("views/views.h"), any_asset, NULL };

	return tmpl_compile(arena, files, ARRAY_LEN(files), &options, ret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *one = arena_new(ARENA_BYTES), *two = arena_new(ARENA_BYTES);
	struct tmpl_result first = { .n_errors = 0 }, second = { .n_errors = 0 };

	if (one && two) {
		int answer = compile(one, data, size, &first);
		assert(answer == compile(two, data, size, &second));
		assert(answer != 1 || first.n_errors > 0);
		assert(answer != 0 || text_equal(first.source, second.source));
	}
	arena_free(one);
	arena_free(two);
	return 0;
}
