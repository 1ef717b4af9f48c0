/* The files of assets/, which are part of the program. Made by tools/embed.
 * All of it is constant and may be read by any thread. */
#ifndef ASSETS_ASSETS_H
#define ASSETS_ASSETS_H

#include "base/text.h"

/* Where the server shows them: the prefix, then the hashed name. */
#define ASSETS_PREFIX "/assets/"

struct asset {
	struct text name;		/* "app.css" */
	struct text hashed_name;	/* "app.3f9a1c2b.css" */
	struct text content_type;	/* "text/css; charset=utf-8" */
	struct text etag;		/* with its quotes, ready to be sent */
	struct text bytes;
	struct text gzip;		/* empty when that would not be smaller */
};

/* The asset that a page asks for: immutable under this name. NULL: none. */
const struct asset *asset_find_path(struct text hashed_name);

/* The asset of a name, for what cannot know the hash (favicon.ico). NULL: none. */
const struct asset *asset_by_name(struct text name);

#endif
