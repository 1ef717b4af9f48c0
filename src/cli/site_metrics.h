/* What the page of metrics says besides the front door: the store, papers, jobs, this
 * process. docs/metrics.md lists it. */
#ifndef CLI_SITE_METRICS_H
#define CLI_SITE_METRICS_H

#include "base/text.h"
#include "pages/site.h"

/* Reads what others counted, never the database: it may run on a loop. Any thread. */
void site_metrics(struct site *site, struct buf *buf);

#endif
