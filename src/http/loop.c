#include "http/loop.h"

#include "base/log.h"
#include "base/random.h"
#include "base/time.h"
#include "http/exchange.h"
#include "http/metrics_page.h"

#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define POOL_BYTES (12u * 1024)
#define METRICS_CONNECTIONS 16
#define METRICS_TIMEOUT_S 10

/* Once half of the connections that may be open are, those without a request have less
 * time: others want to come. */
#define CROWDED_PERCENT 50
#define CROWDED_IDLE_MS 2000

/* Of two turns together: what came meanwhile has not waited long, and need not be asked. */
#define SHORT_TURNS_US 10000

/* How long a drain waits for a request on a connection that has none. */
#define DRAIN_IDLE_MS 1000
#define DRAIN_ACCEPTS_MAX 1000

/* epoll's data of the eventfd; daemons have their index. */
#define EVENT_MARK UINT32_MAX

int loop_init(struct loop *loop, struct http_server *server, int index)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = EVENT_MARK };

	*loop = (struct loop){ .server = server, .index = index };
	wheel_init(&loop->wheel, time_mono_ms());
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	loop->quick = gzip_new(GZIP_QUICK);
	loop->small = gzip_new(GZIP_SMALL);
	random_bytes(&loop->last_id, sizeof(loop->last_id));
	if (loop->epoll < 0 || loop->event < 0 || !loop->quick || !loop->small ||
	    epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->event, &event))
		return -1;
	return 0;
}

int link_waited_ms(const struct link *link)
{
	const struct loop *loop = link->loop;
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	/* Nothing waits longer than two turns, but in the queue of those who connect. */
	if (link->served && loop->turn_us + time_mono_us() - loop->turn_at < SHORT_TURNS_US)
		return 0;

	if (getsockopt(link->fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		return 0;
	return info.tcpi_last_data_recv < INT32_MAX ? (int)info.tcpi_last_data_recv : 0;
}

bool loop_is_fuller_than(const struct loop *loop, int percent)
{
	const struct http_server *server = loop->server;

	return atomic_load(&server->metrics.connections) * 100 >
	       (int64_t)server->config.limits.connections * percent;
}

void link_set(struct link *link, enum link_state state, int64_t more_ms)
{
	const struct http_limits *limits = &link->loop->server->config.limits;
	int64_t ms = 0;

	link->state = state;
	if (state == LINK_IDLE) {
		link->waited_for = false;
		link->served = true;
	}
	switch (state) {
	case LINK_HEAD:
		ms = limits->head_ms;
		break;
	case LINK_BODY:
		ms = limits->body_ms;
		break;
	case LINK_WORK:
		wheel_clear(&link->loop->wheel, &link->deadline);
		return;
	case LINK_SEND:
		ms = limits->send_ms;
		break;
	case LINK_IDLE:
		ms = limits->idle_ms;
		if (ms > CROWDED_IDLE_MS && loop_is_fuller_than(link->loop, CROWDED_PERCENT))
			ms = CROWDED_IDLE_MS;
		if (link->loop->cut_at && ms > DRAIN_IDLE_MS)
			ms = DRAIN_IDLE_MS;
		break;
	}
	wheel_set(&link->loop->wheel, &link->deadline, time_mono_ms() + ms + more_ms);
}

/* Nothing of a request has been read. */
static bool is_quiet(const struct link *link)
{
	return link->state == LINK_IDLE || (link->state == LINK_HEAD && !link->exchange);
}

/* libmicrohttpd sees the end of the stream and closes. What it reads before that is
 * not run: its sender could not be answered. */
static void cut(struct link *link)
{
	link->cut = true;
	shutdown(link->fd, SHUT_RDWR);
}

static void on_deadline(struct deadline *deadline, void *ctx)
{
	struct link *link = (struct link *)(void *)deadline;
	char byte;

	(void)ctx;
	/* A request has just come, and the loop has been busy. Once, or a byte now and
	 * then would do. */
	if (is_quiet(link) && !link->waited_for &&
	    recv(link->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
		link->waited_for = true;
		link_set(link, LINK_HEAD, 0);
		return;
	}
	if (link->state != LINK_IDLE)
		atomic_fetch_add(&link->loop->server->metrics.deadlines_met, 1);
	cut(link);
}

static void link_open(struct loop_daemon *daemon, struct MHD_Connection *connection, void **ctx)
{
	struct loop *loop = daemon->loop;
	const union MHD_ConnectionInfo *fd =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	const union MHD_ConnectionInfo *address =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct link *link = mem_new(sizeof(*link));

	*ctx = link;
	if (!link) {
		/* Requests of a connection without a link are refused. */
		shutdown(fd->connect_fd, SHUT_RDWR);
		return;
	}
	link->loop = loop;
	link->daemon = daemon->index;
	link->fd = fd->connect_fd;
	if (!address || address_from_socket(address->client_addr, &link->address))
		link->address = (struct address){ { 0 } };
	link->next = loop->links;
	if (loop->links)
		loop->links->previous = link;
	loop->links = link;
	link_set(link, LINK_HEAD, 0);
	atomic_fetch_add(&loop->server->metrics.connections, 1);
	atomic_fetch_add(&loop->server->metrics.connections_opened, 1);
}

static void link_close(struct link *link)
{
	struct loop *loop = link->loop;

	wheel_clear(&loop->wheel, &link->deadline);
	if (link->exchange)
		exchange_end(link->exchange);
	if (link->next)
		link->next->previous = link->previous;
	if (link->previous)
		link->previous->next = link->next;
	else
		loop->links = link->next;
	atomic_fetch_sub(&loop->server->metrics.connections, 1);
	/* A full daemon has stopped listening, and begins again only when it runs. */
	loop->daemons[link->daemon].ready = true;
	mem_free(link);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **ctx,
			  enum MHD_ConnectionNotificationCode what)
{
	switch (what) {
	case MHD_CONNECTION_NOTIFY_STARTED:
		link_open(cls, connection, ctx);
		break;
	case MHD_CONNECTION_NOTIFY_CLOSED:
		if (*ctx)
			link_close(*ctx);
		*ctx = NULL;
		break;
	}
}

/* Paths and queries are decoded by us: libmicrohttpd's way hides %00. */
static size_t leave_escaped(void *cls, struct MHD_Connection *connection, char *text)
{
	(void)cls;
	(void)connection;
	return strlen(text);
}

static struct MHD_Daemon *page_daemon(struct loop_daemon *daemon)
{
	const struct http_config *config = &daemon->loop->server->config;
	int daemons = config->threads * (config->n_listen + config->n_inherited);
	unsigned share = (unsigned)(config->limits.connections / daemons);

	return MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, exchange_on_request,
		daemon, MHD_OPTION_LISTEN_SOCKET, daemon->listen_fd,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES,
		MHD_OPTION_CONNECTION_LIMIT, share ? share : 1, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		(unsigned)config->limits.connections_per_address, MHD_OPTION_CONNECTION_TIMEOUT, 0u,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, daemon, MHD_OPTION_URI_LOG_CALLBACK,
		exchange_on_target, daemon, MHD_OPTION_NOTIFY_COMPLETED, exchange_on_completed,
		daemon, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_END);
}

static struct MHD_Daemon *metrics_daemon(struct loop_daemon *daemon)
{
	return MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, metrics_page_on_request, daemon,
				MHD_OPTION_LISTEN_SOCKET, daemon->listen_fd,
				MHD_OPTION_CONNECTION_LIMIT, (unsigned)METRICS_CONNECTIONS,
				MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)METRICS_TIMEOUT_S,
				MHD_OPTION_END);
}

