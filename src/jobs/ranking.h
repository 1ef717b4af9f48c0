/* From the close to the published result, a step at a time, each an act:
 * freeze → rank → publish. All of them on one round of one contest. */
#ifndef JOBS_RANKING_H
#define JOBS_RANKING_H

#include "base/text.h"
#include "pages/contest.h"
#include "pages/site.h"

#include <stdatomic.h>

struct ranking_order {
	struct site *site;
	const struct contest *contest;
	int round;		/* number in the profile in force now */
	int64_t now;		/* contest clock */
	struct text actor;
	struct text decision_no;	/* publish */
	struct text decision_date;	/* publish: ISO date */
	struct arena *arena;
	const atomic_bool *stop;	/* as struct pace has it */
	struct text refused;	/* why not, when an answer is 1 */
	/* what was done */
	int64_t papers, people, units, left_out;
	struct hash hash;
	bool unchanged;		/* the newest one holds the same already */
};

/* Fixes the set of papers that can count. Answers 0 done, 1 refused (the round
 * is not over, papers are still open), negative as the store. */
int ranking_freeze(struct ranking_order *order) MUST_CHECK;

/* Ranks the newest freeze by the rules that held when the round closed: annulled
 * papers, excluded people and entries that take part no more left out, with the
 * reason. The same freeze and rules give the same bytes; then nothing is written. As
 * above; 1 also when there is no freeze. */
int ranking_rank(struct ranking_order *order) MUST_CHECK;

/* Shows the newest ranking to the public. 1: there is none, it is published
 * already, or ranking now would give another one (a newer freeze, a paper annulled
 * or restored, another list of exclusions). */
int ranking_publish(struct ranking_order *order) MUST_CHECK;

/* Of this room. */

/* The rules by which the round of an order counts: those in force right before its
 * close. */
const struct rules_in_force *ranking_rules(const struct ranking_order *order);

/* The round's id. */
int64_t ranking_round(const struct ranking_order *order);

struct pace;

/* What ranking_rank would write now: fills `order` as it does, writes nothing. */
int ranking_look(struct ranking_order *order, const struct pace *pace) MUST_CHECK;

struct db;
struct q_round_changes;

/* Whether nothing was frozen, ranked, annulled or restored since `then`, and nobody left;
 * all of these only ever grow. STORE_ONE, STORE_NONE, negative as ever. */
int ranking_is_as_it_was(struct db *db, int64_t round, const struct q_round_changes *then) MUST_CHECK;

/* Room for one more of an array that doubles, up to a bound; NULL: no memory. */
void *ranking_make_room(struct arena *arena, void *items, int n, int *cap, size_t bytes) MUST_CHECK;

#endif
