/* The background jobs while the server serves: one thread closes papers, another runs what
 * may wait for them (pace.h), in turn. A lease row says which process runs them, for the day when
 * there are several. */
#ifndef JOBS_RUNNER_H
#define JOBS_RUNNER_H

#include "pages/site.h"

struct job_runner;

/* NULL when the system has no memory or threads. */
struct job_runner *job_runner_start(struct site *site) MUST_CHECK;

/* Without threads: does once all that is due now. */
void job_runner_step(struct site *site);

/* Ends the threads after the slice they are at. Takes NULL, returns NULL. */
struct job_runner *job_runner_stop(struct job_runner *runner);

#endif
