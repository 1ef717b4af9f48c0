#include "jobs/retention.h"

#include "base/log.h"
#include "base/time.h"
#include "jobs/pace.h"
#include "pages/contest.h"
#include "store/act.h"
#include "store/person.h"
#include "store/store.h"

#include "store_queries.h"

#define ARENA_BYTES (4 << 20)
/* Slices a step of the runner, so that papers are closed in between. */
#define STEP_SLICES 20

static int64_t days_after_result(const struct profile *profile, int days)
{
	return profile->result_at + days * TIME_DAY_MS;
}

int64_t retention_due(const struct contest *contest, int64_t now)
{
	const struct profile *profile = &contest_rules(contest, now)->profile;
	return days_after_result(profile, profile->retention_days);
}

int64_t retention_winners_due(const struct contest *contest, int64_t now)
{
	const struct profile *profile = &contest_rules(contest, now)->profile;
	return days_after_result(profile, profile->retention_winner_days);
}

/* ---- who is due ---- */

struct slice {
	struct site *site;
	const struct pace *pace;
	struct arena *arena;
	const struct contest **contests;
	int n_contests;
	const struct contest *contest;	/* whose people are looked at */
	int64_t now;			/* contest clock */
	int64_t after;			/* person; then the last one seen */
	bool is_last;
	int64_t due[RETENTION_SLICE];	/* people */
	int n_due;
	/* done */
	int erased, winners;
	int erased_now, winners_now;	/* by one transaction */
};

/* The last place of a published ranking that wins a prize; 0 none does. */
static int winning_places(const struct contest *contest, struct db *db, struct arena *arena,
			  const struct publication *publication, int *ret)
{
	struct q_ranking_get ranking;
	int result = q_ranking_get(db, arena, publication->ranking, &ranking);
	const struct rules_in_force *rules =
		result > 0 ? contest_rules_version(contest, ranking.rules_version) : NULL;

	if (!rules)
		return STORE_FAILED;
	*ret = profile_last_prize_place(&rules->profile);
	return 0;
}

/* A round's newest publication is the one that counts. */
static bool is_newest(const struct contest *contest, const struct publication *publication)
{
	return contest_publication(contest, publication->round) == publication;
}

/* 1 the entry won a prize, 0 it did not. */
static int has_won(const struct slice *s, struct db *db, const struct contest *contest,
		   int64_t entry)
{
	struct q_ranking_place_of place;
	int last = 0;

	for (int i = 0; i < contest->n_publications; i++) {
		const struct publication *publication = &contest->publications[i];
		if (!is_newest(contest, publication))
			continue;
		int result = q_ranking_place_of(db, publication->ranking, entry, &place);
		if (result > 0 && winning_places(contest, db, s->arena, publication, &last) < 0)
			return STORE_FAILED;
		if (result < 0)
			return result;
		if (result > 0 && place.place <= last)
			return 1;
	}
	return 0;
}

static const struct contest *find_contest(const struct slice *s, int64_t id)
{
	for (int i = 0; i < s->n_contests; i++)
		if (s->contests[i]->id == id)
			return s->contests[i];
	return NULL;
}

/* 1 all contests of the person are due, 0 not yet. A contest that is not in memory is
 * never due. */
static int is_due(const struct slice *s, struct db *db, int64_t person, bool *ret_winner)
{
	struct q_entries_of_person *entries;
	int n = q_entries_of_person(db, s->arena, person, &entries);

	*ret_winner = false;
	for (int i = 0; i < n; i++) {
		const struct contest *contest = find_contest(s, entries[i].contest);
		if (!contest)
			return 0;
		int won = has_won(s, db, contest, entries[i].id);
		if (won < 0)
			return won;
		*ret_winner |= won;
		if (s->now < (won ? retention_winners_due(contest, s->now)
				  : retention_due(contest, s->now)))
			return 0;
	}
	return n < 0 ? n : 1;
}

/* Finding them is a read, so that the writer has only those who go. */
static int look(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct slice *s = ctx;
	struct q_people_known *rows;
	bool winner;
	int n = q_people_known(db, s->arena, s->contest->id, s->after, &rows);

	s->n_due = 0;
	s->is_last = n < RETENTION_SLICE;
	for (int i = 0; i < n; i++) {
		int due = is_due(s, db, rows[i].person, &winner);
		if (due < 0)
			return due;
		if (due)
			s->due[s->n_due++] = rows[i].person;
		s->after = rows[i].person;
		if (pace_row(slice, s->after) && i + 1 < n) {
			s->is_last = false;
			break;
		}
	}
	return n < 0 ? n : 0;
}

