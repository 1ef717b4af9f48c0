/* herd: lets people come all at once, and prints how they fared as JSON. Exit status 0
 * all had what they came for and nobody saw an error, 1 not so, 2 wrong usage.
 *
 *   --url http://127.0.0.1:PORT --contest CODE
 *   --ready FILE            lines of "cookie token": the page before the start is open
 *   --sign-ins FILE         lines of "cookie token phone password"
 *   --registers FILE --group CODE --unit CODE --phone-from N   lines of "cookie token"
 *   --window 60             seconds within which they come, half of them within the first
 *                           sixth; --even 1: evenly
 *   --at MS                 when, of the machine's clock since 1970; else now
 *   --limit 3600            seconds after which nobody is waited for
 *   --addresses 4096        from 127.1.0.0 on
 *   --connections 60000     open at once; fewer when the system has no more
 *   --keep 0                seconds for which browsers keep a connection after an answer
 *
 * Who signs in or registers presses as others do. What each does is in herd_person.c. */
#include "herd.h"

#include "arguments.h"
#include "base/time.h"
#include "crowd/clock.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define EXPIRE_EVERY_US 500000
#define WAIT_MS 100
#define OTHER_FILES 64
#define ADDRESSES_MAX 65000

struct options {
	const char *url, *contest, *files[HERD_KINDS], *group, *unit;
	double window, limit, keep;
	int64_t phone_from, even, at, addresses, connections;
};

static int read_options(int argc, char **argv, struct options *o)
{
	const struct argument table[] = {
		{ "--url", ARGUMENT_TEXT, &o->url }, { "--contest", ARGUMENT_TEXT, &o->contest },
		{ "--ready", ARGUMENT_TEXT, &o->files[HERD_READY] },
		{ "--sign-ins", ARGUMENT_TEXT, &o->files[HERD_SIGN_IN] },
		{ "--registers", ARGUMENT_TEXT, &o->files[HERD_REGISTER] },
		{ "--group", ARGUMENT_TEXT, &o->group }, { "--unit", ARGUMENT_TEXT, &o->unit },
		{ "--phone-from", ARGUMENT_COUNT, &o->phone_from },
		{ "--window", ARGUMENT_DECIMAL, &o->window }, { "--even", ARGUMENT_COUNT, &o->even },
		{ "--at", ARGUMENT_COUNT, &o->at }, { "--limit", ARGUMENT_DECIMAL, &o->limit },
		{ "--addresses", ARGUMENT_COUNT, &o->addresses },
		{ "--connections", ARGUMENT_COUNT, &o->connections },
		{ "--keep", ARGUMENT_DECIMAL, &o->keep },
	};

	if (arguments_read(argc, argv, table, ARRAY_LEN(table)))
		return 2;
	if (!o->url || !o->contest || (o->files[HERD_REGISTER] && (!o->group || !o->unit)))
		return arguments_misused("--url, --contest, with --registers --group and --unit");
	if (o->addresses < 1 || o->addresses > ADDRESSES_MAX || o->connections < 1 ||
	    o->connections > 1000000)
		return arguments_misused("--addresses, --connections");
	return 0;
}

/* As many connections as the system lets us have. */
static int lines_max(int64_t wanted)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return 1;
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
	int64_t most = (int64_t)files.rlim_cur - OTHER_FILES;
	return (int)(wanted < most ? wanted : most);
}

/* When a person comes, of the time within which all do. */
static int64_t press_us(const struct herd *herd, bool even)
{
	static uint64_t state = 0x9e3779b97f4a7c15;
	double window = (double)herd->window_us;

	state = state * 6364136223846793005 + 1442695040888963407;
	double part = (double)(state >> 11) / (double)(UINT64_C(1) << 53);
	if (even)
		return (int64_t)(part * window);
	return (int64_t)(part < 0.5 ? part / 3 * window : window / 6 + (part - 0.5) / 3 * 5 * window);
}

