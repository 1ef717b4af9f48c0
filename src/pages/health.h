/* What GET /suc-khoe asks: the front door answers it, for whoever watches the
 * machine. */
#ifndef PAGES_HEALTH_H
#define PAGES_HEALTH_H

#include <stdbool.h>

struct site;

/* Whether the store can be read. Any thread that may read. */
bool site_is_healthy(struct site *site);

#endif
