/* prepare: puts contestants into a rehearsal folder that nobody serves, as the
 * registration itself does, all with one password, and writes a session cookie for
 * each, so that a load begins at the door of the paper.
 *
 *   prepare --data DIR --keys DIR --people N --cookies FILE [--pages FILE]
 *           [--browsers FILE [--browsers-count 2000]]
 *
 * Pages are those before the start, which these people have open: lines of "cookie
 * token". Browsers have the forms of the door open, and nobody sits there yet: the same.
 * Prints as JSON what a load has to know. Exit status as hoithi's. */
#include "base/file.h"
#include "base/random.h"
#include "base/time.h"
#include "cli/crowd_people.h"
#include "cli/folder.h"
#include "http/cookie.h"
#include "pages/door.h"

#include <unistd.h>

#define BROWSERS 2000
#define LINE_BYTES_MAX 256

static const struct command_row row = {
	.name = "prepare",
	.usage = "--data DIR --keys DIR --people N --cookies FILE [--pages FILE]"
		 " [--browsers FILE [--browsers-count 2000]]",
	.options = "data keys people cookies pages browsers browsers-count", .needs_folder = true,
};

/* A line of "cookie token": a form made at `now`. */
static void write_line(struct command *command, struct buf *lines, struct text cookie,
		       const struct session *session, int64_t now)
{
	struct text token = token_make(command->arena, command->site->keys, session, now);
	buf_format(lines, "%.*s %.*s\n", TEXT_ARGS(cookie), TEXT_ARGS(token));
}

static int write_lines(struct command *command, const char *option, const struct buf *lines)
{
	const char *path = command_path(command, command_option(command, option));

	if (file_write(command->arena, path, buf_done(lines)) != 0)
		return command_refuse(command, "cannot write %s", path);
	return 0;
}

/* They have had the registration's form before them for a while. */
static int write_browsers(struct command *command)
{
	const struct keys *keys = command->site->keys;
	struct text count = command_option(command, "browsers-count");
	int64_t now = time_now_ms(), n = BROWSERS;
	struct buf lines;

	if (count.len && (text_to_int64(count, &n) != 0 || n < 1 || n > CROWD_PEOPLE_MAX))
		return command_misused(command, "usage: %s %s", row.name, row.usage);
	buf_init(&lines, command->arena, (size_t)n * LINE_BYTES_MAX);
	for (int64_t i = 0; i < n; i++) {
		const struct session session = { .device = (int64_t)(random_u64() >> 1) | 1,
						 .issued_at = now };
		char cookie[SESSION_TEXT_BYTES];
		if (session_encode(keys, &session, cookie) != 0)
			return command_refuse(command, "there is no key");
		write_line(command, &lines, text_from_bytes(cookie, sizeof(cookie)), &session,
			   now - DOOR_FORM_LEAST_MS);
	}
	return write_lines(command, "browsers", &lines);
}

static int write_pages(struct command *command, struct text cookies)
{
	int64_t now = time_now_ms();
	struct buf lines;

	buf_init(&lines, command->arena, cookies.len * LINE_BYTES_MAX / SESSION_TEXT_BYTES);
	while (cookies.len) {
		struct text cookie = text_cut(&cookies, '\n');
		struct session session;
		if (session_decode(command->site->keys, now, cookie, &session) != 0)
			return command_refuse(command, "there is no key");
		write_line(command, &lines, cookie, &session, now);
	}
	return write_lines(command, "pages", &lines);
}

static int add_people(struct command *command, struct crowd_people *people)
{
	const char *path = command_path(command, command_option(command, "cookies"));
	int status = crowd_people_add(people);

	if (status)
		return status;
	if (file_write(command->arena, path, people->cookies) != 0)
		return command_refuse(command, "cannot write %s", path);
	buf_format(command->out,
		   "{\"contest\":\"%.*s\",\"group\":\"%.*s\",\"unit\":\"%.*s\",\"people\":%d,"
		   "\"password\":\"" CROWD_PASSWORD "\"}\n",
		   TEXT_ARGS(people->contest->code), TEXT_ARGS(people->group),
		   TEXT_ARGS(people->unit), people->n);
	return EXIT_DONE;
}

static int prepare(struct command *command)
{
	struct crowd_people people = { .command = command, .phones = "+8498",
				       .name = TEXT("Nguyễn Thị Tải") };
	int64_t n;

	if (text_to_int64(command_option(command, "people"), &n) != 0 || n < 1 ||
	    n > CROWD_PEOPLE_MAX || !command_has(command, "cookies"))
		return command_misused(command, "usage: %s %s", row.name, row.usage);
	people.contest = command_contest(command);
	if (!people.contest)
		return EXIT_REFUSED;
	people.n = (int)n;
	int status = add_people(command, &people);
	if (status == 0 && command_has(command, "pages"))
		status = write_pages(command, people.cookies);
	if (status == 0 && command_has(command, "browsers"))
		status = write_browsers(command);
	contest_release(people.contest);
	return status;
}

/* Reads "--name value" pairs. */
static int read_arguments(struct command *command, int argc, char **argv)
{
	for (int i = 1; i < argc; i += 2) {
		struct text name = text_from_z(argv[i]);
		if (!text_starts_with(name, TEXT("--")) || i + 1 == argc ||
		    command->n_options == COMMAND_ARGS_MAX)
			return command_misused(command, "usage: %s %s", row.name, row.usage);
		command->options[command->n_options++] = (struct command_option){
			text_part(name, 2, name.len), text_from_z(argv[i + 1]) };
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new((size_t)2 << 30);
	const struct folder_options options = { .clock = TEXT_EMPTY };
	struct buf out, err;
	struct folder folder;
	char cwd[4096];

	if (!arena || random_init() != 0)
		return EXIT_REFUSED;
	buf_init(&out, arena, COMMAND_OUTPUT_BYTES_MAX);
	buf_init(&err, arena, COMMAND_OUTPUT_BYTES_MAX);
	struct command command = { .arena = arena, .out = &out, .err = &err,
				   .cwd = getcwd(cwd, sizeof(cwd)), .actor = TEXT("bench") };
	int status = read_arguments(&command, argc, argv);
	if (status == 0)
		status = folder_open(&command, &options, &folder);
	if (status == 0) {
		command.site = &folder.site;
		status = prepare(&command);
		folder_close(&folder);
	} else if (status == FOLDER_SERVED) {
		status = command_refuse(&command, "a server has this folder: stop it first");
	}
	fwrite(out.ptr ? out.ptr : "", 1, out.len, stdout);
	fwrite(err.ptr ? err.ptr : "", 1, err.len, stderr);
	arena_free(arena);
	return status;
}
