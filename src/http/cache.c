#include "http/cache.h"

#include "base/hash.h"
#include "http/gzip.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>

#define BUCKETS 1024

struct entry {
	struct cache_page page;		/* first: callers hold its address */
	struct entry *next;		/* in its bucket */
	struct entry *newer, *older;	/* by use */
	struct text key;
	uint64_t version;
	size_t bytes;
	size_t bucket;
	unsigned holders;		/* the cache itself is one */
	char memory[];
};

struct cache {
	pthread_mutex_t lock;
	struct entry *buckets[BUCKETS];
	struct entry *newest, *oldest;
	size_t entries_max, bytes_max;
	struct cache_counts counts;
};

struct cache *cache_new(size_t entries_max, size_t bytes_max)
{
	struct cache *cache = mem_new(sizeof(*cache));

	if (!cache)
		return NULL;
	pthread_mutex_init(&cache->lock, NULL);
	cache->entries_max = entries_max;
	cache->bytes_max = bytes_max;
	return cache;
}

static size_t bucket_of(struct text key)
{
	/* Which bucket is no secret and keys come from the route table's paths:
	 * FNV-1a is enough, and the entries are bounded. */
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < key.len; i++)
		hash = (hash ^ (unsigned char)key.ptr[i]) * UINT64_C(0x100000001b3);
	return (hash ^ hash >> 32) % BUCKETS;
}

static void drop_holder(struct entry *entry)
{
	if (--entry->holders == 0)
		mem_free(entry);
}

static void unlink_use(struct cache *cache, struct entry *entry)
{
	if (entry->newer)
		entry->newer->older = entry->older;
	else
		cache->newest = entry->older;
	if (entry->older)
		entry->older->newer = entry->newer;
	else
		cache->oldest = entry->newer;
}

static void link_newest(struct cache *cache, struct entry *entry)
{
	entry->newer = NULL;
	entry->older = cache->newest;
	if (cache->newest)
		cache->newest->newer = entry;
	else
		cache->oldest = entry;
	cache->newest = entry;
}

static void remove_entry(struct cache *cache, struct entry *entry)
{
	struct entry **at = &cache->buckets[entry->bucket];

	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	unlink_use(cache, entry);
	cache->counts.entries--;
	cache->counts.bytes -= entry->bytes;
	drop_holder(entry);
}

struct cache *cache_free(struct cache *cache)
{
	if (!cache)
		return NULL;
	while (cache->oldest) {
		assert(cache->oldest->holders == 1);
		remove_entry(cache, cache->oldest);
	}
	pthread_mutex_destroy(&cache->lock);
	return mem_free(cache);
}

static struct entry *find(struct cache *cache, size_t bucket, struct text key)
{
	struct entry *entry = cache->buckets[bucket];
	while (entry && !text_equal(entry->key, key))
		entry = entry->next;
	return entry;
}

const struct cache_page *cache_get(struct cache *cache, struct text key, uint64_t version,
				   int64_t now)
{
	size_t bucket = bucket_of(key);

	pthread_mutex_lock(&cache->lock);
	struct entry *entry = find(cache, bucket, key);
	if (entry && (entry->version != version ||
		      (entry->page.fresh_until && entry->page.fresh_until <= now))) {
		remove_entry(cache, entry);
		entry = NULL;
	}
	if (entry) {
		entry->holders++;
		unlink_use(cache, entry);
		link_newest(cache, entry);
		cache->counts.hits++;
	}
	pthread_mutex_unlock(&cache->lock);
	return entry ? &entry->page : NULL;
}

struct text cache_etag(struct arena *arena, struct text body)
{
	struct hash hash = hash_sha256(body);
	char z[CACHE_ETAG_BYTES];

	sodium_bin2base64(z, sizeof(z), hash.bytes, 16,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return text_format(arena, "\"%s\"", z);
}

static struct text store_text(char **memory, struct text text)
{
	struct text copy = { *memory, text.len };
	if (text.len)
		memcpy(*memory, text.ptr, text.len);
	*memory += text.len;
	return copy;
}

static struct entry *entry_new(struct gzip *gzip, struct arena *scratch, struct text key,
			       struct text type, struct text body)
{
	struct text packed = TEXT_EMPTY;
	struct text packed_etag = TEXT_EMPTY;

	if (gzip_is_worth(type, body.len) &&
	    gzip_pack(gzip, scratch, body, &packed) < 0)
		return NULL;
	struct text etag = cache_etag(scratch, body);
	if (packed.len)
		packed_etag = cache_etag(scratch, packed);
	size_t bytes = key.len + type.len + body.len + packed.len + etag.len + packed_etag.len;
	struct entry *entry = arena_failed(scratch) ? NULL : mem_new(sizeof(*entry) + bytes);
	if (!entry)
		return NULL;
	char *memory = entry->memory;
	entry->key = store_text(&memory, key);
	entry->page.type = store_text(&memory, type);
	entry->page.body = store_text(&memory, body);
	entry->page.packed = store_text(&memory, packed);
	entry->page.etag = store_text(&memory, etag);
	entry->page.packed_etag = store_text(&memory, packed_etag);
	entry->bytes = sizeof(*entry) + bytes;
	entry->bucket = bucket_of(key);
	return entry;
}

const struct cache_page *cache_put(struct cache *cache, struct gzip *gzip, struct arena *scratch,
				   struct text key, uint64_t version, struct text type,
				   struct text body, int64_t fresh_until)
{
	if (body.len > cache->bytes_max / 8)
		return NULL;
	/* Compressed outside the lock: milliseconds. */
	struct entry *entry = entry_new(gzip, scratch, key, type, body);
	if (!entry)
		return NULL;
	entry->version = version;
	entry->page.fresh_until = fresh_until;
	entry->holders = 2;

	pthread_mutex_lock(&cache->lock);
	struct entry *old = find(cache, entry->bucket, key);
	if (old)
		remove_entry(cache, old);
	while (cache->oldest && (cache->counts.entries >= cache->entries_max ||
				 cache->counts.bytes + entry->bytes > cache->bytes_max))
		remove_entry(cache, cache->oldest);
	entry->next = cache->buckets[entry->bucket];
	cache->buckets[entry->bucket] = entry;
	link_newest(cache, entry);
	cache->counts.made++;
	cache->counts.entries++;
	cache->counts.bytes += entry->bytes;
	pthread_mutex_unlock(&cache->lock);
	return &entry->page;
}

void cache_release(struct cache *cache, const struct cache_page *page)
{
	if (!page)
		return;
	pthread_mutex_lock(&cache->lock);
	drop_holder((struct entry *)(void *)(uintptr_t)page);
	pthread_mutex_unlock(&cache->lock);
}

struct cache_counts cache_count(struct cache *cache)
{
	pthread_mutex_lock(&cache->lock);
	struct cache_counts counts = cache->counts;
	pthread_mutex_unlock(&cache->lock);
	return counts;
}
