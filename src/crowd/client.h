/* Connections of HTTP/1.1 without a thread each: one request at a time on each,
 * kept alive, opened anew when the server closed it. One thread. */
#ifndef CROWD_CLIENT_H
#define CROWD_CLIENT_H

#include "crowd/answer.h"
#include "crowd/figures.h"
#include "crowd/request.h"

#include <netinet/in.h>

#define CLIENT_IN_BYTES (256 << 10)
#define CLIENT_TIMEOUT_US (30 * 1000000LL)
#define CLIENT_CONNECTIONS_MAX 4096
#define CLIENT_HOST_BYTES 64

struct client;

struct connection {
	struct client *client;
	int fd;			/* -1 none */
	bool fresh;		/* nothing went through it yet */
	bool busy;		/* an answer is awaited */
	int64_t sent_us;
	size_t out_len, out_at, in_len;
	char *in;
	char out[CROWD_REQUEST_BYTES];
};

struct client {
	int epoll;
	struct sockaddr_in address;
	char host[CLIENT_HOST_BYTES];	/* for the Host header */
	struct connection *connections;
	int n;
	struct figures *figures;	/* bytes and connects are counted here */
	/* What came for a request; `answer` points into the connection and is
	 * forgotten by the next request. */
	void (*answered)(void *ctx, struct connection *connection, const struct answer *answer);
	void (*failed)(void *ctx, struct connection *connection, enum fault fault);
	void *ctx;
};

/* Reads "http://127.0.0.1:8080" and what the Host header says of it. 0 done, 1 it is
 * malformed. */
int client_read_url(const char *url, struct sockaddr_in *ret_address,
		    char ret_host[CLIENT_HOST_BYTES]) MUST_CHECK;

/* `url` is as "http://127.0.0.1:8080". Answers 0 done, 1 the URL is malformed,
 * -1 the system has no memory or files. */
int client_init(struct client *client, const char *url, int n) MUST_CHECK;
void client_done(struct client *client);

/* Sends connection->out. What comes of it is told by a callback out of
 * client_wait, a failure to connect too. */
void client_send(struct connection *connection);

/* Gives the connection up; the next request opens another. */
void client_close(struct connection *connection);

/* Serves what happens within `ms`. */
void client_wait(struct client *client, int ms);

/* Fails what has waited too long. */
void client_expire(struct client *client);

#endif
