#include "pages/health.h"

#include "pages/site.h"
#include "store/store.h"

#include "store_queries.h"

static int read_anything(void *ctx, struct db *db)
{
	struct q_ids_highest highest;

	(void)ctx;
	return q_ids_highest(db, &highest);
}

bool site_is_healthy(struct site *site)
{
	return store_read(site->store, "health", read_anything, NULL, NULL) >= 0;
}
