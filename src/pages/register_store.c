#include "pages/register_store.h"

#include "base/code.h"
#include "base/random.h"

#include "store_queries.h"

/* Where people of the group look: 0 for a group that is no longer in the rules. */
static int place_of(const struct profile *profile, const struct contest_ids *ids, int64_t group_id)
{
	for (int i = 0; i < profile->n_groups; i++)
		if (ids->groups[i] == group_id)
			return profile->groups[i].place;
	return 0;
}

int phone_has_room(struct arena *arena, struct db *db, const struct contest *contest,
		   const struct profile *profile, const struct contest_ids *ids, int group,
		   struct text phone_index, int64_t person)
{
	enum group_place place = profile->groups[group].place;
	int limit = profile->people_per_phone[place];
	struct q_entries_of_identity *rows;
	int n = q_entries_of_identity(db, arena, contest->id, IDENTITY_PHONE, phone_index, &rows);
	int others = 0;

	if (n < 0)
		return n;
	for (int i = 0; i < n; i++)
		if (rows[i].person != person &&
		    place_of(profile, ids, rows[i].group_id) == (int)place)
			others++;
	return others < limit;
}

int known_person_load(struct arena *arena, struct db *db, int64_t contest, struct text person_index,
		      struct known_person *ret)
{
	struct q_person_by_identity *ids;
	struct q_person_get person;
	struct q_entry_of entry;

	*ret = (struct known_person){ .password_hash = TEXT_EMPTY };
	int n = q_person_by_identity(db, arena, IDENTITY_PERSON, person_index, &ids);
	if (n <= 0)
		return n;
	int result = q_person_get(db, arena, ids[0].person, &person);
	if (result <= 0)
		return result < 0 ? result : STORE_FAILED;
	result = q_entry_of(db, arena, contest, ids[0].person, &entry);
	if (result < 0)
		return result;
	*ret = (struct known_person){ ids[0].person, person.epoch, person.password_hash,
				     result > 0 };
	return 0;
}

void register_job_draw_codes(struct register_job *job)
{
	unsigned char bytes[ENTRY_CODE_BYTES];

	for (int i = 0; i < REGISTER_CODES; i++) {
		random_bytes(bytes, sizeof(bytes));
		job->codes[i] = code_from_bytes(job->arena, bytes, ENTRY_CODE_CHARS, false);
	}
}

static int add_person(const struct register_job *job, struct db *db)
{
	if (q_person_add(db, job->person, job->now) < 0 ||
	    q_person_data_add(db, job->person, job->name_sealed, job->birth_sealed,
			      job->phone_sealed, job->indexes.name_birth, job->password_hash) < 0 ||
	    q_identity_add(db, IDENTITY_PERSON, job->indexes.person, job->person) < 0 ||
	    q_identity_add(db, IDENTITY_PHONE, job->indexes.phone, job->person) < 0 ||
	    q_recovery_put(db, job->person, job->recovery_index, job->now) < 0)
		return STORE_FAILED;
	return 0;
}

/* The first of the codes that nobody has. */
static int free_code(const struct register_job *job, struct db *db, struct text *ret)
{
	struct q_entry_by_code row;

	for (int i = 0; i < REGISTER_CODES; i++) {
		int result = q_entry_by_code(db, job->contest->id, job->codes[i], &row);
		if (result < 0)
			return result;
		*ret = job->codes[i];
		if (result == 0)
			return 0;
	}
	return STORE_FAILED;
}

static int add_entry(struct register_job *job, struct db *db, int64_t person)
{
	int result = free_code(job, db, &job->code);

	if (result < 0)
		return result;
	const struct q_entry_add_in entry = {
		.id = job->entry, .contest = job->contest->id, .person = person, .code = job->code,
		.group_id = job->ids->groups[job->group], .unit = job->unit,
		.unit_written = job->unit_written, .consent_version = job->consent.version,
		.consent_hash = job->consent.hash, .now = job->now,
	};
	if (q_entry_add(db, &entry) < 0)
		return STORE_FAILED;
	if (job->consent.guardian_sealed.len == 0)
		return 0;
	return consent_write_guardian(db, job->entry, &job->consent, job->now);
}

int register_job_run(void *ctx, struct db *db)
{
	struct register_job *job = ctx;
	int result = known_person_load(job->arena, db, job->contest->id, job->indexes.person,
				       &job->found);

	if (result < 0)
		return result;
	job->outcome = REGISTER_FOUND;
	if (job->person_is_new && job->found.id != 0)
		return STORE_ONE;
	job->outcome = REGISTER_DONE;
	if (!job->person_is_new && job->found.entered)
		return device_note_write(&job->device, db);
	int64_t person = job->person_is_new ? job->person : job->found.id;
	int room = phone_has_room(job->arena, db, job->contest, job->profile, job->ids, job->group,
				  job->indexes.phone, person);
	if (room < 0)
		return room;
	job->outcome = REGISTER_FULL;
	if (room == 0)
		return STORE_ONE;
	job->outcome = REGISTER_DONE;
	if ((job->person_is_new && add_person(job, db) < 0) || add_entry(job, db, person) < 0 ||
	    device_note_write(&job->device, db) < 0)
		return STORE_FAILED;
	return STORE_ONE;
}
