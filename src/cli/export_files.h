/* The files of an export, as docs/proof.md describes them: everything that a
 * second program needs to come to the same result. */
#ifndef CLI_EXPORT_FILES_H
#define CLI_EXPORT_FILES_H

#include "jobs/pace.h"
#include "pages/contest.h"

#include "store_queries.h"

#define EXPORT_FILE_BYTES_MAX (1u << 30)
#define EXPORT_FILES_MAX 160
/* Versions of all banks, and of the rules, that papers of one round were written
 * under. */
#define EXPORT_BANKS_MAX 64
#define EXPORT_RULES_MAX 64

struct export_file {
	struct text name;
	struct buf bytes;
};

struct export {
	/* in */
	struct arena *arena;
	const struct keys *keys;
	const struct contest *contest;
	int64_t now;			/* contest clock */
	int64_t round_id;
	bool names;			/* a list with names too, for the organizers alone */
	bool with_keys;			/* also while another round draws from the same bank */
	/* out */
	struct q_ranking_latest ranking;
	const struct rules_in_force *rules;	/* of the ranking */
	const struct contest_ids *ids;
	int round;				/* number in their profile */
	const struct bank *banks[EXPORT_BANKS_MAX];	/* that the papers were drawn from */
	int n_banks;
	const struct rules_in_force *papers_rules[EXPORT_RULES_MAX];	/* and the ranking's */
	int n_papers_rules;
	struct export_file files[EXPORT_FILES_MAX];
	int n_files;
	int64_t n_papers, n_people;
	struct text refused;
};

/* Fills `files`. STORE_ONE done; STORE_NONE refused: nothing is ranked, or the banks'
 * keys would tell those of a round that is not over; else the store failed or a
 * limit is passed. */
int export_collect(struct export *export, const struct pace *pace) MUST_CHECK;

#endif
