/* The files of an export, as docs/proof.md describes them: everything that a
 * second program needs to come to the same result. */
#ifndef CLI_EXPORT_FILES_H
#define CLI_EXPORT_FILES_H

#include "cli/command.h"
#include "store/db.h"

#include "store_queries.h"

#define EXPORT_FILE_BYTES_MAX (1u << 30)
#define EXPORT_FILES_MAX 64

struct export_file {
	struct text name;
	struct buf bytes;
};

struct export {
	struct command *command;
	struct arena *arena;
	const struct contest *contest;
	int round;			/* number in the profile */
	int64_t round_id;
	bool names;			/* a list with names too, for the organizers alone */
	struct q_ranking_latest ranking;
	const struct rules_in_force *rules;	/* of the ranking */
	const struct contest_ids *ids;
	struct export_file files[EXPORT_FILES_MAX];
	int n_files;
	int64_t n_papers, n_people;
	struct text refused;
};

/* Fills `files`. STORE_ONE done, STORE_NONE refused, else the store failed. */
int export_collect(void *export, struct db *db) MUST_CHECK;

#endif
