#include "store/writer.h"

#include "base/time.h"

#include <assert.h>

/* Bounds of the queues: what can be answered in STORE_WAIT_MAX_MS on a slow
 * disk, and no more. */
static const int64_t queue_limits[STORE_CLASS_COUNT] = {
	[STORE_CLASS_SAVE] = 40000,
	[STORE_CLASS_START] = 20000,
	[STORE_CLASS_DOOR] = 4000,
	[STORE_CLASS_BACKGROUND] = 1000,
};

/* On a slow disk something waits after each commit: so that a steady load does not shut
 * background work out, it has one batch so often, however much of it waits. */
#define BACKGROUND_WAIT_MS 100

/* Past this many pages (64 MiB) of log the writer makes room between batches. */
#define LOG_PAGES_MAX 16384
#define MAKE_ROOM_EVERY_MS 1000

int writer_init(struct writer *writer, struct db *db, int erasures_fd)
{
	memset(writer, 0, sizeof(*writer));
	writer->db = db;
	writer->erasures_fd = erasures_fd;
	writer->page_bytes = db_number(db, "PRAGMA page_size", 0);
	for (int i = 0; i < STORE_CLASS_COUNT; i++)
		writer->queues[i].last = &writer->queues[i].first;
	if (pthread_mutex_init(&writer->lock, NULL) || pthread_cond_init(&writer->wake, NULL))
		return -1;
	return 0;
}

void writer_done(struct writer *writer)
{
	pthread_cond_destroy(&writer->wake);
	pthread_mutex_destroy(&writer->lock);
}

static void answer(struct store_job *job, int result)
{
	job->result = result;
	if (job->done)
		job->done(job);
}

void writer_add(struct writer *writer, struct store_job *job)
{
	struct job_queue *queue = &writer->queues[job->class];

	job->queued_us = time_mono_us();
	job->next = NULL;
	pthread_mutex_lock(&writer->lock);
	bool refused = writer->dead || writer->stopping || queue->n >= queue_limits[job->class];
	if (refused) {
		queue->refused++;
	} else {
		*queue->last = job;
		queue->last = &job->next;
		queue->n++;
	}
	pthread_mutex_unlock(&writer->lock);
	/* Not under the lock: the writer may take the processor from a job's thread, which
	 * has less of it, and would then wait for that thread. */
	if (refused)
		answer(job, STORE_REFUSED);
	else
		pthread_cond_signal(&writer->wake);
}

struct batch {
	struct store_job *jobs[BATCH_JOBS_MAX];
	int n;
	bool is_background;
};

static bool has_key(const struct batch *batch, int64_t key)
{
	for (int i = 0; key && i < batch->n; i++)
		if (batch->jobs[i]->key == key)
			return true;
	return false;
}

static bool is_call(const struct store_job *job)
{
	return job->kind == STORE_CALL || job->kind == STORE_BETWEEN;
}

/* Moves jobs into the batch, which then has at most `max`; a second one of a key waits for
 * the next batch. */
static void take_from(struct job_queue *queue, struct batch *batch, int max, bool with_calls)
{
	struct store_job **at = &queue->first;

	while (*at && batch->n < max) {
		struct store_job *job = *at;
		if (has_key(batch, job->key) || (is_call(job) && !with_calls)) {
			at = &job->next;
			continue;
		}
		*at = job->next;
		queue->n--;
		batch->jobs[batch->n++] = job;
	}
	if (!queue->first)
		queue->last = &queue->first;
	else if (!*at)
		queue->last = at;
}

static bool is_empty(const struct writer *writer)
{
	for (int i = 0; i < STORE_CLASS_COUNT; i++)
		if (writer->queues[i].n)
			return false;
	return true;
}

/* By key, so that rows are touched in order of their ids. */
static int by_key(const void *a, const void *b)
{
	const struct store_job *const *x = a, *const *y = b;
	return ((*x)->key > (*y)->key) - ((*x)->key < (*y)->key);
}

/* Whether background work has waited long enough for its turn. Needs the lock. */
static bool is_background_due(const struct writer *writer)
{
	const struct store_job *oldest = writer->queues[STORE_CLASS_BACKGROUND].first;
	int64_t before = time_mono_us() - BACKGROUND_WAIT_MS * 1000;

	return oldest && oldest->queued_us <= before && writer->background_us <= before;
}

/* The papers that the clock ends; when there are none one call, which may be a whole slice
 * of a long job. Needs the lock. */
static void take_background(struct writer *writer, struct batch *batch)
{
	struct job_queue *queue = &writer->queues[STORE_CLASS_BACKGROUND];

	take_from(queue, batch, BATCH_JOBS_MAX, false);
	if (batch->n == 0)
		take_from(queue, batch, 1, true);
	batch->is_background = true;
}

