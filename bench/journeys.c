/* journeys: plays contestants against a running server and prints what came of
 * it as JSON. Exit status 0 all was right, 1 something was not, 2 wrong usage.
 *
 *   --url http://127.0.0.1:PORT --contest CODE
 *   --cookies FILE [--journeys N] [--attempts 2] [--saves 10] [--rate R]
 *   --bare-saves N          saves for the program `limit`
 *   --signins FILE          lines of "phone password", again and again
 *   --registers FILE --group CODE --unit CODE   lines of "cookie token"
 *   --connections 64  --seconds 20  --door-seconds 5  --door-connections 16
 *   --journal FILE          what was acknowledged, a line each; see struct load
 *
 * SIGTERM ends the time: what is under way is brought to its end.
 *
 * With --rate journeys arrive at that rate and do not wait for answers; a first
 * step's time then counts from the arrival. */
#include "arguments.h"
#include "crowd/clock.h"
#include "crowd/load.h"

#include <signal.h>
#include <stdlib.h>

struct options {
	const char *url, *contest, *cookies, *signins, *registers, *group, *unit, *journal;
	double seconds, door_seconds, rate;
	int64_t connections, door_connections, journeys, attempts, saves, bare_saves;
};

static FILE *journal;	/* NULL none */

static int read_options(int argc, char **argv, struct options *o)
{
	const struct argument table[] = {
		{ "--url", ARGUMENT_TEXT, &o->url }, { "--contest", ARGUMENT_TEXT, &o->contest },
		{ "--cookies", ARGUMENT_TEXT, &o->cookies },
		{ "--signins", ARGUMENT_TEXT, &o->signins },
		{ "--group", ARGUMENT_TEXT, &o->group }, { "--unit", ARGUMENT_TEXT, &o->unit },
		{ "--connections", ARGUMENT_COUNT, &o->connections },
		{ "--door-connections", ARGUMENT_COUNT, &o->door_connections },
		{ "--journeys", ARGUMENT_COUNT, &o->journeys },
		{ "--attempts", ARGUMENT_COUNT, &o->attempts },
		{ "--saves", ARGUMENT_COUNT, &o->saves },
		{ "--bare-saves", ARGUMENT_COUNT, &o->bare_saves },
		{ "--journal", ARGUMENT_TEXT, &o->journal },
		{ "--registers", ARGUMENT_TEXT, &o->registers },
		{ "--seconds", ARGUMENT_DECIMAL, &o->seconds },
		{ "--door-seconds", ARGUMENT_DECIMAL, &o->door_seconds },
		{ "--rate", ARGUMENT_DECIMAL, &o->rate },
	};

	if (arguments_read(argc, argv, table, ARRAY_LEN(table)))
		return 2;
	if (!o->url || !o->contest || (o->registers && (!o->group || !o->unit)))
		return arguments_misused("--url and --contest, with --registers also --group and --unit");
	if (o->connections < 1 || o->connections > CLIENT_CONNECTIONS_MAX ||
	    o->door_connections < 1 || o->door_connections > CLIENT_CONNECTIONS_MAX)
		return arguments_misused("connections are 1 to 4096");
	return 0;
}

/* Runs one load and prints its member of the JSON. Returns how many errors it
 * had; a load in which nothing was done has one. */
static int64_t run(struct load *load, const char *name, const char **comma)
{
	switch (load_run(load)) {
	case 0:
		break;
	case 1:
		fprintf(stderr, "journeys: --url is as http://127.0.0.1:8080\n");
		return 1;
	default:
		fprintf(stderr, "journeys: no memory or files\n");
		return 1;
	}
	printf("%s\"%s\":", *comma, name);
	figures_print(&load->figures, load->connections, load->rate, stdout);
	*comma = ",\n ";
	int64_t faults = figures_faults(&load->figures);
	if (faults == 0 && load->figures.done == 0) {
		fprintf(stderr, "journeys: %s: none was done\n", name);
		faults = 1;
	}
	load_done(load);
	return faults;
}

static struct load *new_load(struct arena *arena, const struct options *o, const struct play *play)
{
	struct load *load = arena_alloc(arena, sizeof(*load));

	if (!load)
		exit(1);
	*load = (struct load){
		.play = play, .url = o->url, .contest = o->contest,
		.connections = (int)o->door_connections, .seconds = o->door_seconds,
		.plays_max = INT64_MAX, .saves = (int)o->saves, .group = o->group, .unit = o->unit,
		.phone_from = clock_us() / 1000 % 10000000, .journal = journal,
	};
	return load;
}

static void on_signal(int number)
{
	(void)number;
	load_end();
}

static int64_t run_journeys(struct arena *arena, const struct options *o, const char **comma)
{
	struct load *load = new_load(arena, o, &play_journey);

	if (arguments_lines(arena, o->cookies, &load->people, &load->n_people))
		return 1;
	load->connections = (int)o->connections;
	load->seconds = o->seconds;
	load->rate = o->rate;
	load->repeats = true;
	load->plays_max = load->n_people * o->attempts;
	if (o->journeys && o->journeys < load->plays_max)
		load->plays_max = o->journeys;
	return run(load, "journeys", comma);
}

static int64_t run_bare_saves(struct arena *arena, const struct options *o, const char **comma)
{
	struct load *load = new_load(arena, o, &play_bare_saves);

	load->connections = (int)o->connections;
	load->seconds = o->seconds;
	load->saves = (int)o->bare_saves;
	return run(load, "bare_saves", comma);
}

static int64_t run_sign_ins(struct arena *arena, const struct options *o, const char **comma)
{
	struct load *load = new_load(arena, o, &play_sign_in);

	if (arguments_lines(arena, o->signins, &load->people, &load->n_people))
		return 1;
	return run(load, "sign_ins", comma);
}

static int64_t run_registers(struct arena *arena, const struct options *o, const char **comma)
{
	struct load *load = new_load(arena, o, &play_register);

	if (arguments_lines(arena, o->registers, &load->people, &load->n_people))
		return 1;
	load->plays_max = load->n_people;
	return run(load, "registers", comma);
}

int main(int argc, char **argv)
{
	struct options o = { .seconds = 20, .door_seconds = 5, .connections = 64,
			     .door_connections = 16, .attempts = 2, .saves = 10 };
	const char *comma = "";
	int64_t faults = 0;
	int status = read_options(argc, argv, &o);

	if (status)
		return status;
	struct arena *arena = arena_new((size_t)1 << 30);
	if (!arena)
		return 1;
	if (o.journal && !(journal = fopen(o.journal, "a"))) {
		fprintf(stderr, "journeys: cannot write %s\n", o.journal);
		return 1;
	}
	signal(SIGTERM, on_signal);
	printf("{");
	if (o.cookies)
		faults += run_journeys(arena, &o, &comma);
	if (o.bare_saves)
		faults += run_bare_saves(arena, &o, &comma);
	if (o.signins)
		faults += run_sign_ins(arena, &o, &comma);
	if (o.registers)
		faults += run_registers(arena, &o, &comma);
	printf("%s\"errors\":%lld}\n", comma, (long long)faults);
	arena_free(arena);
	return faults ? 1 : 0;
}
