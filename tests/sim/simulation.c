/* simulation --seed N [--people P] [--steps M] [--seeds K] [--runs R]
 *
 * A contest's last hours with P contestants, on one disk and one server that crash,
 * fill and restart, over a network that loses and delays, under a clock that is set.
 * All of it follows from the seed. Exit status 0, or 1 with the invariant of record.h
 * that is broken; the last line holds a hash of all that was answered. --seeds goes on
 * with the next ones, --runs takes each so often and demands the same hash. */
#include "client.h"
#include "disk.h"

#include "base/time.h"

#include <unistd.h>

#define BEGIN "2024-09-20T07:50:00+07:00"
#define CLOSE "2024-09-20T11:20:00+07:00"
#define LAST_SNAPSHOT "2024-09-21T11:00:00+07:00"
#define TABS 3			/* of a person; the last is another device */
#define BROWSERS 2
#define CLOCK_OFF_MAX_MS (2 * TIME_MINUTE_MS)
#define PATIENCE_MS (20 * TIME_SECOND_MS)

enum kind {
	EV_ACT,			/* a tab does something */
	EV_ARRIVE,		/* a packet reaches the server */
	EV_ANSWER,		/* … its answer the browser */
	EV_GIVE_UP,		/* the browser waits no longer */
	EV_STEP,		/* the server works */
	EV_JOBS,
	EV_CLOCK,		/* the machine's clock is set */
	EV_END,			/* the server ends, in one way or another */
	EV_BEGIN,		/* … and begins again */
	EV_FAULT,		/* the disk */
	EV_MEND,
};

struct event {
	int64_t at, number;	/* mono; number: first come, first served */
	enum kind kind;
	struct tab *tab;
	struct packet *packet;
};

struct sim {
	struct record record;
	struct world *w;
	struct disk *disk;
	struct arena *arena;
	struct person *people;
	struct browser *browsers;
	struct tab *tabs;
	int n_people;
	struct event *heap;
	int n_events, room;
	int64_t numbers, close_at;	/* mono */
	int64_t clock_off;		/* what the machine's clock was set by, in all */
	bool step_due;
	struct hash trace;
	int64_t answers, crashes, restarts, faults;
};

/* ---- what is to happen */

static bool is_before(const struct event *a, const struct event *b)
{
	return a->at != b->at ? a->at < b->at : a->number < b->number;
}

static void swap(struct event *a, struct event *b)
{
	struct event other = *a;

	*a = *b;
	*b = other;
}

static void later(struct sim *sim, int64_t in_ms, enum kind kind, struct tab *tab,
		  struct packet *packet)
{
	int i = sim->n_events++;

	if (sim->n_events > sim->room) {
		sim->room = 2 * sim->n_events;
		sim->heap = realloc(sim->heap, (size_t)sim->room * sizeof(*sim->heap));
		if (!sim->heap)
			abort();
	}
	sim->heap[i] = (struct event){ sim->w->mono + in_ms, sim->numbers++, kind, tab, packet };
	for (; i && is_before(&sim->heap[i], &sim->heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&sim->heap[i], &sim->heap[(i - 1) / 2]);
}

static struct event next_event(struct sim *sim)
{
	struct event first = sim->heap[0];
	int i = 0;

