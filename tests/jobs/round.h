/* A round of the sample contest that people sat, and the steps from its close to its
 * result as an operator takes them. Group 1 has four people: An, who sits twice, and
 * Bình, both with a perfect paper; Cúc with 20 right; Giang, perfect too, who is on
 * the list of exclusions. Group 2 has Dung, with 25 right, whom no unit counts
 * wherever he stands. */
#ifndef TESTS_JOBS_ROUND_H
#define TESTS_JOBS_ROUND_H

#include "jobs/ranking.h"
#include "sample.h"

#define OPEN "2024-09-20T08:00:00+07:00"
#define CLOSE "2024-10-04T24:00:00+07:00"
#define RANKED "2024-10-06T08:00:00+07:00"	/* when round_rank does it */

enum { AN, BINH, CUC, GIANG, DUNG, N_PEOPLE };

#define N_PAPERS 6

extern struct sample_person people[N_PEOPLE];

/* For cmocka; sample_tear_down ends it. */
int round_set_up(void **state);

/* Takes one step, after which the contest is loaded anew: done, or failed. */
struct ranking_order round_step(struct sample *s, int (*step)(struct ranking_order *));

/* The same for one that is to be refused for a reason with these words. */
void round_refused(struct sample *s, int (*step)(struct ranking_order *), const char *why);

/* Freezes and ranks. */
struct ranking_order round_rank(struct sample *s);

/* Annuls An's best paper, and restores it. */
void round_annul(struct sample *s);
void round_restore(struct sample *s);

#endif
