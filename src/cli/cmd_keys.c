/* keys init */
#include "base/keys.h"
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
