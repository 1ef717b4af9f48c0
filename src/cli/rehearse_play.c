#include "cli/rehearse_play.h"

#include "crowd/clock.h"

/* Parts of the time: each of the stages before the rise, and each step of it. */
#define PART 0.05
#define RISE_PART 0.6	/* of what is left, at most */
#define STAGE_S_MIN 1.0
#define STAGE_S_MAX 10.0
#define HOLD_S_MIN 2.0
#define HOLD 0.8
#define TRY_PART 0.3		/* of the time to hold it, and of the people for it */
#define RISE 1.5
#define FIRST_OF_WARM 0.25
#define REFINE 2		/* steps between the last that held and the first that did not */
#define FALL 6			/* halvings until one holds */
#define BEHIND_S 1.0		/* arrivals of so long may be under way at the end of a step */
#define BEHIND_LEAST 10
#define FEW 16			/* connections */
#define MANY 512
#define WARM_SHARE 20		/* of the people, at most one in so many is for … */
#define STARTS_SHARE 10
#define FIRST_SHARE 3		/* … for the first step of the rise */

double stage_seconds(const struct stage *stage)
{
	return (double)(stage->figures.ended_us - stage->figures.began_us) / 1e6;
}

double stage_per_second(const struct stage *stage, int64_t n)
{
	double seconds = stage_seconds(stage);
	return seconds > 0 ? (double)n / seconds : 0;
}

const struct stage *rehearse_stage(const struct rehearse_play *play, enum stage_kind kind)
{
	const struct stage *found = NULL;

	for (int i = 0; i < play->n_stages; i++) {
		const struct stage *stage = play->stages[i];
		bool gave_way = found && found->verdict != STAGE_HELD;
		if (stage->kind == kind && !(kind == STAGE_RISE && gave_way))
			found = stage;
	}
	return found;
}

/* --- one stage */

static struct rehearse_play *playing;	/* load->told has no other way to it */

static void on_told(const struct load *load)
{
	playing->told(playing->stages[playing->n_stages - 1], load);
}

static void subtract(struct use *use, const struct use *before)
{
	use->at_s -= before->at_s;
	use->server_s -= before->server_s;
	use->own_s -= before->own_s;
	use->busy_s -= before->busy_s;
	use->commits -= before->commits;
	use->commit_us -= before->commit_us;
	use->refused -= before->refused;
}

static void judge(struct stage *stage)
{
	const struct figures *figures = &stage->figures;
	int64_t most = -1;
	double longest = -1;

	for (int i = 0; i < STEP_COUNT; i++) {
		double ms = histogram_ms(&figures->steps[i], 990);
		if (figures->step_faults[i] > most ||
		    (figures->step_faults[i] == most && ms > longest)) {
			most = figures->step_faults[i];
			longest = ms;
			stage->weakest = (enum step)i;
		}
	}
	int64_t under_way = figures->begun + figures->behind - figures->done;
	if (most > 0)
		stage->verdict = STAGE_FAULTY;
	else if (longest > REHEARSE_SLOW_MS)
		stage->verdict = STAGE_SLOW;
	else if (stage->rate > 0 && under_way > BEHIND_LEAST &&
		 (double)under_way > stage->rate * BEHIND_S)
		stage->verdict = STAGE_BEHIND;
}

static const struct play *play_of(enum stage_kind kind)
{
	switch (kind) {
	case STAGE_WARM:
		return &play_journey;
	case STAGE_STARTS:
		return &play_start;
	case STAGE_SIGN_INS:
		return &play_sign_in;
	case STAGE_RISE:
	case STAGE_HOLD:
		break;
	}
	return &play_visit;
}

static void fill_load(const struct rehearse_play *p, const struct stage *stage, double seconds,
		      int64_t most, const char *url, struct load *load)
{
	bool signs_in = stage->kind == STAGE_SIGN_INS;
	int from = signs_in ? 0 : p->n_used, n = p->n_people - from;
	int few = n < FEW ? n : FEW;	/* nobody signs in many times at once */

	*load = (struct load){
		.play = play_of(stage->kind), .url = url, .contest = p->contest,
		.connections = stage->kind == STAGE_WARM || signs_in ? few : MANY,
		.seconds = seconds, .rate = stage->rate, .plays_max = most,
		.saves = p->saves, .people = p->cookies + from,
		.sign_ins = p->sign_ins + from, .sign_in_each = REHEARSE_SIGN_IN_EACH,
		.n_people = n, .quiet = true, .told = on_told,
	};
}

