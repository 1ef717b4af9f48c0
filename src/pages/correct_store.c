#include "pages/correct_store.h"

#include "store_queries.h"

void correct_job_fill(const struct keys *keys, struct correct_job *job,
		      const struct page_entry *old, struct text name, struct text birth_iso)
{
	struct identity_indexes before;

	identity_of_person(keys, job->arena, old->name, old->birth_iso, old->phone, &before);
	job->old_index = before.person;
	identity_of_person(keys, job->arena, name, birth_iso, old->phone, &job->indexes);
	job->name_sealed = keys_seal(keys, KEY_PERSONAL, job->arena, "person_data.name", job->person,
				     name);
	job->birth_sealed = keys_seal(keys, KEY_PERSONAL, job->arena, "person_data.birth",
				      job->person, birth_iso);
}

/* What stands in the way; CORRECT_DONE nothing. Negative as the store. */
static int look(const struct correct_job *job, struct db *db)
{
	struct q_papers_of_person papers;
	struct q_person_by_identity *found;

	if (!job->by_operator && q_papers_of_person(db, job->person, &papers) < 0)
		return STORE_FAILED;
	if (!job->by_operator && papers.n > 0)
		return CORRECT_BEGUN;
	int n = q_person_by_identity(db, job->arena, IDENTITY_PERSON, job->indexes.person, &found);
	if (n < 0)
		return n;
	return n > 0 && found[0].person != job->person ? CORRECT_TAKEN : CORRECT_DONE;
}

static int change(const struct correct_job *job, struct db *db)
{
	if (q_person_correct(db, job->person, job->name_sealed, job->birth_sealed,
			     job->indexes.name_birth) <= 0)
		return STORE_FAILED;
	if (job->agrees && consent_write(db, job->entry, &job->consent, job->now) < 0)
		return STORE_FAILED;
	if (!job->agrees && job->consent.guardian_sealed.len &&
	    consent_write_guardian(db, job->entry, &job->consent, job->now) < 0)
		return STORE_FAILED;
	return act_add(db, job->arena, job->now, &job->act);
}

int correct_job_run(void *ctx, struct db *db)
{
	struct correct_job *job = ctx;
	int outcome = look(job, db);

	if (outcome < 0)
		return outcome;
	job->outcome = (enum correct_outcome)outcome;
	if (outcome != CORRECT_DONE)
		return STORE_ONE;
	int moved = q_identity_change(db, IDENTITY_PERSON, job->old_index, job->person,
				      job->indexes.person);
	if (moved < 0)
		return moved;
	if (moved == 0) {
		job->outcome = CORRECT_GONE;
		return STORE_ONE;
	}
	return change(job, db);
}
