/* What a service manager and this server say to each other: the sockets it holds for
 * us, and that we serve, live and end. The only place that knows libsystemd. Without
 * a manager there are no sockets and no watchdog, and telling is nothing. */
#ifndef CLI_SERVICE_H
#define CLI_SERVICE_H

#include "base/compiler.h"

#include <stdint.h>

/* The sockets that were passed, which stay open until the process ends. Once.
 * Answers how many; -1 when they are more than `max`, or one does not listen for TCP. */
int service_sockets(int *ret_fds, int max) MUST_CHECK;

/* How long the manager waits for a sign of life before it ends us, in ms; 0 for ever. */
int64_t service_watchdog_ms(void);

void service_ready(void);	/* requests are answered from now on */
void service_lives(void);
void service_stopping(void);	/* what is open is answered, nothing new is taken */

#endif
