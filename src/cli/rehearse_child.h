/* This program run by itself, for a rehearsal: the command that copies, and the server. */
#ifndef CLI_REHEARSE_CHILD_H
#define CLI_REHEARSE_CHILD_H

#include "base/text.h"

#include <signal.h>
#include <sys/types.h>

/* Runs `args` (NULL at their end, the program's name first); its output goes to the file
 * `log`, or where ours goes when that is NULL. It ends when we do. The process, or -1. */
pid_t child_start(const char *const *args, const char *log) MUST_CHECK;

/* Waits until it has ended; a signal that we got, as *stop says, is passed on. The exit
 * status, or -1 when it did not exit by itself. */
int child_wait(pid_t pid, const volatile sig_atomic_t *stop);

/* Ends it: asks, then no more. */
void child_stop(pid_t pid);

/* Whether it is there still. */
bool child_lives(pid_t pid);

/* Waits for a server's ports, as its log tells them. 0 done, -1 it ended or is late. */
int child_ports(pid_t pid, struct arena *arena, const char *log, int *ret_port,
		int *ret_metrics) MUST_CHECK;

/* What a server, we and the machine have used so far. */
struct use {
	double at_s;		/* of a clock that only goes forward */
	double server_s, own_s;	/* of CPU */
	double busy_s;		/* of CPU, the whole machine */
	int64_t commits, commit_us;
	int64_t refused;	/* jobs for which the writer's queues had no room */
};

/* 0 done, -1 the server does not tell. */
int use_read(pid_t pid, struct arena *arena, int metrics_port, struct use *ret) MUST_CHECK;

/* The most memory that a process had, in KiB; 0 it is not there. */
int64_t child_memory_kib(pid_t pid, struct arena *arena);

#endif
