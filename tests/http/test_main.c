/* A server with pages made for tests/http/test_http.py.
 *
 *   test_main KEYS_DIR NAME=NUMBER …
 *
 * where NAME is a limit of struct http_config, "threads" or "secure" (0, 1).
 * It prints "PORT METRICS_PORT" and obeys lines on standard input: "version"
 * (public pages have changed), "hold" and "release" (the writer), "lives" (whether
 * the loops do), "drain" (ends the program); each is answered by "ok", or by "no". */
#include "base/keys.h"
#include "base/log.h"
#include "base/random.h"
#include "http/server.h"

#include <assert.h>
#include <pthread.h>
#include <unistd.h>

/* ---- what pages/ has ---- */

struct text form_value(const struct form *form, const char *name)
{
	for (int i = 0; i < form->n; i++)
		if (text_equal_z(form->fields[i].name, name))
			return form->fields[i].value;
	return TEXT_EMPTY;
}

bool form_has(const struct form *form, const char *name)
{
	for (int i = 0; i < form->n; i++)
		if (text_equal_z(form->fields[i].name, name))
			return true;
	return false;
}

void reply_html(struct request *request, int status, struct text body)
{
	request->reply.status = status;
	request->reply.type = TEXT("text/html; charset=utf-8");
	request->reply.body = body;
}

void reply_see_other(struct request *request, struct text path)
{
	request->reply.status = 303;
	request->reply.location = path;
}

void request_write(struct request *request, struct store_job *job, request_fn *then)
{
	request->host->write(request, job, then);
}

void request_hash(struct request *request, struct text password, struct text like,
		  struct text *ret_encoded, request_fn *then)
{
	request->host->hash(request, password, like, ret_encoded, then);
}

void page_problem(struct request *request, int status)
{
	reply_html(request, status,
		   text_format(request->arena, "problem %d fields %d", status, request->form.n));
}

void page_turn(struct request *request, const struct route_turn *turn)
{
	reply_html(request, 202,
		   text_format(request->arena, "before %d ask %d at %.*s", turn->before,
			       turn->ask_again_s, TEXT_ARGS(turn->path)));
}

/* ---- a writer that takes its time ---- */

struct store_job {
	struct store_job *next;
	void (*done)(void *ctx);
	void *ctx;
	int64_t number;
};

static pthread_mutex_t writer_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t writer_changed = PTHREAD_COND_INITIALIZER;
static struct store_job *writer_jobs;
static bool writer_holds, writer_ends;
static int64_t writer_count;
static atomic_int rendered;

static void *writer_main(void *ctx)
{
	bool ends = false;

	(void)ctx;
	while (!ends) {
		pthread_mutex_lock(&writer_lock);
		while ((!writer_jobs || writer_holds) && !writer_ends)
			pthread_cond_wait(&writer_changed, &writer_lock);
		struct store_job *jobs = writer_jobs;
		writer_jobs = NULL;
		ends = writer_ends && !jobs;
		pthread_mutex_unlock(&writer_lock);
		usleep(2000);
		while (jobs) {
			/* The job is gone once it is done. */
			struct store_job *next = jobs->next;
			jobs->number = ++writer_count;
			jobs->done(jobs->ctx);
			jobs = next;
		}
	}
	return NULL;
}

static void writer_write(struct site *site, struct store_job *job, void (*done)(void *ctx),
			 void *ctx)
{
	(void)site;
	job->done = done;
	job->ctx = ctx;
	pthread_mutex_lock(&writer_lock);
	job->next = writer_jobs;
	writer_jobs = job;
	pthread_cond_signal(&writer_changed);
	pthread_mutex_unlock(&writer_lock);
}

static void writer_set(bool *flag, bool value)
{
	pthread_mutex_lock(&writer_lock);
	*flag = value;
	pthread_cond_broadcast(&writer_changed);
	pthread_mutex_unlock(&writer_lock);
}

/* ---- pages ---- */

static int load_hello(struct request *request, struct db *db)
{
	(void)db;
	request->page = arena_alloc(request->arena, 1);
	return text_equal_z(form_value(&request->query, "fail"), "1") ? -2 : 1;
}

