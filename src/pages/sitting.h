/* What the pages of the sitting share: the person's papers and what they may do
 * now. */
#ifndef PAGES_SITTING_H
#define PAGES_SITTING_H

#include "pages/page.h"
#include "rules/attempt.h"
#include "rules/score.h"

#include "store_queries.h"

struct sitting {
	struct page_entry entry;
	const struct rules_in_force *rules;	/* in force now */
	struct q_papers_of_entry *papers;	/* oldest first */
	struct attempt *attempts;		/* the same, as the rules see them */
	int n_papers;
	struct start_decision decision;
	const struct profile_round *coming;	/* no round is open, and they wait for this
						 * one; NULL: they do not */
	struct start_decision at_opening;	/* what it will be then: START_MAY, or
						 * START_RULES_MISSING so far */
	bool has_ended;		/* takes part no more, `end` says why */
	struct q_entry_end_of end;
	bool minor;		/* was under 16 when registering */
	bool has_guardian;	/* `guardian` was read; of minors only */
	struct q_guardian_of guardian;
	bool consent_due;	/* what they agreed to holds no more: ask before a start */
};

/* The load function of pages that show or start papers; request->page becomes a
 * struct sitting. */
int sitting_load(struct request *request, struct db *db);

/* A paper named by the request's part ("1-2": round code, attempt), with what is
 * needed to show, save or submit it. */
struct open_paper {
	struct sitting sitting;
	bool found;
	int round;			/* number in the profile in force */
	int attempt;
	struct q_paper_get row;
	const struct rules_in_force *rules;	/* the paper's own */
	const struct bank *bank;
	struct drawn_paper drawn;
	bool is_open;			/* reads as open now */
};

/* Which paper the request's part names: round (number in the profile in force) and
 * attempt. False when it names none. */
bool paper_part_read(const struct request *request, int *ret_round, int *ret_attempt);

/* The load function of pages about one paper; request->page becomes a struct
 * open_paper. */
int open_paper_load(struct request *request, struct db *db);

/* The same for what is posted about one, in one statement and without
 * opening anything personal: of `sitting` only the entry's id and code are
 * filled, and whether the session still holds. */
int open_paper_load_to_save(struct request *request, struct db *db);

/* "/{contest}/bai-thi/1-2" + rest; the person's own page for round -1, none. */
struct text paper_path(const struct request *request, int round, int attempt, const char *rest);

/* The number in the profile in force of a round id; -1 none. */
int round_number(const struct request *request, int64_t round_id);

/* The paper as something to be scored or submitted at `submitted_at` with these
 * answers. */
struct submission;
void open_paper_submission(const struct request *request, const struct open_paper *paper,
			   struct text answers, int64_t prediction, int64_t submitted_at,
			   struct submission *ret);

/* Which of the person's papers of a round counts; -1 none does yet. */
int sitting_counted(const struct request *request, const struct sitting *sitting, int round);

#endif
