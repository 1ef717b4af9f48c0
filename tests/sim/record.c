#include "record.h"

#include "base/time.h"
#include "http/cookie.h"
#include "jobs/close_papers.h"

#include "store_queries.h"

#include <stdarg.h>
#include <unistd.h>

/* No Vietnamese name; what stands before it tells whose page this is. */
#define FAMILY " Văn Mốc"

void record_broken(struct record *r, char invariant, const char *format, ...)
{
	struct arena *arena = arena_new(1 << 20);
	va_list args;

	va_start(args, format);
	struct text what = text_vformat(arena, format, args);
	va_end(args);
	printf("seed %llu: invariant %c is broken at %.*s (tick %lld, %s): %.*s\n",
	       (unsigned long long)r->seed, invariant,
	       TEXT_ARGS(time_format_iso(arena, r->w->now)), (long long)r->tick, r->doing,
	       TEXT_ARGS(what));
	fflush(stdout);
	_exit(1);
}

/* ---- what is written down */

struct post *record_post(struct record *r, struct paper_record *paper)
{
	struct post *post = arena_alloc(r->arena, sizeof(*post));

	if (!post)
		abort();
	post->next = paper->posts;
	post->span.to = NOT_YET;
	return paper->posts = post;
}

struct shown *record_shown(struct record *r, struct paper_record *paper)
{
	struct shown *shown = arena_alloc(r->arena, sizeof(*shown));

	if (!shown)
		abort();
	shown->next = paper->shown;
	return paper->shown = shown;
}

struct act_of_person *record_act(struct record *r, struct person *person)
{
	struct act_of_person *act = arena_alloc(r->arena, sizeof(*act));

	if (!act)
		abort();
	act->next = person->acts;
	act->span.to = NOT_YET;
	return person->acts = act;
}

struct text record_name(struct arena *arena, const struct person *person)
{
	return text_format(arena, "%s" FAMILY, person->marker);
}

void record_look(struct record *r, const struct person *person, struct text body)
{
	ptrdiff_t at = 0;

	while ((at = text_find(body, TEXT(FAMILY), (size_t)at)) >= 0) {
		struct text marker = text_part(body, (size_t)at - MARKER_BYTES, MARKER_BYTES);
		if (!person || !text_equal_z(marker, person->marker))
			record_broken(r, 'e', "%s sees %.*s", person ? person->marker : "everyone",
				      TEXT_ARGS(marker));
		at++;
	}
}

struct session record_session(struct record *r, const char *cookie)
{
	struct session session = { 0 };
	struct text value;

	if (!cookie_find(text_from_z(cookie), session_cookie_name(false), &value) ||
	    session_decode(r->w->sample->keys, r->w->now, value, &session) != 0)
		return (struct session){ 0 };
	return session;
}

/* ---- what is stored */

struct looking {
	struct arena *arena;
	const struct person *person;
	int64_t contest, round;
	int attempt;
	struct q_paper_get row;
	struct q_papers_of_entry *papers;
	struct q_entry_of entry;
	bool entered;
	int n;
};

static int read_paper(void *ctx, struct db *db)
{
	struct looking *l = ctx;
	return q_paper_get(db, l->arena, l->person->entry, l->round, l->attempt, &l->row);
}

static int64_t contest_id(struct record *r)
{
	const struct contest *contest = sample_contest(r->w->sample);
	int64_t id = contest->id;

	contest_release(contest);
	return id;
}

static int read_person(void *ctx, struct db *db)
{
	struct looking *l = ctx;
	int result = q_entry_of(db, l->arena, l->contest, l->person->id, &l->entry);

	l->entered = result > 0;
	if (result > 0)
		l->n = q_papers_of_entry(db, l->arena, l->entry.id, &l->papers);
	return l->n < 0 ? l->n : result;
}

/* False when the store cannot be read, which is no broken promise. */
static bool find_person(struct record *r, struct arena *arena, struct person *person,
			struct looking *ret)
{
	*ret = (struct looking){ .arena = arena, .person = person, .contest = contest_id(r) };
	if (!person->id ||
	    store_read(r->w->sample->site.store, "check", read_person, ret, NULL) < 0)
		return false;
	if (person->registered && !ret->entered)
		record_broken(r, 'a', "the registration of %s is not there", person->marker);
	if (person->entry && ret->entry.id != person->entry)
		record_broken(r, 'a', "%s has another entry than before", person->marker);
	person->entry = ret->entry.id;
	return true;
}