int loop_add(struct loop *loop, int listen_fd, enum loop_socket kind)
{
	int index = loop->n_daemons;
	struct loop_daemon *daemon = &loop->daemons[index];
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = (uint32_t)index };

	assert(index < LOOP_DAEMONS_MAX);
	*daemon = (struct loop_daemon){
		.loop = loop, .index = index, .kind = kind, .listen_fd = listen_fd, .ready = true
	};
	daemon->mhd = kind == LOOP_METRICS ? metrics_daemon(daemon) : page_daemon(daemon);
	if (!daemon->mhd) {
		close(listen_fd);
		return -1;
	}
	loop->n_daemons++;
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(daemon->mhd, MHD_DAEMON_INFO_EPOLL_FD);
	return info && epoll_ctl(loop->epoll, EPOLL_CTL_ADD, info->epoll_fd, &event) == 0 ? 0 : -1;
}

void loop_poke(struct loop *loop)
{
	uint64_t one = 1;
	/* Fails only when the count is at its end, and then the loop is awake. */
	if (write(loop->event, &one, sizeof(one)) < 0)
		return;
}

void loop_wake(struct loop *loop, struct exchange *exchange)
{
	struct exchange *newest = atomic_load(&loop->done);

	do
		exchange->next_done = newest;
	while (!atomic_compare_exchange_weak(&loop->done, &newest, exchange));
	/* Whoever finds the list empty wakes the loop, for all that come after. */
	if (!newest)
		loop_poke(loop);
}

void loop_take_done(struct loop *loop)
{
	struct exchange *newest, *oldest = NULL;
	uint64_t count;

	/* Before the list, so that no wake-up is lost between the two. */
	if (read(loop->event, &count, sizeof(count)) < 0)
		return;
	newest = atomic_exchange(&loop->done, NULL);
	while (newest) {
		struct exchange *next = newest->next_done;
		newest->next_done = oldest;
		oldest = newest;
		newest = next;
	}
	while (oldest) {
		struct exchange *next = oldest->next_done;
		loop->daemons[oldest->link->daemon].ready = true;
		exchange_go_on(oldest);
		oldest = next;
	}
}

