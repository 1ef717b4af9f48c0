/* Ranking people of one group and round. Pure: papers in, places out. The same
 * papers in any order give the same result. */
#ifndef RULES_RANK_H
#define RULES_RANK_H

#include "rules/profile.h"

/* A submitted paper that was not annulled. */
struct rank_paper {
	int64_t paper;		/* id */
	int64_t entry;		/* id of the person's entry */
	struct text entry_code;	/* mã dự thi: settles the order of equals in lists */
	int group;		/* number in the profile */
	int64_t attempt;	/* from 1; different for each paper of an entry in a round */
	int score_points;
	bool perfect;
	int64_t prediction;	/* PREDICTION_MISSING when there is none */
	int64_t started_at;	/* ms */
	int64_t submitted_at;	/* ms */
	int64_t elapsed_ms;
	bool excluded;		/* its person is excluded: counts for nothing */
};

struct rank_place {
	int64_t paper;		/* the counted paper */
	int64_t entry;
	int group;
	int place;		/* from 1; equals share a place, the next place is
				 * skipped as often: 1 2 2 4 */
	int64_t prediction_error;	/* distance, either way; -1 when there is no
					 * prediction or target */
	int score_points;	/* of the counted paper */
	bool perfect;		/* the counted paper is */
	int n_perfect;		/* perfect papers of this person in the round */
	enum rank_key decided_by;	/* the key that put it before the next one;
					 * 0: last, or equal in all keys */
};

/* The number that predictions of a group are measured against. */
struct rank_target {
	int64_t value;		/* -1 when there is no prediction question */
};

struct rank_result {
	struct rank_place *places;	/* by group, then place, then entry code */
	int n_places;
	struct rank_target targets[PROFILE_GROUPS_MAX];
};

/* Chooses each entry's counted paper by the profile's counting, computes the
 * prediction targets, and ranks group by group. `papers` are all of one round
 * and are reordered. A target counts papers by their group; `all_correct_people`
 * and `participants` count counted papers, `all_correct_attempts` all. A paper
 * without a prediction ranks behind those that have one; where there is no
 * target that key decides nothing. Equals stand in order of entry code. No rule
 * value of the profile is undecided. The result lives in `arena`.
 * 0 done, -1 memory is out. */
int rank_people(struct arena *arena, const struct profile *profile, struct rank_paper *papers,
		int n_papers, struct rank_result *ret) MUST_CHECK;

/* Whether `a` counts rather than `b`, two papers of one person in a round:
 *   best  more points, then shorter, then submitted earlier
 *   only  started earlier (a limit of one a day allows several in a round)
 *   last  started later
 * then the smaller attempt number, which is published and so can be recomputed.
 * Never equal for different papers: the smaller id counts at last. */
bool rank_counts_before(const struct profile *profile, const struct rank_paper *a,
			const struct rank_paper *b);

#endif
