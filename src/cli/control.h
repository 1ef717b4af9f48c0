/* DIR/control.sock: how a command reaches the server that holds the folder.
 *
 * The caller sends its folder and its arguments, each ended by NUL, and closes
 * its side; the server answers "STATUS OUT-BYTES ERR-BYTES\n" and both texts.
 * The socket is for its owner alone; who calls is what the kernel says.
 *
 * Commands run one at a time, but for those that take long: they have a thread of their
 * own, so that nobody at the phone waits for a backup, and one of them at a time. */
#ifndef CLI_CONTROL_H
#define CLI_CONTROL_H

#include "cli/command.h"

/* Sends the arguments of this process to the server of a folder. The exit status
 * is in *ret_status. 0 done (or refused here, since the caller's folder is gone),
 * -1 the server cannot be reached. */
int control_call(struct command *command, const char *dir, const struct text *args, int n,
		 int *ret_status) MUST_CHECK;

struct control;

/* Listens in the folder, on threads of its own. NULL when it cannot (errno). */
struct control *control_start(const char *dir, struct site *site) MUST_CHECK;

/* Waits for what runs; tells long commands to give up. Takes NULL, returns NULL. */
struct control *control_stop(struct control *control);

#endif
