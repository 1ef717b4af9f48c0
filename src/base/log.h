/* The log: one line a message on standard error, `time level message`. Rooms
 * base, rules, ledger, exchange and store never log: they answer, and http,
 * jobs and cli write what is worth a line, once.
 *
 * No line may hold a phone, a name, a cookie, a query or a body. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/compiler.h"

#include <stdbool.h>

enum log_level {
	LOG_DEBUG,
	LOG_INFO,
	LOG_WARNING,
	LOG_ERROR,
};

/* Messages below `level` are dropped; LOG_INFO until told otherwise. */
void log_set_level(enum log_level level);

/* A thread that writes a line for each of many requests says when they go out, so
 * that they go together: from log_hold on its lines up to LOG_INFO wait for
 * log_flush, or until there are many or a worse one. What waits when the process
 * dies is lost. */
void log_hold(void);
void log_flush(void);

void log_write(enum log_level level, const char *format, ...) PRINTF(2, 3);

#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __VA_ARGS__)
#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)

#endif
