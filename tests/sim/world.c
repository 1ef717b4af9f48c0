#include "world.h"

#include "base/log.h"
#include "base/random.h"
#include "base/time.h"
#include "http/exchange.h"
#include "jobs/runner.h"
#include "pages/door_limits.h"
#include "pages/health.h"
#include "pages/patience.h"

#include "store_queries.h"

#include <sodium.h>

#define ACCOUNTS_REMEMBERED 4096
#define HEAD_BYTES 8192
#define BODY_PIECE_BYTES 1460

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "world: %s\n", what);
	exit(2);
}

/* ---- clocks and randomness */

static uint64_t next_random(uint64_t *random)
{
	uint64_t x = *random += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

uint64_t world_below(struct world *w, uint64_t bound)
{
	return next_random(&w->random) % bound;
}

void world_pass(struct world *w, int64_t ms)
{
	w->mono += ms;
	w->now += ms;
	w->sample->now = w->now;
}

static int64_t read_now(void *ctx)
{
	return ((struct world *)ctx)->now;
}

/* Work takes time, so that batches end at other places in other runs. */
static int64_t read_mono(void *ctx)
{
	struct world *w = ctx;

	if (world_below(w, 8) == 0)
		world_pass(w, 1);
	return w->mono;
}

/* ---- libmicrohttpd, as far as a request goes. The rest of it is linked and idle. */

struct line {
	char *name, *value;
	size_t name_len, value_len;
};

struct MHD_Connection {
	struct world *world;
	struct MHD_Connection *next;
	struct link link;
	union MHD_ConnectionInfo info;	/* what MHD_get_connection_info tells: the link */
	void *exchange;
	char head[HEAD_BYTES];	/* as libmicrohttpd leaves it: line ends are NUL */
	size_t head_len;
	char *target, *version;
	const char *method;
	struct line lines[16];
	int n_lines;
	struct text body;
	bool suspended, resumed, answered;
	struct world_answer answer;
	world_done *done;
	void *ctx;
};

struct MHD_Response {
	struct world_answer answer;
};

const union MHD_ConnectionInfo *MHD_get_connection_info(struct MHD_Connection *connection,
							enum MHD_ConnectionInfoType type, ...)
{
	(void)type;	/* only LINK's is asked for after the connection was opened */
	return &connection->info;
}

int MHD_get_connection_values_n(struct MHD_Connection *connection, enum MHD_ValueKind kind,
				MHD_KeyValueIteratorN iterator, void *cls)
{
	for (int i = 0; i < connection->n_lines; i++) {
		const struct line *line = &connection->lines[i];
		(void)iterator(cls, kind, line->name, line->name_len, line->value,
			       line->value_len);
	}
	return connection->n_lines;
}

void MHD_suspend_connection(struct MHD_Connection *connection)
{
	connection->suspended = true;
}

void MHD_resume_connection(struct MHD_Connection *connection)
{
	connection->suspended = false;
	connection->resumed = true;
}

struct MHD_Response *MHD_create_response_from_buffer(size_t size, void *buffer,
						     enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *response = calloc(1, sizeof(*response));

	(void)mode;
	must(response != NULL, "memory");
	response->answer.body = text_from_bytes(buffer, size);
	return response;
}

enum MHD_Result MHD_add_response_header(struct MHD_Response *response, const char *header,
					const char *content)
{
	struct world_answer *answer = &response->answer;

	must(answer->n_headers < WORLD_HEADERS_MAX, "too many headers");
	answer->names[answer->n_headers] = strdup(header);
	answer->values[answer->n_headers++] = strdup(content);
	return MHD_YES;
}

enum MHD_Result MHD_queue_response(struct MHD_Connection *connection, unsigned int status,
				   struct MHD_Response *response)
{
	must(!connection->answered, "answered twice");
	connection->answered = true;
	connection->answer = response->answer;
	connection->answer.status = (int)status;
	response->answer.n_headers = 0;	/* the connection's now */
	return MHD_YES;
}

static void free_headers(struct world_answer *answer)
{
	for (int i = 0; i < answer->n_headers; i++) {
		free((void *)(uintptr_t)answer->names[i]);
		free((void *)(uintptr_t)answer->values[i]);
	}
}

void MHD_destroy_response(struct MHD_Response *response)
{
	free_headers(&response->answer);
	free(response);
}

/* ---- Argon2id: as many bytes of the same things, at no cost */

int crypto_pwhash(unsigned char *const out, unsigned long long outlen, const char *const passwd,
		  unsigned long long passwdlen, const unsigned char *const salt,
		  unsigned long long opslimit, size_t memlimit, int alg)
{
	(void)opslimit;
	(void)memlimit;
	(void)alg;
	return crypto_generichash(out, (size_t)outlen, (const unsigned char *)passwd, passwdlen,
				  salt, crypto_pwhash_SALTBYTES);
}

/* ---- a request */

static char *put(struct MHD_Connection *c, struct text bytes, const char *end)
{
	char *at = c->head + c->head_len;
	size_t end_len = strlen(end);

	must(c->head_len + bytes.len + end_len + 2 < HEAD_BYTES, "a head is too long");
	if (bytes.len)
		memcpy(at, bytes.ptr, bytes.len);
	memcpy(at + bytes.len, end, end_len);
	c->head_len += bytes.len + end_len;
	return at;
}

/* Lines end with two NULs, which is what "\r\n" is by now. */
static void put_line(struct MHD_Connection *c, const char *name, struct text value)
{
	struct line *line = &c->lines[c->n_lines++];

	line->name_len = strlen(name);
	line->name = put(c, text_from_z(name), ": ");
	line->value = put(c, value, "");
	line->value_len = value.len;
	c->head_len += 2;
}

static void put_head(struct MHD_Connection *c, const struct world_request *request)
{
	bool post = request->method == METHOD_POST;
	char length[24];

	c->method = post ? "POST" : "GET";
	put(c, text_from_z(c->method), " ");
	c->target = put(c, request->target, "");
	c->head_len++;
	c->version = put(c, TEXT("HTTP/1.1"), "");
	c->head_len += 2;
	put_line(c, "Host", TEXT("thi.example.vn"));
	put_line(c, "User-Agent", TEXT("Mozilla/5.0 (Linux; Android 13) Chrome/120"));
	if (request->cookies.len)
		put_line(c, "Cookie", request->cookies);
	if (!post)
		return;
	snprintf(length, sizeof(length), "%zu", request->form.len);
	put_line(c, "Content-Type", TEXT("application/x-www-form-urlencoded"));
	put_line(c, "Content-Length", text_from_z(length));
}

static struct MHD_Connection *connect_from(struct world *w, uint32_t address)
{
	struct MHD_Connection *c = calloc(1, sizeof(*c));
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(address) };

	must(c != NULL, "memory");
	c->world = w;
	c->link.loop = w->door.loop;
	c->link.fd = -1;
	c->info.socket_context = &c->link;
	must(address_from_socket((const struct sockaddr *)&in, &c->link.address) == 0, "address");
	c->next = w->connections;
	w->connections = c;
	return c;
}

