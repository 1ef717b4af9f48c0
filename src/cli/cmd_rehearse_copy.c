/* rehearse copy: the database of a folder, served or not, as it is now. */
#include "base/file.h"
#include "cli/command.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#define PIECE_BYTES ((size_t)8 << 20)

/* The contest in which a round is open; NULL none. Give it back. */
static const struct contest *open_contest(const struct command *command)
{
	const struct contest *all[CONTESTS_MAX], *found = NULL;
	int64_t now = command_now(command);
	int n = contest_acquire_all(command->site->contests, all);

	for (int i = 0; i < n; i++) {
		if (!found && phase_open_round(&contest_rules(all[i], now)->profile, now))
			found = all[i];
		else
			contest_release(all[i]);
	}
	return found;
}

/* 0 done, -1 errno. */
static int copy_file(int from, int to)
{
	ssize_t n;

	do
		n = sendfile(to, from, NULL, PIECE_BYTES);
	while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? -1 : 0;
}

/* Only a server knows what is open, and has somebody to be slow for. 0 it may be. */
static int check_open(struct command *command)
{
	if (!command->stop || command_has(command, "even-while-open"))
		return 0;
	const struct contest *open = open_contest(command);
	if (!open)
		return 0;
	int status = command_refuse(command, "%.*s is open now, and a rehearsal would slow it: wait"
				    " until it is closed, or say --even-while-open",
				    TEXT_ARGS(open->code));
	contest_release(open);
	return status;
}

int cmd_rehearse_copy(struct command *command)
{
	const char *path = command_path(command, command_option(command, "to"));
	struct text why = TEXT_EMPTY;
	int from;

	if (command_option(command, "to").len == 0)
		return command_misused(command, "rehearse copy needs --data and --to");
	int status = check_open(command);
	if (status)
		return status;
	if (store_copy(command->site->store, command->arena, command->stop, &from, &why) < 0)
		return command_refuse(command, "%.*s", TEXT_ARGS(why));
	int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int result = to < 0 ? -1 : copy_file(from, to);
	int error = errno;
	if (to >= 0 && result != 0)
		(void)unlink(path);
	if (to >= 0)
		close(to);
	close(from);
	return result == 0 ? EXIT_DONE : command_refuse(command, "cannot write %s: %s", path,
							strerror(error));
}
