#include "cli/crowd_people.h"

#include "base/random.h"
#include "base/time.h"
#include "http/cookie.h"
#include "http/hasher.h"
#include "pages/recovery.h"
#include "pages/register_store.h"
#include "store/store.h"

#define SLICE_PEOPLE 5000
#define SLICE_ARENA_BYTES (256 << 20)

/* Where people of a group may be. */
struct place {
	int group;
	int n_units;
	const struct contest_unit **units;
};

struct adding {
	struct crowd_people *people;
	struct site *site;
	struct arena *arena;	/* of a slice */
	const struct rules_in_force *rules;
	struct place places[PROFILE_GROUPS_MAX];
	int n_places;
	char password_hash[HASHER_ENCODED_BYTES];
	int from, to;		/* the slice */
	size_t cookies_before;	/* bytes of the slices before it */
	struct buf cookies;
};

struct text crowd_people_phone(struct arena *arena, const struct crowd_people *people, int number)
{
	return text_format(arena, "%s%07d", people->phones, number);
}

static int write_cookie(struct adding *a, int64_t person, int64_t device)
{
	char value[SESSION_TEXT_BYTES];
	struct session session = {
		.person = person, .device = device, .issued_at = time_now_ms(),
	};

	session_extend(&session, session.issued_at, 0);
	if (session_encode(a->site->keys, &session, value) != 0)
		return STORE_FAILED;
	buf_add(&a->cookies, value, sizeof(value));
	buf_char(&a->cookies, '\n');
	return 0;
}

/* What the registration page would hand over for this one. */
static struct register_job register_of(struct adding *a, int number, int64_t device)
{
	const struct keys *keys = a->site->keys;
	struct arena *arena = a->arena;
	const struct contest *contest = a->people->contest;
	const struct profile *profile = &a->rules->profile;
	const struct place *place = &a->places[number % a->n_places];
	struct hash consent = hash_sha256(profile->consent_purpose);
	struct text name = a->people->name;
	struct text birth = text_format(arena, "%04d-%02d-%02d", 1960 + number % 40,
					1 + number % 12, 1 + number % 28);
	struct text phone = crowd_people_phone(arena, a->people, number);
	struct register_job job = {
		.arena = arena, .contest = contest, .profile = profile,
		.ids = contest_ids_of(contest, a->rules), .person_is_new = true,
		.person = id_next(a->site->ids), .entry = id_next(a->site->ids),
		.password_hash = text_from_z(a->password_hash), .group = place->group,
		.unit = place->units[number / a->n_places % place->n_units]->id,
		.unit_written = TEXT_EMPTY,
		.consent = { .version = profile->consent_version,
			     .hash = text_copy(arena, hash_text(&consent)) },
		.now = time_now_ms(),
	};
	struct hash recovery = recovery_index(keys, arena, job.person, recovery_code_new(arena));

	identity_of_person(keys, arena, name, birth, phone, &job.indexes);
	job.name_sealed = keys_seal(keys, KEY_PERSONAL, arena, "person_data.name", job.person,
				    name);
	job.birth_sealed = keys_seal(keys, KEY_PERSONAL, arena, "person_data.birth", job.person,
				     birth);
	job.phone_sealed = keys_seal(keys, KEY_PERSONAL, arena, "person_data.phone", job.person,
				     phone);
	job.recovery_index = text_copy(arena, hash_text(&recovery));
	job.device = (struct device_note){
		.person = job.person, .device = device, .now = job.now,
		.browser = TEXT("Chrome, Android"),
	};
	register_job_draw_codes(&job);
	return job;
}

static int add_slice(void *ctx, struct db *db)
{
	struct adding *a = ctx;

	a->cookies.len = a->cookies_before;	/* a job may run again */
	for (int i = a->from; i < a->to; i++) {
		int64_t device = (int64_t)(random_u64() >> 1) | 1;
		struct register_job job = register_of(a, i, device);
		if (register_job_run(&job, db) < 0 || job.outcome != REGISTER_DONE ||
		    write_cookie(a, job.person, device) < 0)
			return STORE_FAILED;
	}
	return arena_failed(a->arena) ? STORE_FAILED : STORE_ONE;
}

/* All units of a group that people may choose. */
static struct place place_of(struct adding *a, int group)
{
	const struct contest *contest = a->people->contest;
	struct place place = { .group = group };

	place.units = arena_array(a->people->command->arena, (size_t)contest->n_units + 1,
				  sizeof(*place.units));
	for (int i = 0; place.units && i < contest->n_units; i++)
		if (contest_unit_is_open(&contest->units[i], a->rules->profile.groups[group].place))
			place.units[place.n_units++] = &contest->units[i];
	return place;
}

static int choose_places(struct adding *a)
{
	const struct profile *profile = &a->rules->profile;
	int first = a->people->every_group ? 0 : profile->n_groups - 1;

	for (int i = first; i < profile->n_groups; i++) {
		a->places[a->n_places] = place_of(a, i);
		a->n_places += a->places[a->n_places].n_units > 0;
	}
	return a->n_places ? 0 : command_refuse(a->people->command,
						"there is no unit that can be chosen");
}

static int add_slices(struct adding *a)
{
	struct crowd_people *people = a->people;
	bool goes_on = true;
	int result = 0;

	a->arena = arena_new(SLICE_ARENA_BYTES);
	if (!a->arena)
		return STORE_FAILED;
	for (a->from = 0; result >= 0 && goes_on && a->from < people->n; a->from = a->to) {
		a->to = a->from + SLICE_PEOPLE < people->n ? a->from + SLICE_PEOPLE : people->n;
		a->cookies_before = a->cookies.len;
		result = store_call(a->site->store, STORE_CLASS_BACKGROUND, "people", add_slice, a);
		arena_reset(a->arena);
		goes_on = !people->told || people->told(a->to);
	}
	arena_free(a->arena);
	return result;
}

int crowd_people_add(struct crowd_people *people)
{
	struct command *command = people->command;
	struct adding a = {
		.people = people, .site = command->site,
		.rules = contest_rules(people->contest, command_now(command)),
	};

	if (!a.site->rehearsal)
		return command_refuse(command, "this folder is of a real contest");
	if (hasher_hash(TEXT(CROWD_PASSWORD), a.password_hash) != HASH_DONE)
		return command_refuse(command, "cannot hash a password");
	int status = choose_places(&a);
	if (status)
		return status;
	buf_init(&a.cookies, command->arena, (size_t)people->n * (SESSION_TEXT_BYTES + 1));
	if (add_slices(&a) < 0)
		return command_refuse(command,
				      "cannot write the contestants: is the folder fresh?");
	people->cookies = buf_done(&a.cookies);
	people->group = a.rules->profile.groups[a.places[0].group].code;
	people->unit = a.places[0].units[0]->code;
	return 0;
}
