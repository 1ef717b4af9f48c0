#include "herd.h"

#include "crowd/clock.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 512
#define ANSWER_BYTES_MAX (256 << 10)
#define TIMEOUT_US (120 * 1000000LL)	/* about as long as browsers wait */
#define FIRST_ADDRESS 0x7f010000u	/* 127.1.0.0 */

int herd_lines_init(struct herd *herd)
{
	herd->epoll = epoll_create1(EPOLL_CLOEXEC);
	herd->lines = mem_array((size_t)herd->lines_max, sizeof(*herd->lines));
	herd->in = mem_new(ANSWER_BYTES_MAX);
	if (herd->epoll < 0 || !herd->lines || !herd->in || inflater_init(&herd->inflater) < 0)
		return -1;
	for (int i = herd->lines_max - 1; i >= 0; i--) {
		herd->lines[i] = (struct herd_line){ .fd = -1, .next = herd->free_lines };
		herd->free_lines = &herd->lines[i];
	}
	return 0;
}

static void close_line(struct herd *herd, struct herd_line *line)
{
	close(line->fd);
	herd->n_open--;
	mem_free(line->in);
	*line = (struct herd_line){ .fd = -1, .next = herd->free_lines };
	herd->free_lines = line;
}

void herd_lines_done(struct herd *herd)
{
	for (int i = 0; i < herd->lines_max; i++)
		if (herd->lines[i].fd >= 0)
			close_line(herd, &herd->lines[i]);
	herd->lines = mem_free(herd->lines);
	herd->in = mem_free(herd->in);
	inflater_done(&herd->inflater);
	close(herd->epoll);
}

/* From an address that few others have; connect() chooses the port, by both ends. */
static int connect_from(const struct herd *herd, int fd, int number)
{
	uint32_t address = FIRST_ADDRESS + (uint32_t)(number % herd->addresses);
	const struct sockaddr_in from = { .sin_family = AF_INET,
					  .sin_addr.s_addr = htonl(address) };
	int one = 1;

	if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) ||
	    bind(fd, (const struct sockaddr *)&from, sizeof(from)))
		return -1;
	return connect(fd, (const struct sockaddr *)&herd->server, sizeof(herd->server)) == 0 ||
			       errno == EINPROGRESS ? 0 : -1;
}

bool herd_ask(struct herd *herd, int number)
{
	struct herd_line *line = herd->free_lines;
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
				     .data.ptr = line };
	int fd = line ? socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) : -1;

	if (fd < 0)
		return false;
	if (connect_from(herd, fd, number) || epoll_ctl(herd->epoll, EPOLL_CTL_ADD, fd, &event)) {
		close(fd);
		return false;
	}
	herd->free_lines = line->next;
	*line = (struct herd_line){ .fd = fd, .person = number, .since_us = clock_us() };
	herd->wire.connects++;
	if (++herd->n_open > herd->figures.most_open)
		herd->figures.most_open = herd->n_open;
	return true;
}

/* A request is far smaller than what a socket takes at once. 0 done, -1 it is gone. */
static int send_request(struct herd *herd, struct herd_line *line)
{
	char request[CROWD_REQUEST_BYTES];
	size_t len = herd_request(herd, line->person, request);

	line->sent = true;
	herd->wire.requests++;
	herd->wire.bytes_out += (int64_t)len;
	return send(line->fd, request, len, MSG_NOSIGNAL) == (ssize_t)len ? 0 : -1;
}

static void ask_in_turn(struct herd *herd, int number)
{
	if (!herd_ask(herd, number))
		herd_queue_add(herd, number);
}

static void do_next(struct herd *herd, int number, enum herd_next next)
{
	switch (next) {
	case HERD_ASK_NOW:
		ask_in_turn(herd, number);
		break;
	case HERD_ASK_LATER:
		herd_queue_add(herd, number);
		break;
	case HERD_LEAVE:
		herd->n_left--;
		break;
	}
}

/* The server may end a connection that is only kept; then a browser asks again on another
 * without a word. */
