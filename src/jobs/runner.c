#include "jobs/runner.h"

#include "base/file.h"
#include "base/log.h"
#include "base/random.h"
#include "base/time.h"
#include "jobs/backup.h"
#include "jobs/close_papers.h"
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

struct job_runner {
	struct site *site;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopping;
};

struct lease {
	int64_t holder;
	bool is_first;
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

void job_runner_step(struct site *site)
{
	int closed = 1;

	for (int i = 0; i < CLOSE_SLICES && closed > 0; i++) {
		closed = close_papers_step(site);
		if (closed < 0)
			log_error("closing papers failed");
	}
	/* What is still to be closed may belong into the next one. */
	int taken = closed == 0 ? snapshot_step(site) : 0;
	if (taken < 0)
		log_error("taking a snapshot failed");
	if (taken > 0)
		log_info("took %d snapshots of participation", taken);
	readiness_step(site);
	retention_step(site);
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

static void *run(void *arg)
{
	struct job_runner *runner = arg;
	struct site *site = runner->site;
	struct lease lease = { .holder = (int64_t)(random_u64() >> 1), .is_first = true };
	int64_t renew_at = 0, count_at = 0;
	bool held = false;

	do {
		if (time_mono_ms() >= renew_at) {
			held = store_call(site->store, STORE_CLASS_BACKGROUND, "lease",
					  take_lease, &lease) > 0;
			lease.is_first = false;
			renew_at = time_mono_ms() + LEASE_MS / 3;
			site->jobs.lead = held;
		}
		if (held)
			job_runner_step(site);
		if (time_mono_ms() >= count_at) {
			count(site);
			count_at = time_mono_ms() + COUNT_EVERY_MS;
		}
		site->jobs.stepped_at = time_now_ms();
	} while (wait_step(runner));
	if (held && store_call(site->store, STORE_CLASS_BACKGROUND, "lease", drop_lease,
			       &lease) < 0)
		log_warning("the lease of the jobs could not be given back");
	return NULL;
}

struct job_runner *job_runner_start(struct site *site)
{
	struct job_runner *runner = mem_new(sizeof(*runner));

	if (!runner)
		return NULL;
	runner->site = site;
	pthread_mutex_init(&runner->lock, NULL);
	pthread_cond_init(&runner->wake, NULL);
	if (pthread_create(&runner->thread, NULL, run, runner)) {
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
	pthread_mutex_lock(&runner->lock);
	runner->stopping = true;
	pthread_cond_broadcast(&runner->wake);
	pthread_mutex_unlock(&runner->lock);
	pthread_join(runner->thread, NULL);
	pthread_mutex_destroy(&runner->lock);
	pthread_cond_destroy(&runner->wake);
	return mem_free(runner);
}