/* How long nothing has to be done, in ms; -1 for ever. */
static int wait_ms(struct loop *loop)
{
	int wait = wheel_wait_ms(&loop->wheel, time_mono_ms());

	for (int i = 0; i < loop->n_daemons; i++) {
		MHD_UNSIGNED_LONG_LONG ms;
		if (loop->daemons[i].ready)
			return 0;
		if (MHD_get_timeout(loop->daemons[i].mhd, &ms) != MHD_YES)
			continue;
		/* 0: work is left that no edge of a socket will tell again. */
		if (ms == 0)
			loop->daemons[i].ready = true;
		if (wait < 0 || ms < (unsigned)wait)
			wait = (int)ms;
	}
	if (loop->cut_at && (wait < 0 || wait > WHEEL_TICK_MS))
		wait = WHEEL_TICK_MS;
	return wait;
}

static void run_ready(struct loop *loop)
{
	for (int i = 0; i < loop->n_daemons; i++) {
		if (!loop->daemons[i].ready)
			continue;
		loop->daemons[i].ready = false;
		if (MHD_run_wait(loop->daemons[i].mhd, 0) != MHD_YES)
			log_error("http: libmicrohttpd failed in loop %d", loop->index);
	}
}

/* Takes the connections that the system has accepted for us alone. */
static void take_pending(struct loop_daemon *daemon)
{
	struct pollfd pending = { .fd = daemon->listen_fd, .events = POLLIN };

	for (int i = 0; i < DRAIN_ACCEPTS_MAX && poll(&pending, 1, 0) > 0; i++)
		(void)MHD_run_wait(daemon->mhd, 0);
}

/* A daemon that ends with its socket would shut that down, for all who have it. */
static void stop_listening(struct loop_daemon *daemon)
{
	if (daemon->listen_fd < 0)
		return;
	if (MHD_quiesce_daemon(daemon->mhd) >= 0)
		close(daemon->listen_fd);
	daemon->listen_fd = -1;
}

/* Connections without a request are closed soon, those with one after it. */
static void begin_drain(struct loop *loop)
{
	int64_t now = time_mono_ms();

	for (int i = 0; i < loop->n_daemons; i++) {
		struct loop_daemon *daemon = &loop->daemons[i];
		if (daemon->kind != LOOP_INHERITED)
			take_pending(daemon);
		stop_listening(daemon);
		daemon->ready = true;
	}
	loop->cut_at = now + loop->server->config.limits.drain_ms;
	for (struct link *link = loop->links; link; link = link->next)
		if (is_quiet(link) && link->deadline.at_ms > now + DRAIN_IDLE_MS)
			wheel_set(&loop->wheel, &link->deadline, now + DRAIN_IDLE_MS);
}

static void drain(struct loop *loop)
{
	if (!loop->cut_at) {
		begin_drain(loop);
		return;
	}
	if (time_mono_ms() < loop->cut_at)
		return;
	for (struct link *link = loop->links; link; link = link->next)
		if (link->state != LINK_WORK)
			cut(link);
	if (loop->asleep)
		log_warning("http: loop %d still waits for %d commits", loop->index, loop->asleep);
	loop->cut_at = time_mono_ms() + loop->server->config.limits.drain_ms;
}

static void begin_turn(struct loop *loop)
{
	int64_t now = time_mono_us();

	loop->turn_us = now - loop->turn_at;
	loop->turn_at = now;
}

static void *loop_main(void *ctx)
{
	struct loop *loop = ctx;
	struct epoll_event events[LOOP_DAEMONS_MAX + 1];

	log_hold();
	while (!loop->cut_at || loop->links) {
		log_flush();
		int n = epoll_wait(loop->epoll, events, (int)ARRAY_LEN(events), wait_ms(loop));
		for (int i = 0; i < n; i++)
			if (events[i].data.u32 != EVENT_MARK)
				loop->daemons[events[i].data.u32].ready = true;
		atomic_fetch_add(&loop->turns, 1);
		begin_turn(loop);
		loop_take_done(loop);
		wheel_run(&loop->wheel, time_mono_ms(), on_deadline, NULL);
		/* A daemon with a timeout of its own has to look at it. */
		for (int i = 0; n == 0 && i < loop->n_daemons; i++)
			loop->daemons[i].ready = true;
		run_ready(loop);
		if (atomic_load(&loop->server->draining))
			drain(loop);
	}
	log_flush();
	return NULL;
}

int loop_start(struct loop *loop)
{
	sigset_t all, old;

	/* Signals are the main thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	loop->runs = pthread_create(&loop->thread, NULL, loop_main, loop) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return loop->runs ? 0 : -1;
}

void loop_join(struct loop *loop)
{
	if (loop->runs)
		pthread_join(loop->thread, NULL);
	loop->runs = false;
}

void loop_done(struct loop *loop)
{
	assert(!loop->runs);
	for (int i = 0; i < loop->n_daemons; i++) {
		stop_listening(&loop->daemons[i]);
		MHD_stop_daemon(loop->daemons[i].mhd);
	}
	loop->n_daemons = 0;
	if (loop->epoll > 0)
		close(loop->epoll);
	if (loop->event > 0)
		close(loop->event);
	loop->quick = gzip_free(loop->quick);
	loop->small = gzip_free(loop->small);
}
