#include "store/store.h"

#include "base/time.h"
#include "store/engine.h"
#include "store/migrate.h"
#include "store/writer.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define READERS_MAX 64
#define CHECKPOINT_EVERY_MS 200

struct store {
	const char *dir;
	int lock_fd;
	int erasures_fd;
	struct writer writer;
	bool threads;
	pthread_t writer_thread;
	pthread_t checkpoint_thread;
	pthread_key_t reader_key;	/* this thread's connection */
	pthread_mutex_t readers_lock;
	struct db *readers[READERS_MAX];
	int n_readers;
	pthread_mutex_t stop_lock;
	pthread_cond_t stop;
	bool stopping;
	struct store_job sign;		/* of life, queued by store_lives */
	atomic_bool sign_waits;
	int64_t batches_seen;
};

/* Takes the folder for this process. 0 done, 1 another has it, -1 errno. */
static int lock_folder(struct arena *arena, const char *dir, int *ret_fd)
{
	const char *path = text_z(arena, text_format(arena, "%s/lock", dir));
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int error = errno;
		close(fd);
		errno = error;
		return error == EWOULDBLOCK ? 1 : -1;
	}
	*ret_fd = fd;
	return 0;
}

static bool has_database(struct arena *arena, const char *dir)
{
	struct stat info;
	return stat(text_z(arena, text_format(arena, "%s/hoithi.db", dir)), &info) == 0;
}

/* Locks the folder and opens the writing connection. */
static int open_folder(struct arena *arena, const char *dir, bool create, int *ret_fd,
		       struct db **ret_db, struct text *ret_why)
{
	char error[256];

	if (create && mkdir(dir, 0700) != 0 && errno != EEXIST) {
		*ret_why = text_format(arena, "cannot make the data folder %s: %s", dir,
				       strerror(errno));
		return -1;
	}
	if (!create && !has_database(arena, dir)) {
		*ret_why = text_format(arena, "there is no database in %s", dir);
		return 5;
	}
	int locked = lock_folder(arena, dir, ret_fd);
	if (locked == 1)
		*ret_why = text_format(arena, "%s is being served by another process", dir);
	if (locked < 0)
		*ret_why = text_format(arena, "cannot lock %s/lock: %s", dir, strerror(errno));
	if (locked)
		return locked;
	if (db_renew_log(dir, error) < 0 || db_open(dir, DB_WRITE, ret_db, error) < 0) {
		*ret_why = text_format(arena, "cannot open the database: %s", error);
		close(*ret_fd);
		return -1;
	}
	return 0;
}

/* Answers of store_open for those of migrate_check and migrate_run. */
static int judge_schema(struct arena *arena, struct db *db, int state, struct text *ret_why)
{
	switch (state) {
	case 0:
		return 0;
	case 1:
	case 2:
		*ret_why = TEXT("the schema is older than this program: run `hoithi migrate`");
		return 2;
	case 3:
		*ret_why = TEXT("the schema is newer than this program: use the newer program");
		return 3;
	case 4:
		*ret_why = TEXT("a recorded migration differs from this program's");
		return 4;
	}
	*ret_why = text_format(arena, "cannot read the schema: %s", db_error(db));
	return -1;
}

static void *run_writer(void *arg)
{
	struct store *store = arg;
	while (writer_step(&store->writer, true) >= 0)
		;
	return NULL;
}

/* Waits for the time of the next checkpoint; false when the store closes. */
static bool wait_for_checkpoint(struct store *store)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += CHECKPOINT_EVERY_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&store->stop_lock);
	if (!store->stopping)
		pthread_cond_timedwait(&store->stop, &store->stop_lock, &until);
	bool go_on = !store->stopping;
	pthread_mutex_unlock(&store->stop_lock);
	return go_on;
}

/* Moves the log into the database while the writer writes, so that commits do
 * not wait for it. */
static void *run_checkpoints(void *arg)
{
	struct store *store = arg;
	struct db *db;
	char error[256];

	/* Without it the log grows until the writer makes room by itself. */
	if (db_open(store->dir, DB_WRITE, &db, error) < 0)
		return NULL;
	while (wait_for_checkpoint(store))
		(void)!writer_checkpoint(&store->writer, db, DB_CHECKPOINT_PASSIVE);
	db_close(db);
	return NULL;
}