static bool find_paper(struct record *r, struct arena *arena, struct person *person,
		       int attempt, struct q_paper_get *ret)
{
	struct looking l;

	if (!find_person(r, arena, person, &l))
		return false;
	l.attempt = attempt;
	l.round = sample_round(r->w->sample);
	int result = store_read(r->w->sample->site.store, "check", read_paper, &l, NULL);

	if (result == 0)
		record_broken(r, 'a', "attempt %d of %s is not there", attempt, person->marker);
	*ret = l.row;
	return result > 0;
}

static struct vector vector_of(const struct q_paper_get *row)
{
	struct vector vector = { .prediction = row->prediction };

	memcpy(vector.answers, row->answers.ptr, QUESTIONS);
	return vector;
}

bool record_holds(struct record *r, struct person *person, int attempt, int64_t device)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(1 << 20);
	struct q_paper_get row;

	return find_paper(r, arena, person, attempt, &row) && row.holder == device;
}

void record_submitted(struct record *r, struct person *person, int attempt,
		      int64_t arrived_at, const struct post *post, int64_t revision,
		      int64_t save_no)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(1 << 20);
	struct paper_record *paper = &person->papers[attempt - 1];
	struct q_paper_get row;

	if (paper->submitted || !find_paper(r, arena, person, attempt, &row))
		return;
	if (row.state != 1) {
		if (arrived_at < row.deadline_at)
			record_broken(r, 'a', "%s's submission was acknowledged and is not stored",
				      person->marker);
		return;	/* its time was over, and it is closed in a moment */
	}
	paper->submitted = true;
	paper->final = vector_of(&row);
	paper->submitted_at = row.submitted_at;
	snprintf(paper->receipt, sizeof(paper->receipt), "%.*s", TEXT_ARGS(row.receipt));
	if (post && row.save_no == save_no && row.revision == revision + 1 &&
	    memcmp(&paper->final, &post->sent, sizeof(struct vector)) != 0)
		record_broken(r, 'a', "%s submitted %.*s and %.*s is stored", person->marker,
			      QUESTIONS, post->sent.answers, TEXT_ARGS(row.answers));
}

/* ---- a: what was acknowledged */

/* Whether `act` came between, so that a later post of `device` says nothing of it. */
static bool is_undone(const struct person *person, const struct act_of_person *act,
		      const struct post *post, int attempt)
{
	for (const struct act_of_person *other = person->acts; other; other = other->next) {
		bool back = act->kind == ACT_TAKE
			? other->kind == ACT_TAKE && other->attempt == attempt
			: other->kind == ACT_SIGN_IN;
		if (back && other->device == post->device && other->span.to > act->span.from &&
		    other->span.from < post->span.to)
			return true;
	}
	return false;
}

/* Whether the store may have obeyed it: it came in time, from a device that was signed
 * in and held the paper. */
static bool may_count(const struct person *person, const struct post *post, int attempt,
		      int64_t deadline_at)
{
	if (post->arrived_at >= deadline_at)
		return false;
	for (const struct act_of_person *act = person->acts; act; act = act->next) {
		bool ends = (act->kind == ACT_TAKE && act->attempt == attempt &&
			     act->device != post->device) ||
			    (act->kind == ACT_END_OTHERS && act->device != post->device) ||
			    (act->kind == ACT_END_OWN && act->device == post->device);
		if (ends && act->done && act->span.to < post->span.from &&
		    !is_undone(person, act, post, attempt))
			return false;
	}
	return true;
}

/* Whether somebody made the item (QUESTIONS stands for the prediction) what it is,
 * at or after `from`. */
static bool has_author(const struct person *person, int attempt, const struct vector *now,
		       int item, int64_t from, int64_t deadline_at)
{
	const struct paper_record *paper = &person->papers[attempt - 1];

	for (const struct post *post = paper->posts; post; post = post->next) {
		bool made = item == QUESTIONS
			? post->sent.prediction == now->prediction &&
			  post->base.prediction != now->prediction
			: post->sent.answers[item] == now->answers[item] &&
			  post->base.answers[item] != now->answers[item];
		if (made && post->span.to >= from &&
		    may_count(person, post, attempt, deadline_at))
			return true;
	}
	return false;
}

static bool is_the_same(const struct vector *now, const struct vector *then, int item)
{
	if (item == QUESTIONS)
		return then->prediction == PREDICTION_UNKNOWN ||
		       then->prediction == now->prediction;
	return then->answers[item] == '?' || then->answers[item] == now->answers[item];
}

