#include "http/exchange.h"

#include "base/log.h"
#include "base/random.h"
#include "base/time.h"
#include "http/cookie.h"
#include "http/form.h"

#include <assert.h>
#include <stddef.h>

#define CACHE_KEY_BYTES_MAX 8192
#define WAIT_ERROR_MS 20
#define LATE_MAX_MS 60000
#define LOCATION_BYTES_MAX (4 * HEAD_TARGET_BYTES_MAX)

static const struct http_config *config_of(const struct exchange *exchange)
{
	return &exchange->loop->server->config;
}

static void fall_asleep(struct exchange *exchange, request_fn *then)
{
	assert(!exchange->waiting && exchange->page_ran && then);
	exchange->waiting = true;
	exchange->then = then;
	if (exchange->suspended)
		return;
	exchange->suspended = true;
	exchange->loop->asleep++;
	atomic_fetch_add(&exchange->loop->server->metrics.asleep, 1);
	MHD_suspend_connection(exchange->connection);
}

/* What was read is there. */
static void read_done(struct request *request, int result)
{
	struct exchange *exchange = (struct exchange *)request;
	request_fn *then = exchange->then;

	exchange->then = NULL;
	if (result < 0) {
		log_error("http: %s could not read", exchange->match.route->name);
		exchange_problem(exchange, 503);
		return;
	}
	then(request);
}

static void host_read(struct request *request,
		      int (*load)(struct request *request, struct db *db), request_fn *then)
{
	struct exchange *exchange = (struct exchange *)request;

	exchange->then = then;
	config_of(exchange)->read(request->site, exchange->match.route->name, load, request,
				  read_done);
}

/* Any thread. */
static void write_done(void *ctx)
{
	struct exchange *exchange = ctx;
	loop_wake(exchange->loop, exchange);
}

static void host_write(struct request *request, struct store_job *job, request_fn *then)
{
	struct exchange *exchange = (struct exchange *)request;

	fall_asleep(exchange, then);
	config_of(exchange)->write(request->site, job, write_done, exchange);
}

/* Any thread. */
static void hash_done(struct hasher_job *job)
{
	struct exchange *exchange =
		(struct exchange *)(void *)((char *)job - offsetof(struct exchange, hash_job));
	loop_wake(exchange->loop, exchange);
}

static void host_hash(struct request *request, struct text password, struct text like,
		      struct text *ret_encoded, request_fn *then)
{
	struct exchange *exchange = (struct exchange *)request;
	struct hasher_job *job = &exchange->hash_job;

	*job = (struct hasher_job){ .password = password, .done = hash_done };
	exchange->encoded = ret_encoded;
	exchange->hashing = true;
	fall_asleep(exchange, then);
	job->result = HASH_FAILED;
	if (like.len >= sizeof(job->encoded)) {
		hash_done(job);
		return;
	}
	if (like.len)
		memcpy(job->encoded, like.ptr, like.len);
	if (hasher_push(exchange->loop->server->hasher, job)) {
		job->result = HASH_BUSY;
		hash_done(job);
	}
}

static struct text host_token(const struct request *request)
{
	if (request->session.device == 0)
		return TEXT_EMPTY;
	return token_make(request->arena, request->site->keys, &request->session,
			  request->arrived_at);
}

static const struct request_host host = {
	.read = host_read, .write = host_write, .hash = host_hash, .token = host_token,
};

static enum lang cookie_lang(struct text cookies)
{
	struct text value;

	if (cookie_find(cookies, "lang", &value))
		return text_equal_z(value, "en") ? LANG_EN : LANG_VI;
	return LANG_VI;
}

void exchange_identify(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	const struct site *site = request->site;
	struct text value;

	struct address client = address_of_client(&exchange->loop->server->trusted,
						  &exchange->link->address,
						  exchange->head.forwarded_for);
	request->host = &host;
	request->client = address_text(exchange->arena, &client);
	request->client_key = address_key(&client);
	request->lang = cookie_lang(exchange->head.cookies);
	request->part = TEXT_EMPTY;
	request->agent = TEXT_EMPTY;
	if (request->method == METHOD_POST)
		request->agent = text_copy(exchange->arena, text_part(exchange->head.user_agent, 0,
								      AGENT_BYTES_MAX));
	request->arrived_at = time_now_ms();
	request->now = request->arrived_at + site->clock.shift_ms;
	if (cookie_find(exchange->head.cookies, session_cookie_name(site->secure), &value) &&
	    session_decode(site->keys, request->arrived_at, value, &request->session))
		request->session = (struct session){ 0 };
}

/* Pages of one kind lie under one key: language, decoded path, known fields. */
static struct text cache_key(const struct exchange *exchange)
{
	const struct request *request = &exchange->request;
	struct buf key;

	buf_init(&key, request->arena, CACHE_KEY_BYTES_MAX);
	buf_int(&key, request->lang);
	for (int i = 0; i < exchange->path.n; i++) {
		buf_char(&key, '/');
		buf_text(&key, exchange->path.parts[i]);
	}
	for (int i = 0; i < request->query.n; i++) {
		buf_char(&key, '\0');
		buf_text(&key, request->query.fields[i].name);
		buf_char(&key, '\0');
		buf_text(&key, request->query.fields[i].value);
	}
	return buf_done(&key);
}