	sim->heap[0] = sim->heap[--sim->n_events];
	for (;;) {
		int least = i;
		for (int child = 2 * i + 1; child <= 2 * i + 2 && child < sim->n_events; child++)
			if (is_before(&sim->heap[child], &sim->heap[least]))
				least = child;
		if (least == i)
			return first;
		swap(&sim->heap[i], &sim->heap[least]);
		i = least;
	}
}

static int64_t between(struct sim *sim, int64_t least, int64_t most)
{
	return least + (int64_t)world_below(sim->w, (uint64_t)(most - least + 1));
}

static bool chance(struct sim *sim, int percent)
{
	return between(sim, 0, 99) < percent;
}

/* ---- the network */

/* A packet takes its time, or longer than anybody waits, or for ever. */
static void send_packet(struct sim *sim, struct packet *packet, int64_t in_ms)
{
	int fate = (int)between(sim, 0, 99);

	if (fate < 3)
		return;
	later(sim, in_ms + (fate < 6 ? between(sim, PATIENCE_MS, 200000) : between(sim, 2, 300)),
	      EV_ARRIVE, NULL, packet);
}

static void ask(struct sim *sim, struct tab *tab, struct packet *packet, bool twice)
{
	tab->waiting = packet;
	if (twice) {
		struct packet *first = packet_copy(sim->arena, packet);
		first->given_up = true;	/* the browser waits for the second */
		send_packet(sim, first, 0);
	}
	send_packet(sim, packet, twice ? between(sim, 0, 700) : 0);
	later(sim, PATIENCE_MS, EV_GIVE_UP, tab, packet);
}

static void answered(void *ctx, const struct world_answer *answer);

struct delivery {
	struct sim *sim;
	struct packet *packet;
};

static void arrive(struct sim *sim, struct packet *packet)
{
	struct delivery *delivery = arena_alloc(sim->arena, sizeof(*delivery));
	const struct world_request request = {
		.method = packet->errand == TO_LOOK ? METHOD_GET : METHOD_POST,
		.target = packet->target, .cookies = text_from_z(packet->cookie),
		.form = packet->form, .address = packet->tab->browser->address,
	};

	if (!delivery)
		abort();
	*delivery = (struct delivery){ sim, packet };
	packet_arrives(&sim->record, packet);
	world_request(sim->w, &request, answered, delivery);
}

static void answered(void *ctx, const struct world_answer *answer)
{
	const struct delivery *delivery = ctx;
	struct sim *sim = delivery->sim;
	struct packet *packet = delivery->packet;

	sim->record.doing = text_z(sim->arena, packet->target);
	packet_answered(&sim->record, packet, answer);
	if (answer) {
		struct hash body = hash_sha256(answer->body);
		const struct text parts[] = {
			hash_text(&sim->trace), hash_text(&body),
			text_from_bytes(&answer->status, sizeof(answer->status)),
			text_from_bytes(&sim->w->now, sizeof(sim->w->now)),
		};
		sim->trace = hash_sha256_parts(parts, ARRAY_LEN(parts));
		sim->answers++;
	}
	if (!chance(sim, 4))
		later(sim, between(sim, 2, 300), EV_ANSWER, packet->tab, packet);
}

static void think(struct sim *sim, struct tab *tab)
{
	bool idle = tab->place == AT_OTHER || tab->place == AT_RESULT;
	int64_t ms = idle ? between(sim, 20000, 400000) : between(sim, 3000, 90000);

	tab->visits -= idle ? 5 : 1;
	if (tab->visits >= 0)
		later(sim, tab->again ? between(sim, 500, 15000) : ms, EV_ACT, tab, NULL);
}

static void take_answer(struct sim *sim, struct tab *tab, struct packet *packet)
{
	if (packet->seen.cookie[0])
		memcpy(tab->browser->cookie, packet->seen.cookie, BROWSER_COOKIE_BYTES);
	if (packet->given_up || tab->waiting != packet)
		return;
	tab->waiting = NULL;
	struct packet *next = tab_take(sim->w, sim->arena, tab, packet);
	if (next)
		ask(sim, tab, next, false);
	else
		think(sim, tab);
}

static void give_up(struct sim *sim, struct tab *tab, struct packet *packet)
{
	if (tab->waiting != packet)
		return;
	packet->given_up = true;
	tab->waiting = NULL;
	tab->again = packet->errand == TO_LOOK ? NULL : packet;
	think(sim, tab);
}

static void act(struct sim *sim, struct tab *tab)
{
	bool twice;

	if (tab->waiting)
		return;
	struct packet *packet = tab_act(sim->w, sim->arena, tab, &twice);
	ask(sim, tab, packet, twice);
}

/* ---- the server */

static void check_everybody(struct sim *sim)
{
	sim->record.doing = "looking at everybody";
	for (int i = 0; i < sim->n_people; i++)
		record_check(&sim->record, &sim->people[i]);
}

/* The program ends as by a signal, a lost machine, or because a sync failed. */
static void crash(struct sim *sim, enum disk_end end)
{
	if (!sim->w->server)
		return;
	sim->crashes++;
	disk_stop(sim->disk, 0);
	world_stop(sim->w, true);
	disk_restart(sim->disk, end);
	later(sim, between(sim, 500, 15000), EV_BEGIN, NULL, NULL);
}

static void end(struct sim *sim)
{
	if (!sim->w->server)
		return;
	if (chance(sim, 30)) {
		sim->restarts++;
		disk_fault(sim->disk, DISK_WRITE, "", 0, 0, DISK_FAILS);
		world_stop(sim->w, false);
		disk_restart(sim->disk, disk_stopped(sim->disk) ? DISK_CUT : DISK_KILLED);
		later(sim, between(sim, 500, 5000), EV_BEGIN, NULL, NULL);
	} else if (chance(sim, 50)) {
		crash(sim, chance(sim, 50) ? DISK_CUT : DISK_KILLED);
	} else {
		disk_stop(sim->disk, between(sim, 1, 60));
	}
}

static void begin(struct sim *sim)
{
	disk_fault(sim->disk, DISK_WRITE, "", 0, 0, DISK_FAILS);
	world_start(sim->w);
	sim->w->eager = chance(sim, 50);
	check_everybody(sim);
}

static void fault(struct sim *sim)
{
	static const enum disk_op ops[] = { DISK_WRITE, DISK_WRITE, DISK_WRITE, DISK_SYNC, DISK_READ,
					    DISK_TRUNCATE, DISK_MAP };
	enum disk_op op = ops[between(sim, 0, (int64_t)ARRAY_LEN(ops) - 1)];
	enum disk_how how = op != DISK_WRITE ? DISK_FAILS
		: (enum disk_how)between(sim, DISK_FAILS, DISK_FULL);
	int64_t n = between(sim, 1, 40);

	sim->faults++;
	disk_fault(sim->disk, op, "", n, chance(sim, 50) ? 1 : -1, how);
	later(sim, between(sim, 2000, 120000), EV_MEND, NULL, NULL);
}

/* What the machine's clock says from now on, within a few minutes of what is right;
 * not while participation is taken, which is defined by it. */
static void set_clock(struct sim *sim)
{
	int64_t off = chance(sim, 80) ? between(sim, -5000, 5000)
				      : between(sim, -CLOCK_OFF_MAX_MS, CLOCK_OFF_MAX_MS);
	int64_t snapshot = sample_moment("2024-09-20T11:00:00+07:00");

	if (llabs(snapshot - sim->w->now) < 5 * TIME_MINUTE_MS)
		return;
	sim->w->now += off - sim->clock_off;
	sim->w->sample->now = sim->w->now;
	sim->clock_off = off;
}

static void step_soon(struct sim *sim)
{
	sim->step_due = true;
	later(sim, between(sim, 0, 6), EV_STEP, NULL, NULL);
}

/* A dead server ends itself; so does one whose power went. */
static void look_at_server(struct sim *sim)
{
	if (!sim->w->server)
		return;
	if (sim->w->dead || disk_stopped(sim->disk))
		crash(sim, sim->w->dead && chance(sim, 50) ? DISK_KILLED : DISK_CUT);
	else if (!sim->step_due && sim->w->connections)
		step_soon(sim);
}

static void step(struct sim *sim)
{
	int n = (int)between(sim, 1, 4);

	sim->step_due = false;
	while (n-- && world_step(sim->w))
		;
}

/* ---- a run */

static void happens(struct sim *sim, const struct event *event)
{
	switch (event->kind) {
	case EV_ACT:
		act(sim, event->tab);
		break;
	case EV_ARRIVE:
		arrive(sim, event->packet);
		break;
	case EV_ANSWER:
		take_answer(sim, event->tab, event->packet);
		break;
	case EV_GIVE_UP:
		give_up(sim, event->tab, event->packet);
		break;
	case EV_STEP:
		step(sim);
		break;
	case EV_JOBS:
		world_jobs(sim->w);
		later(sim, between(sim, 1000, 20000), EV_JOBS, NULL, NULL);
		break;
	case EV_CLOCK:
		set_clock(sim);
		later(sim, between(sim, 60000, 1800000), EV_CLOCK, NULL, NULL);
		break;
	case EV_END:
		end(sim);
		later(sim, between(sim, 60000, 2400000), EV_END, NULL, NULL);
		break;
	case EV_BEGIN:
		begin(sim);
		break;
	case EV_FAULT:
		fault(sim);
		later(sim, between(sim, 300000, 1800000), EV_FAULT, NULL, NULL);
		break;
	case EV_MEND:
		disk_fault(sim->disk, DISK_WRITE, "", 0, 0, DISK_FAILS);
		break;
	}
	look_at_server(sim);
}

static void make_marker(int number, char ret[MARKER_BYTES + 1])
{
	snprintf(ret, MARKER_BYTES + 1, "Mo%c%c%c%c", 'a' + number / 17576 % 26,
		 'a' + number / 676 % 26, 'a' + number / 26 % 26, 'a' + number % 26);
}

/* Most come by and by, a third in the last hour. */
static int64_t first_visit(struct sim *sim)
{
	int64_t close = sim->close_at - sim->w->mono;

	return chance(sim, 66) ? between(sim, 0, close) : between(sim, close - TIME_HOUR_MS, close);
}

static void make_person(struct sim *sim, int number)
{
	struct person *person = &sim->people[number];
	struct browser *browsers = &sim->browsers[number * BROWSERS];
	int64_t at = first_visit(sim);

	person->number = number;
	make_marker(number, person->marker);
	for (int i = 0; i < BROWSERS; i++)
		browsers[i].address = 0x0a000000u + (uint32_t)(number * BROWSERS + i);
	for (int i = 0; i < TABS; i++) {
		struct tab *tab = &sim->tabs[number * TABS + i];
		tab->person = person;
		tab->browser = &browsers[i == TABS - 1];
		tab->script = chance(sim, 50);
		tab->visits = (int)between(sim, 20, 90);
		if (i == 0 || chance(sim, 40))
			later(sim, at + (i ? between(sim, 30000, 900000) : 0), EV_ACT, tab, NULL);
	}
}

/* The rules of a run are its seed's too. */
static struct world *make_world(uint64_t seed)
{
	static const char *const times[] = { "\"time_limit_s\": 300", "\"time_limit_s\": 900",
					     "\"time_limit_s\": 1800" };
	static const char *const attempts[] = { "\"limit\": 1", "\"limit\": 2", "\"limit\": 3" };
	const struct world_edit edits[] = {
		{ "profile.json", "\"close_at\": \"2024-10-04T24:00:00+07:00\",",
		  "\"close_at\": \"" CLOSE "\"," },
		{ "profile.json", "\"close_at\": \"2024-10-04T24:00:00+07:00\"\n",
		  "\"close_at\": \"" CLOSE "\"\n" },
		{ "profile.json", "\"time_limit_s\": 1800", times[seed % ARRAY_LEN(times)] },
		{ "profile.json", "\"limit\": 2", attempts[seed / 3 % ARRAY_LEN(attempts)] },
		{ "profile.json", "\"at_close\": \"cut\"",
		  seed / 2 % 2 ? "\"at_close\": \"cut\"" : "\"at_close\": \"finish\"" },
	};

