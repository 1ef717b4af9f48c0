#include "http/exchange.h"

#include "base/log.h"
#include "base/time.h"
#include "http/cookie.h"
#include "http/form.h"

#define HEADERS_MAX 32
#define PUBLIC_AGE_S 60
#define SPARE_ARENA_BYTES (512 << 10)

/* Of the connections that may be open: past it each answer closes its own. */
#define FULL_PERCENT 75

/* What goes out: a reply in the form that this client takes. */
struct outgoing {
	struct exchange *exchange;
	struct arena *arena;
	int status;
	struct text body;
	struct text etag;
	bool gzipped;
	enum reply_cache cache;
	int64_t fresh_until;
	const char *names[HEADERS_MAX];
	const char *values[HEADERS_MAX];
	int n_headers;
};

static const char *const fixed_headers[][2] = {
	{ "Content-Security-Policy",
	  "default-src 'self'; object-src 'none'; base-uri 'none'; "
	  "frame-ancestors 'none'; form-action 'self'" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "same-origin" },
	{ "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
};

static void add(struct outgoing *out, const char *name, const char *value)
{
	if (out->n_headers == HEADERS_MAX || !value[0])
		return;
	out->names[out->n_headers] = name;
	out->values[out->n_headers++] = value;
}

static void add_text(struct outgoing *out, const char *name, struct text value)
{
	add(out, name, text_z(out->arena, value));
}

/* A page that failed, or whose arena was full, is replaced by one that says so. */
static void repair_reply(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	int status = 0;

	if (arena_failed(request->arena))
		status = 503;
	else if (request->reply.status < 200 || request->reply.status > 599)
		status = 500;
	if (!status)
		return;
	log_error("http: %s left no reply (%d)",
		  exchange->match.route ? exchange->match.route->name : "none", status);
	/* The old arena holds the request's own texts and has to stay. */
	exchange->spare = arena_new(SPARE_ARENA_BYTES);
	if (exchange->spare) {
		request->arena = exchange->spare;
		exchange_problem(exchange, status);
	}
	if (!exchange->spare || arena_failed(exchange->spare) || request->reply.status < 200) {
		request->reply = (struct reply){
			.status = status,
			.type = TEXT("text/plain; charset=utf-8"),
			.body = TEXT("Xin thử lại sau ít phút.\nPlease try again later.\n"),
		};
	}
}

static void choose_from_cache(struct outgoing *out, const struct cache_page *page,
			      bool takes_gzip)
{
	out->gzipped = takes_gzip && page->packed.len;
	out->body = out->gzipped ? page->packed : page->body;
	out->etag = out->gzipped ? page->packed_etag : page->etag;
	out->fresh_until = page->fresh_until;
	out->cache = CACHE_PUBLIC;
	add_text(out, "Content-Type", page->type);
}

static bool is_kept(const struct exchange *exchange)
{
	const struct reply *reply = &exchange->request.reply;
	return reply->cache == CACHE_PUBLIC && reply->status == 200 && !reply->gzipped &&
	       exchange->cache_key.len && exchange->page_ran;
}

static void choose_from_reply(struct outgoing *out, bool takes_gzip)
{
	struct exchange *exchange = out->exchange;
	const struct reply *reply = &exchange->request.reply;
	struct text other;

	out->body = reply->body;
	out->etag = reply->etag;
	out->gzipped = reply->gzipped;
	out->cache = reply->cache;
	out->fresh_until = reply->fresh_until;
	if (out->gzipped && !takes_gzip && out->body.len) {
		if (gzip_unpack(out->arena, out->body, REQUEST_ARENA_BYTES / 2, &other) == 0) {
			out->body = other;
			out->gzipped = false;
			out->etag = TEXT_EMPTY;
		}
	} else if (!out->gzipped && takes_gzip && gzip_is_worth(reply->type, out->body.len)) {
		if (gzip_pack(exchange->loop->quick, out->arena, out->body, &other) == 0) {
			out->body = other;
			out->gzipped = true;
			/* Other bytes than the tag was made for. */
			out->etag = TEXT_EMPTY;
		}
	}
	if (reply->type.len)
		add_text(out, "Content-Type", reply->type);
}

static void choose_body(struct outgoing *out)
{
	struct exchange *exchange = out->exchange;
	struct request *request = &exchange->request;
	bool takes_gzip = head_accepts_gzip(exchange->head.accept_encoding);

	out->status = exchange->page ? 200 : request->reply.status;
	if (!exchange->page && is_kept(exchange))
		exchange->page = cache_put(exchange->loop->server->cache, exchange->loop->small,
					   out->arena, exchange->cache_key,
					   exchange->public_version, request->reply.type,
					   request->reply.body, request->reply.fresh_until);
	if (exchange->page)
		choose_from_cache(out, exchange->page, takes_gzip);
	else
		choose_from_reply(out, takes_gzip);
	if (out->status == 200 && head_names_etag(exchange->head.if_none_match, out->etag)) {
		out->status = 304;
		out->body = TEXT_EMPTY;
	}
}

static void add_caching(struct outgoing *out)
{
	int64_t left_s = PUBLIC_AGE_S;

	switch (out->cache) {
	case CACHE_PRIVATE:
		add(out, "Cache-Control", "no-store");
		break;
	case CACHE_PUBLIC:
		if (out->fresh_until) {
			int64_t left = (out->fresh_until - out->exchange->request.arrived_at) /
				       TIME_SECOND_MS;
			left_s = left < 0 ? 0 : left < left_s ? left : left_s;
		}
		add_text(out, "Cache-Control",
			 text_format(out->arena, "public, max-age=%d, must-revalidate",
				     (int)left_s));
		add(out, "Vary", "Accept-Encoding, Cookie");
		break;
	case CACHE_IMMUTABLE:
		add(out, "Cache-Control", "public, max-age=31536000, immutable");
		add(out, "Vary", "Accept-Encoding");
		break;
	}
	if (out->etag.len)
		add_text(out, "ETag", out->etag);
	if (out->gzipped && out->status != 304)
		add(out, "Content-Encoding", "gzip");
}

/* A session on a shared machine lives on with each request; its cookie is written
 * anew when that is worth a minute. */
static bool renew_shared(struct request *request)
{
	struct session longer = request->session;

	if (longer.person == 0 || !longer.shared)
		return false;
	session_extend(&longer, request->arrived_at, request->stays_until);
	if (longer.until < request->session.until + TIME_MINUTE_MS)
		return false;
	request->session = longer;
	return true;
}

/* A new device, a sign-in, a sign-out, or more time. */
static void add_session_cookie(struct outgoing *out)
{
	struct request *request = &out->exchange->request;
	const struct site *site = request->site;
	bool writes = request->new_device || request->reply.cookie != COOKIE_KEEP;

	if (request->reply.cookie == COOKIE_KEEP && renew_shared(request))
		writes = true;

	if (request->reply.cookie == COOKIE_SIGN_OUT)
		request->session = (struct session){
			.device = request->session.device,
			.issued_at = request->arrived_at,
		};
	if (request->reply.cookie == COOKIE_SIGN_IN) {
		request->session.issued_at = request->arrived_at;
		session_extend(&request->session, request->arrived_at, request->stays_until);
	}
	if (writes)
		add_text(out, "Set-Cookie", session_set_cookie(out->arena, site->keys, site->secure,
							       &request->session));
}

/* Never with a page for everyone. */
static void add_cookies(struct outgoing *out)
{
	const struct exchange *exchange = out->exchange;
	const struct request *request = &exchange->request;

	if (out->cache != CACHE_PRIVATE)
		return;
	if (exchange->page_ran)
		add_session_cookie(out);
	if (exchange->lang_chosen)
		add_text(out, "Set-Cookie",
			 text_format(out->arena,
				     "lang=%s; Path=/; Max-Age=31536000; SameSite=Lax%s",
				     request->lang == LANG_EN ? "en" : "vi",
				     request->site->secure ? "; Secure" : ""));
}

/* Only paths of this site: "//host" and "/\host" lead elsewhere. */
static struct text safe_location(struct arena *arena, struct text location)
{
	struct buf safe;

	if (location.len == 0 || location.ptr[0] != '/' ||
	    (location.len > 1 && (location.ptr[1] == '/' || location.ptr[1] == '\\')))
		return TEXT("/");
	buf_init(&safe, arena, 3 * location.len + 1);
	for (size_t i = 0; i < location.len; i++) {
		unsigned char c = (unsigned char)location.ptr[i];
		if (c <= ' ' || c >= 0x7f || c == '\\' || c == '"' || c == '<' || c == '>')
			buf_format(&safe, "%%%02X", c);
		else
			buf_char(&safe, (char)c);
	}
	return buf_done(&safe);
}

static void add_file_name(struct outgoing *out, struct text name)
{
	struct buf plain;

	buf_init(&plain, out->arena, name.len + 1);
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.ptr[i];
		bool safe = c >= ' ' && c < 0x7f && c != '"' && c != '\\';
		buf_char(&plain, safe ? (char)c : '_');
	}
	add_text(out, "Content-Disposition",
		 text_format(out->arena, "attachment; filename=\"%.*s\"; filename*=UTF-8''%.*s",
			     TEXT_ARGS(buf_done(&plain)),
			     TEXT_ARGS(percent_encode(out->arena, name))));
}

