/* A site with the sample contest in it, for tests: a real store and real keys in a
 * temporary folder, filled from a copy of examples/binh-phuoc-2024 that a test may
 * change. Both clocks are `now`; randomness is the same in every run. What cannot
 * be done fails the test. */
#ifndef TESTS_PAGES_SAMPLE_H
#define TESTS_PAGES_SAMPLE_H

#include "cli/contest_apply.h"
#include "pages/contest.h"
#include "pages/site.h"
#include "store/store.h"

struct sample {
	char dir[64];
	struct arena *arena;
	struct keys *keys;
	struct id_source ids;
	struct site site;
	int64_t now;
	uint64_t random;
	void (*fatal)(void *ctx, const char *why);	/* as the store's; NULL none */
	void (*failed)(void *ctx, const char *what, const char *why);
	void *fatal_ctx;		/* of both */
};

/* For cmocka: makes a struct sample of *state, at 1 September 2024, with keys and
 * an empty store; and takes all of it away. */
int sample_set_up(void **state);
int sample_set_up_applied(void **state);	/* … with the folder applied */
int sample_tear_down(void **state);

/* An instant as the profile writes it. */
int64_t sample_moment(const char *iso);

/* Loads the contests anew, as every act of an operator does. */
void sample_reload(struct sample *s);

/* Closes the store and opens it again, as a restart does. */
void sample_reopen(struct sample *s);

/* Replaces the only `old` of a file of the folder. */
void sample_edit(struct sample *s, const char *file, const char *old, const char *fresh);

/* `contest apply` of the folder, with rules that hold from `effective_at`: its
 * answer. What came of it is loaded. */
int sample_apply(struct sample *s, int64_t effective_at, struct contest_apply *ret);

/* The contest as it is in force. To be given back with contest_release. */
const struct contest *sample_contest(struct sample *s);

struct sample_person {
	const char *name, *birth, *phone;	/* birth in ISO form, phone in E.164 */
	const char *unit;			/* its code */
	int group;				/* number in the profile */
	/* made */
	int64_t entry;
	struct text code;
};

/* Registers a person. */
void sample_enter(struct sample *s, struct sample_person *person);

struct sample_paper {
	int64_t id, holder;
	struct text drawn;
	struct bank_item *keys;		/* of its bank; lives as long as the sample */
	const struct sample_person *person;
	int attempt;
};

/* Starts a paper now. */
struct sample_paper sample_start(struct sample *s, const struct sample_person *person, int attempt);

/* An answer vector with the first `correct` items right and the rest wrong. */
struct text sample_answers(struct sample *s, const struct sample_paper *paper, int correct);

/* Saves now, over revision `revision`. */
enum save_verdict sample_save(struct sample *s, const struct sample_paper *paper, int64_t revision,
			      struct text answers, int64_t prediction);

/* Submits now, over the first revision. */
void sample_submit(struct sample *s, const struct sample_paper *paper, int correct,
		   int64_t prediction);

/* The paper as it is stored. */
struct q_paper_get;
void sample_stored(struct sample *s, const struct sample_paper *paper, struct q_paper_get *ret);

/* The id of the first round. */
int64_t sample_round(struct sample *s);

#endif
