#include "pages/assets_page.h"

#include "assets/assets.h"
#include "base/time.h"
#include "pages/page.h"
#include "pages/route.h"

#define NAMED_FOR_MS TIME_HOUR_MS

static const struct asset *find_named(struct text name)
{
	if (!text_equal_z(name, "anh-chia-se.png") && !text_equal_z(name, "favicon.ico"))
		return NULL;
	return asset_by_name(name);
}

/* The front door unpacks it for the rare browser that does not take gzip. */
void page_asset_show(struct request *request)
{
	const struct asset *asset = asset_find_path(request->part);
	bool hashed = asset != NULL;

	if (!hashed)
		asset = find_named(request->part);
	if (!asset) {
		page_problem(request, 404);
		return;
	}
	request->reply.status = 200;
	request->reply.type = asset->content_type;
	request->reply.gzipped = asset->gzip.len > 0;
	request->reply.body = asset->gzip.len ? asset->gzip : asset->bytes;
	request->reply.etag = asset->etag;
	if (hashed)
		request->reply.cache = CACHE_IMMUTABLE;
	else
		page_is_public(request, request->now + NAMED_FOR_MS);
}
