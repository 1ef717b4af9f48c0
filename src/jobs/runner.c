#include "jobs/runner.h"

#include "base/file.h"
#include "base/log.h"
#include "base/random.h"
#include "base/time.h"
#include "jobs/backup.h"
#include "jobs/close_papers.h"
#include "jobs/pace.h"
#include "jobs/readiness.h"
#include "jobs/retention.h"
#include "jobs/snapshot.h"
#include "store/store.h"

#include "store_queries.h"

#include <pthread.h>

#define STEP_MS 1000
#define LEASE_MS 30000
/* Counting papers goes through the index of the open ones, counting files through a
 * folder: on this thread nobody waits for it, and a scrape finds the numbers ready. */
#define COUNT_EVERY_MS 10000
/* Slices of closing a step, so that snapshots keep their minute. */
#define CLOSE_SLICES 20

struct lease {
	int64_t holder;
	bool is_first;
};

struct job_runner {
	struct site *site;
	pthread_t closing_thread, report_thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	atomic_bool stopping;
	/* Contest clock: all papers that CLOSE_AFTER_MS before were over are closed. */
	atomic_int_fast64_t closed_at;
	struct lease lease;
	atomic_bool held;
};

/* The folder's lock says that no other process of this engine lives, so a lease
 * that a crash left behind is ours at once. */
static int take_lease(void *ctx, struct db *db)
{
	const struct lease *lease = ctx;
	int64_t now = time_now_ms();
	return q_lease_take(db, TEXT("jobs"), lease->holder, now + LEASE_MS,
			    lease->is_first ? INT64_MAX : now);
}

static int drop_lease(void *ctx, struct db *db)
{
	const struct lease *lease = ctx;
	return q_lease_drop(db, TEXT("jobs"), lease->holder);
}

static int read_counts(void *ctx, struct db *db)
{
	struct site *site = ctx;
	struct q_papers_open count;
	/* Those of the last step's time are not late yet. */
	int64_t before = contest_now_ms(&site->clock) - CLOSE_AFTER_MS - COUNT_EVERY_MS;
	int result = q_papers_open(db, before, &count);

	if (result > 0) {
		site->jobs.papers_open = count.n;
		site->jobs.papers_overdue = count.overdue;
	}
	return result;
}

static void count(struct site *site)
{
	int files = file_count_open();

	if (files >= 0)
		site->jobs.open_files = files;
	if (store_read(site->store, "count", read_counts, site, NULL) < 0)
		log_error("counting open papers failed");
}

/* Whether none is left to be closed. */
static bool close_papers(struct site *site)
{
	int closed = 1;

	for (int i = 0; i < CLOSE_SLICES && closed > 0; i++) {
		closed = close_papers_step(site);
		if (closed < 0)
			log_error("closing papers failed");
	}
	return closed == 0;
}

static void take_snapshots(struct site *site, int64_t now, const atomic_bool *stop)
{
	int taken = snapshot_step(site, now, stop);

	if (taken < 0 && !(stop && *stop))
		log_error("taking a snapshot failed");
	if (taken > 0)
		log_info("took %d snapshots of participation", taken);
}

void job_runner_step(struct site *site)
{
	int64_t now = contest_now_ms(&site->clock);

	/* What is still to be closed may belong into the next snapshot. */
	if (close_papers(site))
		take_snapshots(site, now, NULL);
	readiness_step(site);
	retention_step(site, NULL);
	backup_step(site);
}

/* Waits a step; false when the runner stops. */
static bool wait_step(struct job_runner *runner)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += STEP_MS / 1000;
	pthread_mutex_lock(&runner->lock);
	if (!runner->stopping)
		pthread_cond_timedwait(&runner->wake, &runner->lock, &until);
	bool go_on = !runner->stopping;
	pthread_mutex_unlock(&runner->lock);
	return go_on;
}

/* Apart from all that may wait for others: closing papers waits for nothing. */
static void *run_closing(void *arg)
{
	struct job_runner *runner = arg;
	struct site *site = runner->site;
	int64_t renew_at = 0, count_at = 0;

	do {
		if (time_mono_ms() >= renew_at) {
			runner->held = store_call(site->store, STORE_CLASS_BACKGROUND, "lease",
						  take_lease, &runner->lease) > 0;
			runner->lease.is_first = false;
			renew_at = time_mono_ms() + LEASE_MS / 3;
			site->jobs.lead = runner->held;
		}
		int64_t now = contest_now_ms(&site->clock);
		if (runner->held && close_papers(site))
			runner->closed_at = now;
		if (runner->held) {
			readiness_step(site);
			backup_step(site);
		}
		if (time_mono_ms() >= count_at) {
			count(site);
			count_at = time_mono_ms() + COUNT_EVERY_MS;
		}
		site->jobs.stepped_at = time_now_ms();
	} while (wait_step(runner));
	return NULL;
}

static void *run_reports(void *arg)
{
	struct job_runner *runner = arg;
	struct site *site = runner->site;

	pace_take_what_is_left();
	while (wait_step(runner)) {
		if (!runner->held)
			continue;
		/* What is still to be closed may belong into the next snapshot. */
		if (runner->closed_at != TIME_NONE && !pace_paused_ms(PACE_SNAPSHOT))
			take_snapshots(site, runner->closed_at, &runner->stopping);
		if (!pace_paused_ms(PACE_RETENTION))
			retention_step(site, &runner->stopping);
	}
	return NULL;
}

static void stop_closing(struct job_runner *runner)
{
	pthread_mutex_lock(&runner->lock);
	runner->stopping = true;
	pthread_cond_broadcast(&runner->wake);
	pthread_mutex_unlock(&runner->lock);
	pthread_join(runner->closing_thread, NULL);
}

static int start_threads(struct job_runner *runner)
{
	if (pthread_create(&runner->closing_thread, NULL, run_closing, runner))
		return -1;
	if (pthread_create(&runner->report_thread, NULL, run_reports, runner)) {
		stop_closing(runner);
		return -1;
	}
	return 0;
}

struct job_runner *job_runner_start(struct site *site)
{
	struct job_runner *runner = mem_new(sizeof(*runner));

	if (!runner)
		return NULL;
	runner->site = site;
	pthread_mutex_init(&runner->lock, NULL);
	pthread_cond_init(&runner->wake, NULL);
	runner->closed_at = TIME_NONE;
	runner->lease = (struct lease){ (int64_t)(random_u64() >> 1), true };
	if (start_threads(runner) != 0) {
		pthread_mutex_destroy(&runner->lock);
		pthread_cond_destroy(&runner->wake);
		return mem_free(runner);
	}
	return runner;
}

struct job_runner *job_runner_stop(struct job_runner *runner)
{
	if (!runner)
		return NULL;
	stop_closing(runner);
	pthread_join(runner->report_thread, NULL);
	if (runner->held && store_call(runner->site->store, STORE_CLASS_BACKGROUND, "lease",
				       drop_lease, &runner->lease) < 0)
		log_warning("the lease of the jobs could not be given back");
	pthread_mutex_destroy(&runner->lock);
	pthread_cond_destroy(&runner->wake);
	return mem_free(runner);
}
