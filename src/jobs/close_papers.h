/* Papers whose time is over are submitted by the clock, with what was saved. */
#ifndef JOBS_CLOSE_PAPERS_H
#define JOBS_CLOSE_PAPERS_H

#include "pages/site.h"

/* A save that arrived in time may still wait in a queue; only after this is a
 * paper touched. Until then it reads as closed by its deadline alone. */
#define CLOSE_AFTER_MS 30000

/* Submits up to one slice of such papers. Returns how many; negative as the store. */
int close_papers_step(struct site *site);

#endif
