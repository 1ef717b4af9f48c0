/* restore: a new data folder from a backup */
#include "base/time.h"
#include "cli/command.h"
#include "jobs/restore.h"

#include <errno.h>

/* 0 done, else the exit status. */
static int read_private(struct command *command, struct sealed_key *ret)
{
	const char *path = command_path(command, command_option(command, "private"));

	switch (sealed_key_read(path, SEALED_PRIVATE, ret)) {
	case 0:
		return 0;
	case 1:
		return command_refuse(command, "cannot read %s: %s", path, strerror(errno));
	case 2:
		return command_refuse(command, "%s can be read by others: chmod go= it", path);
	case 4:
		return command_refuse(command, "%s is the public half: give the private one", path);
	}
	return command_refuse(command, "%s is not the private half of `hoithi keys backup-pair`",
			      path);
}

static void print(struct command *command, const struct restore_order *order,
		  const struct restore_done *done)
{
	struct arena *arena = command->arena;

	buf_format(command->out,
		   "%s: đã khôi phục %lld byte; %lld ghi chép, chuỗi nguyên vẹn\n"
		   "biết %d lần xóa dữ liệu cá nhân%s%.*s; đã xóa lại %d người\n",
		   order->dir, (long long)done->database_bytes, (long long)done->acts, done->known,
		   done->known ? ", lần cuối " : "",
		   TEXT_ARGS(done->known ? time_format_vn(arena, done->newest_at, TIME_STYLE_FULL)
					 : TEXT_EMPTY), done->erased);
	if (order->without_erasures && !done->known)
		buf_z(command->out, "KHÔNG CÓ danh sách xóa: ai đã được xóa sau bản sao lưu này nay "
				    "có lại. Hãy xóa lại từng người trước khi phục vụ.\n");
}

int cmd_restore(struct command *command)
{
	struct text erasures = command_option(command, "erasures");
	struct sealed_key private_key;
	struct text why = TEXT_EMPTY;
	struct restore_done done;

	if (!command_has(command, "from") || !command_has(command, "private") ||
	    !command_has(command, "data"))
		return command_misused(command, "restore needs --from, --private and --data");
	int status = read_private(command, &private_key);
	if (status)
		return status;
	const struct restore_order order = {
		.from = command_path(command, command_option(command, "from")),
		.private_key = &private_key,
		.dir = command_path(command, command_option(command, "data")),
		.erasures = erasures.len ? command_path(command, erasures) : NULL,
		.without_erasures = command_has(command, "without-erasures"),
		.actor = command->actor,
	};
	int answer = restore_run(command->arena, &order, &done, &why);
	sealed_key_wipe(&private_key);
	if (answer)
		return command_refuse(command, "%.*s", TEXT_ARGS(why));
	print(command, &order, &done);
	return EXIT_DONE;
}
