/* Puts a checked folder into force: one transaction, one act. */
#ifndef CLI_CONTEST_APPLY_H
#define CLI_CONTEST_APPLY_H

#include "base/id.h"
#include "base/keys.h"
#include "cli/contest_folder.h"

struct db;

struct contest_apply {
	/* in */
	struct arena *arena;
	const struct keys *keys;
	struct id_source *ids;
	const struct contest_folder *folder;
	struct text actor;
	int64_t now;		/* machine clock */
	int64_t contest_now;	/* contest clock */
	int64_t effective_at;	/* of the rules: contest clock */
	/* out */
	bool created;
	int64_t rules_version;	/* in force or to come */
	bool rules_changed;
	int banks_changed;
	struct text refused;	/* why nothing was done, when the answer is STORE_NONE */
};

/* A transaction for store_call. STORE_ONE done; STORE_NONE refused: a unit, round
 * or group that was applied before is gone, or a bank cannot fill the blueprint of
 * rules that still hold, now or until this act's come into force. */
int contest_apply_run(void *apply, struct db *db) MUST_CHECK;

#endif