/* All who come, of all kinds. 0 done, else the exit status. */
static int gather(struct arena *arena, struct herd *herd, const struct options *o)
{
	static const enum herd_step first[] = { [HERD_READY] = HERD_ASK_START,
						[HERD_SIGN_IN] = HERD_ASK_SIGN_IN,
						[HERD_REGISTER] = HERD_ASK_REGISTER };
	const struct text *lines[HERD_KINDS];
	int n[HERD_KINDS] = { 0 };

	for (int kind = 0; kind < HERD_KINDS; kind++) {
		if (o->files[kind] && arguments_lines(arena, o->files[kind], &lines[kind], &n[kind]))
			return 1;
		herd->n_people += n[kind];
		herd->figures.came[kind] = n[kind];
	}
	herd->people = arena_array(arena, (size_t)herd->n_people, sizeof(*herd->people));
	herd->queue = arena_array(arena, (size_t)herd->n_people, sizeof(*herd->queue));
	if (herd->n_people == 0 || !herd->people || !herd->queue)
		return 1;
	for (int kind = 0; kind < HERD_KINDS; kind++)
		for (int i = 0; i < n[kind]; i++)
			herd->people[herd->n_left++] = (struct herd_person){
				.line = lines[kind][i], .kind = (enum herd_kind)kind,
				.step = first[kind],
				.press_us = press_us(herd, o->even),
			};
	return 0;
}

static void wait_until(int64_t at_ms)
{
	int64_t ms = at_ms - time_now_ms();

	if (ms > 0)
		usleep((useconds_t)ms * 1000);
}

/* Lets those ask whose time has come; how long until the next, in ms. */
static int ask_due(struct herd *herd)
{
	int64_t now = clock_us();

	for (int number; (number = herd_queue_first(herd)) >= 0;) {
		int64_t at = herd->people[number].at_us;
		if (at > now)
			return at - now < WAIT_MS * 1000 ? (int)((at - now + 999) / 1000) : WAIT_MS;
		if (!herd_ask(herd, number))
			break;
		histogram_add(&herd->figures.late, now - at);
		herd_queue_take(herd);
	}
	return herd_queue_first(herd) < 0 ? WAIT_MS : 1;
}

static void run(struct herd *herd, double limit_s)
{
	int64_t expire_at = clock_us(), end;

	herd->began_us = herd->wire.began_us = expire_at;
	end = expire_at + (int64_t)(limit_s * 1e6);
	for (int i = 0; i < herd->n_people; i++) {
		herd->people[i].press_us += herd->began_us;
		herd->people[i].at_us = herd->people[i].press_us;
		herd_queue_add(herd, i);
	}
	while (herd->n_left && clock_us() < end) {
		herd_lines_wait(herd, ask_due(herd));
		if (clock_us() < expire_at)
			continue;
		herd_lines_expire(herd);
		expire_at = clock_us() + EXPIRE_EVERY_US;
	}
	herd->wire.ended_us = clock_us();
}

static void send_home(struct herd *herd)
{
	for (int i = 0; i < herd->n_people; i++) {
		mem_free(herd->people[i].session);
		mem_free(herd->people[i].token);
		mem_free(herd->people[i].path);
	}
	herd_lines_done(herd);
}

static int64_t cpu_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL +
	       usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

int main(int argc, char **argv)
{
	struct options o = { .window = 60, .limit = 3600, .addresses = 4096,
			     .connections = 60000 };
	int status = read_options(argc, argv, &o);

	if (status)
		return status;
	struct herd herd = {
		.contest = o.contest, .group = o.group, .unit = o.unit,
		.phone_from = o.phone_from, .addresses = (int)o.addresses,
		.lines_max = lines_max(o.connections), .window_us = (int64_t)(o.window * 1e6),
		.keep_us = (int64_t)(o.keep * 1e6), .random = 1,
	};
	struct arena *arena = arena_new((size_t)1 << 30);
	if (client_read_url(o.url, &herd.server, herd.host))
		return arguments_misused("--url is as http://127.0.0.1:8080");
	if (!arena || gather(arena, &herd, &o) || herd_lines_init(&herd) < 0) {
		fprintf(stderr, "herd: nobody came, or the system has no memory or files\n");
		return 1;
	}
	wait_until(o.at);
	int64_t cpu_before = cpu_us();
	run(&herd, o.limit);
	herd_figures_print(&herd, cpu_us() - cpu_before, stdout);
	send_home(&herd);
	arena_free(arena);
	return herd.n_left || figures_faults(&herd.wire) ? 1 : 0;
}