	return world_new(seed, edits, (int)ARRAY_LEN(edits));
}

static void set_up(struct sim *sim, uint64_t seed, int people)
{
	size_t n = (size_t)people;

	*sim = (struct sim){ .n_people = people, .arena = arena_new((size_t)2 << 30) };
	sim->disk = disk_new(seed);
	sim->w = make_world(seed);
	sim->record = (struct record){ .seed = seed, .w = sim->w, .arena = sim->arena,
				       .doing = "setting up" };
	sim->people = arena_array(sim->arena, n, sizeof(*sim->people));
	sim->browsers = arena_array(sim->arena, n * BROWSERS, sizeof(*sim->browsers));
	sim->tabs = arena_array(sim->arena, n * TABS, sizeof(*sim->tabs));
	if (!sim->people || !sim->browsers || !sim->tabs)
		abort();
	world_pass(sim->w, sample_moment(BEGIN) - sim->w->now);
	sim->close_at = sim->w->mono + sample_moment(CLOSE) - sim->w->now;
	for (int i = 0; i < people; i++)
		make_person(sim, i);
	later(sim, 1000, EV_JOBS, NULL, NULL);
	later(sim, 60000, EV_CLOCK, NULL, NULL);
	later(sim, 600000, EV_END, NULL, NULL);
	later(sim, 300000, EV_FAULT, NULL, NULL);
}

/* The disk is whole, the server serves, and the jobs have come to an end. */
static void conclude(struct sim *sim)
{
	disk_fault(sim->disk, DISK_WRITE, "", 0, 0, DISK_FAILS);
	if (sim->w->server)
		crash(sim, DISK_CUT);
	begin(sim);
	world_pass(sim->w, sample_moment(LAST_SNAPSHOT) + TIME_MINUTE_MS - sim->w->now);
	for (int i = 0; i < 10; i++)
		world_jobs(sim->w);
	check_everybody(sim);
	sim->record.doing = "counting";
	record_check_all(&sim->record, sim->people, sim->n_people);
}

static struct hash run(uint64_t seed, int people, int64_t steps)
{
	struct sim sim;