static int add_act(const struct slice *s, struct db *db)
{
	const struct act act = {
		.actor = TEXT("job:retention"), .kind = TEXT("retention.erase"),
		.subject = s->contest->code, .before = TEXT_EMPTY,
		.after = text_format(s->arena, "%d people, %d of them winners", s->erased_now,
				     s->winners_now),
		.reason = TEXT_EMPTY,
	};

	return act_add(db, s->arena, time_now_ms(), &act);
}

/* Each is looked at again: someone may have entered another contest since. */
static int erase(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct slice *s = ctx;
	bool winner, is_over = false;

	s->erased_now = s->winners_now = 0;
	for (int64_t i = slice->from; i < s->n_due && !is_over; i++) {
		int result = is_due(s, db, s->due[i], &winner);
		if (result > 0)
			result = person_erase(db, s->due[i], time_now_ms());
		if (result < 0)
			return result;
		s->erased_now += result;
		s->winners_now += result && winner;
		is_over = pace_row(slice, i + 1);
	}
	if (s->erased_now && add_act(s, db) < 0)
		return STORE_FAILED;
	return is_over && slice->next < s->n_due;
}

static void count_erased(void *ctx)
{
	struct slice *s = ctx;

	s->erased += s->erased_now;
	s->winners += s->winners_now;
}

/* ---- slices ---- */

static int run_slice(struct slice *s)
{
	arena_reset(s->arena);
	s->erased = s->winners = 0;
	int result = pace_read(s->pace, "retention", look, s);
	if (result < 0 || s->n_due == 0)
		return result;
	result = pace_write(s->pace, "retention", erase, count_erased, s);
	if (result < 0)
		return result;
	if (s->erased)
		log_info("retention: erased %d people of %.*s, %d of them winners", s->erased,
			 TEXT_ARGS(s->contest->code), s->winners);
	return s->erased;
}

/* Goes through one contest; 0 when the slices were used up first. */
static int run_contest(struct slice *s, int *slices, struct retention_at *at, int *count)
{
	s->after = at->contest == s->contest->id ? at->person : 0;
	while (*slices > 0) {
		--*slices;
		int erased = run_slice(s);
		if (erased < 0)
			return erased;
		*count += s->erased;
		*at = (struct retention_at){ s->contest->id, s->after };
		if (s->is_last)
			return 1;
	}
	return 0;
}

static int run_contests(struct slice *s, int slices, struct retention_at *at)
{
	int count = 0;

	/* In order of ids, as the cache has them. */
	for (int i = 0; i < s->n_contests; i++) {
		s->contest = s->contests[i];
		if (s->contest->id < at->contest || s->now < retention_due(s->contest, s->now))
			continue;
		int result = run_contest(s, &slices, at, &count);
		if (result < 0)
			return result;
		if (result == 0)
			return count;
	}
	*at = (struct retention_at){ 0, 0 };
	return count;
}

int retention_run(struct site *site, int slices, struct retention_at *at, const atomic_bool *stop)
{
	const struct contest *contests[CONTESTS_MAX];
	struct pace pace = pace_begin(site, PACE_RETENTION, stop);
	struct arena *arena CLEANUP(arena_freep) = arena_new(ARENA_BYTES);
	struct slice slice = {
		.site = site, .pace = &pace, .arena = arena, .contests = contests,
		.n_contests = contest_acquire_all(site->contests, contests),
		.now = contest_now_ms(&site->clock),
	};
	int count = arena ? run_contests(&slice, slices, at) : STORE_FAILED;

	for (int i = 0; i < slice.n_contests; i++)
		contest_release(contests[i]);
	pace_end(&pace);
	/* Names that were published stand in pages that are kept. */
	if (count > 0)
		site->public_version++;
	return count;
}

void retention_step(struct site *site, const atomic_bool *stop)
{
	struct site_jobs *jobs = &site->jobs;
	struct retention_at at = { jobs->retention_contest, jobs->retention_person };
	int64_t now = time_mono_ms();

	if (now < jobs->retention_at)
		return;
	int count = retention_run(site, STEP_SLICES, &at, stop);
	if (count < 0 && !(stop && *stop))
		log_error("erasing people whose time is over failed");
	if (count < 0 || at.contest == 0)
		jobs->retention_at = now + TIME_HOUR_MS;
	jobs->retention_contest = at.contest;
	jobs->retention_person = at.person;
}