static int create_threads(struct store *store)
{
	if (pthread_create(&store->writer_thread, NULL, run_writer, store))
		return -1;
	if (pthread_create(&store->checkpoint_thread, NULL, run_checkpoints, store)) {
		writer_stop(&store->writer);
		pthread_join(store->writer_thread, NULL);
		return -1;
	}
	store->threads = true;
	return 0;
}

/* Signals are the main thread's: one that is not just waiting for SIGTERM has it
 * blocked, and the system would end us through a thread that has not. */
static int start_threads(struct store *store)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int result = create_threads(store);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return result;
}

static struct store *store_new(struct db *db, int lock_fd, const struct store_options *options)
{
	struct store *store = mem_new(sizeof(*store));

	if (!store)
		return NULL;
	store->dir = strdup(options->dir);
	store->lock_fd = lock_fd;
	store->erasures_fd = erasures_open(options->dir);
	if (!store->dir || store->erasures_fd < 0 ||
	    writer_init(&store->writer, db, store->erasures_fd) < 0 ||
	    pthread_key_create(&store->reader_key, NULL)) {
		if (store->erasures_fd >= 0)
			close(store->erasures_fd);
		free((void *)store->dir);
		return mem_free(store);
	}
	store->writer.fatal = options->fatal;
	store->writer.failed = options->failed;
	store->writer.ctx = options->ctx;
	pthread_mutex_init(&store->readers_lock, NULL);
	pthread_mutex_init(&store->stop_lock, NULL);
	pthread_cond_init(&store->stop, NULL);
	return store;
}

int store_open(struct arena *arena, const struct store_options *options, struct store **ret,
	       struct text *ret_why)
{
	struct db *db;
	struct db_log log;
	int lock_fd;
	int answer = open_folder(arena, options->dir, options->create, &lock_fd, &db, ret_why);

	if (answer)
		return answer;
	int state = migrate_check(db);
	if (state == 1 && options->create)
		state = migrate_run(db, time_now_ms());
	answer = judge_schema(arena, db, state, ret_why);
	/* What an earlier process left in the log must be in the database before
	 * anything new is acknowledged. */
	if (answer == 0 && db_checkpoint(db, DB_CHECKPOINT_TRUNCATE, &log) < 0) {
		*ret_why = text_format(arena, "cannot write the database: %s", db_error(db));
		answer = -1;
	}
	struct store *store = answer == 0 ? store_new(db, lock_fd, options) : NULL;
	if (answer == 0 && !store)
		*ret_why = text_format(arena, "the system gives no memory or no lock for the store, "
				       "or %s/%s cannot be opened", options->dir, ERASURES_NAME);
	if (!store) {
		db_close(db);
		close(lock_fd);
		return answer ? answer : -1;
	}
	if (options->threads && start_threads(store) < 0) {
		*ret_why = TEXT("cannot start a thread");
		store_close(store);
		return -1;
	}
	*ret = store;
	return 0;
}

int store_migrate(struct arena *arena, const char *dir, int64_t now, struct text *ret_why)
{
	struct db *db;
	int lock_fd;
	int answer = open_folder(arena, dir, true, &lock_fd, &db, ret_why);

	if (answer)
		return answer;
	answer = judge_schema(arena, db, migrate_run(db, now), ret_why);
	db_close(db);
	close(lock_fd);
	return answer;
}

static void stop_threads(struct store *store)
{
	pthread_mutex_lock(&store->stop_lock);
	store->stopping = true;
	pthread_cond_broadcast(&store->stop);
	pthread_mutex_unlock(&store->stop_lock);
	writer_stop(&store->writer);
	pthread_join(store->writer_thread, NULL);
	pthread_join(store->checkpoint_thread, NULL);
}

struct store *store_close(struct store *store)
{
	struct db_log log;

	if (!store)
		return NULL;
	if (store->threads)
		stop_threads(store);
	while (writer_step(&store->writer, false) > 0)
		;
	for (int i = 0; i < store->n_readers; i++)
		db_close(store->readers[i]);
	if (!store->writer.dead)
		(void)!db_checkpoint(store->writer.db, DB_CHECKPOINT_TRUNCATE, &log);
	db_close(store->writer.db);
	writer_done(&store->writer);
	pthread_key_delete(store->reader_key);
	pthread_mutex_destroy(&store->readers_lock);
	pthread_mutex_destroy(&store->stop_lock);
	pthread_cond_destroy(&store->stop);
	close(store->erasures_fd);
	close(store->lock_fd);
	free((void *)store->dir);
	return mem_free(store);
}