static bool is_cached(struct exchange *exchange)
{
	struct request *request = &exchange->request;

	if (request->method != METHOD_GET)
		return false;
	exchange->public_version = atomic_load(&request->site->public_version);
	exchange->cache_key = cache_key(exchange);
	exchange->page = cache_get(exchange->loop->server->cache, exchange->cache_key,
				   exchange->public_version, request->arrived_at);
	return exchange->page != NULL;
}

static void lead_to_sign_in(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	struct text next = percent_encode(request->arena, exchange->head.target);
	struct text contest = percent_encode(request->arena, exchange->match.contest);

	request->reply = (struct reply){
		.status = 303,
		.location = text_format(request->arena, "%s%.*s/dang-nhap?tiep=%.*s",
					contest.len ? "/" : "", TEXT_ARGS(contest),
					TEXT_ARGS(next)),
	};
}

/* The choice of a language goes into a cookie, which a page for everyone cannot
 * carry: to the same address without it, which sets that cookie (send.c). What is
 * left of the query is what the route knows, so never `lang` again. */
static void lead_to_language(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	struct buf location;

	buf_init(&location, request->arena, LOCATION_BYTES_MAX);
	buf_text(&location, exchange->head.path);
	for (int i = 0; i < request->query.n; i++) {
		const struct form_field *field = &request->query.fields[i];
		buf_char(&location, i ? '&' : '?');
		buf_text(&location, percent_encode(request->arena, field->name));
		buf_char(&location, '=');
		buf_text(&location, percent_encode(request->arena, field->value));
	}
	request->reply = (struct reply){ .status = 303, .location = buf_done(&location) };
	exchange->answered = true;
}

/* A device is made up for a browser that is about to see a page of its own. */
static void make_device(struct request *request)
{
	if (request->session.device == 0) {
		request->session = (struct session){ .issued_at = request->arrived_at };
		while (request->session.device == 0)
			request->session.device = (int64_t)(random_u64() >> 1);
		request->new_device = true;
	}
}

static bool find_contest(struct exchange *exchange)
{
	struct request *request = &exchange->request;

	if (exchange->match.contest.len == 0)
		return true;
	request->contest = config_of(exchange)->contest_acquire(request->site,
								exchange->match.contest);
	return request->contest != NULL;
}

/* "/a/" is a usual way to write "/a". False when there is no such page either. */
static bool lead_without_slash(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	struct text path = exchange->head.path;

	if (exchange->problem != 404 || !exchange->path.slash_at_end)
		return false;
	exchange->path.slash_at_end = false;
	if (!router_find(exchange->loop->server->router, METHOD_GET, &exchange->path).route)
		return false;
	request->reply = (struct reply){ .status = 301,
					 .location = text_part(path, 0, path.len - 1) };
	exchange->answered = true;
	return true;
}

static void run_page(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	const struct route *route = exchange->match.route;

	make_device(request);
	exchange->page_ran = true;
	if (route->load)
		host_read(request, route->load, route->show);
	else
		route->show(request);
	exchange->answered = !exchange->waiting;
}

/* How long ago it was all there. The system tells to a few ms, in either direction: never
 * more than it was. */
static int late_ms(struct exchange *exchange)
{
	int waited = exchange_waited_ms(exchange) - WAIT_ERROR_MS;
	return waited < 0 ? 0 : waited > LATE_MAX_MS ? LATE_MAX_MS : waited;
}

void exchange_run(struct exchange *exchange)
{
	struct request *request = &exchange->request;

	exchange->run_us = time_mono_us();
	request->arrived_at = time_now_ms();
	/* Whose save waited for a busy loop does not lose that time. */
	if (request->method == METHOD_POST)
		request->arrived_at -= late_ms(exchange);
	request->now = request->arrived_at + request->site->clock.shift_ms;
	if (!exchange->problem)
		exchange->problem = exchange_admit(exchange);
	if (!exchange->problem && exchange->lang_chosen && request->method == METHOD_GET) {
		lead_to_language(exchange);
		return;
	}
	if (!exchange->problem && exchange_has_to_wait(exchange))
		return;
	if (!exchange->problem && is_cached(exchange)) {
		exchange->answered = true;
		return;
	}
	if (exchange->match.route && !find_contest(exchange) && !exchange->problem)
		exchange->problem = 404;
	if (exchange->problem) {
		/* What was posted is offered again, in a form of this browser's. */
		if (exchange->problem == 401 || request->form_expired) {
			make_device(request);
			exchange->page_ran = true;
		}
		if (!lead_without_slash(exchange))
			exchange_problem(exchange, exchange->problem);
		return;
	}
	if (exchange->match.route->audience == AUDIENCE_CONTESTANT &&
	    request->session.person == 0) {
		lead_to_sign_in(exchange);
		exchange->answered = true;
		return;
	}
	run_page(exchange);
}

void exchange_problem(struct exchange *exchange, int status)
{
	struct request *request = &exchange->request;

	request->reply = (struct reply){ 0 };
	page_problem(request, status);
	exchange->answered = true;
}