static bool take_batch(struct writer *writer, bool wait, struct batch *batch)
{
	batch->n = 0;
	batch->is_background = false;
	pthread_mutex_lock(&writer->lock);
	while (wait && is_empty(writer) && !writer->stopping)
		pthread_cond_wait(&writer->wake, &writer->lock);
	/* Background work goes alone, so that it never lengthens a commit that
	 * contestants wait for: when nothing else waits, or in its turn. */
	bool is_due = is_background_due(writer);
	for (int i = 0; i < STORE_CLASS_BACKGROUND && !is_due; i++)
		take_from(&writer->queues[i], batch, BATCH_JOBS_MAX, true);
	if (batch->n == 0)
		take_background(writer, batch);
	pthread_mutex_unlock(&writer->lock);
	qsort(batch->jobs, (size_t)batch->n, sizeof(*batch->jobs), by_key);
	return batch->n > 0;
}

void writer_failed(struct writer *writer, const char *what, const struct db *db)
{
	const char *why = db_error(db);

	metric_add(&writer->counts.failed, 1);
	if (writer->failed)
		writer->failed(writer->ctx, what, why);
	if (db_sync_failed(db) && !atomic_exchange(&writer->dead, true) && writer->fatal)
		writer->fatal(writer->ctx, why);
}

/* Hands the result of a step on; a failure is told before another call forgets why. */
static int judge(struct writer *writer, const char *what, int result)
{
	if (result == STORE_FAILED)
		writer_failed(writer, what ? what : "job", writer->db);
	return result;
}

/* One job inside the open transaction. A call may hold several statements, so
 * it gets a savepoint: its failure undoes it alone. */
static int run_job(struct writer *writer, struct store_job *job)
{
	struct db *db = writer->db;

	if (job->kind != STORE_CALL)
		return judge(writer, job->name, paper_job_run(db, job));
	int n_erasures = db_erasures(db).n;
	int result = judge(writer, job->name, db_savepoint(db));
	if (result < 0)
		return result;
	result = judge(writer, job->name, job->fn(job->ctx, db));
	if (result >= 0)
		return judge(writer, job->name, db_release(db)) < 0 ? STORE_FAILED : result;
	db_forget_erasures(db, n_erasures);
	if (db_in_transaction(db) && db_rollback_to(db) < 0)
		db_rollback(db);
	return result;
}

/* Before the commit, so that nobody is erased who is not told of. */
static int tell_erasures(struct writer *writer)
{
	struct erasures erasures = db_erasures(writer->db);
	return erasures.n ? erasures_add(writer->erasures_fd, erasures.list, erasures.n) : 0;
}

static int commit(struct writer *writer)
{
	if (tell_erasures(writer) < 0) {
		db_rollback(writer->db);
		return STORE_FAILED;
	}
	int64_t began = time_mono_us();
	int result = judge(writer, "commit", db_commit(writer->db));
	metric_observe_us(&writer->counts.commit, time_mono_us() - began);
	if (result < 0) {
		db_rollback(writer->db);
		return STORE_FAILED;
	}
	writer->batches++;
	return 0;
}

static void count_paper(struct store_counts *counts, const struct store_job *job)
{
	bool is_new = job->result == STORE_ONE;

	switch (job->kind) {
	case STORE_CALL:
	case STORE_BETWEEN:
		break;
	case STORE_START:
		metric_add(&counts->papers[STORE_PAPER_STARTED],
			   is_new && job->start.paper == job->start.id);
		break;
	case STORE_SAVE:
	case STORE_SAVE_UNREAD:
		metric_add(&counts->papers[STORE_PAPER_SAVED],
			   is_new && job->save.verdict == SAVE_DONE);
		break;
	case STORE_SUBMIT:
		metric_add(&counts->papers[job->save.by_clock ? STORE_PAPER_CLOSED :
								STORE_PAPER_SUBMITTED],
			   is_new && job->save.verdict == SAVE_DONE);
		break;
	}
}

/* Jobs of a transaction that began at `began_us` and was committed. */
static void count_batch(struct store_counts *counts, struct store_job *const *jobs, int n,
			int64_t began_us)
{
	metric_observe(&counts->batch, n);
	for (int i = 0; i < n; i++) {
		metric_observe_us(&counts->wait[jobs[i]->class], began_us - jobs[i]->queued_us);
		count_paper(counts, jobs[i]);
	}
}

/* Runs jobs from `from` until the batch's time is over, in one transaction.
 * Returns how many were run and committed, -1 when the transaction was lost. */
static int run_together(struct writer *writer, struct batch *batch, int from)
{
	int64_t began = time_mono_us(), until = began + BATCH_MS_MAX * 1000;
	int at = from;

	if (judge(writer, "begin", db_begin(writer->db)) < 0)
		return -1;
	db_forget_erasures(writer->db, 0);
	do {
		batch->jobs[at]->result = run_job(writer, batch->jobs[at]);
		if (!db_in_transaction(writer->db))
			return -1;
		at++;
	} while (at < batch->n && time_mono_us() < until);
	if (commit(writer) < 0)
		return -1;
	count_batch(&writer->counts, batch->jobs + from, at - from, began);
	return at - from;
}