/* This thread's read-only connection, opened at its first read. */
static struct db *reader(struct store *store)
{
	struct db *db = pthread_getspecific(store->reader_key);
	char error[256];

	if (db)
		return db;
	pthread_mutex_lock(&store->readers_lock);
	if (store->n_readers < READERS_MAX && db_open(store->dir, DB_READ, &db, error) == 0)
		store->readers[store->n_readers++] = db;
	pthread_mutex_unlock(&store->readers_lock);
	if (db)
		pthread_setspecific(store->reader_key, db);
	return db;
}

int store_read(struct store *store, const char *name, int (*fn)(void *ctx, struct db *db),
	       void *ctx, void (*done)(void *ctx, int result))
{
	struct db *db = reader(store);
	int result = STORE_FAILED;

	(void)name;
	if (db && db_begin_read(db) == 0) {
		result = fn(ctx, db);
		db_end_read(db);
	}
	if (done)
		done(ctx, result);
	return result;
}

void store_write(struct store *store, struct store_job *job)
{
	writer_add(&store->writer, job);
}

int store_step(struct store *store)
{
	assert(!store->threads);
	return writer_step(&store->writer, false);
}

struct waiter {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	int left;
};

static void count_down(struct store_job *job)
{
	struct waiter *waiter = job->done_ctx;
	pthread_mutex_lock(&waiter->lock);
	if (--waiter->left == 0)
		pthread_cond_signal(&waiter->wake);
	pthread_mutex_unlock(&waiter->lock);
}

void store_write_all(struct store *store, struct store_job *jobs, int n)
{
	struct waiter waiter = { .lock = PTHREAD_MUTEX_INITIALIZER,
				 .wake = PTHREAD_COND_INITIALIZER, .left = n };

	for (int i = 0; i < n; i++) {
		jobs[i].done = count_down;
		jobs[i].done_ctx = &waiter;
		store_write(store, &jobs[i]);
	}
	while (!store->threads && store_step(store) > 0)
		;
	pthread_mutex_lock(&waiter.lock);
	while (waiter.left)
		pthread_cond_wait(&waiter.wake, &waiter.lock);
	pthread_mutex_unlock(&waiter.lock);
}

int store_call(struct store *store, enum store_class class, const char *name,
	       int (*fn)(void *ctx, struct db *db), void *ctx)
{
	struct store_job job = { .class = class, .kind = STORE_CALL, .name = name, .fn = fn,
				 .ctx = ctx };

	store_write_all(store, &job, 1);
	return job.result;
}

static int check(void *ctx, struct db *db)
{
	(void)ctx;
	if (db_number(db, "SELECT count(*) FROM pragma_integrity_check "
			  "WHERE integrity_check <> 'ok'", -1) != 0)
		return 1;
	return db_number(db, "SELECT count(*) FROM pragma_foreign_key_check", -1) != 0 ? 2 : 0;
}

int store_check(struct store *store)
{
	return store_read(store, "check", check, NULL, NULL);
}

const char *store_dir(const struct store *store)
{
	return store->dir;
}

struct store_figures store_figures(struct store *store)
{
	return writer_figures(&store->writer);
}

static int do_nothing(void *ctx, struct db *db)
{
	(void)ctx;
	(void)db;
	return STORE_NONE;
}

static void sign_done(struct store_job *job)
{
	struct store *store = job->ctx;
	store->sign_waits = false;
}

bool store_lives(struct store *store)
{
	int64_t batches = store->writer.batches;
	bool lives = batches != store->batches_seen;

	assert(store->threads);
	store->batches_seen = batches;
	if (!atomic_exchange(&store->sign_waits, true)) {
		/* Behind all others: while they are committed, they are sign enough. */
		store->sign = (struct store_job){
			.class = STORE_CLASS_BACKGROUND, .kind = STORE_CALL, .name = "sign",
			.fn = do_nothing, .ctx = store, .done = sign_done,
		};
		store_write(store, &store->sign);
	}
	return lives;
}
