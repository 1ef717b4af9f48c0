#include "jobs/snapshot.h"

#include "base/time.h"
#include "jobs/close_papers.h"
#include "jobs/pace.h"
#include "pages/contest.h"
#include "rules/phase.h"
#include "store/store.h"

#include "store_queries.h"

/* Missed days that are made up for, so that a folder left alone for long starts
 * quickly. */
#define CATCH_UP_DAYS_MAX 60

int64_t snapshot_due(const struct contest *contest, int64_t now)
{
	const struct profile *profile = &contest_rules(contest, now)->profile;
	int64_t due = phase_snapshot_on(profile, time_day_start(now));
	int64_t last = phase_snapshot_on(profile, time_day_start(profile->close_at));

	if (last < profile->close_at)
		last += TIME_DAY_MS;
	if (due > now)
		due -= TIME_DAY_MS;
	if (due > last)
		due = last;
	return due >= phase_first_snapshot(profile) ? due : TIME_NONE;
}

/* Of one unit. */
struct taking_unit {
	int64_t people, papers;
};

struct taking {
	struct pace pace;
	const struct contest *contest;
	int64_t due_at, taken_at;
	struct taking_unit *units;	/* as the contest has them */
	int64_t id, people, papers;
};

static int count_person(struct taking *t, const struct q_participation *row)
{
	const struct contest_unit *unit = contest_unit_by_id(t->contest, row->unit);

	/* Newer than the contest that we hold: the next step has it. */
	if (!unit)
		return STORE_RETRY;
	struct taking_unit *counts = &t->units[unit - t->contest->units];
	counts->people++;
	counts->papers += row->papers;
	t->people++;
	t->papers += row->papers;
	return 0;
}

struct looking {
	struct taking *t;
	struct pace_slice *slice;
	bool is_over;
};

static int look_at(void *ctx, const struct q_participation *row)
{
	struct looking *l = ctx;
	int result = row->papers ? count_person(l->t, row) : 0;

	l->is_over = pace_row(l->slice, row->person);
	return result ? result : l->is_over;
}

/* By people, and not in one state of the database: papers that were submitted before the
 * hour change no more, and a person is met once. */
static int look(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct looking l = { .t = ctx, .slice = slice };
	int result = q_participation(db, l.t->contest->id, slice->from, l.t->due_at, look_at, &l);

	return result < 0 ? result : l.is_over;
}

static int begin(void *ctx, struct db *db, struct pace_slice *slice UNUSED)
{
	struct taking *t = ctx;
	return q_snapshot_add(db, t->id, t->contest->id, t->taken_at, t->people, t->papers) < 0
		       ? STORE_FAILED : 0;
}

static int write_units(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct taking *t = ctx;

	for (int64_t i = slice->from; i < t->contest->n_units; i++) {
		const struct taking_unit *unit = &t->units[i];
		if (unit->people == 0)
			continue;
		if (q_snapshot_row_add(db, t->id, t->contest->units[i].id, unit->people,
				       unit->papers) < 0)
			return STORE_FAILED;
		if (pace_row(slice, i + 1))
			return 1;
	}
	return 0;
}

static int end(void *ctx, struct db *db)
{
	struct taking *t = ctx;
	return q_snapshot_done(db, t->id, t->due_at);
}

/* How many, negative as the store. */
static int take(struct taking *t)
{
	const struct pace *pace = &t->pace;

	if (!t->units || pace_read(pace, "snapshot", look, t) < 0)
		return STORE_FAILED;
	t->id = id_next(pace->site->ids);
	if (pace_write(pace, "snapshot", begin, NULL, t) < 0 ||
	    pace_write(pace, "snapshot", write_units, NULL, t) < 0)
		return STORE_FAILED;
	return store_call(pace->site->store, STORE_CLASS_BACKGROUND, "snapshot", end, t);
}

static int take_paced(struct taking *t, struct site *site, const atomic_bool *stop)
{
	t->pace = pace_begin(site, PACE_SNAPSHOT, stop);
	int result = take(t);
	pace_end(&t->pace);
	return result;
}

struct taken {
	struct arena *arena;
	int64_t contest;
	struct q_snapshots *rows;
};

static int read_taken(void *ctx, struct db *db)
{
	struct taken *taken = ctx;
	return q_snapshots(db, taken->arena, taken->contest, &taken->rows);
}

static bool is_taken(const struct taken *taken, int n, int64_t due_at)
{
	for (int i = 0; i < n; i++)
		if (taken->rows[i].due_at == due_at)
			return true;
	return false;
}

/* Takes all of a contest's that are missing, the oldest first. */
static int step_contest(struct site *site, struct arena *arena, const struct contest *contest,
			int64_t now, const atomic_bool *stop)
{
	struct taken taken = { arena, contest->id, NULL };
	/* A paper whose time was over before the hour counts, and it may not have been
	 * closed yet until so much later. */
	int64_t due = snapshot_due(contest, now - CLOSE_AFTER_MS);
	int64_t open_at = contest_rules(contest, now)->profile.open_at;
	int count = 0;

	if (due == TIME_NONE)
		return 0;
	int n = store_read(site->store, "snapshots", read_taken, &taken, NULL);
	if (n < 0)
		return n;
	for (int day = CATCH_UP_DAYS_MAX; day >= 0; day--) {
		struct taking t = { .contest = contest, .due_at = due - day * TIME_DAY_MS,
				    .taken_at = now };
		if (t.due_at < open_at || is_taken(&taken, n, t.due_at))
			continue;
		t.units = arena_array(arena, (size_t)contest->n_units + 1, sizeof(*t.units));
		int result = take_paced(&t, site, stop);
		if (result < 0)
			return result;
		count += result;
	}
	return count;
}

int snapshot_step(struct site *site, int64_t now, const atomic_bool *stop)
{
	const struct contest *contests[CONTESTS_MAX];
	struct arena *arena CLEANUP(arena_freep) = arena_new(64 << 20);
	int n = contest_acquire_all(site->contests, contests);
	int count = 0;

	for (int i = 0; i < n; i++) {
		int result = arena ? step_contest(site, arena, contests[i], now, stop)
				   : STORE_FAILED;
		count = result < 0 || count < 0 ? STORE_FAILED : count + result;
		contest_release(contests[i]);
	}
	if (count > 0)
		site->public_version++;
	return count;
}