static void show_hello(struct request *request)
{
	struct text token = request->host->token(request);

	reply_html(request, 200,
		   text_format(request->arena,
			       "hello %s part=%.*s q=%.*s n=%d token=%.*s person=%ld "
			       "device=%d client=%.*s loaded=%d",
			       request->lang == LANG_EN ? "en" : "vi", TEXT_ARGS(request->part),
			       TEXT_ARGS(form_value(&request->query, "q")), request->query.n,
			       TEXT_ARGS(token), (long)request->session.person,
			       request->session.device != 0, TEXT_ARGS(request->client),
			       request->page != NULL));
}

static void show_echo(struct request *request)
{
	struct buf body;

	buf_init(&body, request->arena, 1 << 20);
	for (int i = 0; i < request->form.n; i++)
		buf_format(&body, "%.*s=%.*s\n", TEXT_ARGS(request->form.fields[i].name),
			   TEXT_ARGS(request->form.fields[i].value));
	reply_html(request, 200, buf_done(&body));
}

static void show_sign_in(struct request *request)
{
	request->session.person = 77;
	request->session.issued_at = request->arrived_at;
	request->session.shared = form_has(&request->form, "shared");
	request->reply.cookie = COOKIE_SIGN_IN;
	reply_see_other(request, form_value(&request->form, "tiep"));
}

static void show_sign_out(struct request *request)
{
	request->reply.cookie = COOKIE_SIGN_OUT;
	reply_see_other(request, TEXT("/"));
}

static void written(struct request *request)
{
	struct store_job *job = request->page;
	reply_html(request, 200, text_format(request->arena, "written %ld", (long)job->number));
}

static void written_once(struct request *request)
{
	request_write(request, request->page, written);
}

static void show_write(struct request *request)
{
	request->page = arena_alloc(request->arena, sizeof(struct store_job));
	request_write(request, request->page,
		      form_has(&request->form, "twice") ? written_once : written);
}

struct hash_page {
	struct text first, again;
	struct text password;
};

static void hashed(struct request *request)
{
	struct hash_page *page = request->page;

	if (request->hash_result == HASH_DONE && page->again.len == 0) {
		request_hash(request, page->password, page->first, &page->again, hashed);
		return;
	}
	reply_html(request, request->hash_result == HASH_BUSY ? 503 : 200,
		   text_format(request->arena, "hash %d %d %.*s", (int)request->hash_result,
			       text_equal(page->first, page->again),
			       TEXT_ARGS(text_part(page->again, 0, 9))));
}

static void show_hash(struct request *request)
{
	struct hash_page *page = arena_alloc(request->arena, sizeof(*page));

	request->page = page;
	page->password = form_value(&request->form, "password");
	request_hash(request, page->password, TEXT_EMPTY, &page->first, hashed);
}

static void show_public(struct request *request)
{
	struct buf body;
	int number = atomic_fetch_add(&rendered, 1) + 1;

	buf_init(&body, request->arena, 1 << 20);
	buf_format(&body, "public %d %s q=%.*s ", number, request->lang == LANG_EN ? "en" : "vi",
		   TEXT_ARGS(form_value(&request->query, "q")));
	while (body.len < 6000)
		buf_z(&body, "the same words again ");
	reply_html(request, 200, buf_done(&body));
	request->reply.cache = CACHE_PUBLIC;
	if (form_has(&request->query, "short"))
		request->reply.fresh_until = request->arrived_at + 300;
}

