/* The public cache: pages that are the same bytes for everyone, kept as they
 * are sent: plain and gzip -6, each with its ETag.
 *
 * An entry holds until the site's public version is another one or its
 * fresh_until is past; the least recently used go first when there are too many
 * or they are too large. Thread-safe; an entry that a caller got lives until it
 * is released, also when the cache no longer has it. */
#ifndef HTTP_CACHE_H
#define HTTP_CACHE_H

#include "base/text.h"

#define CACHE_ENTRIES 512
#define CACHE_BYTES (32 << 20)
#define CACHE_ETAG_BYTES 24

struct cache;
struct gzip;

struct cache_page {
	struct text type;
	struct text body;
	struct text packed;		/* gzip; "" when that would not be shorter */
	struct text etag;		/* with its quotes */
	struct text packed_etag;
	int64_t fresh_until;		/* machine clock, ms; 0 no end of its own */
};

struct cache_counts {
	uint64_t hits, made;
	size_t entries, bytes;
};

/* NULL when memory is out. */
struct cache *cache_new(size_t entries_max, size_t bytes_max) MUST_CHECK;

/* Nobody may hold an entry. Takes NULL, returns NULL. */
struct cache *cache_free(struct cache *cache);

/* The page kept under `key` that was made at `version` and is fresh at `now`;
 * NULL when there is none. To be released. */
const struct cache_page *cache_get(struct cache *cache, struct text key, uint64_t version,
				   int64_t now) MUST_CHECK;

/* Keeps a page and gives it back as cache_get does; NULL when memory is out or
 * it is larger than an eighth of the cache. It is packed with `gzip` in `scratch`. */
const struct cache_page *cache_put(struct cache *cache, struct gzip *gzip, struct arena *scratch,
				   struct text key, uint64_t version, struct text type,
				   struct text body, int64_t fresh_until) MUST_CHECK;

/* Takes NULL. */
void cache_release(struct cache *cache, const struct cache_page *page);

struct cache_counts cache_count(struct cache *cache);

/* The ETag of a body: quotes and 22 characters of its SHA-256. */
struct text cache_etag(struct arena *arena, struct text body);

#endif
