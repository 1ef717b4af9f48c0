/* The front door: listens, reads and bounds requests, finds the page, runs it,
 * and sends what it left.
 *
 * Each loop thread has its own socket (SO_REUSEPORT) and its own libmicrohttpd
 * daemon per listen address. All functions of one request run on its loop's
 * thread. Nothing here waits: a page that needs a commit or a hash sleeps, and
 * the thread goes on with others. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "pages/route.h"
#include "pages/site.h"

#define HTTP_LISTEN_MAX 4
#define HTTP_THREADS_MAX 16

/* 0 stands for the default behind it. */
struct http_limits {
	int connections;	/* 16384, of all loops together; never more than the
				 * process may have open files */
	int connections_per_address; /* 0: none. Offices and carrier NAT share one */
	int asleep;		/* 2048 requests of all loops that wait for a commit or
				 * a hash; a class that gives way first has less */
	int head_ms;		/* 10 s: from the first byte to the end of the head */
	int body_ms;		/* 30 s: from there to the end of the body */
	int idle_ms;		/* 60 s without a request */
	int send_ms;		/* 60 s for a reply, and what its length takes at … */
	int send_bytes_per_s;	/* … 4096 */
	int drain_ms;		/* 30 s: connections that are left then are cut */
	int hash_threads;	/* as many as there are cores, 2 to 16 */
	int hash_queue;		/* 256 */
};

struct http_config {
	struct site *site;
	const char *listen[HTTP_LISTEN_MAX];	/* "127.0.0.1:8080", "[::]:80", ":80" */
	int n_listen;
	int inherited[HTTP_LISTEN_MAX];		/* sockets that listen already, and stay the
						 * caller's; with n_listen at most
						 * HTTP_LISTEN_MAX */
	int n_inherited;
	const char *metrics_listen;		/* NULL: none */
	int threads;				/* 0: one a core, 2 to 16 */
	struct text trusted_proxies;		/* "10.0.0.0/8, ::1"; "" none */
	struct http_limits limits;

	/* Runs a page's `load` on a read-only connection and calls `done` with its
	 * result (the store's: negative it failed): before this returns when the
	 * engine is in the process, which is what the front door counts on today. */
	void (*read)(struct site *site, const char *name,
		     int (*load)(struct request *request, struct db *db), struct request *request,
		     void (*done)(struct request *request, int result));

	/* Hands a job over. `done` is called once, from any thread, also when the
	 * job was refused at once. */
	void (*write)(struct site *site, struct store_job *job, void (*done)(void *ctx), void *ctx);

	/* The contest of a code, held until it is released; NULL there is none. */
	const struct contest *(*contest_acquire)(struct site *site, struct text code);
	void (*contest_release)(struct site *site, const struct contest *contest);

	/* Whether the server can answer, for /suc-khoe; NULL: always. */
	bool (*healthy)(struct site *site);

	/* Adds to the metrics page; NULL: nothing. */
	void (*metrics_more)(struct site *site, struct buf *buf);
};

struct http_server;

/* Opens the sockets; nobody is answered yet. The config is copied, what it points
 * to has to outlive the server. Answers
 *   0  done, *ret_server is to be freed with http_server_free
 *   1  an address to listen on is malformed
 *   2  the port of one is taken by another program
 *   3  one cannot be listened on (errno says why)
 *   4  trusted_proxies is malformed
 *  -1  the system has no memory, files or threads
 * For 1 to 4 *ret_which is the part of the config that it is about. */
int http_server_new(const struct http_config *config, struct http_server **ret_server,
		    const char **ret_which) MUST_CHECK;

/* Starts the threads. 0 done, -1 the system has none. */
int http_server_start(struct http_server *server) MUST_CHECK;

/* The port of the listen address number `which`, inherited ones after the others; -1
 * stands for the metrics'. */
int http_server_port(const struct http_server *server, int which);

/* Whether every loop went round since the last call; wakes each, so that one that
 * lives has by the next. The first call tells nothing yet. One thread. */
bool http_server_lives(struct http_server *server);

/* Closes the sockets, answers what has come and is coming on open connections,
 * closes each after its answer, and returns when all threads have ended. What
 * sleeps is waited for without limit, so the store must still be running. What waits
 * at an inherited socket is left there for whoever has it next. */
void http_server_drain(struct http_server *server);

/* Drains if need be. Takes NULL, returns NULL. */
struct http_server *http_server_free(struct http_server *server);

#endif