/* Tells the client and is gone. */
static void end_connection(struct MHD_Connection *c)
{
	struct world *w = c->world;
	struct MHD_Connection **at = &w->connections;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->done(c->ctx, c->answered && !w->mute ? &c->answer : NULL);
	if (c->exchange)
		exchange_on_completed(&w->door, c, &c->exchange,
				      c->answered ? MHD_REQUEST_TERMINATED_COMPLETED_OK
						  : MHD_REQUEST_TERMINATED_WITH_ERROR);
	wheel_clear(&c->link.loop->wheel, &c->link.deadline);
	free_headers(&c->answer);
	free((void *)(uintptr_t)c->body.ptr);
	free(c);
}

static bool call(struct MHD_Connection *c, const char *data, size_t bytes)
{
	return exchange_on_request(&c->world->door, c, c->target, c->method, c->version, data,
				   &bytes, &c->exchange) == MHD_YES && !c->answered;
}

/* Head, body in pieces, and the call that says that all is here. */
static bool hand_over(struct MHD_Connection *c)
{
	if (!call(c, NULL, 0))
		return false;
	for (size_t at = 0; at < c->body.len; at += BODY_PIECE_BYTES) {
		struct text piece = text_part(c->body, at, BODY_PIECE_BYTES);
		if (!call(c, piece.ptr, piece.len))
			return false;
	}
	return call(c, NULL, 0);
}

void world_request(struct world *w, const struct world_request *request, world_done *done,
		   void *ctx)
{
	struct MHD_Connection *c;

	if (!w->server) {
		done(ctx, NULL);
		return;
	}
	c = connect_from(w, request->address);
	c->done = done;
	c->ctx = ctx;
	put_head(c, request);
	if (request->form.len) {
		char *copy = malloc(request->form.len);
		must(copy != NULL, "memory");
		memcpy(copy, request->form.ptr, request->form.len);
		c->body = text_from_bytes(copy, request->form.len);
	}
	c->exchange = exchange_on_target(&w->door, c->target, c);
	if (!c->exchange || !hand_over(c) || !c->suspended)
		end_connection(c);
}

struct text world_header(const struct world_answer *answer, const char *name)
{
	for (int i = 0; i < answer->n_headers; i++)
		if (strcmp(answer->names[i], name) == 0)
			return text_from_z(answer->values[i]);
	return TEXT_EMPTY;
}

/* ---- steps */

