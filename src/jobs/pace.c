#include "jobs/pace.h"

#include "base/time.h"
#include "store/store.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Saves and starts: more than one batch of the writer takes. */
#define QUEUE_MAX 256
#define COMMIT_SLOW_US 50000
/* Steps of a wait. For those who sit a paper a slice waits ten seconds at most: then it is
 * its turn, as in the writer. */
#define STEP_MS 20
#define STEPS_MAX 500
/* A slice has half of the time while nobody else writes. When others do, those that read have
 * an eighth of a processor's, and those that write, with their commits, less than a tenth of
 * the writer's. */
#define REST_READ_TIMES 7
#define REST_WRITE_MS 100
/* Of a thread of jobs: about a tenth of what one that serves gets. */
#define NICENESS 10

static const struct {
	const char *name;
	bool is_paused;		/* by an operator */
} kinds[PACE_JOBS] = {
	[PACE_SNAPSHOT] = { "snapshot", true },
	[PACE_FREEZE] = { "contest freeze", false },
	[PACE_RANK] = { "contest rank", true },
	[PACE_LOOK] = { "suspicions", true },
	[PACE_PUBLISH] = { "contest publish", false },
	[PACE_EXPORT] = { "export results", true },
	[PACE_RETENTION] = { "retention", true },
	[PACE_REPORT] = { "retention report", true },
	[PACE_RESEAL] = { "keys reseal", true },
};

/* The lock is held for a few assignments only, and never with another. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t turn_ends;
	uint64_t next_turn, turn;	/* a slice each, in the order they come */
	int64_t paused_until;		/* mono */
	uint64_t commits, commit_us;	/* of the store when last looked at */
	struct pace_figures figures[PACE_JOBS];
	int64_t rows_max;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER, .turn_ends = PTHREAD_COND_INITIALIZER };

const char *pace_name(enum pace_job job)
{
	return kinds[job].name;
}

void pace_set_rows(int64_t rows)
{
	state.rows_max = rows;
}

bool pace_row(struct pace_slice *slice, int64_t next)
{
	slice->next = next;
	slice->rows++;
	return state.rows_max ? slice->rows >= state.rows_max : time_mono_ms() >= slice->until;
}

void pace_take_what_is_left(void)
{
	/* On Linux a thread has a niceness of its own. */
	(void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICENESS);
}

/* ---- pausing ---- */

int64_t pace_pause(int64_t ms)
{
	int64_t now = time_mono_ms();

	pthread_mutex_lock(&state.lock);
	int64_t left = state.paused_until > now ? state.paused_until - now : 0;
	state.paused_until = ms ? now + ms : 0;
	pthread_mutex_unlock(&state.lock);
	return left;
}

int64_t pace_paused_ms(enum pace_job job)
{
	int64_t now = time_mono_ms();

	pthread_mutex_lock(&state.lock);
	int64_t left = state.paused_until > now ? state.paused_until - now : 0;
	pthread_mutex_unlock(&state.lock);
	return kinds[job].is_paused ? left : 0;
}

/* Whether the commits since the last look took long. Needs the lock. */
static bool are_commits_slow(const struct store_figures *figures)
{
	uint64_t commits = metric_count(&figures->counts->commit);
	uint64_t us = metric_get(&figures->counts->commit.sum);
	uint64_t more = commits - state.commits, took_us = us - state.commit_us;

	state.commits = commits;
	state.commit_us = us;
	return more > 0 && took_us / more > COMMIT_SLOW_US;
}

/* What a slice has to wait for now, which status tells. */
static enum pace_reason look(const struct pace *pace)
{
	struct store_figures figures = store_figures(pace->site->store);
	enum pace_reason reason = pace_paused_ms(pace->job) ? PACE_PAUSED : PACE_GOES;

	pthread_mutex_lock(&state.lock);
	if (are_commits_slow(&figures) && reason == PACE_GOES)
		reason = PACE_COMMITS;
	if (figures.queued[STORE_CLASS_SAVE] + figures.queued[STORE_CLASS_START] > QUEUE_MAX &&
	    reason != PACE_PAUSED)
		reason = PACE_QUEUE;
	state.figures[pace->job].waits = reason;
	pthread_mutex_unlock(&state.lock);
	return reason;
}

static void sleep_ms(int64_t ms)
{
	const struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	(void)nanosleep(&time, NULL);
}

/* 0 go on, negative: the server ends. */
static int wait_for_paper(const struct pace *pace)
{
	enum pace_reason reason;
	int steps = 0;

	if (!pace->stop)
		return 0;
	while (!*pace->stop && (reason = look(pace)) != PACE_GOES) {
		if (reason != PACE_PAUSED && ++steps > STEPS_MAX)
			break;
		sleep_ms(STEP_MS);
	}
	return *pace->stop ? STORE_FAILED : 0;
}

