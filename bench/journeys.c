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
#include "base/file.h"
#include "crowd/clock.h"
#include "crowd/load.h"

#include <errno.h>
#include <signal.h>

#define FILE_BYTES_MAX (256 << 20)
#define LINES_MAX 4000000

struct options {
	const char *url, *contest, *cookies, *signins, *registers, *group, *unit, *journal;
	double seconds, door_seconds, rate;
	int64_t connections, door_connections, journeys, attempts, saves, bare_saves;
};

enum option_type { OPTION_TEXT, OPTION_COUNT, OPTION_DECIMAL };

static FILE *journal;	/* NULL none */

static int misused(const char *what)
{
	fprintf(stderr, "journeys: %s (see the head of bench/journeys.c)\n", what);
	return 2;
}

static int read_value(enum option_type type, const char *value, void *to)
{
	char *end;

	switch (type) {
	case OPTION_TEXT:
		*(const char **)to = value;
		return 0;
	case OPTION_COUNT:
		return text_to_int64(text_from_z(value), to) == 0 && *(int64_t *)to >= 0 ? 0 : 1;
	case OPTION_DECIMAL:
		errno = 0;
		*(double *)to = strtod(value, &end);
		return errno == 0 && *end == '\0' && *(double *)to >= 0 ? 0 : 1;
	}
	return 1;
}

static int read_options(int argc, char **argv, struct options *o)
{
	const struct {
		const char *name;
		enum option_type type;
		void *to;
	} table[] = {
		{ "--url", OPTION_TEXT, &o->url }, { "--contest", OPTION_TEXT, &o->contest },
		{ "--cookies", OPTION_TEXT, &o->cookies },
		{ "--signins", OPTION_TEXT, &o->signins },
		{ "--group", OPTION_TEXT, &o->group }, { "--unit", OPTION_TEXT, &o->unit },
		{ "--connections", OPTION_COUNT, &o->connections },
		{ "--door-connections", OPTION_COUNT, &o->door_connections },
		{ "--journeys", OPTION_COUNT, &o->journeys },
		{ "--attempts", OPTION_COUNT, &o->attempts },
		{ "--saves", OPTION_COUNT, &o->saves },
		{ "--bare-saves", OPTION_COUNT, &o->bare_saves },
		{ "--journal", OPTION_TEXT, &o->journal },
		{ "--registers", OPTION_TEXT, &o->registers },
		{ "--seconds", OPTION_DECIMAL, &o->seconds },
		{ "--door-seconds", OPTION_DECIMAL, &o->door_seconds },
		{ "--rate", OPTION_DECIMAL, &o->rate },
	};

	for (int i = 1; i < argc; i += 2) {
		size_t at = 0;
		while (at < ARRAY_LEN(table) && strcmp(table[at].name, argv[i]) != 0)
			at++;
		if (at == ARRAY_LEN(table) || i + 1 == argc ||
		    read_value(table[at].type, argv[i + 1], table[at].to))
			return misused(argv[i]);
	}
	if (!o->url || !o->contest || (o->registers && (!o->group || !o->unit)))
		return misused("--url and --contest, with --registers also --group and --unit");
	if (o->connections < 1 || o->connections > CLIENT_CONNECTIONS_MAX ||
	    o->door_connections < 1 || o->door_connections > CLIENT_CONNECTIONS_MAX)
		return misused("connections are 1 to 4096");
	return 0;
}

/* The lines of a file that are not empty. 0 done, 1 there are none. */
static int read_lines(struct arena *arena, const char *path, const struct text **ret, int *ret_n)
{
	struct text rest;
	int n = 0;

	if (file_read(arena, path, FILE_BYTES_MAX, &rest) != 0) {
		fprintf(stderr, "journeys: cannot read %s\n", path);
		return 1;
	}
	int room = text_count(rest, "\n") + 1;
	struct text *lines = room > LINES_MAX ? NULL :
			     arena_array(arena, (size_t)room, sizeof(*lines));
	if (!lines)
		return 1;
	while (rest.ptr && n < room) {
		struct text line = text_trim(text_cut(&rest, '\n'));
		if (line.len)
			lines[n++] = line;
	}
	*ret = lines;
	*ret_n = n;
	return n == 0;
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

	if (read_lines(arena, o->cookies, &load->people, &load->n_people))
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

	if (read_lines(arena, o->signins, &load->people, &load->n_people))
		return 1;
	return run(load, "sign_ins", comma);
}

static int64_t run_registers(struct arena *arena, const struct options *o, const char **comma)
{
	struct load *load = new_load(arena, o, &play_register);

	if (read_lines(arena, o->registers, &load->people, &load->n_people))
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