/* Plays for `seconds`, at most `most` people. NULL when the server is gone or memory out. */
static struct stage *run(struct rehearse_play *p, enum stage_kind kind, double rate, double seconds,
			 int64_t most)
{
	struct stage *stage = arena_alloc(p->arena, sizeof(*stage));
	struct load *load = arena_alloc(p->arena, sizeof(*load));
	struct text url = text_format(p->arena, "http://127.0.0.1:%d", p->port);
	struct use before;

	if (!stage || !load || p->n_stages == STAGES_MAX)
		return NULL;
	*stage = (struct stage){ .kind = kind, .rate = rate };
	p->stages[p->n_stages++] = stage;
	fill_load(p, stage, seconds, most, text_z(p->arena, url), load);
	playing = p;
	on_told(load);
	if (use_read(p->server, p->arena, p->metrics_port, &before) != 0)
		return NULL;
	int result = load_run(load);
	load_done(load);
	if (result != 0)
		return NULL;
	stage->figures = load->figures;
	if (use_read(p->server, p->arena, p->metrics_port, &stage->used) != 0)
		return NULL;
	subtract(&stage->used, &before);
	stage->ran_out = kind != STAGE_SIGN_INS && load->figures.begun == p->n_people - p->n_used;
	if (kind != STAGE_SIGN_INS)
		p->n_used += (int)load->figures.begun;
	if (kind != STAGE_SIGN_INS && kind != STAGE_STARTS)
		p->journeys += load->figures.done + load->figures.late;
	judge(stage);
	return stage;
}

/* --- all of them */

static bool is_stopped(const struct rehearse_play *p)
{
	return *p->stop;
}

static int64_t share(const struct rehearse_play *p, int of)
{
	int64_t n = p->n_people / of;
	return n > 1 ? n : 1;
}

/* The rate of the next step of the rise; 0 enough is known. */
static double next_rate(const struct rehearse_play *p, int *refined, int *fell)
{
	if (p->bad == 0)
		return p->good * RISE;
	if (p->good > 0)
		return (*refined)++ < REFINE ? (p->good + p->bad) / 2 : 0;
	return (*fell)++ < FALL ? p->bad / 2 : 0;
}

/* 0 done, -1 as rehearse_play. */
static int rise(struct rehearse_play *p, double rate, double step_s, double until_s)
{
	int refined = 0, fell = 0;
	double began = (double)clock_us() / 1e6;

	while (rate > 0 && !is_stopped(p) && (double)clock_us() / 1e6 - began + step_s < until_s) {
		/* A step of which half is missing would tell nothing. */
		if (rate * step_s > p->n_people - p->n_used)
			return 0;
		const struct stage *stage = run(p, STAGE_RISE, rate, step_s,
						p->n_people - p->n_used);
		if (!stage)
			return -1;
		if (stage->verdict == STAGE_HELD)
			p->good = rate;
		else
			p->bad = rate;
		rate = next_rate(p, &refined, &fell);
	}
	return 0;
}

static double clamp(double value, double least, double most)
{
	return value < least ? least : value > most ? most : value;
}

/* What holds for seconds may not for minutes: a part of the time shows, and what gave way
 * then is tried lower. */
static int hold(struct rehearse_play *p, double left_s)
{
	static const double parts[] = { TRY_PART, 1 - TRY_PART };

	for (int i = 0; i < 2 && p->good > 0 && p->n_used < p->n_people && !is_stopped(p); i++) {
		double rate = p->good * HOLD, left = p->n_people - p->n_used;
		const struct stage *stage = run(p, STAGE_HOLD, rate,
						clamp(left_s * parts[i], HOLD_S_MIN, p->seconds),
						(int64_t)(i ? left : left * TRY_PART + 1));
		if (!stage)
			return -1;
		if (stage->verdict != STAGE_HELD) {
			p->bad = rate;
			p->good = rate * HOLD;
		}
	}
	return 0;
}

static int play_all(struct rehearse_play *p)
{
	double began = (double)clock_us() / 1e6;
	double part_s = clamp(p->seconds * PART, STAGE_S_MIN, STAGE_S_MAX);
	const struct stage *warm = run(p, STAGE_WARM, 0, part_s, share(p, WARM_SHARE));

	if (!warm || (!is_stopped(p) && !run(p, STAGE_STARTS, 0, part_s, share(p, STARTS_SHARE))) ||
	    (!is_stopped(p) && !run(p, STAGE_SIGN_INS, 0, part_s, INT64_MAX)))
		return -1;
	double rate = stage_per_second(warm, warm->figures.done) * FIRST_OF_WARM;
	double most = (p->n_people - p->n_used) / (part_s * FIRST_SHARE);
	double left_s = p->seconds - ((double)clock_us() / 1e6 - began);
	if (rise(p, clamp(rate, 1, most > 1 ? most : 1), part_s, left_s * RISE_PART) != 0)
		return -1;
	return hold(p, p->seconds - ((double)clock_us() / 1e6 - began));
}

int rehearse_play(struct rehearse_play *p)
{
	int result = play_all(p);

	p->memory_kib = child_memory_kib(p->server, p->arena);
	return is_stopped(p) ? 1 : result;
}
