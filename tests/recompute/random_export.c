/* Makes up a whole contest from a seed, lets the server's own code draw, score,
 * commit and rank it, and writes the export that recompute.py reads:
 *
 *     random_export FOLDER SEED
 *
 * Values come from small ranges, so that ties of every kind are common. */
#include "ledger/leaf.h"
#include "rules/draw.h"
#include "rules/rank.h"
#include "rules/score.h"
#include "rules/unit_rank.h"

#include <inttypes.h>

#define BANK 60
#define ENTRIES 40
#define UNITS 12
#define PAPERS (ENTRIES * 3)

struct world {
	struct arena *arena;
	const char *folder;
	struct profile profile;
	struct hash rules_hash;
	struct bank_item bank[BANK];
	struct hash bank_hash;
	struct unit_node units[UNITS];
	struct rank_paper papers[PAPERS];
	int unit_of_entry[ENTRIES];
	int n_papers;	/* of rank_papers: without annulled ones */
};

/* splitmix64 */
static uint64_t random_state;

static uint64_t random_u64(void)
{
	uint64_t z = (random_state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static int random_below(int n)
{
	return (int)(random_u64() % (uint64_t)n);
}

static void random_bytes(unsigned char *bytes, int n)
{
	for (int i = 0; i < n; i++)
		bytes[i] = (unsigned char)random_u64();
}

static void write_file(const struct world *world, const char *name, struct text content)
{
	struct text path = text_format(world->arena, "%s/%s", world->folder, name);
	FILE *file = fopen(text_z(world->arena, path), "wb");

	if (!file || fwrite(content.ptr, 1, content.len, file) != content.len || fclose(file)) {
		perror(name);
		exit(1);
	}
}

static void start_file(struct world *world, struct buf *out, const char *header)
{
	buf_init(out, world->arena, 1 << 20);
	buf_z(out, header);
	buf_z(out, "\r\n");
}

static const char *hex(struct world *world, const void *bytes, size_t len)
{
	return text_z(world->arena, text_hex(world->arena, bytes, len));
}

static const char *const topics[] = { "chung", "cds", "cchc" };
static const char *const counting_names[] = { "", "best", "only", "last" };
static const char *const target_names[] = {
	"", "none", "participants", "all_correct_people", "all_correct_attempts",
};
static const char *const scope_names[] = { "", "group_round", "round" };
static const char *const distance_names[] = { "", "absolute", "no_overshoot" };
static const char *const key_names[] = {
	"", "score", "prediction_error", "elapsed_ms", "submitted_at", "started_at", "n_perfect",
};
static const char *const gate_names[] = { "passed", "no_headcount", "min_headcount", "min_rate" };

static void make_bank(struct world *world)
{
	struct buf out;

	start_file(world, &out, "code,topic,difficulty,body,a,b,c,d,key,basis");
	for (int i = 0; i < BANK; i++) {
		struct bank_item *item = &world->bank[i];
		*item = (struct bank_item){ text_from_z(topics[random_below(3)]),
					    1 + random_below(3), random_below(4) };
		buf_format(&out, "Q%d,%.*s,%d,\"Câu, \"\"%d\"\"\r\nhai dòng\",a,b,c,d,%c,\r\n", i,
			   TEXT_ARGS(item->topic), item->difficulty, i, "ABCD"[item->key]);
	}
	world->bank_hash = hash_sha256(buf_done(&out));
	write_file(world, "bank-b1-1.csv", buf_done(&out));
}

static void make_rules(struct world *world)
{
	struct profile *p = &world->profile;
	int weight = 50 * random_below(21), from = random_below(6);

	*p = (struct profile){
		.n_groups = 2, .n_blocks = 2, .n_questions = 4,
		.shuffle_questions = random_below(2), .shuffle_options = random_below(2),
		.points_per_question = 1 + random_below(3),
		.attempt_counting = (enum attempt_counting)(1 + random_below(3)),
		.prediction_target = (enum prediction_target)(1 + random_below(4)),
		.prediction_scope = (enum prediction_scope)(1 + random_below(2)),
		.prediction_distance = (enum prediction_distance)(1 + random_below(2)),
		.unit_rate_weight_milli = weight, .unit_mean_score_weight_milli = 1000 - weight,
		.unit_min_rate_percent = 10 * random_below(8),
		.unit_min_headcount = random_below(8), .n_rank_keys = 1 + random_below(6),
	};
	for (int k = 0; k < p->n_rank_keys; k++)
		p->rank_keys[k] = (enum rank_key)(1 + (from + k) % 6);
	p->groups[0] = (struct profile_group){ .code = TEXT("nhom-1"), .place = GROUP_PLACE_UNIT };
	p->groups[1] = (struct profile_group){ .code = TEXT("nhom-2"),
					       .place = GROUP_PLACE_LOCALITY };
	p->blocks[0].code = TEXT("tinh");
	p->blocks[1].code = TEXT("xa");
	if (random_below(2)) {
		p->n_strata = 2;
		p->strata[0] = (struct profile_stratum){ TEXT("cds"), 0, 2 };
		p->strata[1] = (struct profile_stratum){ TEXT_EMPTY, random_below(4), 2 };
	}
}

static void write_rules(struct world *world)
{
	const struct profile *p = &world->profile;
	struct buf out;

	buf_init(&out, world->arena, 1 << 16);
	buf_format(&out, "{\"contest\":{\"code\":\"thu\"},\"rounds\":[{\"code\":\"v1\"}],"
		   "\"groups\":[{\"code\":\"nhom-1\",\"bank\":\"b1\",\"place\":\"unit\"},"
		   "{\"code\":\"nhom-2\",\"bank\":\"b1\",\"place\":\"locality\"}],"
		   "\"paper\":{\"n_questions\":%d,\"points_per_q\":%d,", p->n_questions,
		   p->points_per_question);
	/* A member that has its default may be left out. */
	if (!p->shuffle_questions || random_below(2))
		buf_format(&out, "\"shuffle_q\":%s,", p->shuffle_questions ? "true" : "false");
	if (!p->shuffle_options || random_below(2))
		buf_format(&out, "\"shuffle_a\":%s,", p->shuffle_options ? "true" : "false");
	buf_z(&out, "\"draw\":[");
	for (int s = 0; s < p->n_strata; s++) {
		buf_format(&out, "%s{\"count\":%d", s ? "," : "", p->strata[s].count);
		if (p->strata[s].topic.len)
			buf_format(&out, ",\"topic\":\"%.*s\"", TEXT_ARGS(p->strata[s].topic));
		if (p->strata[s].difficulty)
			buf_format(&out, ",\"difficulty\":%d", p->strata[s].difficulty);
		buf_char(&out, '}');
	}
	buf_z(&out, "]},");
	if (p->attempt_counting != ATTEMPT_COUNTING_BEST || random_below(2))
		buf_format(&out, "\"attempt\":{\"counting\":\"%s\"},",
			   counting_names[p->attempt_counting]);
	buf_format(&out, "\"prediction\":{\"target\":\"%s\",\"scope\":\"%s\",\"distance\":\"%s\"},",
		   target_names[p->prediction_target], scope_names[p->prediction_scope],
		   distance_names[p->prediction_distance]);
	for (int k = 0; k < p->n_rank_keys; k++)
		buf_format(&out, "%s\"%s\"", k ? "," : "\"rank\":{\"keys\":[",
			   key_names[p->rank_keys[k]]);
	buf_format(&out, "]},\"prize\":{\"collective\":{\"blocks\":[{\"code\":\"tinh\"},{\"code\":"
		   "\"xa\"}],\"formula\":{\"rate\":%d.%03d,\"mean_score\":%d.%03d},\"min_rate\":%d,"
		   "\"min_headcount\":%d}}}",
		   p->unit_rate_weight_milli / 1000, p->unit_rate_weight_milli % 1000,
		   p->unit_mean_score_weight_milli / 1000, p->unit_mean_score_weight_milli % 1000,
		   p->unit_min_rate_percent, p->unit_min_headcount);
	world->rules_hash = hash_sha256(buf_done(&out));
	write_file(world, "profile.json", buf_done(&out));
	write_file(world, "manifest.json", text_format(world->arena,
		"{\"round\":\"v1\",\"generated_at\":\"2026-10-05T08:00:00+07:00\","
		"\"rules_hash_hex\":{\"1\":\"%s\"},\"bank_hash_hex\":{\"b1-1\":\"%s\"}}",
		hex(world, world->rules_hash.bytes, HASH_BYTES),
		hex(world, world->bank_hash.bytes, HASH_BYTES)));
}

static void make_units(struct world *world)
{
	struct buf out;

	start_file(world, &out, "name,code,parent,block,headcount");
	for (int i = 0; i < UNITS; i++) {
		struct unit_node *unit = &world->units[i];
		*unit = (struct unit_node){
			.code = text_format(world->arena, "U-%02d", i * 5 % UNITS),
			.parent = random_below(i + 1) - 1, .block = random_below(3) - 1,
			.headcount = random_below(8),
		};
		struct text parent = TEXT_EMPTY;
		if (unit->parent >= 0)
			parent = world->units[unit->parent].code;
		buf_format(&out, "Đơn vị %d,%.*s,%.*s,%s,%s\r\n", i, TEXT_ARGS(unit->code),
			   TEXT_ARGS(parent),
			   unit->block < 0 ? "" : unit->block ? "xa" : "tinh",
			   unit->headcount ? text_z(world->arena, text_format(world->arena, "%d",
							unit->headcount)) : "");
	}
	write_file(world, "units.csv", buf_done(&out));
}

/* Mostly right answers, so that perfect papers are common. */
static void make_answers(struct world *world, const struct drawn_paper *drawn, char *answers)
{
	for (int i = 0; i < drawn->n; i++) {
		const struct drawn_item *item = &drawn->items[i];
		int position = 0;
		while (item->options[position] != world->bank[item->number].key)
			position++;
		answers[i] = (char)(random_below(6) ? '1' + position : '0' + random_below(5));
	}
}

static void make_paper(struct world *world, int entry, struct rank_paper *paper, struct buf *out)
{
	unsigned char seed[DRAW_SEED_BYTES], salt[LEAF_SALT_BYTES];
	char answers[PROFILE_QUESTIONS_MAX];
	struct drawn_paper drawn;

	random_bytes(seed, sizeof(seed));
	random_bytes(salt, sizeof(salt));
	if (draw_paper(&world->profile, world->bank, BANK, seed, &drawn))
		exit(1);
	make_answers(world, &drawn, answers);
	struct text vector = text_from_bytes(answers, (size_t)drawn.n);
	struct score score = score_paper(&world->profile, world->bank, BANK, &drawn, vector);
	paper->score_points = score.points;
	paper->perfect = score.perfect;
	struct leaf_paper leaf = {
		.contest = TEXT("thu"), .round = TEXT("v1"),
		.group = world->profile.groups[paper->group].code, .entry = paper->entry_code,
		.attempt = paper->attempt, .rules_version = 1, .rules_hash = world->rules_hash,
		.bank_hash = world->bank_hash, .draw_version = DRAW_VERSION,
		.seed = text_from_bytes(seed, sizeof(seed)),
		.drawn = draw_encode(world->arena, &drawn), .answers = vector,
		.prediction = paper->prediction, .started_at = paper->started_at,
		.submitted_at = paper->submitted_at, .elapsed_ms = paper->elapsed_ms,
		.score_points = paper->score_points,
	};
	struct hash hash = leaf_hash(leaf_bytes(world->arena, &leaf, salt));
	buf_format(out, "%.*s,%.*s,v1,%.*s,%" PRId64 ",1,1,b1,1,%s,%s,%.*s,",
		   TEXT_ARGS(leaf.entry), TEXT_ARGS(leaf.group),
		   TEXT_ARGS(world->units[world->unit_of_entry[entry]].code), paper->attempt,
		   hex(world, seed, sizeof(seed)), hex(world, leaf.drawn.ptr, leaf.drawn.len),
		   TEXT_ARGS(vector));
	if (paper->prediction >= 0)
		buf_int(out, paper->prediction);
	buf_format(out, ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%d,%d,", paper->started_at,
		   paper->submitted_at, paper->elapsed_ms, paper->score_points, paper->perfect);
	bool annulled = random_below(10) == 0;
	buf_format(out, "%d,%d,%s,%s\r\n", annulled, paper->excluded,
		   hex(world, salt, sizeof(salt)), hex(world, hash.bytes, HASH_BYTES));
	world->n_papers += !annulled;
}

static void make_papers(struct world *world)
{
	struct buf out;

	start_file(world, &out, "entry_code,group,round,unit_code,attempt,rules_version,"
		   "draw_version,bank,bank_version,seed_hex,drawn_hex,answers,prediction,started_at,"
		   "submitted_at,elapsed_ms,score_points,perfect,annulled,excluded,salt_hex,leaf_hash_hex");
	for (int entry = 0; entry < ENTRIES; entry++) {
		int n_own = random_below(4), group = random_below(3) == 0;
		bool excluded = random_below(12) == 0;
		world->unit_of_entry[entry] = random_below(UNITS);
		for (int i = 0; i < n_own; i++) {
			struct rank_paper *paper = &world->papers[world->n_papers];
			*paper = (struct rank_paper){
				.paper = world->n_papers, .entry = entry, .group = group,
				.entry_code = text_format(world->arena, "T%03d", entry * 7 % 41),
				.attempt = i + 1, .prediction = random_below(30) - 1,
				.started_at = 1000 * (i + 1) + random_below(2),
				.submitted_at = 5000 + random_below(3),
				.elapsed_ms = 40 + random_below(3), .excluded = excluded,
			};
			make_paper(world, entry, paper, &out);
		}
	}
	write_file(world, "papers.csv", buf_done(&out));
}

static const struct rank_paper *paper_of_id(const struct world *world, int64_t id)
{
	int at = 0;
	while (world->papers[at].paper != id || world->papers[at].paper < 0)
		at++;
	return &world->papers[at];
}

static void write_ranking(struct world *world, const struct rank_result *result)
{
	struct buf out;

	start_file(world, &out, "round,group,value");
	for (int g = 0; g < 2; g++) {
		buf_format(&out, "v1,%.*s,", TEXT_ARGS(world->profile.groups[g].code));
		if (result->targets[g].value >= 0)
			buf_int(&out, result->targets[g].value);
		buf_z(&out, "\r\n");
	}
	write_file(world, "targets.csv", buf_done(&out));
	start_file(world, &out, "round,group,place,entry_code,score_points,prediction_error,"
		   "elapsed_ms,submitted_at,n_perfect,decided_by");
	for (int i = 0; i < result->n_places; i++) {
		const struct rank_place *place = &result->places[i];
		const struct rank_paper *paper = paper_of_id(world, place->paper);
		buf_format(&out, "v1,%.*s,%d,%.*s,%d,",
			   TEXT_ARGS(world->profile.groups[place->group].code), place->place,
			   TEXT_ARGS(paper->entry_code), paper->score_points);
		if (place->prediction_error >= 0)
			buf_int(&out, place->prediction_error);
		buf_format(&out, ",%" PRId64 ",%" PRId64 ",%d,%s\r\n", paper->elapsed_ms,
			   paper->submitted_at, place->n_perfect, key_names[place->decided_by]);
	}
	write_file(world, "ranking.csv", buf_done(&out));
}

static int rank_world(struct world *world)
{
	struct rank_result result;
	struct unit_place *places;
	struct buf out;
	int n;

	if (rank_people(world->arena, &world->profile, world->papers, world->n_papers, &result))
		return 1;
	write_ranking(world, &result);
	for (int i = 0; i < result.n_places; i++) {
		const struct rank_paper *paper = paper_of_id(world, result.places[i].paper);
		struct unit_node *unit = &world->units[world->unit_of_entry[paper->entry]];
		if (world->profile.groups[paper->group].place != GROUP_PLACE_UNIT)
			continue;
		unit->own_people++;
		unit->own_score_points += paper->score_points;
	}
	if (unit_rank(world->arena, &world->profile, world->units, UNITS, &places, &n))
		return 1;
	start_file(world, &out, "round,block,place,unit_code,people,headcount,rate_ppm,mean_ppm,"
		   "index_ppm,gate");
	for (int i = 0; i < n; i++) {
		const struct unit_node *unit = &world->units[places[i].node];
		buf_format(&out, "v1,%.*s,%d,%.*s,%d,%d,%d,%d,%d,%s\r\n",
			   TEXT_ARGS(world->profile.blocks[places[i].block].code), places[i].place,
			   TEXT_ARGS(unit->code), unit->people, unit->total_headcount,
			   unit->rate_ppm, unit->mean_ppm, unit->index_ppm,
			   gate_names[places[i].gate]);
	}
	write_file(world, "unit-ranking.csv", buf_done(&out));
	return 0;
}

int main(int argc, char **argv)
{
	static struct world world;
	int64_t seed;

	if (argc != 3 || text_to_int64(text_from_z(argv[2]), &seed)) {
		fprintf(stderr, "usage: random_export FOLDER SEED\n");
		return 2;
	}
	random_state = (uint64_t)seed;
	world.folder = argv[1];
	world.arena = arena_new(16 << 20);
	if (!world.arena)
		return 1;
	make_bank(&world);
	make_rules(&world);
	write_rules(&world);
	make_units(&world);
	make_papers(&world);
	int answer = rank_world(&world) || arena_failed(world.arena);
	arena_free(world.arena);
	return answer;
}
