#include "pages/my_data.h"

#include "pages/figures.h"

static int load_consent(struct request *request, struct db *db, struct my_data *data)
{
	int64_t entry = data->sitting.entry.id;
	int result = q_entry_consent(db, request->arena, entry, &data->consent);

	if (result <= 0)
		return STORE_FAILED;
	data->n_sentences = consent_agreed(request->arena, request->contest, data->consent.hash,
					   data->sentences);
	result = q_guardian_of(db, request->arena, entry, &data->guardian);
	data->has_guardian = result > 0;
	if (result > 0 && keys_unseal(request->site->keys, KEY_PERSONAL, request->arena,
				      "guardian.name", entry, data->guardian.name_sealed,
				      &data->guardian_name) != 0)
		return STORE_FAILED;
	return result;
}

/* Ways in: the password, the slip, browsers, what operators did. */
static int load_door(struct request *request, struct db *db, struct my_data *data)
{
	int64_t person = request->session.person;
	int result = own_password_load(request, db, &data->sitting.entry, &data->password);

	if (result < 0)
		return result;
	result = q_recovery_of(db, person, &data->slip);
	data->has_slip = result > 0;
	if (result < 0)
		return result;
	data->n_devices = q_devices_ever(db, request->arena, person, &data->devices);
	if (data->n_devices < 0)
		return data->n_devices;
	data->n_resets = q_resets_of(db, request->arena, person, &data->resets);
	return data->n_resets;
}

int my_data_load(struct request *request, struct db *db)
{
	struct my_data *data = arena_alloc(request->arena, sizeof(*data));
	int result = data ? sitting_load(request, db) : STORE_FAILED;

	if (result < 0)
		return result;
	data->sitting = *(const struct sitting *)request->page;
	request->page = data;
	if (!data->sitting.entry.entered)
		return 0;
	if (load_consent(request, db, data) < 0 || load_door(request, db, data) < 0)
		return STORE_FAILED;
	data->n_elsewhere = q_entries_elsewhere(db, request->arena, request->session.person,
						request->contest->id, &data->elsewhere);
	if (data->n_elsewhere < 0)
		return data->n_elsewhere;
	return hold_load(request->site, request->arena, db, request->session.person, request->now,
			 &data->hold);
}

bool my_data_is_minor(const struct request *request, const struct my_data *data,
		      const struct birth *birth)
{
	int64_t registered_at = data->sitting.entry.registered_at + request->site->clock.shift_ms;
	return person_may_be_under(birth, PERSON_GUARDIAN_AGE, registered_at);
}

struct text my_data_moment(const struct request *request, int64_t machine_ms)
{
	return figure_moment(request, machine_ms + request->site->clock.shift_ms);
}
