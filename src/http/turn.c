/* Waiting for a turn: starts and the door's forms line up while the machine is full
 * (waiting.h); their senders' page asks at "/{contest}/cho". */
#include "http/exchange.h"

#include "base/time.h"
#include "http/form.h"

#include <assert.h>

/* Forms of who is signed in already are not for the door's line: nobody with a session
 * waits behind a password's hash. */
bool turn_line(const struct route *route, enum waiting_line *ret)
{
	*ret = route->class == ROUTE_START ? WAITING_START : WAITING_DOOR;
	return route->method == METHOD_POST &&
	       (route->class == ROUTE_START ||
		(route->class == ROUTE_DOOR && route->audience == AUDIENCE_EVERYONE));
}

static void show_place(struct exchange *exchange, const struct waiting_place *place)
{
	struct request *request = &exchange->request;
	struct text contest = percent_encode(request->arena, exchange->match.contest);
	const struct route_turn turn = {
		.is_start = place->line == WAITING_START, .before = place->before,
		.ask_again_s = place->ask_again_s, .left_s = place->left_s,
		.path = text_format(request->arena, "/%.*s/cho", TEXT_ARGS(contest)),
	};

	page_turn(request, &turn);
	exchange->answered = true;
}

static bool lines_up(struct exchange *exchange, enum waiting_line line)
{
	struct request *request = &exchange->request;
	const struct waiting_post post = { exchange->head.path, buf_done(&exchange->body) };
	struct waiting_place place;

	switch (waiting_come(exchange->loop->server->waiting, line, request->session.device, &post,
			     exchange_pressure(exchange, line), time_mono_ms(), &place)) {
	case WAITING_WAIT:
		show_place(exchange, &place);
		return true;
	case WAITING_NO_ROOM:
		exchange->problem = 503;
		return false;
	case WAITING_GO:
	case WAITING_NOBODY:
		break;
	}
	return false;
}

/* The request becomes what was posted, and is looked at like that: its token is this
 * browser's and person's, or it goes no further. */
static void become(struct exchange *exchange, const struct waiting_post *post)
{
	struct request *request = &exchange->request;
	struct head *head = &exchange->head;

	exchange->called = true;
	request->method = METHOD_POST;
	request->agent = text_copy(exchange->arena,
				   text_part(head->user_agent, 0, AGENT_BYTES_MAX));
	request->path = head->path = head->target = post->path;
	head->query = TEXT_EMPTY;
	buf_init(&exchange->body, exchange->arena, FORM_BYTES_MAX);
	buf_text(&exchange->body, post->form);
	explicit_bzero((void *)(uintptr_t)post->form.ptr, post->form.len);
	exchange->problem = arena_failed(exchange->arena) ? 503 : exchange_find_route(exchange);
	if (!exchange->problem)
		exchange->problem = exchange_admit(exchange);
}

/* No place: what waited was done, and the answer was lost on its way; or the server has
 * begun anew. The page before the start leads on from there. */
static void lead_on(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	struct text contest = percent_encode(request->arena, exchange->match.contest);

	request->reply = (struct reply){
		.status = 303,
		.location = text_format(request->arena, "/%.*s/vao-thi", TEXT_ARGS(contest)),
	};
	exchange->answered = true;
}

static bool asks_turn(struct exchange *exchange)
{
	int pressures[WAITING_LINES];
	struct waiting_place place;
	struct waiting_post post = { TEXT_EMPTY, TEXT_EMPTY };

	if (exchange_is_foreign(exchange)) {
		exchange->problem = 403;
		return false;
	}
	/* Nobody would see what came of it. */
	if (exchange->head.method == HEAD_METHOD_HEAD) {
		lead_on(exchange);
		return true;
	}
	for (int i = 0; i < WAITING_LINES; i++)
		pressures[i] = exchange_pressure(exchange, (enum waiting_line)i);
	switch (waiting_ask(exchange->loop->server->waiting, exchange->request.session.device,
			    pressures, time_mono_ms(), exchange->arena, &post, &place)) {
	case WAITING_GO:
		become(exchange, &post);
		return false;
	case WAITING_WAIT:
		show_place(exchange, &place);
		return true;
	case WAITING_NOBODY:
	case WAITING_NO_ROOM:
		break;
	}
	lead_on(exchange);
	return true;
}

bool exchange_has_to_wait(struct exchange *exchange)
{
	const struct route *route = exchange->match.route;
	enum waiting_line line;

	assert(!exchange->problem && route);
	if (route == turn_route)
		return asks_turn(exchange);
	return turn_line(route, &line) && lines_up(exchange, line);
}
