/* Correcting a person's name and birth date: sealed data and all indexes by which
 * they are found, in one transaction. */
#ifndef PAGES_CORRECT_STORE_H
#define PAGES_CORRECT_STORE_H

#include "pages/consent_form.h"
#include "pages/identity.h"
#include "store/act.h"

enum correct_outcome {
	CORRECT_DONE,
	CORRECT_TAKEN,	/* someone else is registered with just that phone, name and birth */
	CORRECT_BEGUN,	/* there is a paper: only an operator corrects from then on */
	CORRECT_GONE,	/* the person is not as was read: corrected meanwhile, or erased */
};

struct correct_job {
	/* in */
	struct arena *arena;
	int64_t person, entry;
	struct text old_index;			/* IDENTITY_PERSON, as it was read */
	struct identity_indexes indexes;	/* the new ones */
	struct text name_sealed, birth_sealed;
	bool by_operator;			/* papers do not matter */
	bool agrees;				/* `consent` replaces that of the entry; */
	struct consent_record consent;		/* else only its guardian counts, if any */
	struct act act;
	int64_t now;				/* machine clock */
	/* out */
	enum correct_outcome outcome;
};

/* Fills old index, new indexes and sealed data of `person`. */
void correct_job_fill(const struct keys *keys, struct correct_job *job,
		      const struct page_entry *old, struct text name, struct text birth_iso);

/* A transaction: STORE_ONE, and `outcome` says what came of it. */
int correct_job_run(void *job, struct db *db) MUST_CHECK;

#endif
