/* Commands: one row each in the table of main.c, one file each.
 *
 * A command that needs a data folder is run by whoever holds the folder: by this
 * process, or, when a server holds it, inside that server through DIR/control.sock.
 * So it writes to buffers, reads no standard input, and takes paths relative to
 * the caller's folder (command_path). */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/text.h"
#include "jobs/pace.h"
#include "pages/contest.h"
#include "pages/site.h"

#define COMMAND_ARGS_MAX 32
#define COMMAND_OUTPUT_BYTES_MAX (64 << 20)

/* Exit statuses. */
enum {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1,	/* refused or failed */
	EXIT_USAGE = 2,
};

struct command_option {
	struct text name;	/* "reason", without the dashes */
	struct text value;
};

struct command {
	struct arena *arena;
	struct buf *out;
	struct buf *err;
	const char *cwd;		/* the caller's folder; NULL when it is gone */
	struct text actor;		/* "cli:USER" */
	struct text words[COMMAND_ARGS_MAX];	/* what is no option */
	int n_words;
	struct command_option options[COMMAND_ARGS_MAX];
	int n_options;
	struct site *site;		/* NULL for commands without a folder */
	const atomic_bool *stop;	/* true once the server that runs it ends; NULL */
};

struct command_row {
	const char *name;	/* "contest apply" */
	const char *usage;	/* what follows the name */
	const char *about;
	const char *options;	/* names it takes, space-separated */
	int min_words, max_words;	/* after the name */
	bool needs_folder;	/* --data, and a struct site; of one that takes no
				 * --keys only the store and the logs of it are there */
	int (*run)(struct command *command);
};

extern const struct command_row command_rows[];
extern const int n_command_rows;

/* Finds the row of `args` and reads its words and options. NULL when they are
 * wrong: what is wrong stands in command->err. */
const struct command_row *command_read(struct command *command, const struct text *args, int n);

/* What may take minutes has a thread in the server, so that it keeps nothing else waiting;
 * commands of one lane never run at once. */
enum command_lane {
	COMMAND_LANE_SHORT,	/* takes no time */
	COMMAND_LANE_AUDIT,
	COMMAND_LANE_BACKUP,
	COMMAND_LANE_CONTEST,	/* apply, freeze, rank, publish */
	COMMAND_LANE_EXPORT,
	COMMAND_LANE_KEYS,
	COMMAND_LANE_REPORT,
	COMMAND_LANES
};

enum command_lane command_lane(const struct command_row *row);

/* Whether an option is one of the row's. */
bool command_takes(const struct command_row *row, const char *option);

/* The value of an option; TEXT_EMPTY when it was not given. */
struct text command_option(const struct command *command, const char *name);
bool command_has(const struct command *command, const char *name);

/* Writes "hoithi: …" and answers EXIT_REFUSED. */
int command_refuse(struct command *command, const char *format, ...) PRINTF(2, 3);

/* The same with EXIT_USAGE. */
int command_misused(struct command *command, const char *format, ...) PRINTF(2, 3);

/* A path as the caller meant it. */
const char *command_path(struct command *command, struct text path);

/* The contest that --contest names, or the only one there is; NULL after saying
 * what is wrong. Give it back with contest_release. */
const struct contest *command_contest(struct command *command);

/* The number of the round that --round names, or the only one; -1 after saying
 * what is wrong. */
int command_round(struct command *command, const struct contest *contest);

/* The contest clock now. */
int64_t command_now(const struct command *command);

/* Whether an operator has paused jobs of this kind; says so. */
bool command_paused(struct command *command, enum pace_job job);

/* Reads all contests anew after a change. 0 done, negative as the store. */
int command_reload(struct site *site) MUST_CHECK;

int cmd_audit(struct command *command);
int cmd_backup(struct command *command);
int cmd_contest_apply(struct command *command);
int cmd_contest_check(struct command *command);
int cmd_contest_freeze(struct command *command);
int cmd_contest_publish(struct command *command);
int cmd_contest_rank(struct command *command);
int cmd_contest_surge(struct command *command);
int cmd_demo(struct command *command);
int cmd_export_results(struct command *command);
int cmd_jobs_pause(struct command *command);
int cmd_jobs_resume(struct command *command);
int cmd_jobs_status(struct command *command);
int cmd_keys_backup_pair(struct command *command);
int cmd_keys_init(struct command *command);
int cmd_keys_reseal(struct command *command);
int cmd_keys_rotate(struct command *command);
int cmd_migrate(struct command *command);
int cmd_paper_annul(struct command *command);
int cmd_paper_restore(struct command *command);
int cmd_person_erase(struct command *command);
int cmd_person_correct(struct command *command);
int cmd_person_find(struct command *command);
int cmd_person_merge(struct command *command);
int cmd_person_move(struct command *command);
int cmd_person_release(struct command *command);
int cmd_person_reset(struct command *command);
int cmd_rehearse(struct command *command);
int cmd_rehearse_copy(struct command *command);
int cmd_restore(struct command *command);
int cmd_retention_report(struct command *command);
int cmd_serve(struct command *command);
int cmd_unit_codes(struct command *command);

#endif
