/* hoithi: one program for the whole contest. Reads the command line, finds the
 * command, opens what it needs or hands it to the server that has it, and prints
 * what it wrote. */
#include "base/random.h"
#include "cli/command.h"
#include "cli/control.h"
#include "cli/folder.h"
#include "cli/version.h"

#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static int print_help(void)
{
	printf("hoithi %s: public online knowledge contests\n\n", HOITHI_VERSION);
	for (int i = 0; i < n_command_rows; i++)
		printf("  hoithi %s %s\n      %s\n", command_rows[i].name, command_rows[i].usage,
		       command_rows[i].about);
	printf("  hoithi --version | --help\n\n"
	       "Exit status: 0 done, 1 refused or failed, 2 wrong usage.\n");
	return EXIT_DONE;
}

static struct text this_user(struct arena *arena)
{
	const struct passwd *entry = getpwuid(getuid());
	return entry ? text_format(arena, "cli:%s", entry->pw_name)
		     : text_format(arena, "cli:%d", (int)getuid());
}

/* Runs a command on its folder: here, or in the server that holds it. */
static int run_on_folder(struct command *command, const struct command_row *row,
			 const struct text *args, int n)
{
	const struct folder_options options = {
		.create = text_equal_z(text_from_z(row->name), "contest apply"),
		.clock = command_option(command, "clock"),
		.no_keys = !command_takes(row, "keys"),
	};
	struct folder folder;
	int status;

	int answer = folder_open(command, &options, &folder);
	if (answer == FOLDER_SERVED) {
		const char *dir = command_path(command, command_option(command, "data"));
		if (control_call(command, dir, args, n, &status) == 0)
			return status;
		return command_refuse(command, "%s is being served, and its server does not answer", dir);
	}
	if (answer)
		return answer;
	command->site = &folder.site;
	status = row->run(command);
	folder_note_command(command, row->name, status);
	folder_close(&folder);
	return status;
}

static int run(struct command *command, const struct text *args, int n)
{
	const struct command_row *row = command_read(command, args, n);

	if (!row)
		return EXIT_USAGE;
	return row->needs_folder ? run_on_folder(command, row, args, n) : row->run(command);
}

/* No core file and no debugger, whatever the command: memory holds keys, names and
 * questions. The limit is for a core that becomes a file, being not dumpable for one
 * that the system pipes to a program, which the limit does not hold back. */
static void keep_no_core(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
}

int main(int argc, char **argv)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new((size_t)1 << 30);
	struct text args[COMMAND_ARGS_MAX + 1];
	struct buf out, err;
	char cwd[4096];

	/* What this program writes holds personal data or questions. */
	umask(0077);
	keep_no_core();
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return printf("hoithi %s\n", HOITHI_VERSION) < 0;
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0))
		return print_help();
	if (!arena || random_init() != 0) {
		fprintf(stderr, "hoithi: the system gives no memory or no randomness\n");
		return EXIT_REFUSED;
	}
	/* One more than a command takes shows that there are too many. */
	int n = argc - 1 < (int)ARRAY_LEN(args) ? argc - 1 : (int)ARRAY_LEN(args);
	for (int i = 0; i < n; i++)
		args[i] = text_from_z(argv[i + 1]);
	buf_init(&out, arena, COMMAND_OUTPUT_BYTES_MAX);
	buf_init(&err, arena, COMMAND_OUTPUT_BYTES_MAX);
	struct command command = { .arena = arena, .out = &out, .err = &err,
				   .cwd = getcwd(cwd, sizeof(cwd)), .actor = this_user(arena) };
	int status = run(&command, args, n);
	fwrite(out.ptr ? out.ptr : "", 1, out.len, stdout);
	fwrite(err.ptr ? err.ptr : "", 1, err.len, stderr);
	if (arena_failed(arena) || fflush(stdout) != 0) {
		fprintf(stderr, "hoithi: out of memory, or the output cannot be written\n");
		status = EXIT_REFUSED;
	}
	return status;
}
