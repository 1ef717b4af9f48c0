/* keys init: the key folder of a site.
 * keys backup-pair: the pair that backups are sealed to; its private half stays away from
 * the server. */
#include "base/keys.h"
#include "base/sealed_file.h"
#include "cli/command.h"

#include <errno.h>

int cmd_keys_init(struct command *command)
{
	struct text dir = command_option(command, "keys");

	if (dir.len == 0)
		return command_misused(command, "--keys DIR is needed");
	const char *path = command_path(command, dir);
	if (keys_create(path) != 0)
		return command_refuse(command, "cannot make the keys in %s: %s", path, strerror(errno));
	buf_format(command->out, "%s: có đủ khóa. Sao lưu thư mục này ở nơi khác dữ liệu.\n", path);
	return EXIT_DONE;
}

int cmd_keys_backup_pair(struct command *command)
{
	const char *public_path = command_path(command, command_option(command, "public"));
	const char *private_path = command_path(command, command_option(command, "private"));
	const char *path;

	if (!command_has(command, "public") || !command_has(command, "private"))
		return command_misused(command, "--public FILE and --private FILE are needed");
	if (sealed_pair_create(public_path, private_path, &path) != 0)
		return command_refuse(command, "cannot make %s: %s", path, strerror(errno));
	buf_format(command->out,
		   "%s: khóa công khai, chép sang máy chủ để sao lưu\n"
		   "%s: khóa riêng, chỉ nó mở được các bản sao lưu. Giữ hai bản ở hai nơi, không "
		   "để trên máy chủ.\n", public_path, private_path);
	return EXIT_DONE;
}
