/* GET /suc-khoe: "ok" for whoever watches the machine.
 *
 * The front door has a route of its own for it that asks http_config.healthy:
 * site_is_healthy is made for that. The route functions are for a table that
 * does without. */
#ifndef PAGES_HEALTH_H
#define PAGES_HEALTH_H

#include "pages/request.h"

/* Whether the store can be read. Any thread that may read. */
bool site_is_healthy(struct site *site);

int page_health_load(struct request *request, struct db *db);
void page_health_show(struct request *request);

#endif
