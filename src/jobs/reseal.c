#include "jobs/reseal.h"

#include "base/time.h"
#include "store/act.h"
#include "store/store.h"

#include "store_queries.h"

#define ARENA_BYTES (8 << 20)
/* Rows a slice, as the queries have it. */
#define SLICE_ROWS 200
/* A write waits at most STORE_WAIT_MAX_MS, so the second pass finds the last. */
#define PASSES_MAX 5

struct resealing {
	struct site *site;
	struct arena *arena;
	struct text actor;
	struct resealed *total;
	int64_t after;		/* row; a slice begins behind it */
	/* of one slice */
	int64_t last;		/* row */
	int n_rows;
	int64_t changed, unread;
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

static void begin_slice(struct resealing *r, int n)
{
	r->n_rows = n;
	r->changed = r->unread = 0;
	r->last = r->after;
}

static int people(void *ctx, struct db *db)
{
	struct resealing *r = ctx;
	struct q_sealed_people *rows;
	int n = q_sealed_people(db, r->arena, r->after, &rows);

	begin_slice(r, n);
	for (int i = 0; i < n; i++) {
		struct q_sealed_people *row = &rows[i];
		bool name = renew(r, "person_data.name", row->person, &row->name_sealed);
		bool birth = renew(r, "person_data.birth", row->person, &row->birth_sealed);
		bool phone = renew(r, "person_data.phone", row->person, &row->phone_sealed);
		r->last = row->person;
		if (!name && !birth && !phone)
			continue;
		if (arena_failed(r->arena) ||
		    q_person_reseal(db, row->person, row->name_sealed, row->birth_sealed,
				    row->phone_sealed) <= 0)
			return STORE_FAILED;
		r->changed++;
	}
	return n;
}

static int guardians(void *ctx, struct db *db)
{
	struct resealing *r = ctx;
	struct q_sealed_guardians *rows;
	int n = q_sealed_guardians(db, r->arena, r->after, &rows);

	begin_slice(r, n);
	for (int i = 0; i < n; i++) {
		r->last = rows[i].entry;
		if (!renew(r, "guardian.name", rows[i].entry, &rows[i].name_sealed))
			continue;
		if (arena_failed(r->arena) ||
		    q_guardian_reseal(db, rows[i].entry, rows[i].name_sealed) <= 0)
			return STORE_FAILED;
		r->changed++;
	}
	return n;
}

static int exclusions(void *ctx, struct db *db)
{
	struct resealing *r = ctx;
	struct q_sealed_exclusions *rows;
	int n = q_sealed_exclusions(db, r->arena, r->after, &rows);

	begin_slice(r, n);
	for (int i = 0; i < n; i++) {
		r->last = rows[i].id;
		if (!renew(r, "exclusion.who", rows[i].id, &rows[i].who_sealed))
			continue;
		if (arena_failed(r->arena) ||
		    q_exclusion_reseal(db, rows[i].id, rows[i].who_sealed) <= 0)
			return STORE_FAILED;
		r->changed++;
	}
	return n;
}

/* All rows of one table; how many were sealed anew is added to *count. */
static int run_table(struct resealing *r, int (*fn)(void *ctx, struct db *db), int64_t *count,
		     int64_t *unread)
{
	r->after = 0;
	do {
		arena_reset(r->arena);
		int result = store_call(r->site->store, STORE_CLASS_BACKGROUND, "reseal", fn, r);
		if (result < 0)
			return result;
		r->after = r->last;
		*count += r->changed;
		*unread += r->unread;
	} while (r->n_rows == SLICE_ROWS);
	return 0;
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
		if (run_table(r, people, &total->people, &total->unread) < 0 ||
		    run_table(r, guardians, &total->guardians, &total->unread) < 0 ||
		    run_table(r, exclusions, &total->exclusions, &total->unread) < 0)
			return STORE_FAILED;
	}
	return store_call(r->site->store, STORE_CLASS_BACKGROUND, "reseal", write_act, r);
}

int reseal_run(struct site *site, struct text actor, struct resealed *ret)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(ARENA_BYTES);
	struct resealing r = { .site = site, .arena = arena, .actor = actor, .total = ret };

	*ret = (struct resealed){ .key = keys_newest_number(site->keys, KEY_PERSONAL) };
	return arena ? run_passes(&r) : STORE_FAILED;
}
