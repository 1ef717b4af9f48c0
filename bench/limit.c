/* limit: the least program that answers durable saves over HTTP, for the bench to
 * hold the server against: libmicrohttpd in external epoll mode on two threads; a
 * request is suspended, one SQLite writer does the UPDATE of a save on the project's
 * table (bare_save.h) with the batch bounds of the store, commits, and resumes it.
 * Nothing is parsed, checked, drawn, counted or logged.
 *
 *   limit --dir DIR          prints its address, ends on SIGTERM */
#include "bare_save.h"
#include "crowd/clock.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LOOPS 2
#define BATCH_JOBS_MAX 256
#define BATCH_US_MAX 4000
#define POOL_BYTES (12u * 1024)

struct loop;

struct job {
	struct loop *loop;
	struct MHD_Connection *connection;
	struct job *next;
	bool saved;
};

struct loop {
	struct MHD_Daemon *mhd;
	int epoll, event;
	struct job *_Atomic done;
};

static struct loop loops[LOOPS];
static struct job *queue, **queue_end = &queue;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static char reply[] = "{\"verdict\":\"saved\",\"rev\":1,\"answers\":\"000000000000000000000000000000\","
		      "\"flags\":\"000000000000000000000000000000\",\"prediction\":-1,\"left\":1799000}";

static void push_done(struct job *job)
{
	struct loop *loop = job->loop;
	struct job *newest = atomic_load(&loop->done);
	uint64_t one = 1;

	job->saved = true;
	do
		job->next = newest;
	while (!atomic_compare_exchange_weak(&loop->done, &newest, job));
	/* Who finds the list empty wakes the loop. */
	if (!newest && write(loop->event, &one, sizeof(one)) < 0)
		give_up("eventfd");
}

static int take_batch(struct job **jobs)
{
	int n = 0;

	pthread_mutex_lock(&lock);
	while (!queue)
		pthread_cond_wait(&wake, &lock);
	for (; queue && n < BATCH_JOBS_MAX; queue = queue->next)
		jobs[n++] = queue;
	if (!queue)
		queue_end = &queue;
	pthread_mutex_unlock(&lock);
	return n;
}

static void *run_writer(void *arg)
{
	sqlite3 *db = bare_open();
	sqlite3_stmt *save = bare_prepare(db);
	struct job *jobs[BATCH_JOBS_MAX];
	int64_t at = 0;

	(void)arg;
	for (;;) {
		int n = take_batch(jobs), done = 0;
		while (done < n) {
			int64_t until = clock_us() + BATCH_US_MAX;
			int from = done;
			bare_run(db, "BEGIN IMMEDIATE");
			do {
				bare_save(db, save, 1 + at % BARE_PAPERS, at / BARE_PAPERS);
				at++;
			} while (++done < n && clock_us() < until);
			bare_run(db, "COMMIT");
			for (int i = from; i < done; i++)
				push_done(jobs[i]);
		}
	}
	return NULL;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *data,
				  size_t *bytes, void **ctx)
{
	struct job *job = *ctx;

	(void)url, (void)method, (void)version, (void)data;
	if (!job) {
		*ctx = job = mem_new(sizeof(*job));
		if (!job)
			return MHD_NO;
		*job = (struct job){ .loop = cls, .connection = connection };
		return MHD_YES;
	}
	if (*bytes) {
		*bytes = 0;
		return MHD_YES;
	}
	if (job->saved) {
		struct MHD_Response *response = MHD_create_response_from_buffer(
			sizeof(reply) - 1, reply, MHD_RESPMEM_PERSISTENT);
		enum MHD_Result result = MHD_queue_response(connection, 200, response);
		MHD_destroy_response(response);
		return result;
	}
	MHD_suspend_connection(connection);
	pthread_mutex_lock(&lock);
	*queue_end = job;
	queue_end = &job->next;
	pthread_cond_signal(&wake);
	pthread_mutex_unlock(&lock);
	return MHD_YES;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **ctx,
			 enum MHD_RequestTerminationCode why)
{
	(void)cls, (void)connection, (void)why;
	*ctx = mem_free(*ctx);
}

static void *run_loop(void *arg)
{
	struct loop *loop = arg;
	struct epoll_event events[2];
	uint64_t count;

	for (;;) {
		MHD_UNSIGNED_LONG_LONG ms;
		int wait = MHD_get_timeout(loop->mhd, &ms) == MHD_YES ? (int)ms : -1;
		(void)epoll_wait(loop->epoll, events, 2, wait);
		if (read(loop->event, &count, sizeof(count)) > 0)
			for (struct job *job = atomic_exchange(&loop->done, NULL), *next; job; job = next) {
				next = job->next;
				MHD_resume_connection(job->connection);
			}
		(void)MHD_run_wait(loop->mhd, 0);
	}
	return NULL;
}

static void start_loop(struct loop *loop, struct sockaddr_in *address)
{
	struct epoll_event event = { .events = EPOLLIN };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
	socklen_t len = sizeof(*address);
	pthread_t thread;

	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)address, len) || listen(fd, 1024) ||
	    getsockname(fd, (struct sockaddr *)address, &len))
		give_up("no port");
	loop->mhd = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
				     on_request, loop, MHD_OPTION_LISTEN_SOCKET, fd,
				     MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES,
				     MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
	if (!loop->mhd)
		give_up("no daemon");
	loop->epoll = epoll_create1(0);
	loop->event = eventfd(0, EFD_NONBLOCK);
	int inner = MHD_get_daemon_info(loop->mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->event, &event) ||
	    epoll_ctl(loop->epoll, EPOLL_CTL_ADD, inner, &event) ||
	    pthread_create(&thread, NULL, run_loop, loop))
		give_up("no epoll or thread");
}

/* It is told to end, and so does: no shell has to say so. */
static void on_end(int number)
{
	(void)number;
	_exit(0);
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	static atomic_bool over;
	pthread_t thread;

	if (argc != 3 || strcmp(argv[1], "--dir") != 0)
		give_up("usage: limit --dir DIR");
	bare_folder(argv[2]);
	if (pthread_create(&thread, NULL, run_writer, NULL) ||
	    pthread_create(&thread, NULL, bare_checkpoints, &over))
		give_up("no thread");
	for (int i = 0; i < LOOPS; i++)
		start_loop(&loops[i], &address);
	signal(SIGTERM, on_end);
	printf("http://127.0.0.1:%d\n", ntohs(address.sin_port));
	fflush(stdout);
	pause();
	return 0;
}