/* Whether there was somebody to go on with. */
static bool go_on(struct world *w)
{
	struct MHD_Connection *c, *next;
	bool any = false;

	if (w->going_on)
		return false;
	w->going_on = true;
	loop_take_done(w->door.loop);
	for (c = w->connections; c; c = next) {
		next = c->next;
		if (!c->resumed)
			continue;
		c->resumed = false;
		must(!call(c, NULL, 0), "a page was resumed without an answer");
		end_connection(c);
		any = true;
	}
	w->going_on = false;
	return any;
}

bool world_step(struct world *w)
{
	bool worked = w->server && (store_step(w->sample->site.store) > 0 ||
				    hasher_step(w->server->hasher));

	/* Who was refused a place in a queue waits for no work. */
	return (w->server && go_on(w)) || worked;
}

void world_jobs(struct world *w)
{
	if (!w->server)
		return;
	job_runner_step(&w->sample->site);
	go_on(w);	/* a job's writes take those of others along */
}

/* ---- the site behind the door, as cli/serve.c has it */

struct reading {
	int (*load)(struct request *request, struct db *db);
	struct request *request;
};

static int run_load(void *ctx, struct db *db)
{
	const struct reading *reading = ctx;
	return reading->load(reading->request, db);
}

static void site_read(struct site *site, const char *name,
		      int (*load)(struct request *request, struct db *db), struct request *request,
		      void (*done)(struct request *request, int result))
{
	struct reading reading = { load, request };
	done(request, store_read(site->store, name, run_load, &reading, NULL));
}

static void job_done(struct store_job *job)
{
	const struct exchange *exchange = job->done_ctx;
	struct world *w = exchange->connection->world;

	job->when_done(job->done_ctx);
	if (w->eager)
		go_on(w);
}

static void site_write(struct site *site, struct store_job *job, void (*done)(void *ctx), void *ctx)
{
	job->when_done = done;
	job->done_ctx = ctx;
	job->done = job_done;
	store_write(site->store, job);
}

static const struct contest *site_acquire(struct site *site, struct text code)
{
	return contest_acquire(site->contests, code, contest_now_ms(&site->clock));
}

static void site_release(struct site *site UNUSED, const struct contest *contest)
{
	contest_release(contest);
}

static void sync_failed(void *ctx, const char *why UNUSED)
{
	((struct world *)ctx)->dead = true;
}

static void serve(struct world *w)
{
	struct site *site = &w->sample->site;
	struct http_config config = {
		.site = site, .threads = 1, .read = site_read, .write = site_write,
		.contest_acquire = site_acquire, .contest_release = site_release,
		.healthy = site_is_healthy, .trusted_proxies = TEXT_EMPTY,
	};
	const char *which;

	site->patience = patience_new(ACCOUNTS_REMEMBERED);
	site->door_limits = door_limits_new();
	must(site->patience && site->door_limits, "memory");
	must(http_server_new(&config, &w->server, &which) == 0, "no server");
	w->door = (struct loop_daemon){ .loop = &w->server->loops[0] };
	w->dead = w->mute = false;
}

void world_stop(struct world *w, bool crash)
{
	struct site *site = &w->sample->site;

	w->mute = crash;
	while (world_step(w))
		;
	must(!w->connections, "a request sleeps that nothing will wake");
	w->server = http_server_free(w->server);
	site->patience = patience_free(site->patience);
	site->door_limits = door_limits_free(site->door_limits);
	site->store = store_close(site->store);
}

static int read_highest(void *ctx, struct db *db)
{
	struct q_ids_highest highest;
	int result = q_ids_highest(db, &highest);

	*(int64_t *)ctx = highest.id;
	return result;
}

void world_start(struct world *w)
{
	struct site *site = &w->sample->site;
	int64_t highest = 0;

	sample_reopen(w->sample);
	must(store_read(site->store, "ids", read_highest, &highest, NULL) >= 0, "no ids");
	id_source_init(&w->sample->ids, 0, highest);
	site->public_version++;
	serve(w);
}

struct world *world_new(uint64_t seed, const struct world_edit *edits, int n)
{
	struct world *w = calloc(1, sizeof(*w));
	struct contest_apply apply;

	must(w && sample_set_up((void **)&w->sample) == 0, "no sample");
	log_set_level((enum log_level)(LOG_ERROR + 1));
	w->random = seed;
	w->sample->random = next_random(&w->random);
	w->sample->fatal = sync_failed;
	w->sample->fatal_ctx = w;
	w->mono = TIME_DAY_MS;
	for (int i = 0; i < n; i++)
		sample_edit(w->sample, edits[i].file, edits[i].old, edits[i].fresh);
	must(sample_apply(w->sample, w->sample->now, &apply) == STORE_ONE, "cannot apply");
	w->now = w->sample->now;
	time_set_source(read_now, w);
	time_set_mono_source(read_mono, w);
	world_stop(w, false);
	world_start(w);
	return w;
}

void world_free(struct world *w)
{
	world_stop(w, false);
	sample_tear_down((void **)&w->sample);
	time_set_mono_source(NULL, NULL);
	free(w);
}
