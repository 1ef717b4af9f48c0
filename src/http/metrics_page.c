#include "http/metrics_page.h"

#include "http/loop.h"

#define PAGE_BYTES_MAX (1 << 20)

static void print_hasher(struct hasher *hasher, struct buf *page)
{
	struct hasher_figures figures = hasher_figures(hasher);

	metric_one(page, "hoithi_hash_waiting", "gauge", "Passwords that wait to be hashed.",
		   (uint64_t)figures.waiting);
	metric_one(page, "hoithi_hash_waiting_max", "gauge", "So many may wait; more are refused.",
		   (uint64_t)figures.waiting_max);
	metric_one(page, "hoithi_hash_busy", "gauge", "Threads that are hashing.",
		   (uint64_t)figures.busy);
	metric_one(page, "hoithi_hash_done_total", "counter", "Passwords hashed so far.",
		   figures.done);
	metric_one(page, "hoithi_hash_refused_total", "counter",
		   "Passwords refused because too many waited.", figures.refused);
	metric_head(page, "hoithi_hash_wait_seconds", "histogram",
		    "From the queue to a thread that hashes.");
	metric_print_seconds(page, "hoithi_hash_wait_seconds", "", figures.wait);
}

static void print_waiting(struct waiting_room *room, struct buf *page)
{
	static const char *const labels[] = { "line=\"start\"", "line=\"door\"" };
	struct waiting_figures lines[WAITING_LINES];

	for (int i = 0; i < WAITING_LINES; i++)
		lines[i] = waiting_figures(room, (enum waiting_line)i);
	metric_head(page, "hoithi_waiting_people", "gauge", "People who wait for their turn.");
	for (int i = 0; i < WAITING_LINES; i++)
		metric_line(page, "hoithi_waiting_people", labels[i], (uint64_t)lines[i].people);
	metric_head(page, "hoithi_waiting_window", "gauge", "So many of the first may go.");
	for (int i = 0; i < WAITING_LINES; i++)
		metric_line(page, "hoithi_waiting_window", labels[i], (uint64_t)lines[i].window);
	metric_head(page, "hoithi_waiting_came_total", "counter", "Posts that had to wait.");
	for (int i = 0; i < WAITING_LINES; i++)
		metric_line(page, "hoithi_waiting_came_total", labels[i], lines[i].came);
	metric_head(page, "hoithi_waiting_left_total", "counter",
		    "Posts whose senders did not ask any more.");
	for (int i = 0; i < WAITING_LINES; i++)
		metric_line(page, "hoithi_waiting_left_total", labels[i], lines[i].left);
	metric_head(page, "hoithi_waiting_seconds", "histogram",
		    "From being posted to the turn, of those who had to wait.");
	for (int i = 0; i < WAITING_LINES; i++)
		metric_print(page, "hoithi_waiting_seconds", labels[i], lines[i].wait);
}

static void print_cache(const struct cache_counts *cache, struct buf *page)
{
	metric_one(page, "hoithi_cache_hits_total", "counter", "Public pages answered from memory.",
		   cache->hits);
	metric_one(page, "hoithi_cache_made_total", "counter", "Public pages made and kept.",
		   cache->made);
	metric_one(page, "hoithi_cache_entries", "gauge", "Public pages in memory.",
		   cache->entries);
	metric_one(page, "hoithi_cache_bytes", "gauge", "What they take.", cache->bytes);
}

static void print(struct http_server *server, struct buf *page)
{
	struct cache_counts cache = cache_count(server->cache);

	metrics_print(&server->metrics, page);
	print_hasher(server->hasher, page);
	print_waiting(server->waiting, page);
	print_cache(&cache, page);
	if (server->config.metrics_more)
		server->config.metrics_more(server->config.site, page);
}

static struct MHD_Response *make(struct http_server *server, unsigned *ret_status)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(4 * PAGE_BYTES_MAX);
	struct buf page;

	if (!arena)
		return NULL;
	buf_init(&page, arena, PAGE_BYTES_MAX);
	print(server, &page);
	struct text body = buf_done(&page);
	if (arena_failed(arena))
		return NULL;
	*ret_status = MHD_HTTP_OK;
	return MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.ptr,
					       MHD_RESPMEM_MUST_COPY);
}

enum MHD_Result metrics_page_on_request(void *cls, struct MHD_Connection *connection,
					const char *url, const char *method, const char *version,
					const char *data, size_t *data_bytes, void **ctx)
{
	struct loop_daemon *daemon = cls;
	unsigned status = MHD_HTTP_NOT_FOUND;
	struct MHD_Response *response = NULL;

	(void)version;
	(void)data;
	/* An answer in the first call would close the connection. */
	if (!*ctx) {
		*ctx = daemon;
		return MHD_YES;
	}
	if (*data_bytes) {
		*data_bytes = 0;
		return MHD_YES;
	}
	if (strcmp(url, "/metrics") == 0 && strcmp(method, "GET") == 0)
		response = make(daemon->loop->server, &status);
	else
		response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	(void)MHD_add_response_header(response, "Content-Type", "text/plain; version=0.0.4");
	enum MHD_Result result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}
