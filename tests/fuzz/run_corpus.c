/* Runs a fuzz target over the files of a folder, for compilers without
 * libFuzzer. */
#include "base/file.h"

#define FILES_MAX 10000
#define FILE_BYTES_MAX (1 << 20)

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int main(int argc, char **argv)
{
	struct arena *arena = arena_new(64 << 20);
	struct text *names = arena ? arena_array(arena, FILES_MAX, sizeof(*names)) : NULL;
	int n = names && argc == 2 ? file_list(arena, argv[1], "", names, FILES_MAX) : -1;
	int run = 0;

	for (int i = 0; i < n; i++) {
		struct arena *scratch = arena_new(4 << 20);
		const char *path = text_z(arena, text_format(arena, "%s/%.*s", argv[1], TEXT_ARGS(names[i])));
		struct text bytes;
		if (names[i].ptr[0] != '.' && scratch && file_read(scratch, path, FILE_BYTES_MAX, &bytes) == 0) {
			LLVMFuzzerTestOneInput((const unsigned char *)bytes.ptr, bytes.len);
			run++;
		}
		arena_free(scratch);
	}
	arena_free(arena);
	printf("%d inputs\n", run);
	return run == 0;
}
