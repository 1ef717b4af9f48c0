#include "http/exchange.h"

#include "http/cookie.h"
#include "http/form.h"

/* A loop that takes up what came so long ago is behind: who comes anew has to wait. */
#define BEHIND_MS 500

/* Of the hashing queue: what is free then is for those whose turn has come. */
#define HASH_FULL_PERCENT 75

/* The built-in routes. */
static void show_health(struct request *request)
{
	const struct exchange *exchange = (const struct exchange *)request;
	const struct http_server *server = exchange->loop->server;
	bool healthy = !atomic_load(&server->draining) &&
		       (!server->config.healthy || server->config.healthy(server->config.site));

	request->reply.status = healthy ? 200 : 503;
	request->reply.type = TEXT("text/plain; charset=utf-8");
	request->reply.body = healthy ? TEXT("ok\n") : TEXT("no\n");
}

const struct route own_routes[] = {
	{
		.method = METHOD_GET,
		.path = "/suc-khoe",
		.name = "health",
		.audience = AUDIENCE_EVERYONE,
		.class = ROUTE_OTHER,
		.show = show_health,
		.fields = "",
	},
	{
		.method = METHOD_GET,
		.path = "/{contest}/cho",
		.name = "turn",
		.audience = AUDIENCE_EVERYONE,
		.class = ROUTE_OTHER,
		.fields = "",
	},
};

const struct route *const turn_route = &own_routes[1];

const int n_own_routes = ARRAY_LEN(own_routes);

int exchange_find_route(struct exchange *exchange)
{
	const struct http_server *server = exchange->loop->server;
	int result = path_parse(exchange->arena, exchange->head.path, &exchange->path);

	if (result < 0)
		return 503;
	if (result)
		return result == 2 ? 404 : 400;
	enum http_method method = exchange->request.method;
	exchange->match = router_find(server->own_router, method, &exchange->path);
	if (!exchange->match.get && !exchange->match.post)
		exchange->match = router_find(server->router, method, &exchange->path);
	if (!exchange->match.route)
		return exchange->match.get || exchange->match.post ? 405 : 404;
	exchange->request.part = exchange->match.part;
	return 0;
}

/* "?lang=en" wins over the cookie, which exchange_identify has read. */
static void choose_lang(struct exchange *exchange, const struct form *query)
{
	for (int i = 0; i < query->n; i++) {
		const struct form_field *field = &query->fields[i];
		if (!text_equal_z(field->name, "lang"))
			continue;
		bool english = text_equal_z(field->value, "en");
		if (!english && !text_equal_z(field->value, "vi"))
			continue;
		exchange->request.lang = english ? LANG_EN : LANG_VI;
		exchange->lang_chosen = true;
		return;
	}
}

/* A POST that another site made the browser send (Fetch Metadata, Origin). A
 * browser that says nothing, or "null" as some do inside other apps, is judged
 * by the token alone. */
bool exchange_is_foreign(const struct exchange *exchange)
{
	const struct head *head = &exchange->head;
	struct text ours = exchange->request.site->public_url;

	if (text_equal_ascii_case(head->fetch_site, TEXT("cross-site")))
		return true;
	if (!head->has_origin || text_equal_z(head->origin, "null"))
		return false;
	if (ours.len)
		return !text_equal_ascii_case(head->origin, ours);
	size_t scheme = strlen("http://");
	return !text_equal_ascii_case(text_part(head->origin, 0, scheme), TEXT("http://")) ||
	       !text_equal_ascii_case(text_part(head->origin, scheme, head->origin.len), head->host);
}

/* What of the limit on sleeping requests a class may use, in percent: the
 * lowest gives way first. */
static int class_share(enum route_class class)
{
	switch (class) {
	case ROUTE_SAVE:
		return 100;
	case ROUTE_START:
		return 90;
	case ROUTE_DOOR:
		return 75;
	case ROUTE_OTHER:
		return 60;
	}
	return 0;
}

int exchange_waited_ms(struct exchange *exchange)
{
	if (exchange->waited_ms >= 0)
		return exchange->waited_ms;
	exchange->waited_ms = link_waited_ms(exchange->link);
	metric_observe_us(&exchange->loop->server->metrics.behind, exchange->waited_ms * 1000);
	return exchange->waited_ms;
}

/* How many sleep, in per mille of how many of a class may. */
static int sleep_pressure(const struct exchange *exchange, enum route_class class)
{
	const struct http_config *config = &exchange->loop->server->config;
	int64_t limit = (int64_t)config->limits.asleep * class_share(class) / 100 / config->threads;

	return (int)(exchange->loop->asleep * INT64_C(1000) / (limit ? limit : 1));
}

static int hash_pressure(const struct exchange *exchange)
{
	struct hasher_figures hasher = hasher_figures(exchange->loop->server->hasher);
	int max = hasher.waiting_max * HASH_FULL_PERCENT / 100;

	return hasher.waiting * 1000 / (max ? max : 1);
}

int exchange_pressure(struct exchange *exchange, enum waiting_line line)
{
	int asleep = sleep_pressure(exchange, line == WAITING_START ? ROUTE_START : ROUTE_DOOR);
	int behind = (int)(exchange_waited_ms(exchange) * INT64_C(1000) / BEHIND_MS);
	int hash = line == WAITING_DOOR ? hash_pressure(exchange) : 0;
	int most = asleep > behind ? asleep : behind;

	return hash > most ? hash : most;
}

/* What cannot wait in a line: who sits a paper goes first, and the rest is refused. A page
 * of one's own that no paper needs is refused while the loop is behind. */
static bool is_too_much(struct exchange *exchange)
{
	const struct route *route = exchange->match.route;
	enum waiting_line line;

	if (route->method == METHOD_GET)
		return route->audience == AUDIENCE_CONTESTANT && route->class == ROUTE_OTHER &&
		       exchange_waited_ms(exchange) >= BEHIND_MS;
	return !turn_line(route, &line) && sleep_pressure(exchange, route->class) >= WAITING_FULL;
}

/* 0, or 403: made for another browser or person, or too long ago. */
static int admit_token(struct request *request)
{
	struct text token = form_value(&request->form, FORM_TOKEN_FIELD);
	int answer = token_check(request->site->keys, &request->session, request->arrived_at,
				 token, &request->form_age_ms);

	request->form_expired = answer == 2;
	return answer ? 403 : 0;
}

static int admit_post(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	const struct route *route = exchange->match.route;

	/* First of all, since a problem's page may carry what was posted. */
	switch (form_parse(request->arena, buf_done(&exchange->body), &request->form)) {
	case 0:
		break;
	case -1:
		return 503;
	default:
		return 400;
	}
	if (!form_is_known(&request->form, route->fields))
		return 400;
	if (exchange_is_foreign(exchange))
		return 403;
	if (route->audience == AUDIENCE_CONTESTANT && request->session.person == 0)
		return 401;
	if (route->needs_token && admit_token(request) != 0)
		return 403;
	return 0;
}

int exchange_admit(struct exchange *exchange)
{
	struct request *request = &exchange->request;

	switch (form_parse(request->arena, exchange->head.query, &request->query)) {
	case 0:
		break;
	case -1:
		return 503;
	default:
		exchange->close = true;
		return 400;
	}
	choose_lang(exchange, &request->query);
	form_keep_known(&request->query, exchange->match.route->fields);
	int problem = request->method == METHOD_POST ? admit_post(exchange) : 0;

	return !problem && !exchange->called && is_too_much(exchange) ? 503 : problem;
}
