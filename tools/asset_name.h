/* How an asset is called in the addresses of pages: its name with a part of
 * its hash in it, so that it can be kept for ever where it was fetched. */
#ifndef TOOLS_ASSET_NAME_H
#define TOOLS_ASSET_NAME_H

#include "base/text.h"

/* "app.css" with these bytes: "app.3f9a1c2b.css". */
struct text asset_hashed_name(struct arena *arena, struct text name, struct text bytes);

/* Its address: "/assets/app.3f9a1c2b.css". */
struct text asset_address(struct arena *arena, struct text name, struct text bytes);

#endif
