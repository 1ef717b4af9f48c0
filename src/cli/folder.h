/* Opening a data folder with its keys as a struct site. */
#ifndef CLI_FOLDER_H
#define CLI_FOLDER_H

#include "cli/command.h"
#include "store/store.h"

struct folder {
	struct site site;
	struct id_source ids;
	struct keys *keys;
};

struct folder_options {
	bool create;		/* make the database when there is none */
	bool threads;
	bool serving;		/* a real folder becomes one for good */
	bool demo;		/* a rehearsal from its first day */
	bool copy;		/* of another, to be played with: with `clock` a rehearsal,
				 * whatever that was */
	bool no_keys;		/* none are read, nor what is sealed with them: the site has
				 * its store and its security log */
	struct text clock;	/* --clock, "" none */
	void (*fatal)(void *ctx, const char *why);
	void (*failed)(void *ctx, const char *what, const char *why);
};

#define FOLDER_SERVED 3

/* Answers
 *   0              done; close with folder_close
 *   EXIT_REFUSED   refused, or
 *   EXIT_USAGE     misused: what is wrong stands in command->err
 *   FOLDER_SERVED  another process serves this folder; nothing was said of it */
int folder_open(struct command *command, const struct folder_options *options,
		struct folder *folder) MUST_CHECK;

/* Tells the security log that a command ran on the folder of command->site. */
void folder_note_command(const struct command *command, const char *name, int status);

void folder_close(struct folder *folder);

#endif
