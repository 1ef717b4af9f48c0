/* Compiles the templates of views/ to C (docs/templates.md):
 *
 *   tmplc [--assets DIR] [--header OUT.h] [--source OUT.c] [--messages OUT.pot]
 *         [--include "views/views.h"] FILE.html …
 *
 * --include says how the source names the header. */
#include "tools/asset_name.h"
#include "tools/io.h"
#include "tools/tmpl.h"

#define ARENA_BYTES ((size_t)1 << 30)

struct command {
	struct arena *arena;
	const char *assets, *header, *source, *messages, *include;
	struct tmpl_file *files;
	size_t n_files;
};

static bool option(struct command *command, const char *name, const char *value)
{
	struct {
		const char *name;
		const char **value;
	} options[] = {
		{ "--assets", &command->assets },
		{ "--header", &command->header },
		{ "--source", &command->source },
		{ "--messages", &command->messages },
		{ "--include", &command->include },
	};

	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (strcmp(options[i].name, name) == 0 && value) {
			*options[i].value = value;
			return true;
		}
	return false;
}

/* Errors name a file from the folder views/ on, however deep the build is. */
static struct text shown_name(const char *path)
{
	const char *found = strstr(path, "views/");

	for (const char *next = found; next; next = strstr(next + 1, "views/"))
		found = next;
	return text_from_z(found ? found : path);
}

static void read_command(struct command *command, int argc, char **argv)
{
	command->files = arena_array(command->arena, (size_t)argc, sizeof(*command->files));
	if (!command->files)
		io_fail("tmplc: out of memory");
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-') {
			command->files[command->n_files++] = (struct tmpl_file){
				shown_name(argv[i]), io_read(command->arena, argv[i]),
			};
		} else if (option(command, argv[i], i + 1 < argc ? argv[i + 1] : NULL)) {
			i++;
		} else {
			io_fail("tmplc [--assets DIR] [--header OUT.h] [--source OUT.c] "
				"[--messages OUT.pot] [--include NAME] FILE.html …");
		}
	}
}

static struct text asset_url(void *ctx, struct text name)
{
	struct command *command = ctx;
	struct text path = text_format(command->arena, "%s/%.*s", command->assets,
				       TEXT_ARGS(name));
	const char *path_z = text_z(command->arena, path);
	FILE *file = name.len && name.ptr[0] != '.' && !memchr(name.ptr, '/', name.len) ?
		     fopen(path_z, "rb") : NULL;

	if (!file)
		return TEXT_EMPTY;
	(void)fclose(file);
	return asset_address(command->arena, name, io_read(command->arena, path_z));
}

static void write_out(const char *path, struct text text)
{
	if (path)
		io_write(path, text);
}

int main(int argc, char **argv)
{
	struct command command = {
		.arena = arena_new(ARENA_BYTES), .include = "views/views.h",
	};
	struct tmpl_result result = { .n_errors = 0 };

	if (!command.arena)
		io_fail("tmplc: out of memory");
	read_command(&command, argc, argv);
	struct tmpl_options options = {
		text_from_z(command.include), command.assets ? asset_url : NULL, &command,
	};
	int answer = tmpl_compile(command.arena, command.files, command.n_files, &options, &result);
	if (answer < 0)
		io_fail("tmplc: out of memory");
	for (size_t i = 0; i < result.n_errors; i++)
		(void)fprintf(stderr, "%.*s:%d: %.*s\n", TEXT_ARGS(result.errors[i].file),
			      result.errors[i].line, TEXT_ARGS(result.errors[i].message));
	if (answer == 0) {
		write_out(command.header, result.header);
		write_out(command.source, result.source);
		write_out(command.messages, result.messages);
	}
	arena_free(command.arena);
	return answer;
}
