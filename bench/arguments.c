#include "arguments.h"

#include "base/file.h"
#include "crowd/answer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_BYTES_MAX (256 << 20)
#define LINES_MAX 4000000

int arguments_misused(const char *what)
{
	fprintf(stderr, "%s: %s (see the head of bench/%s.c)\n", program_invocation_short_name,
		what, program_invocation_short_name);
	return 2;
}

static int read_value(enum argument_type type, const char *value, void *to)
{
	char *end;

	switch (type) {
	case ARGUMENT_TEXT:
		*(const char **)to = value;
		return 0;
	case ARGUMENT_COUNT:
		return text_to_int64(text_from_z(value), to) == 0 && *(int64_t *)to >= 0 ? 0 : 1;
	case ARGUMENT_DECIMAL:
		errno = 0;
		*(double *)to = strtod(value, &end);
		return errno == 0 && *end == '\0' && *(double *)to >= 0 ? 0 : 1;
	}
	return 1;
}

int arguments_read(int argc, char **argv, const struct argument *table, size_t n)
{
	for (int i = 1; i < argc; i += 2) {
		size_t at = 0;
		while (at < n && strcmp(table[at].name, argv[i]) != 0)
			at++;
		if (at == n || i + 1 == argc ||
		    read_value(table[at].type, argv[i + 1], table[at].to))
			return arguments_misused(argv[i]);
	}
	return 0;
}

int arguments_lines(struct arena *arena, const char *path, const struct text **ret, int *ret_n)
{
	struct text rest;
	int n = 0;

	if (file_read(arena, path, FILE_BYTES_MAX, &rest) != 0) {
		fprintf(stderr, "%s: cannot read %s\n", program_invocation_short_name, path);
		return 1;
	}
	int room = text_count(rest, "\n") + 1;
	struct text *lines = room > LINES_MAX ? NULL :
			     arena_array(arena, (size_t)room, sizeof(*lines));
	if (!lines)
		return 1;
	while (rest.ptr && n < room) {
		struct text line = text_trim(text_cut(&rest, '\n'));
		if (line.len)
			lines[n++] = line;
	}
	*ret = lines;
	*ret_n = n;
	return n == 0;
}
