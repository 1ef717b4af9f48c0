#include "http/exchange.h"

#include <assert.h>

static struct link *link_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

static struct exchange *exchange_new(struct loop_daemon *daemon, struct link *link,
				     struct MHD_Connection *connection)
{
	struct exchange *exchange = mem_new(sizeof(*exchange));
	struct arena *arena = exchange ? arena_new(REQUEST_ARENA_BYTES) : NULL;

	if (!arena)
		return mem_free(exchange);
	exchange->loop = daemon->loop;
	exchange->link = link;
	exchange->waited_ms = -1;
	exchange->connection = connection;
	exchange->arena = arena;
	exchange->request.arena = arena;
	exchange->request.site = daemon->loop->server->config.site;
	exchange->request.id = ++daemon->loop->last_id;
	link->exchange = exchange;
	return exchange;
}

/* The request line is here; what follows it is not. */
void *exchange_on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
	struct link *link = link_of(connection);

	if (!link || link->cut)
		return NULL;
	assert(!link->exchange);
	struct exchange *exchange = exchange_new(cls, link, connection);
	if (!exchange)
		return NULL;
	/* libmicrohttpd is about to cut it up. */
	exchange->head.target = text_copy(exchange->arena, text_from_z(target));
	exchange->target_end = target ? target + exchange->head.target.len : NULL;
	if (link->state != LINK_HEAD)
		link_set(link, LINK_HEAD, 0);
	return exchange;
}

/* Where a header line has to begin that follows the last one. */
struct lines {
	struct exchange *exchange;
	const char *next;
};

/* libmicrohttpd puts NUL over the two bytes of each line's end and keeps lines
 * where they came in. So a line that does not begin two NULs behind the one
 * before it tells of a bare LF, a NUL within, or a folded line. (A NUL that ends
 * the last line cannot be told from the line's end, and does no harm there.) */
static enum MHD_Result take_line(void *cls, enum MHD_ValueKind kind, const char *name,
				 size_t name_len, const char *value, size_t value_len)
{
	struct lines *lines = cls;
	struct head *head = &lines->exchange->head;

	(void)kind;
	if (name != lines->next || !value || value[value_len + 1] != '\0')
		head->malformed = true;
	lines->next = value ? value + value_len + 2 : NULL;
	head_add(head, lines->exchange->arena, text_from_bytes(name, name_len),
		 text_from_bytes(value ? value : "", value ? value_len : 0));
	return MHD_YES;
}

static void take_lines(struct exchange *exchange, struct text version)
{
	/* One space stands between target and version. */
	bool whole = exchange->target_end && version.ptr == exchange->target_end + 1 &&
		     version.ptr[version.len + 1] == '\0';
	struct lines lines = { exchange, whole ? version.ptr + version.len + 2 : NULL };

	(void)MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, take_line, &lines);
	/* The empty line that ends the head is NUL by now too. */
	if (!whole || !lines.next || lines.next[0] != '\0' || lines.next[1] != '\0')
		exchange->head.malformed = true;
}

static void read_head(struct exchange *exchange, struct text method, struct text version)
{
	bool framing = false;

	head_begin(&exchange->head, method, exchange->head.target);
	take_lines(exchange, version);
	exchange->problem = head_check(&exchange->head, version, FORM_BYTES_MAX, &framing);
	exchange->close = exchange->problem != 0;
	exchange->request.method = exchange->head.method == HEAD_METHOD_POST ? METHOD_POST :
									       METHOD_GET;
	exchange->request.path = exchange->problem ? TEXT("/") : exchange->head.path;
	exchange_identify(exchange);
	if (!exchange->problem)
		exchange->problem = exchange_find_route(exchange);
	if (exchange->problem == 405 || exchange->problem == 400)
		exchange->close = true;
	buf_init(&exchange->body, exchange->arena, FORM_BYTES_MAX);
	/* An answer before the body ends the connection: right when the body's
	 * length is in doubt, or nobody wants to send or read it. */
	if (exchange->problem && (framing || exchange->head.expects_continue ||
				  exchange->head.body_bytes > EXCHANGE_SWALLOW_BYTES))
		exchange_problem(exchange, exchange->problem);
}