static const char *allowed_methods(const struct exchange *exchange)
{
	if (exchange->match.get)
		return exchange->match.post ? "GET, HEAD, POST" : "GET, HEAD";
	return exchange->match.post ? "POST" : "GET, HEAD, POST";
}

static void add_rest(struct outgoing *out)
{
	struct exchange *exchange = out->exchange;
	const struct reply *reply = &exchange->request.reply;

	/* After too large a head there is room for little. */
	for (size_t i = 0; exchange->problem != 431 && i < ARRAY_LEN(fixed_headers); i++)
		add(out, fixed_headers[i][0], fixed_headers[i][1]);
	if (exchange->request.site->secure)
		add(out, "Strict-Transport-Security", "max-age=31536000");
	if (out->status == 405)
		add(out, "Allow", allowed_methods(exchange));
	if (!exchange->page && out->status >= 301 && out->status <= 308 && out->status != 304)
		add_text(out, "Location", safe_location(out->arena, reply->location));
	if (!exchange->page && reply->file_name.len)
		add_file_name(out, reply->file_name);
	if (!exchange->page && reply->retry_after_s)
		add_text(out, "Retry-After", text_format(out->arena, "%d", reply->retry_after_s));
	if (exchange->close || atomic_load(&exchange->loop->server->draining) ||
	    loop_is_fuller_than(exchange->loop, FULL_PERCENT))
		add(out, "Connection", "close");
}

