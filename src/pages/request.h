/* A request and its reply, as pages see them. Pages never meet the HTTP
 * library: the front door (http/) fills this, runs a route's functions, and
 * sends what they left in `reply`.
 *
 * A page is two functions. `load` runs inside a read of the store and copies
 * what it needs into the arena; `show` turns that into a reply. A page that
 * changes something calls request_write (or request_hash) in `show` and names
 * the function that goes on when the commit (or the hash) is done; the request
 * sleeps meanwhile and no thread waits. What `show` finds to be needed after all is
 * read by request_read. All functions of one request run on one thread, one after
 * the other. */
#ifndef PAGES_REQUEST_H
#define PAGES_REQUEST_H

#include "base/hash.h"
#include "base/text.h"
#include "lang/lang.h"

struct db;
struct site;
struct contest;
struct store_job;
struct request;

#define FORM_FIELDS_MAX 256
#define FORM_BYTES_MAX 65536
#define REQUEST_ARENA_BYTES (4 << 20)
#define AGENT_BYTES_MAX 512

enum http_method {
	METHOD_GET,	/* HEAD too: the front door drops the body */
	METHOD_POST,
};

struct form_field {
	struct text name;
	struct text value;	/* decoded, well-formed UTF-8, as posted */
};

/* A query string or a posted form. */
struct form {
	struct form_field *fields;
	int n;	/* at most FORM_FIELDS_MAX */
};

/* The first value of that name; TEXT_EMPTY when there is none. */
struct text form_value(const struct form *form, const char *name);
bool form_has(const struct form *form, const char *name);

/* Who asks, from the signed cookie. */
struct session {
	int64_t person;		/* id; 0 nobody is signed in */
	int64_t epoch;		/* must equal the person's, else signed out */
	int64_t issued_at;	/* ms, machine clock */
	int64_t until;		/* the same: nobody is signed in from then on */
	int64_t device;		/* random number of this browser; 0 no cookie yet */
	bool shared;		/* a shared machine: ends with the browser or when idle */
};

enum cookie_act {
	COOKIE_KEEP,
	COOKIE_SIGN_IN,		/* write request.session, for its whole life from now */
	COOKIE_SIGN_OUT,	/* forget the person, keep the device */
};

enum reply_cache {
	CACHE_PRIVATE,		/* no-store */
	CACHE_PUBLIC,		/* the same bytes for everyone: rendered and
				 * compressed once, with ETag, until the site's
				 * public version changes or `fresh_until` */
	CACHE_IMMUTABLE,	/* hashed name: for a year */
};

struct reply {
	int status;		/* 0 while there is none */
	struct text type;	/* media type */
	struct text body;
	struct text location;	/* of a redirect: a path of this site */
	struct text etag;	/* "" none */
	struct text file_name;	/* a download's name; "" none */
	enum reply_cache cache;
	int64_t fresh_until;	/* machine clock, ms; a cached page is made anew
				 * then (CACHE_PUBLIC) */
	enum cookie_act cookie;
	int retry_after_s;	/* 0 none */
	bool gzipped;		/* body is already compressed */
};

typedef void request_fn(struct request *request);

/* What the front door does for pages. */
struct request_host {
	/* Runs `load`, as a route's; `then` goes on with what was read, unless the
	 * store failed, which is answered with 503. */
	void (*read)(struct request *request, int (*load)(struct request *request, struct db *db),
		     request_fn *then);

	/* Hands the job to the store; `then` runs on this request's thread when
	 * it is durable, failed or refused (job->result says which). */
	void (*write)(struct request *request, struct store_job *job, request_fn *then);

	/* Hashes a password with the salt and cost of the hash `like`, so that the
	 * two can be compared ("": with a new salt); `then` reads
	 * request->hash_result, and the hash in *ret_encoded. */
	void (*hash)(struct request *request, struct text password, struct text like,
		     struct text *ret_encoded, request_fn *then);

	/* What forms carry as `_token` for the session as it is now, which a page
	 * that signs somebody in has changed. */
	struct text (*token)(const struct request *request);
};

enum hash_result {
	HASH_DONE,
	HASH_BUSY,		/* the queue is full: ask again later */
	HASH_FAILED,
};

struct request {
	/* what came */
	enum http_method method;
	struct text path;	/* as sent, escapes and all: visible ASCII */
	struct form query;	/* only the names in route.fields; others are dropped */
	struct form form;
	struct text part;	/* what stood at "{}" in the route's path, decoded */
	int64_t arrived_at;	/* machine clock, ms: its last byte */
	enum lang lang;
	struct session session;	/* person is 0 when the cookie was not valid */
	int64_t form_age_ms;	/* of a POST: since its form was made */
	bool form_expired;	/* it was ours, and is too old to be obeyed */
	struct text agent;	/* of a POST: the User-Agent, at most AGENT_BYTES_MAX */
	bool several_people;	/* the phone that was typed serves others too: nobody's
				 * success excuses guesses at them (account.h) */
	int64_t stays_until;	/* machine clock, ms: a paper is open or awaited until then, so that
				 * even a shared machine keeps its session; 0 none */
	bool new_device;	/* the device's cookie goes out with this reply */
	uint64_t id;		/* for the log */
	struct text client;	/* address of who asks, for the security log only */
	uint64_t client_key;	/* … and for limits: IPv4 whole, IPv6 by /64 */

	/* where it is */
	struct arena *arena;
	struct site *site;
	const struct contest *contest;	/* of the path; NULL on site-wide pages */
	const struct request_host *host;
	int64_t now;		/* contest clock at arrived_at, ms */

	/* what the page keeps between its functions, in the arena */
	void *page;
	struct store_job *job;	/* the last that request_write was given */
	enum hash_result hash_result;

	struct reply reply;
};

/* Goes to another page of this site with 303. */
void reply_see_other(struct request *request, struct text path);

/* An HTML page with this status; takes the body as it is. */
void reply_html(struct request *request, int status, struct text body);

void request_read(struct request *request, int (*load)(struct request *request, struct db *db),
		  request_fn *then);
void request_write(struct request *request, struct store_job *job, request_fn *then);
void request_hash(struct request *request, struct text password, struct text like,
		  struct text *ret_encoded, request_fn *then);

#endif
