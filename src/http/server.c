#include "http/server.h"

#include "http/exchange.h"
#include "http/listen.h"

#include <assert.h>
#include <sys/resource.h>
#include <unistd.h>

/* Files that are not connections: databases, keys, sockets of ours. */
#define OTHER_FILES 128

static void default_to(int *limit, int value)
{
	if (*limit <= 0)
		*limit = value;
}

/* No more connections than the process may have open. */
static int bound_by_files(int connections)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return connections;
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
	if (getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur == RLIM_INFINITY ||
	    files.rlim_cur > (rlim_t)connections + OTHER_FILES)
		return connections;
	return files.rlim_cur > 2 * OTHER_FILES ? (int)files.rlim_cur - OTHER_FILES : OTHER_FILES;
}

/* A loop for each core, and two where there is one, so that none waits for the other. */
static int cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 2 ? 2 : n > HTTP_THREADS_MAX ? HTTP_THREADS_MAX : (int)n;
}

static void set_defaults(struct http_config *config)
{
	struct http_limits *limits = &config->limits;

	default_to(&config->threads, cores());
	default_to(&limits->connections, 16384);
	default_to(&limits->asleep, 2048);
	default_to(&limits->head_ms, 10000);
	default_to(&limits->body_ms, 30000);
	default_to(&limits->idle_ms, 60000);
	default_to(&limits->send_ms, 60000);
	default_to(&limits->send_bytes_per_s, 4096);
	default_to(&limits->drain_ms, 30000);
	default_to(&limits->hash_threads, cores());
	default_to(&limits->hash_queue, HASHER_QUEUE_MAX);
	if (config->threads > HTTP_THREADS_MAX)
		config->threads = HTTP_THREADS_MAX;
	limits->connections = bound_by_files(limits->connections);
}

/* Gives each of the first `n` loops one of these sockets of one address. */
static int share_out(struct http_server *server, const int *fds, int n, enum loop_socket kind)
{
	int result = 0;

	for (int i = 0; i < n; i++) {
		if (result)
			close(fds[i]);
		else
			result = loop_add(&server->loops[i], fds[i], kind);
	}
	return result;
}

static int listen_on(struct http_server *server, const char *where, int n, enum loop_socket kind,
		     int *ret_port)
{
	struct sockaddr_storage address;
	int fds[HTTP_THREADS_MAX];
	socklen_t len;

	if (address_parse_listen(where, &address, &len))
		return 1;
	int result = listen_open(&address, len, n, fds);
	if (result)
		return result + 1;
	*ret_port = listen_port(&address);
	return share_out(server, fds, n, kind);
}

static int listen_on_inherited(struct http_server *server, int fd, int *ret_port)
{
	struct sockaddr_storage address;
	int fds[HTTP_THREADS_MAX];
	int n = server->config.threads;
	int result = listen_inherit(fd, n, &address, fds);

	if (result)
		return result + 1;
	*ret_port = listen_port(&address);
	return share_out(server, fds, n, LOOP_INHERITED);
}

static int listen_on_all(struct http_server *server, const char **ret_which)
{
	const struct http_config *config = &server->config;
	int *port = server->ports;

	assert(config->n_listen + config->n_inherited <= HTTP_LISTEN_MAX);
	for (int i = 0; i < config->n_listen; i++) {
		int result = listen_on(server, config->listen[i], config->threads, LOOP_OWN,
				       port++);
		if (result) {
			*ret_which = config->listen[i];
			return result;
		}
	}
	for (int i = 0; i < config->n_inherited; i++) {
		int result = listen_on_inherited(server, config->inherited[i], port++);
		if (result) {
			*ret_which = "an inherited socket";
			return result;
		}
	}
	if (!config->metrics_listen)
		return 0;
	*ret_which = config->metrics_listen;
	return listen_on(server, config->metrics_listen, 1, LOOP_METRICS, &server->metrics_port);
}

static int open_server(struct http_server *server, const char **ret_which)
{
	const struct http_config *config = &server->config;

	if (trusted_parse(config->trusted_proxies, &server->trusted)) {
		*ret_which = "trusted proxies";
		return 4;
	}
	if (metrics_init(&server->metrics, routes, n_routes))
		return -1;
	server->own_router = router_new(own_routes, n_own_routes);
	server->router = router_new(routes, n_routes);
	server->cache = cache_new(CACHE_ENTRIES, CACHE_BYTES);
	server->hasher = hasher_new(config->limits.hash_queue);
	server->waiting = waiting_new();
	if (!server->own_router || !server->router || !server->cache || !server->hasher ||
	    !server->waiting)
		return -1;
	for (int i = 0; i < config->threads; i++)
		if (loop_init(&server->loops[i], server, i))
			return -1;
	return listen_on_all(server, ret_which);
}

int http_server_new(const struct http_config *config, struct http_server **ret_server,
		    const char **ret_which)
{
	struct http_server *server = mem_new(sizeof(*server));
	const char *which = NULL;

	if (!server)
		return -1;
	server->config = *config;
	set_defaults(&server->config);
	int result = open_server(server, &which);
	if (result == 0) {
		*ret_server = server;
		return 0;
	}
	if (result > 0)
		*ret_which = which;
	http_server_free(server);
	return result;
}

int http_server_start(struct http_server *server)
{
	const struct http_config *config = &server->config;

	if (hasher_start(server->hasher, config->limits.hash_threads))
		return -1;
	for (int i = 0; i < config->threads; i++)
		if (loop_start(&server->loops[i]))
			return -1;
	return 0;
}

int http_server_port(const struct http_server *server, int which)
{
	return which < 0 ? server->metrics_port : server->ports[which];
}

bool http_server_lives(struct http_server *server)
{
	bool lives = true;

	for (int i = 0; i < server->config.threads; i++) {
		struct loop *loop = &server->loops[i];
		unsigned turns = atomic_load(&loop->turns);

		lives = lives && turns != loop->turns_seen;
		loop->turns_seen = turns;
		loop_poke(loop);
	}
	return lives;
}

void http_server_drain(struct http_server *server)
{
	atomic_store(&server->draining, true);
	for (int i = 0; i < server->config.threads; i++)
		if (server->loops[i].runs)
			loop_poke(&server->loops[i]);
	for (int i = 0; i < server->config.threads; i++)
		loop_join(&server->loops[i]);
}

struct http_server *http_server_free(struct http_server *server)
{
	if (!server)
		return NULL;
	http_server_drain(server);
	/* All jobs are done: a loop ends only when nothing sleeps. */
	server->hasher = hasher_free(server->hasher);
	for (int i = 0; i < server->config.threads; i++)
		loop_done(&server->loops[i]);
	server->waiting = waiting_free(server->waiting);
	server->cache = cache_free(server->cache);
	server->router = router_free(server->router);
	server->own_router = router_free(server->own_router);
	metrics_done(&server->metrics);
	return mem_free(server);
}
