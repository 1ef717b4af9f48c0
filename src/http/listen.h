/* Listening sockets. */
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include "base/compiler.h"

#include <sys/socket.h>

/* Opens `n` sockets that listen on one address and share its connections, and
 * makes sure that no other program has it. With port 0 the system's choice is
 * written to *address. Answers
 *   0  done, ret_fds are the caller's
 *   1  another program listens there
 *   2  it cannot be listened on (errno says why) */
int listen_open(struct sockaddr_storage *address, socklen_t len, int n, int *ret_fds) MUST_CHECK;

/* The same with a socket that listens already: `n` more descriptors of it, which
 * take from one queue. Closing them leaves `fd` and what waits in the queue as they
 * are. Answers 0 done, *address is its own; 2 as above. */
int listen_inherit(int fd, int n, struct sockaddr_storage *address, int *ret_fds) MUST_CHECK;

int listen_port(const struct sockaddr_storage *address);

#endif
