/* A loop: one thread, its sockets and its requests. Internal to http/. */
#ifndef HTTP_LOOP_H
#define HTTP_LOOP_H

#include "http/address.h"
#include "http/cache.h"
#include "http/gzip.h"
#include "http/hasher.h"
#include "http/metrics.h"
#include "http/router.h"
#include "http/server.h"
#include "http/waiting.h"
#include "http/wheel.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#define LOOP_DAEMONS_MAX (HTTP_LISTEN_MAX + 1)

struct exchange;
struct loop;

enum link_state {
	LINK_HEAD,	/* a head is expected or coming */
	LINK_BODY,
	LINK_WORK,	/* a page has it; no deadline */
	LINK_SEND,
	LINK_IDLE,	/* kept alive */
};

/* A connection. */
struct link {
	struct deadline deadline;	/* first */
	struct link *next, *previous;	/* all of the loop */
	struct loop *loop;
	int daemon;
	int fd;
	enum link_state state;
	bool served;			/* had an answer already */
	bool waited_for;		/* had more time for a request that had just come */
	bool cut;
	struct address address;
	struct exchange *exchange;	/* the request under way */
};

enum loop_socket {
	LOOP_OWN,	/* ours alone: what waits at it is lost with it */
	LOOP_INHERITED,	/* others have it too: what waits at it is theirs after us */
	LOOP_METRICS,	/* LOOP_OWN, for the metrics page */
};

/* What libmicrohttpd's callbacks get. */
struct loop_daemon {
	struct MHD_Daemon *mhd;
	struct loop *loop;
	int index;
	enum loop_socket kind;
	int listen_fd;			/* -1 once closed */
	bool ready;			/* has to run */
};

struct loop {
	struct http_server *server;
	int index;
	struct loop_daemon daemons[LOOP_DAEMONS_MAX];
	int n_daemons;
	int epoll, event;
	struct wheel wheel;
	struct link *links;
	struct gzip *quick, *small;
	uint64_t last_id;		/* of a request */
	int asleep;
	int64_t turn_at, turn_us;	/* when this turn began, and what the last took */
	int64_t cut_at;			/* of a drain; 0 before it */
	atomic_uint turns;		/* goes round whenever the loop does */
	unsigned turns_seen;		/* by http_server_lives */
	_Atomic(struct exchange *) done; /* those whose commit or hash is done, newest first */
	pthread_t thread;
	bool runs;
};

struct http_server {
	struct http_config config;
	struct trusted trusted;
	struct metrics metrics;
	struct router *own_router, *router;
	struct cache *cache;
	struct hasher *hasher;
	struct waiting_room *waiting;
	struct loop loops[HTTP_THREADS_MAX];
	int ports[HTTP_LISTEN_MAX];
	int metrics_port;
	atomic_bool draining;
};

/* 0 done, -1 the system has no files or memory. */
int loop_init(struct loop *loop, struct http_server *server, int index) MUST_CHECK;

/* Adds a daemon on a listening socket, which is the loop's from then on, also
 * when this fails. 0 done, -1 could not. */
int loop_add(struct loop *loop, int listen_fd, enum loop_socket kind) MUST_CHECK;

int loop_start(struct loop *loop) MUST_CHECK;	/* 0 done, -1 no thread */
void loop_join(struct loop *loop);		/* a drain must be under way */
void loop_done(struct loop *loop);

/* Any thread: the loop goes on with this request, or looks at server->draining. */
void loop_wake(struct loop *loop, struct exchange *exchange);
void loop_poke(struct loop *loop);

/* Goes on with all that loop_wake named, in that order (loop's thread). */
void loop_take_done(struct loop *loop);

/* How long ago the last byte came on it, in ms: how far the loop is behind. 0 when the
 * system cannot tell. */
int link_waited_ms(const struct link *link);

/* More than this part of the connections that may be open are, in percent. */
bool loop_is_fuller_than(const struct loop *loop, int percent);

/* Moves a connection to a state, with its deadline. `more_ms` is added. */
void link_set(struct link *link, enum link_state state, int64_t more_ms);

#endif
