#include "crowd/load.h"

#include "crowd/clock.h"
#include "crowd/page.h"
#include "crowd/request.h"

#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>

#define EXPIRE_EVERY_US 500000
#define FAULTS_MAX 1000	/* then there is nothing left to measure */
#define SEEN_BYTES_MAX 300
#define WAIT_MS 50
#define WAIT_OPEN_MS 1
#define PATH_BYTES_MAX 512

static const int step_status[STEP_COUNT] = {
	[STEP_START_PAGE] = 200, [STEP_START] = 303, [STEP_PAPER] = 200, [STEP_SAVE] = 200,
	[STEP_SUBMIT] = 303, [STEP_RESULT] = 200, [STEP_SIGN_IN_PAGE] = 200, [STEP_SIGN_IN] = 303,
	[STEP_REGISTER_PAGE] = 200, [STEP_REGISTER] = 200,
};

static volatile sig_atomic_t load_ends;

void load_end(void)
{
	load_ends = 1;
}

void load_note(const struct player *player, const char *format, ...)
{
	const struct load *load = player->load;
	va_list args;

	if (!load->journal)
		return;
	va_start(args, format);
	vfprintf(load->journal, format, args);
	va_end(args);
	fflush(load->journal);
}

/* One line: of a page what stands in its main part. */
static void print_seen(struct text seen)
{
	const char *main_part = seen.len ? memmem(seen.ptr, seen.len, "<main", 5) : NULL;

	if (main_part)
		seen = text_part(seen, (size_t)(main_part - seen.ptr), seen.len);
	for (size_t i = 0; i < seen.len && i < SEEN_BYTES_MAX; i++)
		fputc(seen.ptr[i] == '\n' || seen.ptr[i] == '\r' ? ' ' : seen.ptr[i], stderr);
	fputc('\n', stderr);
}

enum play_result load_complain(struct player *player, enum fault fault, struct text seen)
{
	struct load *load = player->load;

	load->figures.faults[fault]++;
	load->figures.step_faults[player->step]++;
	if (!load->quiet && load->complaints++ < COMPLAINTS_MAX) {
		fprintf(stderr, "journeys: %s number %lld at %s: %s ", load->play->name,
			(long long)player->number, step_name(player->step), fault_name(fault));
		print_seen(seen);
	}
	return PLAY_WRONG;
}

uint64_t player_random(struct player *player, uint64_t bound)
{
	player->random ^= player->random << 13;
	player->random ^= player->random >> 7;
	player->random ^= player->random << 17;
	return (player->random >> 11) % bound;
}

/* `path` is below the contest's. */
static void send_step(struct player *player, enum step step, const char *body, size_t body_bytes,
		      const char *path, va_list args) PRINTF(5, 0);

static void send_step(struct player *player, enum step step, const char *body, size_t body_bytes,
		      const char *path, va_list args)
{
	struct connection *connection = player->connection;
	char whole[PATH_BYTES_MAX];
	int len = snprintf(whole, sizeof(whole), "/%.200s", player->load->contest);

	vsnprintf(whole + len, sizeof(whole) - (size_t)len, path, args);
	const struct crowd_request request = {
		.host = connection->client->host, .path = text_from_z(whole),
		.cookie = text_from_z(player->cookie), .body = body, .body_bytes = body_bytes,
	};
	connection->out_len = crowd_request_write(&request, connection->out);
	player->step = step;
	client_send(connection);
	player->step_us = connection->sent_us;
}

void player_get(struct player *player, enum step step, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	send_step(player, step, NULL, 0, format, args);
	va_end(args);
}

void player_post(struct player *player, enum step step, const char *body, size_t body_bytes,
		 const char *format, ...)
{
	va_list args;

	va_start(args, format);
	send_step(player, step, body, body_bytes, format, args);
	va_end(args);
}

bool player_take_token(struct player *player, struct text page)
{
	struct text token;

	if (!page_token(page, &token) || token.len >= sizeof(player->token))
		return false;
	snprintf(player->token, sizeof(player->token), "%.*s", TEXT_ARGS(token));
	return true;
}

void player_take_cookie(struct player *player, const struct answer *answer)
{
	struct text value;

	if (answer_session(answer, &value))
		snprintf(player->cookie, sizeof(player->cookie), "%.*s", TEXT_ARGS(value));
}

static void end_play(struct player *player, enum play_result result)
{
	struct load *load = player->load;

	if (result == PLAY_GOES_ON)
		return;
	if (result == PLAY_DONE && load->figures.over)
		load->figures.late++;
	else if (result == PLAY_DONE)
		load->figures.done++;
	player->active = false;
	player->next_idle = load->idle;
	load->idle = player;
	load->n_active--;
}

static struct player *player_of(struct load *load, const struct connection *connection)
{
	return &load->players[connection - load->client.connections];
}

/* Below the contest's, as player_get wants it. */
static bool take_ask_path(struct player *player, struct text path)
{
	size_t prefix = 1 + strlen(player->load->contest);

	if (path.len <= prefix || path.len - prefix >= sizeof(player->ask_path))
		return false;
	snprintf(player->ask_path, sizeof(player->ask_path), "%.*s",
		 TEXT_ARGS(text_part(path, prefix, path.len)));
	return true;
}

/* A page said that the turn has not come. */
static bool waits(struct player *player, const struct answer *answer, struct text body)
{
	struct load *load = player->load;
	struct text path;
	int64_t s;

	if (answer->status != 202 || load->figures.over || !page_asks_again(body, &s, &path) ||
	    !take_ask_path(player, path))
		return false;
	player->ask_at_us = clock_us() + s * 1000000;
	player->next_idle = load->waiting;
	load->waiting = player;
	load->figures.waited++;
	return true;
}