	set_up(&sim, seed, people);
	int64_t last = sim.close_at + TIME_HOUR_MS, taken = 0;
	while (sim.n_events && sim.heap[0].at < last && taken++ < steps) {
		struct event event = next_event(&sim);
		if (event.at > sim.w->mono)
			world_pass(sim.w, event.at - sim.w->mono);
		if (sim.w->now > sim.record.highest_now)
			sim.record.highest_now = sim.w->now;
		happens(&sim, &event);
	}
	conclude(&sim);
	printf("seed %llu: %lld answers, %lld restarts, %lld crashes, %lld faults; trace %.*s\n",
	       (unsigned long long)seed, (long long)sim.answers, (long long)sim.restarts,
	       (long long)sim.crashes, (long long)sim.faults,
	       TEXT_ARGS(text_hex(sim.arena, sim.trace.bytes, 8)));
	fflush(stdout);
	world_free(sim.w);
	disk_free(sim.disk);
	free(sim.heap);
	arena_free(sim.arena);
	return sim.trace;
}

static void run_again(uint64_t seed, int people, int64_t steps, const struct hash *first)
{
	struct hash trace = run(seed, people, steps);

	if (memcmp(&trace, first, sizeof(trace)) == 0)
		return;
	printf("seed %llu: two runs differ\n", (unsigned long long)seed);
	exit(1);
}

int main(int argc, char **argv)
{
	int64_t seed = -1, people = 300, steps = INT64_MAX, seeds = 1, runs = 1;
	const struct {
		const char *name;
		int64_t *value;
	} options[] = { { "--seed", &seed }, { "--people", &people }, { "--steps", &steps },
			{ "--seeds", &seeds }, { "--runs", &runs } };
	int read = 1;

	for (int i = 1; i + 1 < argc; i += 2)
		for (size_t k = 0; k < ARRAY_LEN(options); k++)
			if (strcmp(argv[i], options[k].name) == 0 &&
			    text_to_int64(text_from_z(argv[i + 1]), options[k].value) == 0)
				read += 2;
	if (read != argc || seed < 0 || people < 1 || people > 5000) {
		fprintf(stderr, "usage: simulation --seed N [--people P] [--steps M] [--seeds K] "
				"[--runs R]\n");
		return 2;
	}
	for (int64_t end = seed + seeds; seed < end; seed++) {
		struct hash first = run((uint64_t)seed, (int)people, steps);
		for (int64_t i = 1; i < runs; i++)
			run_again((uint64_t)seed, (int)people, steps, &first);
	}
	return 0;
}