/* Answers jobs that waited too long, and closes the gaps they leave. */
static void refuse_late(struct writer *writer, struct batch *batch)
{
	int64_t oldest = time_mono_us() - STORE_WAIT_MAX_MS * 1000;
	int kept = 0;

	for (int i = 0; i < batch->n; i++) {
		struct store_job *job = batch->jobs[i];
		if (job->queued_us >= oldest || job->class == STORE_CLASS_BACKGROUND) {
			batch->jobs[kept++] = job;
		} else {
			pthread_mutex_lock(&writer->lock);
			writer->queues[job->class].refused++;
			pthread_mutex_unlock(&writer->lock);
			answer(job, STORE_REFUSED);
		}
	}
	batch->n = kept;
}

/* Runs those that want no transaction, and closes the gaps they leave. */
static void run_between(struct writer *writer, struct batch *batch)
{
	int kept = 0;

	for (int i = 0; i < batch->n; i++) {
		struct store_job *job = batch->jobs[i];
		if (job->kind == STORE_BETWEEN)
			answer(job, job->fn(job->ctx, writer->db));
		else
			batch->jobs[kept++] = job;
	}
	batch->n = kept;
}

/* Runs `from` alone: it may be the one that spoiled a transaction. */
static void run_alone(struct writer *writer, struct batch *batch, int from)
{
	struct batch one = { .jobs = { batch->jobs[from] }, .n = 1 };
	int done = writer->dead ? -1 : run_together(writer, &one, 0);

	if (done < 0) {
		db_rollback(writer->db);
		batch->jobs[from]->result = STORE_FAILED;
	}
	answer(batch->jobs[from], batch->jobs[from]->result);
}

/* A log that grew past its bound begins anew. Tried once a second at most: while a
 * reader needs the old one it cannot, and saves must not wait for it. */
static void make_room_in_log(struct writer *writer)
{
	int64_t now = time_mono_ms();

	if (writer->log_pages <= LOG_PAGES_MAX || now < writer->make_room_at)
		return;
	writer->make_room_at = now + MAKE_ROOM_EVERY_MS;
	/* RETRY: a reader needs it still. */
	if (writer_checkpoint(writer, writer->db, DB_CHECKPOINT_RESTART) == 0)
		writer->log_pages = 0;
}

int writer_checkpoint(struct writer *writer, struct db *db, enum db_checkpoint_kind kind)
{
	int64_t began = time_mono_us();
	struct db_log log;
	int result = db_checkpoint(db, kind, &log);

	if (result < 0) {
		if (result == STORE_FAILED)
			writer_failed(writer, "checkpoint", db);
		return result;
	}
	/* Most looks find the log as the last one left it. */
	if (log.pages != writer->log_pages || log.left_pages != writer->log_left_pages)
		metric_observe_us(&writer->counts.checkpoint, time_mono_us() - began);
	writer->log_pages = log.pages;
	writer->log_left_pages = log.left_pages;
	return result;
}

int writer_step(struct writer *writer, bool wait)
{
	struct batch batch;
	int finished = 0;

	if (!take_batch(writer, wait, &batch))
		return wait && writer->stopping ? -1 : 0;
	int taken = batch.n;
	refuse_late(writer, &batch);
	run_between(writer, &batch);
	while (finished < batch.n) {
		int done = writer->dead ? -1 : run_together(writer, &batch, finished);
		for (int i = finished; done > 0 && i < finished + done; i++)
			answer(batch.jobs[i], batch.jobs[i]->result);
		if (done < 0) {
			db_rollback(writer->db);
			for (int i = finished; i < batch.n; i++)
				run_alone(writer, &batch, i);
			done = batch.n - finished;
		}
		finished += done;
	}
	if (batch.is_background)
		writer->background_us = time_mono_us();
	metric_add(&writer->counts.jobs, (uint64_t)taken);
	make_room_in_log(writer);
	return taken;
}

struct store_figures writer_figures(struct writer *writer)
{
	struct store_figures figures = {
		.wal_bytes = writer->log_pages * writer->page_bytes,
		.wal_left_bytes = writer->log_left_pages * writer->page_bytes,
		.counts = &writer->counts,
	};

	pthread_mutex_lock(&writer->lock);
	for (int i = 0; i < STORE_CLASS_COUNT; i++) {
		figures.queued[i] = writer->queues[i].n;
		figures.refused[i] = writer->queues[i].refused;
	}
	pthread_mutex_unlock(&writer->lock);
	return figures;
}

void writer_stop(struct writer *writer)
{
	pthread_mutex_lock(&writer->lock);
	writer->stopping = true;
	pthread_cond_broadcast(&writer->wake);
	pthread_mutex_unlock(&writer->lock);
}
