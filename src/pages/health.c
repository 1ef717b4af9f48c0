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

/* A store that cannot be read is told to show, not answered by the front door's
 * own page, which is not for machines. */
int page_health_load(struct request *request, struct db *db)
{
	bool *readable = arena_alloc(request->arena, sizeof(*readable));

	if (readable)
		*readable = read_anything(NULL, db) >= 0;
	request->page = readable;
	return 0;
}

void page_health_show(struct request *request)
{
	const bool *readable = request->page;
	bool ok = readable && *readable;

	request->reply.status = ok ? 200 : 503;
	request->reply.type = TEXT("text/plain; charset=utf-8");
	request->reply.body = ok ? TEXT("ok\n") : TEXT("no\n");
}
