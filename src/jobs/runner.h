/* One thread that runs the background jobs in turn while the server serves. A
 * lease row says which process runs them, for the day when there are several. */
#ifndef JOBS_RUNNER_H
#define JOBS_RUNNER_H

#include "pages/site.h"

struct job_runner;

/* NULL when the system has no memory or thread. */
struct job_runner *job_runner_start(struct site *site) MUST_CHECK;

/* Ends the thread after the job it is at. Takes NULL, returns NULL. */
struct job_runner *job_runner_stop(struct job_runner *runner);

/* What the thread does every second, for tests. */
void job_runner_step(struct site *site);

#endif
