/* A site without its network, in one thread: the front door (http/), pages, store and
 * jobs as they are, behind a stand-in for the per-request functions of libmicrohttpd.
 * Clocks, randomness and the order of things are one seed's, so the same calls give
 * the same bytes.
 *
 * Two things are not the real ones: what reaches the wire (world_request hands over
 * what libmicrohttpd would), and Argon2id, which is a keyed hash here that costs
 * nothing. What cannot be done ends the program. */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include "http/loop.h"
#include "sample.h"

#define WORLD_HEADERS_MAX 32

struct world {
	struct sample *sample;		/* folder, keys, contest, site */
	struct http_server *server;	/* NULL while it is stopped */
	struct loop_daemon door;
	struct MHD_Connection *connections;	/* whose requests are under way */
	int64_t now, mono;		/* the two clocks, ms */
	uint64_t random;		/* of the order of things, not the program's */
	bool dead;			/* a sync failed: the program would have ended */
	bool mute;			/* nobody hears the answers any more */
	bool eager;			/* an answer goes out as soon as its job is done,
					 * while the writer may still be at work */
	bool going_on;
};

/* Before world_new: what `contest apply` shall find otherwise (sample_edit). */
struct world_edit {
	const char *file, *old, *fresh;
};

/* The sample contest, applied on 1 September 2024 (sample.h), and served. */
struct world *world_new(uint64_t seed, const struct world_edit *edits, int n);
void world_free(struct world *w);

struct world_request {
	enum http_method method;
	struct text target;	/* path and query as sent */
	struct text cookies;	/* "" none */
	struct text form;	/* of a POST: its bytes as sent */
	uint32_t address;	/* of the client, IPv4 */
};

struct world_answer {
	int status;
	const char *names[WORLD_HEADERS_MAX];
	const char *values[WORLD_HEADERS_MAX];
	int n_headers;
	struct text body;
};

/* Hands a request over, now. `done` is called once, here or in a later step, with an
 * answer that lives until it returns, or with NULL: the connection ended without one. */
typedef void world_done(void *ctx, const struct world_answer *answer);
void world_request(struct world *w, const struct world_request *request, world_done *done,
		   void *ctx);

/* The value of a header; "" none. */
struct text world_header(const struct world_answer *answer, const char *name);

/* One batch of the store, or else one hash; then those that waited for it go on. False
 * when nothing waits. */
bool world_step(struct world *w);

/* What the jobs' thread does every second. */
void world_jobs(struct world *w);

/* Lets time pass; both clocks. */
void world_pass(struct world *w, int64_t ms);

/* Ends the server: with all that came answered, or (`crash`) with nobody hearing of it
 * any more. */
void world_stop(struct world *w, bool crash);

/* Begins again with what the folder holds. */
void world_start(struct world *w);

/* A number below `bound`, of the order of things. */
uint64_t world_below(struct world *w, uint64_t bound);

#endif
