/* retention report */
#include "cli/command.h"
#include "jobs/retention.h"

int cmd_retention_report(struct command *command)
{
	if (command_paused(command, PACE_REPORT))
		return EXIT_REFUSED;
	if (retention_report(command->site, command->arena, command->stop, command->out) < 0)
		return command_refuse(command, "the store failed");
	return EXIT_DONE;
}