static void lose(struct herd *herd, struct herd_line *line, enum fault fault)
{
	int number = line->person;
	bool reused = line->reused && line->in_len == 0 && fault == FAULT_CLOSED;

	close_line(herd, line);
	if (reused)
		ask_in_turn(herd, number);
	else
		do_next(herd, number, herd_failed(herd, number, fault, TEXT_EMPTY));
}

/* On the same connection when that is open. */
static void go_on(struct herd *herd, struct herd_line *line, bool close, enum herd_next next)
{
	int number = line->person;

	if (next == HERD_ASK_NOW && !close) {
		line->reused = true;
		line->since_us = clock_us();
		if (send_request(herd, line) < 0)
			lose(herd, line, FAULT_CLOSED);
		return;
	}
	if (close || herd->keep_us == 0) {
		close_line(herd, line);
	} else {
		line->person = -1;
		line->since_us = clock_us();
	}
	do_next(herd, number, next);
}

/* False: more has to come. */
static bool take_answer(struct herd *herd, struct herd_line *line, struct text in)
{
	struct answer answer;
	struct text body;
	enum herd_next next;

	switch (answer_read(in, &answer)) {
	case 1:
		if (in.len < ANSWER_BYTES_MAX)
			return false;
		break;
	case 0:
		line->in = mem_free(line->in);
		line->in_len = 0;
		herd->wire.bytes_in += (int64_t)answer.bytes;
		if (inflater_body(&herd->inflater, &answer, &body))
			next = herd_failed(herd, line->person, FAULT_GZIP, TEXT_EMPTY);
		else
			next = herd_answered(herd, line->person, &answer, body);
		go_on(herd, line, answer.close, next);
		return true;
	}
	lose(herd, line, FAULT_PROTOCOL);
	return true;
}

/* Keeps what has come until more does. */
static void keep_part(struct herd *herd, struct herd_line *line, size_t len)
{
	char *in = len > line->in_len ? mem_resize(line->in, len) : line->in;

	if (len > line->in_len && !in) {
		lose(herd, line, FAULT_PROTOCOL);
		return;
	}
	line->in = in;
	if (len > line->in_len)
		memcpy(in + line->in_len, herd->in + line->in_len, len - line->in_len);
	line->in_len = len;
}

static void read_in(struct herd *herd, struct herd_line *line)
{
	size_t len = line->in_len;

	if (len)
		memcpy(herd->in, line->in, len);
	for (;;) {
		ssize_t got = recv(line->fd, herd->in + len, ANSWER_BYTES_MAX - len, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN) {
			keep_part(herd, line, len);
			return;
		}
		if (got <= 0) {
			lose(herd, line, FAULT_CLOSED);
			return;
		}
		len += (size_t)got;
		if (take_answer(herd, line, text_from_bytes(herd->in, len)))
			return;
	}
}

static void serve(struct herd *herd, struct herd_line *line, uint32_t events)
{
	bool gone = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);

	if (line->fd < 0)
		return;
	if (line->person < 0) {
		if (gone)
			close_line(herd, line);
		return;
	}
	if (!line->sent && (events & (EPOLLHUP | EPOLLERR) || send_request(herd, line) < 0)) {
		lose(herd, line, FAULT_CONNECT);
		return;
	}
	if (events & EPOLLIN || gone)
		read_in(herd, line);
}

void herd_lines_wait(struct herd *herd, int ms)
{
	struct epoll_event events[EVENTS_MAX];
	int n = epoll_wait(herd->epoll, events, EVENTS_MAX, ms);

	for (int i = 0; i < n; i++)
		serve(herd, events[i].data.ptr, events[i].events);
}

void herd_lines_expire(struct herd *herd)
{
	int64_t now = clock_us();

	for (int i = 0; i < herd->lines_max; i++) {
		struct herd_line *line = &herd->lines[i];
		if (line->fd < 0)
			continue;
		if (line->person < 0 && line->since_us < now - herd->keep_us)
			close_line(herd, line);
		else if (line->person >= 0 && line->since_us < now - TIMEOUT_US)
			lose(herd, line, line->sent ? FAULT_TIMEOUT : FAULT_CONNECT);
	}
}
