#include "jobs/reseal.h"

#include "base/time.h"
#include "jobs/pace.h"
#include "store/act.h"
#include "store/store.h"

#include "store_queries.h"

#define ARENA_BYTES (8 << 20)
/* Rows a look, as the queries have it. */
#define LOOK_ROWS 200
/* A write waits at most STORE_WAIT_MAX_MS, so the second pass finds the last. */
#define PASSES_MAX 5

struct resealing {
	struct site *site;
	struct pace pace;
	struct arena *arena;	/* of a slice */
	struct text actor;
	struct resealed *total;
	int64_t *count;			/* of the table */
	int64_t changed, unread;	/* of one slice */
};

/* Seals *value anew when an older key did. True when it was. */
static bool renew(struct resealing *r, const char *place, int64_t row, struct text *value)
{
	const struct keys *keys = r->site->keys;
	struct text plain;

	if (keys_sealed_number(*value) == r->total->key)
		return false;
	if (keys_unseal(keys, KEY_PERSONAL, r->arena, place, row, *value, &plain) != 0) {
		r->unread++;
		return false;
	}
	*value = keys_seal(keys, KEY_PERSONAL, r->arena, place, row, plain);
	return true;
}

/* A slice may run again, so it counts from the beginning. */
static void begin_slice(struct resealing *r)
{
	arena_reset(r->arena);
	r->changed = r->unread = 0;
}

static void end_slice(void *ctx)
{
	struct resealing *r = ctx;

	*r->count += r->changed;
	r->total->unread += r->unread;
}

static int reseal_person(struct resealing *r, struct db *db, struct q_sealed_people *row)
{
	bool name = renew(r, "person_data.name", row->person, &row->name_sealed);
	bool birth = renew(r, "person_data.birth", row->person, &row->birth_sealed);
	bool phone = renew(r, "person_data.phone", row->person, &row->phone_sealed);

	if (!name && !birth && !phone)
		return 0;
	r->changed++;
	return arena_failed(r->arena) ||
	       q_person_reseal(db, row->person, row->name_sealed, row->birth_sealed,
			       row->phone_sealed) <= 0 ? STORE_FAILED : 0;
}

static int people(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct resealing *r = ctx;
	struct q_sealed_people *rows;

	begin_slice(r);
	int n = q_sealed_people(db, r->arena, slice->from, &rows);
	for (int i = 0; i < n; i++) {
		if (reseal_person(r, db, &rows[i]) < 0)
			return STORE_FAILED;
		if (pace_row(slice, rows[i].person))
			return 1;
	}
	return n < 0 ? n : n == LOOK_ROWS;
}

static int reseal_guardian(struct resealing *r, struct db *db, struct q_sealed_guardians *row)
{
	if (!renew(r, "guardian.name", row->entry, &row->name_sealed))
		return 0;
	r->changed++;
	return arena_failed(r->arena) || q_guardian_reseal(db, row->entry, row->name_sealed) <= 0
		       ? STORE_FAILED : 0;
}

static int guardians(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct resealing *r = ctx;
	struct q_sealed_guardians *rows;

	begin_slice(r);
	int n = q_sealed_guardians(db, r->arena, slice->from, &rows);
	for (int i = 0; i < n; i++) {
		if (reseal_guardian(r, db, &rows[i]) < 0)
			return STORE_FAILED;
		if (pace_row(slice, rows[i].entry))
			return 1;
	}
	return n < 0 ? n : n == LOOK_ROWS;
}

static int reseal_exclusion(struct resealing *r, struct db *db, struct q_sealed_exclusions *row)
{
	if (!renew(r, "exclusion.who", row->id, &row->who_sealed))
		return 0;
	r->changed++;
	return arena_failed(r->arena) || q_exclusion_reseal(db, row->id, row->who_sealed) <= 0
		       ? STORE_FAILED : 0;
}

static int exclusions(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct resealing *r = ctx;
	struct q_sealed_exclusions *rows;

	begin_slice(r);
	int n = q_sealed_exclusions(db, r->arena, slice->from, &rows);
	for (int i = 0; i < n; i++) {
		if (reseal_exclusion(r, db, &rows[i]) < 0)
			return STORE_FAILED;
		if (pace_row(slice, rows[i].id))
			return 1;
	}
	return n < 0 ? n : n == LOOK_ROWS;
}

/* All rows of one table; how many were sealed anew is added to *count. */
static int run_table(struct resealing *r, pace_fn *fn, int64_t *count)
{
	r->count = count;
	return pace_write(&r->pace, "reseal", fn, end_slice, r);
}

static int write_act(void *ctx, struct db *db)
{
	const struct resealing *r = ctx;
	const struct resealed *total = r->total;
	const struct act act = {
		.actor = r->actor, .kind = TEXT("keys.reseal"), .subject = TEXT("personal"),
		.before = TEXT_EMPTY, .reason = TEXT_EMPTY,
		.after = text_format(r->arena,
				     "key %d: %lld people, %lld guardians, %lld exclusions; "
				     "%lld unread",
				     total->key, (long long)total->people,
				     (long long)total->guardians, (long long)total->exclusions,
				     (long long)total->unread),
	};

	return act_add(db, r->arena, time_now_ms(), &act);
}

static int64_t sum(const struct resealed *total)
{
	return total->people + total->guardians + total->exclusions;
}

static int run_passes(struct resealing *r)
{
	struct resealed *total = r->total;
	int64_t before = -1;

	for (int pass = 0; pass < PASSES_MAX && before != sum(total); pass++) {
		before = sum(total);
		total->unread = 0;
		if (run_table(r, people, &total->people) < 0 ||
		    run_table(r, guardians, &total->guardians) < 0 ||
		    run_table(r, exclusions, &total->exclusions) < 0)
			return STORE_FAILED;
	}
	return store_call(r->site->store, STORE_CLASS_BACKGROUND, "reseal", write_act, r);
}

int reseal_run(struct site *site, struct text actor, const atomic_bool *stop,
	       struct resealed *ret)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(ARENA_BYTES);
	struct resealing r = { .site = site, .arena = arena, .actor = actor, .total = ret,
			       .pace = pace_begin(site, PACE_RESEAL, stop) };

	*ret = (struct resealed){ .key = keys_newest_number(site->keys, KEY_PERSONAL) };
	int result = arena ? run_passes(&r) : STORE_FAILED;
	pace_end(&r.pace);
	return result;
}