static void show_asset(struct request *request)
{
	/* gzip of forty "a" */
	static const char packed[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x4c"
				     "\x24\x0e\x00\x00\x25\x8a\x5b\xc9\x28\x00\x00\x00";
	request->reply.status = 200;
	request->reply.type = TEXT("text/css");
	request->reply.body = (struct text){ packed, sizeof(packed) - 1 };
	request->reply.gzipped = true;
	request->reply.etag = TEXT("\"asset\"");
	request->reply.cache = CACHE_IMMUTABLE;
}

static void show_large(struct request *request)
{
	size_t len = 1 << 20;
	char *ptr = arena_alloc(request->arena, len);

	assert(ptr);
	memset(ptr, 'x', len);
	reply_html(request, 200, (struct text){ ptr, len });
	request->reply.type = TEXT("application/octet-stream");
	request->reply.file_name = TEXT("bảng \"điểm\".bin");
}

static void show_when(struct request *request)
{
	reply_html(request, 200, text_format(request->arena, "%ld", (long)request->arrived_at));
}

/* Keeps its loop for as long as the writer is held. */
static void show_stall(struct request *request)
{
	pthread_mutex_lock(&writer_lock);
	while (writer_holds)
		pthread_cond_wait(&writer_changed, &writer_lock);
	pthread_mutex_unlock(&writer_lock);
	reply_html(request, 200, TEXT("stalled"));
}

static void show_full(struct request *request)
{
	while (arena_alloc(request->arena, 100000))
		;
	reply_html(request, 200, TEXT("not seen"));
}

static void show_nothing(struct request *request)
{
	(void)request;
}

static void show_contest(struct request *request)
{
	reply_html(request, 200,
		   text_format(request->arena, "contest %d", request->contest != NULL));
}

#define GET(path_, name_, show_, ...)                                                              \
	{                                                                                          \
		.method = METHOD_GET, .path = path_, .name = name_, .show = show_,                 \
		.class = ROUTE_OTHER, .fields = "", __VA_ARGS__                                    \
	}
#define POST(path_, name_, show_, ...)                                                             \
	{                                                                                          \
		.method = METHOD_POST, .path = path_, .name = name_, .show = show_,                \
		.class = ROUTE_SAVE, .needs_token = true, .fields = "", __VA_ARGS__                \
	}

/* Overriding a default of the two above is meant. */
#pragma GCC diagnostic ignored "-Woverride-init"
const struct route routes[] = {
	GET("/", "home", show_hello, .load = load_hello, .fields = "q fail"),
	GET("/part/{}", "part", show_hello, ),
	GET("/echo", "form", show_hello, ),
	POST("/echo", "echo", show_echo, .needs_token = false, .fields = "a b answer-*"),
	POST("/guarded", "guarded", show_echo, .fields = "a"),
	POST("/vao", "sign-in", show_sign_in, .fields = "tiep shared"),
	POST("/ra", "sign-out", show_sign_out, ),
	POST("/write", "write", show_write, .needs_token = false, .fields = "twice"),
	POST("/hash", "hash", show_hash, .needs_token = false, .fields = "password"),
	GET("/public", "public", show_public, .fields = "q short"),
	GET("/asset", "asset", show_asset, ),
	GET("/large", "large", show_large, ),
	GET("/stall", "stall", show_stall, ),
	GET("/full", "full", show_full, ),
	GET("/nothing", "nothing", show_nothing, ),
	GET("/{contest}/vao-thi", "sit", show_contest, .audience = AUDIENCE_CONTESTANT),
	POST("/{contest}/vao-thi", "save", show_contest, .audience = AUDIENCE_CONTESTANT),
	GET("/{contest}/cua", "door", show_hello, ),
	POST("/{contest}/cua", "door-post", show_hash, .class = ROUTE_DOOR, .fields = "password"),
	POST("/{contest}/bat-dau", "start-post", show_write, .class = ROUTE_START),
	GET("/{contest}/rieng", "own", show_contest, .audience = AUDIENCE_CONTESTANT),
	POST("/when", "when", show_when, .needs_token = false),
	GET("/{contest}/tin", "news", show_contest, ),
};
const int n_routes = ARRAY_LEN(routes);

static void read_now(struct site *site, const char *name,
		     int (*load)(struct request *request, struct db *db), struct request *request,
		     void (*done)(struct request *request, int result))
{
	(void)site;
	(void)name;
	done(request, load(request, NULL));
}

static atomic_int contests_held;

static const struct contest *contest_acquire(struct site *site, struct text code)
{
	if (!text_equal_z(code, "thi-2024"))
		return NULL;
	atomic_fetch_add(&contests_held, 1);
	return (const struct contest *)site;
}

static void contest_release(struct site *site, const struct contest *contest)
{
	assert((const void *)site == contest);
	atomic_fetch_sub(&contests_held, 1);
}

static void set_limit(struct http_config *config, const char *word)
{
	struct {
		const char *name;
		int *value;
	} names[] = {
		{ "threads", &config->threads },
		{ "connections", &config->limits.connections },
		{ "asleep", &config->limits.asleep },
		{ "head_ms", &config->limits.head_ms },
		{ "body_ms", &config->limits.body_ms },
		{ "idle_ms", &config->limits.idle_ms },
		{ "send_ms", &config->limits.send_ms },
		{ "send_bytes_per_s", &config->limits.send_bytes_per_s },
		{ "drain_ms", &config->limits.drain_ms },
		{ "hash_threads", &config->limits.hash_threads },
		{ "hash_queue", &config->limits.hash_queue },
	};
	struct text value = text_from_z(word);
	struct text name = text_cut(&value, '=');
	int64_t number;

	if (!value.ptr || text_to_int64(value, &number))
		number = 0;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (text_equal_z(name, names[i].name))
			*names[i].value = (int)number;
	if (text_equal_z(name, "secure"))
		config->site->secure = number;
	if (text_equal_z(name, "public_url"))
		config->site->public_url = value;
	if (text_equal_z(name, "proxies"))
		config->trusted_proxies = value;
	if (text_equal_z(name, "listen"))
		config->listen[config->n_listen++] = value.ptr;
}

static void *release_later(void *ctx)
{
	(void)ctx;
	usleep(700000);
	writer_set(&writer_holds, false);
	return NULL;
}

/* A writer that was held goes on while the server drains. */
static void drain(struct http_server *server)
{
	pthread_t thread;

	pthread_create(&thread, NULL, release_later, NULL);
	http_server_drain(server);
	pthread_join(thread, NULL);
}

static void obey(struct http_server *server, struct site *site)
{
	char line[64];

	while (fgets(line, sizeof(line), stdin)) {
		bool good = true;
		if (strcmp(line, "version\n") == 0)
			atomic_fetch_add(&site->public_version, 1);
		else if (strcmp(line, "hold\n") == 0)
			writer_set(&writer_holds, true);
		else if (strcmp(line, "release\n") == 0)
			writer_set(&writer_holds, false);
		else if (strcmp(line, "lives\n") == 0)
			good = http_server_lives(server);
		if (strcmp(line, "drain\n") == 0)
			break;
		printf(good ? "ok\n" : "no\n");
		fflush(stdout);
	}
	drain(server);
}

int main(int argc, char **argv)
{
	struct site site = { .public_url = TEXT_EMPTY };
	struct http_config config = {
		.site = &site, .metrics_listen = "127.0.0.1:0", .read = read_now,
		.write = writer_write, .contest_acquire = contest_acquire,
		.contest_release = contest_release, .trusted_proxies = TEXT_EMPTY,
	};
	struct arena *arena = arena_new(1 << 20);
	struct http_server *server = NULL;
	struct keys *keys = NULL;
	const char *which = "";
	struct text path;
	pthread_t writer;

	assert(argc > 1 && random_init() == 0 && keys_create(argv[1]) == 0);
	assert(keys_open(arena, argv[1], &keys, &path) == 0);
	site.keys = keys;
	for (int i = 2; i < argc; i++)
		set_limit(&config, argv[i]);
	if (config.n_listen == 0)
		config.listen[config.n_listen++] = "127.0.0.1:0";
	int result = http_server_new(&config, &server, &which);
	if (result) {
		printf("refused %d %s\n", result, which);
		keys_free(keys);
		arena_free(arena);
		return 1;
	}
	pthread_create(&writer, NULL, writer_main, NULL);
	assert(http_server_start(server) == 0);
	printf("%d %d\n", http_server_port(server, 0), http_server_port(server, -1));
	fflush(stdout);
	obey(server, &site);
	http_server_free(server);
	writer_set(&writer_ends, true);
	pthread_join(writer, NULL);
	assert(contests_held == 0);
	printf("ended %ld\n", (long)writer_count);
	keys_free(keys);
	arena_free(arena);
	return 0;
}
