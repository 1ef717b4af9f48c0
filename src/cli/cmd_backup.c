/* backup: a copy of the data, sealed to a public key, while it is served or not */
#include "cli/command.h"
#include "jobs/backup.h"

#include <errno.h>

/* 0 done, else the exit status. */
static int read_public(struct command *command, struct sealed_key *ret)
{
	const char *path = command_path(command, command_option(command, "public"));

	switch (sealed_key_read(path, SEALED_PUBLIC, ret)) {
	case 0:
		return 0;
	case 1:
		return command_refuse(command, "cannot read %s: %s", path, strerror(errno));
	case 4:
		return command_refuse(command, "%s is the private half, which does not belong on "
				      "this machine: give the public one", path);
	}
	return command_refuse(command, "%s is not the public half of `hoithi keys backup-pair`",
			      path);
}

static int read_days(struct command *command, int *ret)
{
	struct text days = command_option(command, "keep-days");
	int64_t n = 0;

	if (command_has(command, "keep-days") &&
	    (text_to_int64(days, &n) != 0 || n < 1 || n > BACKUP_KEEP_DAYS_MAX))
		return command_misused(command, "--keep-days is a number from 1 to %d",
				       BACKUP_KEEP_DAYS_MAX);
	*ret = (int)n;
	return 0;
}

int cmd_backup(struct command *command)
{
	struct sealed_key public_key;
	struct text why = TEXT_EMPTY;
	struct backup_done done;
	int days = 0;

	if (!command_has(command, "to") || !command_has(command, "public"))
		return command_misused(command, "backup needs --data, --to and --public");
	int status = read_days(command, &days);
	if (status == 0)
		status = read_public(command, &public_key);
	if (status)
		return status;
	const struct backup_order order = {
		.to = command_path(command, command_option(command, "to")),
		.public_key = &public_key, .keep_days = days, .actor = command->actor,
		.stop = command->stop,
	};
	int answer = backup_run(command->site, command->arena, &order, &done, &why);
	if (answer != 1)
		buf_format(command->out, "%s/%.*s: %lld byte, từ %lld byte dữ liệu\n"
			   "SHA-256 %.*s\n", order.to, TEXT_ARGS(done.name),
			   (long long)done.file.bytes, (long long)done.file.database_bytes,
			   TEXT_ARGS(text_hex(command->arena, done.file.sha256.bytes, HASH_BYTES)));
	if (answer != 0)
		return command_refuse(command, "%.*s", TEXT_ARGS(why));
	if (done.removed)
		buf_format(command->out, "đã xóa %d bản sao lưu cũ hơn %d ngày\n", done.removed,
			   days);
	return EXIT_DONE;
}
