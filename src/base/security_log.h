/* The security log: what a security officer watches, in a file of its own, apart from
 * the log of requests. One line an event,
 *
 *   2024-09-20T08:00:00.123+07:00 sign-in-failed client=10.1.2.3 account=9f31c2aa …
 *
 * with names and values that hold no space. A line names people by mã dự thi or by a
 * keyed hash, never by name or phone, and holds no password, cookie, token or answer.
 *
 * The file is opened for each line, so that whoever rotates it only has to rename it.
 * At most SECURITY_LOG_RATE lines a second are kept over time (SECURITY_LOG_BURST at
 * once), so that nobody fills the disk by guessing; how many were left out is said by
 * the next line ("left-out lines=812"). Any thread. */
#ifndef BASE_SECURITY_LOG_H
#define BASE_SECURITY_LOG_H

#include "base/compiler.h"

#define SECURITY_LOG_RATE 100
#define SECURITY_LOG_BURST 2000

struct security_log;

/* Nothing is opened yet. NULL when memory is out. */
struct security_log *security_log_new(const char *path) MUST_CHECK;

/* Appends a line: the event and its values ("client=%s account=%s"). Takes NULL and
 * writes nothing then. 0 done or left out, 1 the file cannot be written. */
int security_log_write(struct security_log *log, const char *event, const char *format, ...)
	PRINTF(3, 4);

/* Takes NULL, returns NULL. */
struct security_log *security_log_free(struct security_log *log);

#endif