/* Nothing that was said to be stored is lost. */
static void check_shown(struct record *r, const struct person *person, int attempt,
			const struct vector *now, int64_t revision, int64_t deadline_at)
{
	const struct paper_record *paper = &person->papers[attempt - 1];

	for (const struct shown *s = paper->shown; s; s = s->next) {
		if (s->revision > revision)
			record_broken(r, 'a', "%s was shown revision %lld of attempt %d, stored is %lld",
				      person->marker, (long long)s->revision, attempt,
				      (long long)revision);
		for (int i = 0; i <= QUESTIONS; i++) {
			if (is_the_same(now, &s->vector, i) ||
			    (s->revision != revision &&
			     has_author(person, attempt, now, i, s->span.from, deadline_at)))
				continue;
			record_broken(r, 'a', "item %d of attempt %d of %s was shown (revision %lld) and is "
					      "another, which nobody made it", i + 1, attempt,
				      person->marker, (long long)s->revision);
		}
	}
}

/* ---- b: in time */

static void check_times(struct record *r, const struct person *person, int attempt,
			const struct q_paper_get *row, const struct vector *now)
{
	const struct contest *contest = sample_contest(r->w->sample);
	const struct profile *profile =
		&contest_rules_version(contest, row->rules_version)->profile;
	const struct profile_round *round = &profile->rounds[0];
	int64_t deadline = row->started_at + profile->time_limit_s * TIME_SECOND_MS;

	if (profile->at_close == AT_CLOSE_CUT && deadline > round->close_at)
		deadline = round->close_at;
	if (row->started_at < round->open_at || row->started_at >= round->close_at ||
	    row->deadline_at != deadline)
		record_broken(r, 'b', "attempt %d of %s has other times than the rules",
			      attempt, person->marker);
	contest_release(contest);
	if (row->saved_at >= row->deadline_at || row->submitted_at > row->deadline_at)
		record_broken(r, 'b', "attempt %d of %s was saved or submitted after its end",
			      attempt, person->marker);
	if (row->state == 1 && row->elapsed_ms < 0)
		record_broken(r, 'b', "attempt %d of %s took %lld ms", attempt, person->marker,
			      (long long)row->elapsed_ms);
	for (int i = 0; i <= QUESTIONS; i++) {
		bool empty = i == QUESTIONS ? now->prediction < 0 : now->answers[i] == '0';
		if (!empty && !has_author(person, attempt, now, i, 0, row->deadline_at))
			record_broken(r, 'b', "item %d of attempt %d of %s counts, and nobody who might "
					      "sent it in time", i + 1, attempt, person->marker);
	}
}

/* ---- c: the score, by docs/proof.md and the bank's file as it is in force */

static void check_score(struct record *r, const struct person *person, int attempt,
			const struct q_paper_get *row)
{
	const struct contest *contest = sample_contest(r->w->sample);
	const struct bank *bank = contest_bank_by_id(contest, row->bank);
	const unsigned char *drawn = (const unsigned char *)row->drawn.ptr;
	int64_t right = 0;

	for (int i = 0; i < QUESTIONS; i++) {
		const unsigned char *item = drawn + (size_t)i * 3;
		int number = item[0] * 256 + item[1], chosen = row->answers.ptr[i] - '1';
		if (chosen >= 0 && (item[2] >> (2 * (3 - chosen)) & 3) == bank->items[number].key)
			right++;
	}
	contest_release(contest);
	if (row->correct != right || row->score_points != right ||
	    row->perfect != (right == QUESTIONS))
		record_broken(r, 'c', "attempt %d of %s has %lld right, stored are %lld",
			      attempt, person->marker, (long long)right, (long long)row->correct);
}

/* ---- d: attempts */

static int64_t attempts_allowed(struct record *r)
{
	const struct contest *contest = sample_contest(r->w->sample);
	int64_t limit = contest_rules(contest, r->w->now)->profile.attempt_limit;

	contest_release(contest);
	return limit;
}

static void check_attempts(struct record *r, const struct person *person, const struct looking *l)
{
	int64_t open = 0;

	for (int i = 0; i < l->n; i++) {
		/* A clock that was set back does not open anew what once was over. */
		open += l->papers[i].state == 0 && l->papers[i].deadline_at > r->highest_now;
		if (l->papers[i].attempt != i + 1)
			record_broken(r, 'd', "attempts of %s are not numbered 1, 2, …",
				      person->marker);
	}
	if (open > 1)
		record_broken(r, 'd', "%s has %lld open papers", person->marker, (long long)open);
	if (l->n > attempts_allowed(r))
		record_broken(r, 'd', "%s has %d papers", person->marker, l->n);
}

void record_started(struct record *r, struct person *person, int attempt)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(1 << 20);
	struct q_paper_get row;

	if (find_paper(r, arena, person, attempt, &row))
		person->papers[attempt - 1].started = true;
}

/* ---- all of a person */

