#include "jobs/snapshot.h"

#include "base/time.h"
#include "jobs/close_papers.h"
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

struct taking {
	struct site *site;
	struct arena *arena;
	int64_t contest, due_at, taken_at;
	struct q_participation *rows;
	int n;
};

/* Every paper of the contest is looked at: not a thing for the writer, behind which
 * saves wait. */
static int look(void *ctx, struct db *db)
{
	struct taking *t = ctx;
	t->n = q_participation(db, t->arena, t->contest, t->due_at, &t->rows);
	return t->n;
}

static int write(void *ctx, struct db *db)
{
	struct taking *t = ctx;
	const struct q_participation *rows = t->rows;
	int64_t id = id_next(t->site->ids), people = 0, papers = 0;

	for (int i = 0; i < t->n; i++) {
		people += rows[i].people;
		papers += rows[i].papers;
	}
	int added = q_snapshot_add(db, id, t->contest, t->due_at, t->taken_at, people, papers);
	for (int i = 0; added > 0 && i < t->n; i++)
		if (q_snapshot_row_add(db, id, rows[i].unit, rows[i].people, rows[i].papers) < 0)
			return STORE_FAILED;
	return added;
}

static int take(struct taking *t)
{
	struct store *store = t->site->store;
	int result = store_read(store, "snapshot", look, t, NULL);

	if (result < 0)
		return result;
	return store_call(store, STORE_CLASS_BACKGROUND, "snapshot", write, t);
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
			int64_t now)
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
		struct taking t = { .site = site, .arena = arena, .contest = contest->id,
				    .due_at = due - day * TIME_DAY_MS, .taken_at = now };
		if (t.due_at < open_at || is_taken(&taken, n, t.due_at))
			continue;
		int result = take(&t);
		if (result < 0)
			return result;
		count += result;
	}
	return count;
}

int snapshot_step(struct site *site)
{
	const struct contest *contests[CONTESTS_MAX];
	struct arena *arena CLEANUP(arena_freep) = arena_new(64 << 20);
	int n = contest_acquire_all(site->contests, contests);
	int64_t now = contest_now_ms(&site->clock);
	int count = 0;

	for (int i = 0; i < n; i++) {
		int result = arena ? step_contest(site, arena, contests[i], now) : STORE_FAILED;
		count = result < 0 || count < 0 ? STORE_FAILED : count + result;
		contest_release(contests[i]);
	}
	if (count > 0)
		site->public_version++;
	return count;
}