/* ---- slices ---- */

static void take_turn(void)
{
	pthread_mutex_lock(&state.lock);
	uint64_t mine = state.next_turn++;
	while (state.turn != mine)
		pthread_cond_wait(&state.turn_ends, &state.lock);
	pthread_mutex_unlock(&state.lock);
}

struct piece {
	pace_fn *fn;
	void *ctx;
	struct pace_slice slice;
	bool is_write;
	int64_t took_ms;
};

static void end_turn(enum pace_job job, const struct piece *piece)
{
	struct pace_figures *figures = &state.figures[job];

	pthread_mutex_lock(&state.lock);
	state.turn++;
	figures->rows += piece->slice.rows;
	figures->reads += !piece->is_write;
	figures->writes += piece->is_write;
	if (piece->is_write && piece->took_ms > figures->longest_ms)
		figures->longest_ms = piece->took_ms;
	pthread_mutex_unlock(&state.lock);
	pthread_cond_broadcast(&state.turn_ends);
}

/* On the thread that reads, or the writer's. */
static int run_piece(void *ctx, struct db *db)
{
	struct piece *piece = ctx;
	int64_t began = time_mono_ms();

	piece->slice.rows = 0;
	piece->slice.next = piece->slice.from;
	piece->slice.until = began + (piece->is_write ? PACE_WRITE_MS : PACE_READ_MS);
	int result = piece->fn(piece->ctx, db, &piece->slice);
	piece->took_ms = time_mono_ms() - began;
	return result;
}

/* After a slice others may write, or it is known that nobody wants to. */
static void rest(struct store *store, const struct piece *piece)
{
	const struct metric_histogram *commits = &store_figures(store).counts->commit;
	uint64_t before = metric_count(commits);

	sleep_ms(piece->took_ms);
	if (metric_count(commits) != before)
		sleep_ms(piece->is_write ? REST_WRITE_MS : (REST_READ_TIMES - 1) * piece->took_ms);
}

static int run_slice(const struct pace *pace, const char *name, struct piece *piece)
{
	struct store *store = pace->site->store;

	if (wait_for_paper(pace) < 0)
		return STORE_FAILED;
	take_turn();
	int result = piece->is_write
			     ? store_call(store, STORE_CLASS_BACKGROUND, name, run_piece, piece)
			     : store_read(store, name, run_piece, piece, NULL);
	/* With the turn: the jobs rest together, and all of them take no more than one. */
	if (pace->stop)
		rest(store, piece);
	end_turn(pace->job, piece);
	return result;
}

static int run_slices(const struct pace *pace, const char *name, struct piece *piece,
		      void (*done)(void *ctx))
{
	int result;

	do {
		piece->slice.from = piece->slice.next;
		result = run_slice(pace, name, piece);
		if (done && result >= 0)
			done(piece->ctx);
	} while (result > 0);
	return result;
}

int pace_read(const struct pace *pace, const char *name, pace_fn *fn, void *ctx)
{
	struct piece piece = { .fn = fn, .ctx = ctx };
	return run_slices(pace, name, &piece, NULL);
}

int pace_write(const struct pace *pace, const char *name, pace_fn *fn, void (*done)(void *ctx),
	       void *ctx)
{
	struct piece piece = { .fn = fn, .ctx = ctx, .is_write = true };
	return run_slices(pace, name, &piece, done);
}

/* ---- runs ---- */

struct pace pace_begin(struct site *site, enum pace_job job, const atomic_bool *stop)
{
	struct pace_figures *figures = &state.figures[job];

	pthread_mutex_lock(&state.lock);
	int running = figures->running + 1;
	if (running == 1)
		*figures = (struct pace_figures){ .began_at = time_now_ms() };
	figures->running = running;
	pthread_mutex_unlock(&state.lock);
	return (struct pace){ site, job, stop, time_mono_ms() };
}

void pace_end(const struct pace *pace)
{
	struct pace_figures *figures = &state.figures[pace->job];

	pthread_mutex_lock(&state.lock);
	figures->running--;
	figures->waits = PACE_GOES;
	figures->took_ms = time_mono_ms() - pace->began;
	pthread_mutex_unlock(&state.lock);
}

struct pace_figures pace_figures(enum pace_job job)
{
	pthread_mutex_lock(&state.lock);
	struct pace_figures figures = state.figures[job];
	pthread_mutex_unlock(&state.lock);
	if (figures.began_at == 0)
		figures.began_at = TIME_NONE;
	if (figures.running)
		figures.took_ms = time_now_ms() - figures.began_at;
	return figures;
}
