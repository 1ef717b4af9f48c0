#include "crowd/client.h"

#include "crowd/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 256

int client_read_url(const char *url, struct sockaddr_in *ret_address,
		    char ret_host[CLIENT_HOST_BYTES])
{
	struct text rest = text_from_z(url);
	char host[INET_ADDRSTRLEN];
	int64_t port;

	if (!text_starts_with(rest, TEXT("http://")))
		return 1;
	rest = text_part(rest, 7, rest.len);
	if (rest.len && rest.ptr[rest.len - 1] == '/')
		rest.len--;
	snprintf(ret_host, CLIENT_HOST_BYTES, "%.*s", TEXT_ARGS(rest));
	struct text name = text_cut(&rest, ':');
	if (!rest.ptr || text_to_int64(rest, &port) != 0 || port < 1 || port > 65535 ||
	    name.len >= sizeof(host))
		return 1;
	snprintf(host, sizeof(host), "%.*s", TEXT_ARGS(name));
	*ret_address = (struct sockaddr_in){ .sin_family = AF_INET,
					     .sin_port = htons((uint16_t)port) };
	return inet_pton(AF_INET, host, &ret_address->sin_addr) == 1 ? 0 : 1;
}

int client_init(struct client *client, const char *url, int n)
{
	*client = (struct client){ .epoll = -1, .n = n };
	if (client_read_url(url, &client->address, client->host))
		return 1;
	client->epoll = epoll_create1(EPOLL_CLOEXEC);
	client->connections = mem_array((size_t)n, sizeof(*client->connections));
	if (client->epoll < 0 || !client->connections)
		return -1;
	for (int i = 0; i < n; i++) {
		struct connection *connection = &client->connections[i];
		connection->client = client;
		connection->fd = -1;
		connection->in = mem_new(CLIENT_IN_BYTES);
		if (!connection->in)
			return -1;
	}
	return 0;
}

void client_done(struct client *client)
{
	for (int i = 0; client->connections && i < client->n; i++) {
		client_close(&client->connections[i]);
		mem_free(client->connections[i].in);
	}
	client->connections = mem_free(client->connections);
	if (client->epoll >= 0)
		close(client->epoll);
}

void client_close(struct connection *connection)
{
	if (connection->fd >= 0)
		close(connection->fd);
	connection->fd = -1;
	connection->busy = false;
}

static void fail(struct connection *connection, enum fault fault)
{
	struct client *client = connection->client;

	client_close(connection);
	client->failed(client->ctx, connection, fault);
}

/* Begins to connect; 0, or -1 when the system refuses. */
static int open_connection(struct connection *connection)
{
	struct client *client = connection->client;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
				     .data.ptr = connection };

	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if ((connect(fd, (const struct sockaddr *)&client->address, sizeof(client->address)) != 0 &&
	     errno != EINPROGRESS) ||
	    epoll_ctl(client->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
		close(fd);
		return -1;
	}
	connection->fd = fd;
	connection->fresh = true;
	client->figures->connects++;
	return 0;
}

/* 0 all is sent or waits for room, -1 the connection is gone. */
static int flush_out(struct connection *connection)
{
	while (connection->out_at < connection->out_len) {
		ssize_t sent = send(connection->fd, connection->out + connection->out_at,
				    connection->out_len - connection->out_at, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return errno == EAGAIN || errno == ENOTCONN ? 0 : -1;
		connection->fresh = false;
		connection->out_at += (size_t)sent;
		connection->client->figures->bytes_out += sent;
	}
	return 0;
}

void client_send(struct connection *connection)
{
	connection->in_len = 0;
	connection->out_at = 0;
	connection->busy = true;
	connection->sent_us = clock_us();
	/* A failure is left for client_wait, so that callers are not called back
	 * from within a send. */
	if (connection->fd < 0 && open_connection(connection) < 0)
		return;
	if (flush_out(connection) < 0)
		shutdown(connection->fd, SHUT_RDWR);
}

/* Takes what has come. Returns true when the answer was whole and told. */
static bool take_answer(struct connection *connection)
{
	struct client *client = connection->client;
	struct answer answer;

	switch (answer_read(text_from_bytes(connection->in, connection->in_len), &answer)) {
	case 1:
		if (connection->in_len < CLIENT_IN_BYTES)
			return false;
		break;
	case 0:
		connection->busy = false;
		client->figures->bytes_in += (int64_t)answer.bytes;
		if (answer.close) {
			close(connection->fd);
			connection->fd = -1;
		}
		client->answered(client->ctx, connection, &answer);
		return true;
	}
	fail(connection, FAULT_PROTOCOL);
	return true;
}

static void read_in(struct connection *connection)
{
	while (connection->busy) {
		ssize_t got = recv(connection->fd, connection->in + connection->in_len,
				   CLIENT_IN_BYTES - connection->in_len, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && (errno == EAGAIN || errno == ENOTCONN))
			return;
		if (got <= 0) {
			fail(connection, connection->fresh ? FAULT_CONNECT : FAULT_CLOSED);
			return;
		}
		connection->in_len += (size_t)got;
		if (take_answer(connection))
			return;
	}
}

static void serve(struct connection *connection, uint32_t events)
{
	if (connection->fd < 0)
		return;
	if (!connection->busy) {
		/* The server ends a connection that has been idle: no fault. */
		if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
			client_close(connection);
		return;
	}
	if (events & EPOLLOUT && flush_out(connection) < 0) {
		fail(connection, connection->fresh ? FAULT_CONNECT : FAULT_CLOSED);
		return;
	}
	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		read_in(connection);
}

void client_wait(struct client *client, int ms)
{
	struct epoll_event events[EVENTS_MAX];
	int n = epoll_wait(client->epoll, events, EVENTS_MAX, ms);

	for (int i = 0; i < n; i++)
		serve(events[i].data.ptr, events[i].events);
}

void client_expire(struct client *client)
{
	int64_t oldest = clock_us() - CLIENT_TIMEOUT_US;

	for (int i = 0; i < client->n; i++) {
		struct connection *connection = &client->connections[i];
		if (connection->busy && connection->fd < 0)
			fail(connection, FAULT_CONNECT);
		else if (connection->busy && connection->sent_us < oldest)
			fail(connection, FAULT_TIMEOUT);
	}
}