static enum MHD_Result take_head(struct exchange *exchange, const char *method,
				 const char *version)
{
	exchange->headed = true;
	read_head(exchange, text_from_z(method), text_from_z(version));
	if (exchange->answered)
		return exchange_send(exchange);
	link_set(exchange->link, exchange->head.has_body ? LINK_BODY : LINK_WORK, 0);
	/* libmicrohttpd calls again when all is here; answering now would cost
	 * the connection. */
	return MHD_YES;
}

static enum MHD_Result take_body(struct exchange *exchange, const char *data, size_t bytes)
{
	exchange->body_bytes += bytes;
	if (exchange->body_bytes > EXCHANGE_SWALLOW_BYTES)
		return MHD_NO;
	if (exchange->body_bytes > FORM_BYTES_MAX && !exchange->problem)
		exchange->problem = 413;
	if (exchange->problem)
		exchange->close = true;
	else
		buf_add(&exchange->body, data, bytes);
	return MHD_YES;
}

enum MHD_Result exchange_on_request(void *cls, struct MHD_Connection *connection, const char *url,
				    const char *method, const char *version, const char *data,
				    size_t *data_bytes, void **ctx)
{
	struct exchange *exchange = *ctx;

	(void)cls;
	(void)connection;
	(void)url;
	if (!exchange || exchange->link->cut)
		return MHD_NO;
	if (!exchange->headed)
		return take_head(exchange, method, version);
	if (*data_bytes) {
		enum MHD_Result result = take_body(exchange, data, *data_bytes);
		*data_bytes = 0;
		return result;
	}
	if (!exchange->answered && !exchange->suspended) {
		link_set(exchange->link, LINK_WORK, 0);
		exchange_run(exchange);
	}
	return exchange->answered ? exchange_send(exchange) : MHD_YES;
}

void exchange_go_on(struct exchange *exchange)
{
	request_fn *then = exchange->then;

	assert(exchange->waiting);
	exchange->waiting = false;
	exchange->then = NULL;
	if (exchange->hashing) {
		struct hasher_job *job = &exchange->hash_job;
		exchange->hashing = false;
		exchange->request.hash_result = job->result;
		if (job->result == HASH_DONE)
			*exchange->encoded = text_copy(exchange->request.arena,
						       text_from_z(job->encoded));
		/* What is not there cannot be compared, however often it is made. */
		if (arena_failed(exchange->request.arena))
			exchange->request.hash_result = HASH_FAILED;
	}
	then(&exchange->request);
	if (exchange->waiting)
		return;
	exchange->answered = true;
	exchange->suspended = false;
	exchange->loop->asleep--;
	atomic_fetch_sub(&exchange->loop->server->metrics.asleep, 1);
	MHD_resume_connection(exchange->connection);
}

void exchange_end(struct exchange *exchange)
{
	struct http_server *server = exchange->loop->server;

	assert(!exchange->suspended);
	cache_release(server->cache, exchange->page);
	if (exchange->request.contest)
		server->config.contest_release(server->config.site, exchange->request.contest);
	/* Passwords and personal data came in it. */
	if (exchange->body.len)
		explicit_bzero(exchange->body.ptr, exchange->body.len);
	exchange->link->exchange = NULL;
	arena_free(exchange->spare);
	arena_free(exchange->arena);
	mem_free(exchange);
}

void exchange_on_completed(void *cls, struct MHD_Connection *connection, void **ctx,
			   enum MHD_RequestTerminationCode reason)
{
	struct exchange *exchange = *ctx;
	struct link *link = link_of(connection);

	(void)cls;
	*ctx = NULL;
	if (exchange) {
		if (reason != MHD_REQUEST_TERMINATED_COMPLETED_OK)
			atomic_fetch_add(&exchange->loop->server->metrics.left_early, 1);
		exchange_end(exchange);
	}
	if (link)
		link_set(link, LINK_IDLE, 0);
}