static void check_paper(struct record *r, struct arena *arena, struct person *person, int attempt)
{
	struct paper_record *paper = &person->papers[attempt - 1];
	struct q_paper_get row;

	if (!find_paper(r, arena, person, attempt, &row))
		return;
	struct vector now = vector_of(&row);
	check_times(r, person, attempt, &row, &now);
	check_shown(r, person, attempt, &now, row.revision, row.deadline_at);
	if (row.state == 1)
		check_score(r, person, attempt, &row);
	if (!paper->submitted)
		return;
	if (row.state != 1 || memcmp(&now, &paper->final, sizeof(now)) != 0 ||
	    row.submitted_at != paper->submitted_at || !text_equal_z(row.receipt, paper->receipt))
		record_broken(r, 'a', "the submission of attempt %d of %s is not what it was",
			      attempt, person->marker);
}

void record_check(struct record *r, struct person *person)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(4 << 20);
	struct looking l;

	if (!find_person(r, arena, person, &l))
		return;
	check_attempts(r, person, &l);
	for (int i = 1; i <= ATTEMPTS_MAX; i++)
		if (i <= l.n || person->papers[i - 1].started)
			check_paper(r, arena, person, i);
}

/* ---- f: participation */

#define UNITS_MAX 32

struct tally {
	int64_t unit, people, papers;
};

struct counting {
	struct arena *arena;
	int64_t contest;
	struct q_snapshots *snapshots;
	struct q_snapshot_rows *rows;
	int64_t snapshot;
	int n;
};

static int read_snapshots(void *ctx, struct db *db)
{
	struct counting *c = ctx;
	return c->n = q_snapshots(db, c->arena, c->contest, &c->snapshots);
}

static int read_rows(void *ctx, struct db *db)
{
	struct counting *c = ctx;
	return c->n = q_snapshot_rows(db, c->arena, c->snapshot, &c->rows);
}

static struct tally *tally_of(struct tally tallies[UNITS_MAX], int64_t unit)
{
	int i = 0;

	while (tallies[i].unit && tallies[i].unit != unit)
		i++;
	tallies[i].unit = unit;
	return &tallies[i];
}

/* What the papers of everybody say of the moment `before`. */
static void count_papers(struct record *r, struct person *people, int n, int64_t before,
			 struct tally tallies[UNITS_MAX])
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(64 << 20);

	for (int i = 0; i < n; i++) {
		struct looking l = { .arena = arena, .person = &people[i],
				     .contest = contest_id(r) };
		int64_t papers = 0;
		if (!people[i].id ||
		    store_read(r->w->sample->site.store, "check", read_person, &l, NULL) <= 0)
			continue;
		for (int k = 0; k < l.n; k++)
			papers += l.papers[k].state == 1 && l.papers[k].submitted_at < before;
		if (papers) {
			struct tally *tally = tally_of(tallies, l.entry.unit);
			tally->people++;
			tally->papers += papers;
		}
	}
}

static void check_snapshot(struct record *r, struct counting *c, struct q_snapshots *snapshot,
			   struct tally tallies[UNITS_MAX])
{
	int64_t people = 0, papers = 0;

	c->snapshot = snapshot->id;
	if (store_read(r->w->sample->site.store, "check", read_rows, c, NULL) < 0)
		return;
	for (int i = 0; i < c->n; i++) {
		struct tally *tally = tally_of(tallies, c->rows[i].unit);
		if (tally->people != c->rows[i].people || tally->papers != c->rows[i].papers)
			record_broken(r, 'f', "a snapshot has %lld papers of a unit with %lld",
				      (long long)c->rows[i].papers, (long long)tally->papers);
	}
	for (int i = 0; tallies[i].unit; i++) {
		people += tallies[i].people;
		papers += tallies[i].papers;
	}
	if (people != snapshot->people || papers != snapshot->papers)
		record_broken(r, 'f', "a snapshot has %lld people and %lld papers of %lld and %lld",
			      (long long)snapshot->people, (long long)snapshot->papers,
			      (long long)people, (long long)papers);
}

void record_check_all(struct record *r, struct person *people, int n)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(16 << 20);
	struct counting c = { .arena = arena, .contest = contest_id(r) };

	if (store_read(r->w->sample->site.store, "check", read_snapshots, &c, NULL) < 0)
		return;
	int n_snapshots = c.n;
	if (n_snapshots != 2)
		record_broken(r, 'f', "%d snapshots were taken, not 2", n_snapshots);
	for (int i = 0; i < n_snapshots; i++) {
		struct tally tallies[UNITS_MAX] = { 0 };
		count_papers(r, people, n, c.snapshots[i].due_at, tallies);
		check_snapshot(r, &c, &c.snapshots[i], tallies);
	}
}
