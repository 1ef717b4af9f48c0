#include "cli/serve.h"

#include "base/log.h"
#include "base/time.h"
#include "cli/control.h"
#include "cli/service.h"
#include "cli/site_metrics.h"
#include "http/server.h"
#include "jobs/runner.h"
#include "pages/health.h"
#include "store/job.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

#define FAILED_EVERY_MS 10000

void serve_fatal(void *ctx, const char *why)
{
	(void)ctx;
	log_error("the disk did not keep what was written: %s; ending, so that nothing is "
		  "acknowledged that is not there", why);
	_exit(EXIT_REFUSED);
}

void serve_failed(void *ctx, const char *what, const char *why)
{
	static atomic_int_fast64_t next_at = INT64_MIN, unsaid;
	int64_t now = time_mono_ms(), at = next_at;

	(void)ctx;
	if (now < at || !atomic_compare_exchange_strong(&next_at, &at, now + FAILED_EVERY_MS)) {
		unsaid++;
		return;
	}
	log_error("the database refuses work: %s: %s (%lld more since the last such line)", what, why,
		  (long long)atomic_exchange(&unsaid, 0));
}

/* The front door's read: `load` on this thread's connection, then `done`. */
struct reading {
	int (*load)(struct request *request, struct db *db);
	void (*done)(struct request *request, int result);
	struct request *request;
};

static int run_load(void *ctx, struct db *db)
{
	struct reading *reading = ctx;
	return reading->load(reading->request, db);
}

static void load_done(void *ctx, int result)
{
	struct reading *reading = ctx;
	reading->done(reading->request, result);
}

static void site_read(struct site *site, const char *name,
		      int (*load)(struct request *request, struct db *db), struct request *request,
		      void (*done)(struct request *request, int result))
{
	struct reading reading = { load, done, request };
	store_read(site->store, name, run_load, &reading, load_done);
}

/* The front door's write: its callback and context travel in the job. */
static void job_done(struct store_job *job)
{
	job->when_done(job->done_ctx);
}

static void site_write(struct site *site, struct store_job *job, void (*done)(void *ctx), void *ctx)
{
	job->when_done = done;
	job->done_ctx = ctx;
	job->done = job_done;
	store_write(site->store, job);
}

static const struct contest *site_acquire(struct site *site, struct text code)
{
	return contest_acquire(site->contests, code, contest_now_ms(&site->clock));
}

static void site_release(struct site *site, const struct contest *contest)
{
	(void)site;
	contest_release(contest);
}

/* As many open files as the system lets us have. */
static void raise_file_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

/* Which sockets are meant is said, not guessed: one that nobody takes from would let
 * people wait for ever. */
static int choose_sockets(struct command *command, const struct serve_options *options,
			  struct http_config *config)
{
	int n = service_sockets(config->inherited, HTTP_LISTEN_MAX);

	if (n < 0)
		return command_refuse(command, "systemd passed a socket that does not listen for"
				      " TCP, or more than %d", HTTP_LISTEN_MAX);
	if (!text_equal_z(options->listen, SERVE_LISTEN_SYSTEMD)) {
		if (n)
			return command_refuse(command, "systemd passed sockets, to be served with"
					      " --listen " SERVE_LISTEN_SYSTEMD);
		config->listen[config->n_listen++] = text_z(command->arena, options->listen);
		return 0;
	}
	if (n == 0)
		return command_refuse(command,
				      "systemd passed no socket: is hoithi.socket started?");
	config->n_inherited = n;
	return 0;
}

static int new_server(struct command *command, struct folder *folder,
		      const struct serve_options *options, struct http_server **ret)
{
	struct http_config config = {
		.site = &folder->site,
		.metrics_listen = options->metrics.len ? text_z(command->arena, options->metrics) : NULL,
		.trusted_proxies = options->trusted_proxy,
		.read = site_read, .write = site_write, .contest_acquire = site_acquire,
		.contest_release = site_release, .healthy = site_is_healthy,
		.metrics_more = site_metrics,
	};
	const char *which = "";

	int status = choose_sockets(command, options, &config);
	if (status)
		return status;
	switch (http_server_new(&config, ret, &which)) {
	case 0:
		return 0;
	case 1:
		return command_misused(command, "%s is no address to listen on (as 127.0.0.1:8080)", which);
	case 2:
		return command_refuse(command, "the port of %s is taken by another program", which);
	case 3:
		return command_refuse(command, "cannot listen on %s: %s", which, strerror(errno));
	case 4:
		return command_misused(command, "--trusted-proxy is a list of addresses as 10.0.0.0/8");
	}
	return command_refuse(command, "the system has no memory or files left");
}

/* Tells the service manager that we live, as long as everybody does. */
static void give_sign(struct http_server *server, struct store *store)
{
	bool loops = http_server_lives(server), writer = store_lives(store);

	if (loops && writer)
		service_lives();
	else
		log_warning("no sign of life from the %s", loops ? "writer" : "loops");
}

static void wait_for_signal(const sigset_t *signals, struct http_server *server,
			    struct store *store)
{
	/* A machine that is busy may miss one sign, and a second. */
	int64_t every_ms = service_watchdog_ms() / 4;
	const struct timespec every = { every_ms / 1000, every_ms % 1000 * 1000000 };
	int number;

	if (every_ms) {
		(void)http_server_lives(server);
		(void)store_lives(store);
	}
	while ((number = every_ms ? sigtimedwait(signals, NULL, &every)
				  : sigwaitinfo(signals, NULL)) < 0)
		if (errno == EAGAIN)
			give_sign(server, store);
	log_info("signal %d: answering what is open, then ending", number);
}

int serve_folder(struct command *command, struct folder *folder, const struct serve_options *options)
{
	struct http_server *server;
	sigset_t signals;

	raise_file_limit();
	folder->site.started_at = time_now_ms();
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	int status = new_server(command, folder, options, &server);
	if (status)
		return status;
	struct control *control = control_start(options->data_dir, &folder->site);
	struct job_runner *runner = job_runner_start(&folder->site);
	if (!control || !runner || http_server_start(server) != 0) {
		status = command_refuse(command, "cannot start serving: %s", strerror(errno));
	} else {
		int port = http_server_port(server, 0);
		if (options->metrics.len)
			log_info("metrics on port %d", http_server_port(server, -1));
		log_info("serving on port %d", port);
		if (options->ready)
			options->ready(command, folder, port, options->ctx);
		service_ready();
		wait_for_signal(&signals, server, folder->site.store);
	}
	service_stopping();
	control_stop(control);
	http_server_drain(server);
	job_runner_stop(runner);
	http_server_free(server);
	return status;
}
