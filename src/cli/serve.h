/* Serving an opened folder until a signal, for `serve` and `demo`. */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

#include "cli/folder.h"

/* In place of an address: the sockets that systemd passes (LISTEN_FDS). */
#define SERVE_LISTEN_SYSTEMD "systemd"

struct serve_options {
	struct text listen;		/* "127.0.0.1:8080", or SERVE_LISTEN_SYSTEMD */
	struct text metrics;		/* "" none */
	struct text trusted_proxy;	/* "" none */
	const char *data_dir;
	/* Prints to standard output once people can come; NULL: a log line. */
	void (*ready)(struct command *command, struct folder *folder, int port, void *ctx);
	void *ctx;
};

/* Answers the exit status. */
int serve_folder(struct command *command, struct folder *folder, const struct serve_options *options);

/* What a failed sync calls: says so and ends the process at once. */
void serve_fatal(void *ctx, const char *why);

/* What work that the database refuses calls: a line in the log, one in ten seconds
 * at most, since a full disk refuses all. */
void serve_failed(void *ctx, const char *what, const char *why);

#endif
