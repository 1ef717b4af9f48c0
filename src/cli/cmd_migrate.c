/* migrate */
#include "base/time.h"
#include "cli/command.h"
#include "store/store.h"

int cmd_migrate(struct command *command)
{
	struct text dir = command_option(command, "data");
	struct text why = TEXT_EMPTY;

	if (dir.len == 0)
		return command_misused(command, "--data DIR is needed");
	if (store_migrate(command->arena, command_path(command, dir), time_now_ms(), &why) != 0)
		return command_refuse(command, "%.*s", TEXT_ARGS(why));
	buf_z(command->out, "the schema is this program's\n");
	return EXIT_DONE;
}