/* ---- the report ---- */

struct reporting {
	struct pace pace;
	struct arena *arena;
	const struct contest *contest;
	int64_t known, erased;
	int64_t winners;	/* known still, counted once a round */
	/* whose places are counted: in `ranking`, down to `last` */
	int64_t ranking, group;
	int last;
	struct pace_slice *slice;
	bool is_over;
};

static int count_person(void *ctx, const struct q_people_of_contest *row)
{
	struct reporting *r = ctx;

	r->known += row->known;
	r->erased += !row->known;
	r->is_over = pace_row(r->slice, row->person);
	return r->is_over;
}

static int count_people(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct reporting *r = ctx;

	r->slice = slice;
	r->is_over = false;
	int result = q_people_of_contest(db, r->contest->id, slice->from, count_person, r);
	return result < 0 ? result : r->is_over;
}

static int count_place(void *ctx, const struct q_places_known *row)
{
	struct reporting *r = ctx;

	if (row->place > r->last)
		return 1;
	r->winners += row->known;
	r->is_over = pace_row(r->slice, row->number + 1);
	return r->is_over;
}

static int count_winners(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct reporting *r = ctx;

	r->slice = slice;
	r->is_over = false;
	int result = q_places_known(db, r->ranking, r->group, slice->from, count_place, r);
	return result < 0 ? result : r->is_over;
}

static int read_ranking(void *ctx, struct db *db)
{
	struct reporting *r = ctx;
	struct q_ranking_get ranking;
	int result = q_ranking_get(db, r->arena, r->ranking, &ranking);

	return result > 0 ? (int)ranking.rules_version : STORE_FAILED;
}

static int count_round(struct reporting *r, const struct publication *publication)
{
	r->ranking = publication->ranking;
	int version = store_read(r->pace.site->store, "retention", read_ranking, r, NULL);
	const struct rules_in_force *rules =
		version < 0 ? NULL : contest_rules_version(r->contest, version);

	if (!rules)
		return STORE_FAILED;
	r->last = profile_last_prize_place(&rules->profile);
	for (int g = 0; g < rules->profile.n_groups; g++) {
		r->group = contest_ids_of(r->contest, rules)->groups[g];
		if (pace_read(&r->pace, "retention", count_winners, r) < 0)
			return STORE_FAILED;
	}
	return 0;
}

static int count(struct reporting *r)
{
	for (int i = 0; i < r->contest->n_publications; i++)
		if (is_newest(r->contest, &r->contest->publications[i]) &&
		    count_round(r, &r->contest->publications[i]) < 0)
			return STORE_FAILED;
	return pace_read(&r->pace, "retention", count_people, r);
}

static int report(struct site *site, struct arena *arena, const struct contest *contest,
		  const atomic_bool *stop, struct buf *out)
{
	struct reporting r = { .arena = arena, .contest = contest,
			       .pace = pace_begin(site, PACE_REPORT, stop) };
	int64_t now = contest_now_ms(&site->clock);
	int result = count(&r);

	pace_end(&r.pace);
	if (result < 0)
		return result;
	buf_format(out,
		   "%.*s: còn lưu dữ liệu của %lld người (%lld chỗ đoạt giải); đã xóa %lld người; "
		   "xóa người không đoạt giải từ %.*s, người đoạt giải từ %.*s\n",
		   TEXT_ARGS(contest->code), (long long)r.known, (long long)r.winners,
		   (long long)r.erased,
		   TEXT_ARGS(time_format_vn(arena, retention_due(contest, now), TIME_STYLE_FULL)),
		   TEXT_ARGS(time_format_vn(arena, retention_winners_due(contest, now),
					    TIME_STYLE_FULL)));
	return 0;
}

int retention_report(struct site *site, struct arena *arena, const atomic_bool *stop,
		     struct buf *out)
{
	const struct contest *contests[CONTESTS_MAX];
	int n = contest_acquire_all(site->contests, contests);
	int result = 0;

	for (int i = 0; i < n; i++) {
		if (result >= 0)
			result = report(site, arena, contests[i], stop, out);
		contest_release(contests[i]);
	}
	return result;
}