static void note(const struct outgoing *out)
{
	struct exchange *exchange = out->exchange;
	const struct route *route = exchange->match.route;
	int64_t us = exchange->run_us ? time_mono_us() - exchange->run_us : 0;

	metrics_answer(&exchange->loop->server->metrics, route, out->status, us);
	log_info("http: %s %d %d ms %016lx", route ? route->name : "none", out->status,
		 (int)(us / 1000),
		 (unsigned long)exchange->request.id);
}

static void fill(struct outgoing *out, struct exchange *exchange)
{
	*out = (struct outgoing){ .exchange = exchange, .body = TEXT_EMPTY, .etag = TEXT_EMPTY };
	if (!exchange->page)
		repair_reply(exchange);
	out->arena = exchange->request.arena;
	choose_body(out);
	add_caching(out);
	add_cookies(out);
	add_rest(out);
}

enum MHD_Result exchange_send(struct exchange *exchange)
{
	struct outgoing out;

	fill(&out, exchange);
	/* A header that found no room may be the one that leads on or signs in. */
	if (arena_failed(out.arena) && !exchange->spare) {
		cache_release(exchange->loop->server->cache, exchange->page);
		exchange->page = NULL;
		fill(&out, exchange);
	}
	struct MHD_Response *response = MHD_create_response_from_buffer(
		out.body.len, (void *)(uintptr_t)out.body.ptr, MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	for (int i = 0; i < out.n_headers; i++)
		(void)MHD_add_response_header(response, out.names[i], out.values[i]);
	link_set(exchange->link, LINK_SEND,
		 (int64_t)out.body.len * TIME_SECOND_MS /
			 exchange->loop->server->config.limits.send_bytes_per_s);
	note(&out);
	enum MHD_Result result =
		MHD_queue_response(exchange->connection, (unsigned)out.status, response);
	MHD_destroy_response(response);
	return result;
}
