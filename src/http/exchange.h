/* One request and its answer. Internal to http/.
 *
 * begun (request line) → head → body → run → [asleep …] → answered → ended.
 * All on the loop's thread but for exchange_done. */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "http/head.h"
#include "http/loop.h"
#include "http/router.h"

/* A body that is too long is still read up to here, so that its sender gets to
 * see the answer; past it the connection is cut. */
#define EXCHANGE_SWALLOW_BYTES (1 << 20)

struct exchange {
	struct request request;		/* first: pages have its address */
	struct loop *loop;
	struct link *link;
	struct MHD_Connection *connection;
	struct arena *arena, *spare;	/* spare: when the first is full */
	struct head head;
	const char *target_end;		/* in the connection's memory */
	struct path path;
	struct router_match match;
	struct buf body;
	size_t body_bytes;		/* that came */

	int problem;			/* a status found before the page runs */
	bool close;			/* after the answer */
	bool headed;			/* the head was looked at */
	bool answered;			/* a reply is ready */
	bool page_ran;
	bool lang_chosen;		/* by the query */
	bool called;			/* its turn has come: it waits no more */
	int waited_ms;			/* from its last byte until the loop had time; -1 not
					 * measured yet */

	struct text cache_key;		/* "" not for the cache */
	uint64_t public_version;
	const struct cache_page *page;	/* held */

	bool suspended, waiting;
	bool hashing;
	request_fn *then;
	struct hasher_job hash_job;
	struct text *encoded;
	struct exchange *next_done;
	int64_t run_us;			/* time_mono_us at the last byte */
};

/* libmicrohttpd's callbacks; cls is the struct loop_daemon. */
void *exchange_on_target(void *cls, const char *target, struct MHD_Connection *connection);
enum MHD_Result exchange_on_request(void *cls, struct MHD_Connection *connection, const char *url,
				    const char *method, const char *version, const char *data,
				    size_t *data_bytes, void **ctx);
void exchange_on_completed(void *cls, struct MHD_Connection *connection, void **ctx,
			   enum MHD_RequestTerminationCode reason);

/* The commit or hash that this one waited for is done: goes on (loop's thread). */
void exchange_go_on(struct exchange *exchange);

void exchange_end(struct exchange *exchange);

/* run.c: takes a complete request to its page; may fall asleep. */
void exchange_run(struct exchange *exchange);

/* run.c: answers with a problem's page. */
void exchange_problem(struct exchange *exchange, int status);

/* run.c: reads cookies and who asks, needed for problem pages too. */
void exchange_identify(struct exchange *exchange);

/* admit.c: what is refused of a complete request; 0 or a status. */
int exchange_admit(struct exchange *exchange) MUST_CHECK;

/* admit.c: how long ago its last byte came when this was first asked, in ms; 0 when the
 * system cannot tell. */
int exchange_waited_ms(struct exchange *exchange);

/* admit.c: how full the machine is for who stands in a line (waiting.h). */
int exchange_pressure(struct exchange *exchange, enum waiting_line line);

/* turn.c: which line a route's requests wait in. False: in none. */
bool turn_line(const struct route *route, enum waiting_line *ret);

/* turn.c: whether a complete request has to wait for its turn; it is answered then. One
 * that asks for its turn becomes what was posted when that has come. */
bool exchange_has_to_wait(struct exchange *exchange);

/* admit.c: the front door's own; turn_route is the one of them that asks for a turn. */
extern const struct route *const turn_route;
extern const struct route own_routes[];
extern const int n_own_routes;

/* admit.c: finds the route; 0, or 400, 404 or 405. */
int exchange_find_route(struct exchange *exchange) MUST_CHECK;

/* admit.c: another site made the browser send it. */
bool exchange_is_foreign(const struct exchange *exchange);

/* send.c: gives the reply to libmicrohttpd. */
enum MHD_Result exchange_send(struct exchange *exchange);

#endif
