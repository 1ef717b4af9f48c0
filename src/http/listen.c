#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <unistd.h>

#define BACKLOG 65535	/* net.core.somaxconn is less */

int listen_port(const struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
	return ntohs(((const struct sockaddr_in *)address)->sin_port);
}

/* One bound socket; -1 with errno. */
static int bound_socket(const struct sockaddr_storage *address, socklen_t len, bool shared)
{
	static const int on = 1, off = 0;
	int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    (address->ss_family != AF_INET6 ||
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) == 0) &&
	    (!shared || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == 0) &&
	    bind(fd, (const struct sockaddr *)address, len) == 0)
		return fd;
	int saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* SO_REUSEPORT lets a second server of the same user in without a word, so a
 * socket without it, which then must be alone, goes first. */
static int probe(struct sockaddr_storage *address, socklen_t len)
{
	int fd = bound_socket(address, len, false);
	int result = 0;

	if (fd < 0)
		return errno == EADDRINUSE ? 1 : 2;
	if (listen(fd, 1))
		result = errno == EADDRINUSE ? 1 : 2;
	else if (getsockname(fd, (struct sockaddr *)address, &len))
		result = 2;
	int saved = errno;
	close(fd);
	errno = saved;
	return result;
}

/* Leaves errno as it is. */
static void close_all(const int *fds, int n)
{
	int saved = errno;

	while (n)
		close(fds[--n]);
	errno = saved;
}

int listen_open(struct sockaddr_storage *address, socklen_t len, int n, int *ret_fds)
{
	int result = probe(address, len);
	int opened = 0;
	bool good = true;

	if (result)
		return result;
	while (opened < n && good) {
		int fd = bound_socket(address, len, true);
		good = fd >= 0;
		if (good) {
			ret_fds[opened++] = fd;
			good = listen(fd, BACKLOG) == 0;
		}
	}
	if (good)
		return 0;
	close_all(ret_fds, opened);
	return errno == EADDRINUSE ? 1 : 2;
}

int listen_inherit(int fd, int n, struct sockaddr_storage *address, int *ret_fds)
{
	socklen_t len = sizeof(*address);
	int flags = fcntl(fd, F_GETFL), opened = 0;

	/* The loop that comes second to a connection must not wait for the next. */
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    getsockname(fd, (struct sockaddr *)address, &len))
		return 2;
	while (opened < n && (ret_fds[opened] = fcntl(fd, F_DUPFD_CLOEXEC, 0)) >= 0)
		opened++;
	if (opened == n)
		return 0;
	close_all(ret_fds, opened);
	return 2;
}
