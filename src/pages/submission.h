/* What ends a paper: its score, salt, leaf hash and receipt, made in memory
 * before the one statement that stores them. */
#ifndef PAGES_SUBMISSION_H
#define PAGES_SUBMISSION_H

#include "pages/contest.h"
#include "rules/score.h"
#include "store/job.h"

/* The paper as it is stored, and what is to be submitted of it. */
struct submission {
	const struct contest *contest;
	int64_t rules_version, bank, draw_version;
	int64_t round, group;		/* ids */
	struct text entry_code;
	int64_t attempt;
	struct text seed, drawn;
	struct text answers;
	int64_t prediction;
	int64_t started_at, deadline_at;
	int64_t submitted_at;
};

/* Fills what job_save needs for a STORE_SUBMIT beyond guard and vectors. Answers
 * 0 done, 1 the paper names rules or a bank that this contest does not have, -1
 * memory is out. */
int submission_fill(struct arena *arena, const struct submission *submission,
		    struct job_save *ret) MUST_CHECK;

/* The score alone, of a paper that reads as closed. As above. */
int submission_score(const struct submission *submission, struct score *ret) MUST_CHECK;

#endif