/* The step's time goes on from when it was due. */
static void ask(struct player *player)
{
	int64_t due_us = player->step_us;

	player_get(player, player->step, "%s", player->ask_path);
	player->step_us = due_us;
}

/* Those whose moment has come ask; once it is over nobody waits any longer. */
static void ask_due(struct load *load, int64_t now)
{
	struct player *player = load->waiting;

	load->waiting = NULL;
	while (player) {
		struct player *next = player->next_idle;
		if (load->figures.over) {
			end_play(player, PLAY_WRONG);
		} else if (player->ask_at_us <= now) {
			ask(player);
		} else {
			player->next_idle = load->waiting;
			load->waiting = player;
		}
		player = next;
	}
}

static void on_answered(void *ctx, struct connection *connection, const struct answer *answer)
{
	struct load *load = ctx;
	struct player *player = player_of(load, connection);
	struct text body;

	load->figures.requests += !load->figures.over;
	if (inflater_body(&load->inflater, answer, &body)) {
		end_play(player, load_complain(player, FAULT_GZIP, TEXT_EMPTY));
		return;
	}
	load->figures.bytes_plain += (int64_t)body.len;
	if (waits(player, answer, body))
		return;
	if (!load->figures.over)
		histogram_add(&load->figures.steps[player->step], clock_us() - player->step_us);
	if (answer->status != step_status[player->step]) {
		struct text status = text_from_bytes(connection->in, 12);
		bool save = player->step == STEP_SAVE && answer->status != 503;
		end_play(player, load_complain(player, answer->status == 503 ? FAULT_BUSY :
					       save ? FAULT_VERDICT : FAULT_STATUS,
					       save ? body : status));
		return;
	}
	end_play(player, load->play->answered(player, answer, body));
}

static void on_failed(void *ctx, struct connection *connection, enum fault fault)
{
	struct load *load = ctx;
	struct player *player = player_of(load, connection);

	if (load->journal && (fault == FAULT_CONNECT || fault == FAULT_CLOSED)) {
		load->figures.unanswered++;
		if (load->repeats)
			client_send(connection);
		else
			end_play(player, PLAY_WRONG);
		return;
	}
	end_play(player, load_complain(player, fault, TEXT_EMPTY));
}

/* How many plays should have begun by now. */
static int64_t due(const struct load *load, int64_t now)
{
	double s = (double)(now - load->figures.began_us) / 1e6;
	int64_t arrived = load->rate > 0 ? (int64_t)(s * load->rate) + 1 : INT64_MAX;

	return arrived < load->plays_max ? arrived : load->plays_max;
}

static void begin_due(struct load *load, int64_t now)
{
	struct figures *figures = &load->figures;
	int64_t until = due(load, now);

	while (figures->begun < until && load->idle) {
		struct player *player = load->idle;
		load->idle = player->next_idle;
		load->n_active++;
		player->active = true;
		player->number = figures->begun++;
		player->cookie[0] = player->token[0] = '\0';
		end_play(player, load->play->begin(player));
		/* An arrival that had to wait for a connection waited all the same. */
		if (load->rate > 0)
			player->step_us = figures->began_us +
					  (int64_t)((double)player->number / load->rate * 1e6);
	}
}

static int64_t cpu_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL +
	       usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static int set_up(struct load *load)
{
	int answer = client_init(&load->client, load->url, load->connections);

	if (answer)
		return answer;
	load->client.figures = &load->figures;
	load->client.answered = on_answered;
	load->client.failed = on_failed;
	load->client.ctx = load;
	load->players = mem_array((size_t)load->connections, sizeof(*load->players));
	if (!load->players || inflater_init(&load->inflater) < 0)
		return -1;
	for (int i = load->connections - 1; i >= 0; i--) {
		load->players[i] = (struct player){
			.load = load, .connection = &load->client.connections[i],
			.next_idle = load->idle, .random = 0x9e3779b97f4a7c15 * (uint64_t)(i + 1),
		};
		load->idle = &load->players[i];
	}
	return 0;
}

static void close_figures(struct load *load, int64_t now, int64_t cpu_before)
{
	struct figures *figures = &load->figures;

	figures->over = true;
	figures->ended_us = now;
	figures->cpu_us = cpu_us() - cpu_before;
	if (load->rate > 0)
		figures->behind = due(load, now) - figures->begun;
}

int load_run(struct load *load)
{
	struct figures *figures = &load->figures;
	int answer = set_up(load);

	if (answer)
		return answer;
	int64_t cpu_before = cpu_us(), now = clock_us(), expire_at = now;
	int64_t end = now + (int64_t)(load->seconds * 1e6);
	figures->began_us = now;
	while (!figures->over || load->n_active) {
		bool all_done = figures->begun == load->plays_max && !load->n_active;
		if (!figures->over &&
		    (now >= end || load_ends || all_done || figures_faults(figures) > FAULTS_MAX))
			close_figures(load, now, cpu_before);
		if (!figures->over)
			begin_due(load, now);
		ask_due(load, now);
		client_wait(&load->client, load->rate > 0 ? WAIT_OPEN_MS : WAIT_MS);
		now = clock_us();
		if (now >= expire_at) {
			client_expire(&load->client);
			expire_at = now + EXPIRE_EVERY_US;
			if (load->told)
				load->told(load);
		}
	}
	return 0;
}

void load_done(struct load *load)
{
	client_done(&load->client);
	inflater_done(&load->inflater);
	load->players = mem_free(load->players);
}
