/* What the crowd looks like follows real contests: two fifths and more of the
 * papers are perfect, a quarter of the people sit twice, many guesses and some
 * times are equal, so that every ranking key has ties to break. */
#include "cli/demo_people.h"

#include "base/code.h"
#include "base/random.h"
#include "base/time.h"
#include "http/hasher.h"
#include "pages/consent.h"
#include "pages/identity.h"
#include "pages/submission.h"
#include "rules/draw.h"
#include "rules/person.h"
#include "store/store.h"

#include "store_queries.h"

#include <limits.h>

#define SLICE_PEOPLE 200
#define SLICE_BYTES (32 << 20)
#define ENTRY_CODE_CHARS 8
#define NHOM1_PERCENT 70
#define PERFECT_PERCENT 52
#define TWICE_PERCENT 25

struct crowd {
	struct command *command;
	struct arena *arena;	/* of the slice */
	const struct contest *contest;
	const struct contest_folder *folder;
	const struct rules_in_force *rules;
	const struct contest_ids *ids;
	int *seats;		/* indexes of units, one a seat that someone may take */
	int n_seats;
	bool *is_filled;	/* by unit: its seats are laid out */
	int *places;		/* indexes of localities */
	int n_places;
	int64_t opened, now;
	struct text password_hash, consent_hash;
	int from, n;		/* slice */
	int total;
	/* the last perfect paper: the next may be its twin */
	int64_t twin_prediction, twin_elapsed_ms;
};

struct one {
	int number;
	int64_t person, entry;
	int64_t registered_at;	/* machine clock */
	int group;
	const struct contest_unit *unit;
	struct text code;
};

static const char *const surnames[] = { "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan",
					"Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương",
					"Lý", "Điểu", "Thị", "Lâm", "Đinh" };
static const char *const middles[] = { "Văn", "Thị", "Hữu", "Ngọc", "Minh", "Thanh", "Đức", "Thu",
				       "Quốc", "Xuân", "Kim", "Hồng", "Công", "Bảo", "Gia" };
static const char *const givens[] = { "An", "Ánh", "Bình", "Châu", "Cường", "Dung", "Dũng", "Đào",
				      "Đức", "Giang", "Hà", "Hạnh", "Hiếu", "Hòa", "Hùng", "Hương",
				      "Khánh", "Khoa", "Lan", "Linh", "Long", "Mai", "Nam", "Nga",
				      "Nhung", "Oanh", "Phúc", "Phương", "Quân", "Quyên", "Sơn",
				      "Tâm", "Thảo", "Thắng", "Thủy", "Trang", "Trung", "Tuấn",
				      "Tùng", "Uyên", "Vân", "Vinh", "Xuân", "Yến", "K'Rứt", "Niê" };

static const char *pick(const char *const *list, size_t n)
{
	return list[random_below(n)];
}

static struct text make_name(struct crowd *c, int number)
{
	/* One of them stands on the list of exclusions, to be left out at rank. */
	if (number == 7 && c->folder->exclusions.n)
		return c->folder->exclusions.items[0].full_name;
	if (number == 0)
		return TEXT("Nguyễn Thị Dùng Thử");
	return text_format(c->arena, "%s %s %s", pick(surnames, ARRAY_LEN(surnames)),
			   pick(middles, ARRAY_LEN(middles)), pick(givens, ARRAY_LEN(givens)));
}

static struct text make_birth(struct crowd *c, int number)
{
	if (number == 7 && c->folder->exclusions.n)
		return c->folder->exclusions.items[0].birth;
	return text_format(c->arena, "%04d-%02d-%02d", 1955 + (int)random_below(53),
			   1 + (int)random_below(12), 1 + (int)random_below(28));
}

static int add_person(struct crowd *c, struct db *db, const struct one *one)
{
	const struct keys *keys = c->command->site->keys;
	struct arena *arena = c->arena;
	struct text name = make_name(c, one->number), birth = make_birth(c, one->number);
	struct text phone = text_format(arena, "+849%08d", 1 + one->number);
	struct identity_indexes indexes;

	if (one->number == 0)
		(void)person_read_phone(arena, TEXT(DEMO_PHONE), &phone);
	identity_of_person(keys, arena, name, birth, phone, &indexes);
	struct text sealed_name = keys_seal(keys, KEY_PERSONAL, arena, "person_data.name", one->person,
					    name);
	struct text sealed_birth = keys_seal(keys, KEY_PERSONAL, arena, "person_data.birth",
					     one->person, birth);
	struct text sealed_phone = keys_seal(keys, KEY_PERSONAL, arena, "person_data.phone",
					     one->person, phone);
	if (q_person_add(db, one->person, one->registered_at) < 0 ||
	    q_person_data_add(db, one->person, sealed_name, sealed_birth, sealed_phone,
			      indexes.name_birth,
			      one->number == 0 ? c->password_hash : TEXT_EMPTY) < 0 ||
	    q_identity_add(db, IDENTITY_PERSON, indexes.person, one->person) < 0 ||
	    q_identity_add(db, IDENTITY_PHONE, indexes.phone, one->person) < 0)
		return STORE_FAILED;
	return 0;
}

static int add_entry(struct crowd *c, struct db *db, struct one *one)
{
	unsigned char bytes[8];

	random_bytes(bytes, sizeof(bytes));
	one->code = code_from_bytes(c->arena, bytes, ENTRY_CODE_CHARS, false);
	const struct q_entry_add_in entry = {
		.id = one->entry, .contest = c->contest->id, .person = one->person, .code = one->code,
		.group_id = c->ids->groups[one->group], .unit = one->unit->id,
		.unit_written = TEXT_EMPTY, .consent_version = c->rules->profile.consent_version,
		.consent_hash = c->consent_hash, .now = one->registered_at,
	};
	return q_entry_add(db, &entry);
}

/* Answers with `correct` items right; the wrong ones are the first ones. */
static struct text make_answers(struct arena *arena, const struct bank *bank,
				const struct drawn_paper *drawn, int correct)
{
	char *answers = arena_alloc(arena, (size_t)drawn->n);

	if (!answers)
		return TEXT_EMPTY;
	for (int i = 0; i < drawn->n; i++) {
		const struct drawn_item *item = &drawn->items[i];
		int key = bank->items[item->number].key;
		int position = 0;
		while (item->options[position] != key)
			position++;
		if (i < drawn->n - correct)
			position = (position + 1) % PROFILE_OPTIONS;
		answers[i] = (char)('1' + position);
	}
	return text_from_bytes(answers, (size_t)drawn->n);
}

struct sat {
	int correct;
	int64_t prediction, elapsed_ms, started_at;
};

/* How this paper went. Every fifth perfect one is its predecessor's twin in
 * guess and time, and is told apart by the moment alone. */
static struct sat make_sat(struct crowd *c, int n_questions, int64_t from, int64_t to)
{
	bool perfect = random_below(100) < PERFECT_PERCENT;
	struct sat sat = {
		.correct = perfect ? n_questions : (int)random_below((uint64_t)n_questions),
		.prediction = 20 * (int64_t)random_below((uint64_t)c->total / 20 + 1),
		.elapsed_ms = 90000 + (int64_t)random_below(1500) * 1000,
	};

	if (perfect && c->twin_elapsed_ms && random_below(5) == 0) {
		sat.prediction = c->twin_prediction;
		sat.elapsed_ms = c->twin_elapsed_ms;
	}
	if (perfect) {
		c->twin_prediction = sat.prediction;
		c->twin_elapsed_ms = sat.elapsed_ms;
	}
	sat.started_at = from + (int64_t)random_below((uint64_t)(to - from));
	return sat;
}

static int draw_for(struct crowd *c, const struct one *one, int attempt, const struct sat *sat,
		    const struct bank *bank, struct submission *s)
{
	struct arena *arena = c->arena;
	const struct profile *profile = &c->rules->profile;
	struct drawn_paper *drawn = arena_alloc(arena, sizeof(*drawn));
	unsigned char *seed = arena_alloc(arena, DRAW_SEED_BYTES);

	if (!drawn || !seed)
		return STORE_FAILED;
	random_bytes(seed, DRAW_SEED_BYTES);
	if (draw_paper(profile, bank->items, bank->n, seed, drawn) != 0)
		return STORE_FAILED;
	*s = (struct submission){
		.contest = c->contest, .rules_version = c->rules->version, .bank = bank->id,
		.draw_version = DRAW_VERSION, .round = c->ids->rounds[0],
		.group = c->ids->groups[one->group], .entry_code = one->code, .attempt = attempt,
		.seed = text_from_bytes(seed, DRAW_SEED_BYTES), .drawn = draw_encode(arena, drawn),
		.answers = make_answers(arena, bank, drawn, sat->correct),
		.prediction = sat->prediction, .started_at = sat->started_at,
		.deadline_at = phase_deadline(profile, &profile->rounds[0], sat->started_at),
		.submitted_at = sat->started_at + sat->elapsed_ms,
	};
	return 0;
}

static int add_paper(struct crowd *c, struct db *db, const struct one *one, int attempt, int64_t from,
		     int64_t to, int64_t *ret_submitted_at)
{
	const struct profile *profile = &c->rules->profile;
	const struct bank *bank = contest_bank(c->contest, profile->groups[one->group].bank);
	struct sat sat = make_sat(c, profile->n_questions, from, to);
	int64_t id = id_next(c->command->site->ids);
	struct submission s;
	struct job_save save = { 0 };

	if (draw_for(c, one, attempt, &sat, bank, &s) < 0 ||
	    submission_fill(c->arena, &s, &save) != 0)
		return STORE_FAILED;
	const struct q_paper_start_in start = {
		.id = id, .contest = c->contest->id, .round = s.round, .entry = one->entry,
		.group_id = s.group, .attempt = attempt, .rules_version = s.rules_version,
		.bank = s.bank, .draw_version = s.draw_version, .seed = s.seed, .drawn = s.drawn,
		.holder = 1, .answers = s.answers, .flags = s.answers, .started_at = s.started_at,
		.deadline_at = s.deadline_at, .nothing = TEXT_EMPTY,
	};
	const struct q_paper_submit_in submit = {
		.id = id, .holder = 1, .revision = 0, .answers = s.answers, .flags = s.answers,
		.prediction = s.prediction, .save_no = 1, .submitted_at = save.submitted_at,
		.elapsed_ms = save.elapsed_ms, .score_points = save.score_points,
		.correct = save.correct, .perfect = save.perfect, .salt = save.salt,
		.leaf_hash = save.leaf_hash, .receipt = save.receipt,
	};
	*ret_submitted_at = save.submitted_at;
	return q_paper_start(db, &start) == 1 && q_paper_submit(db, &submit) == 1 ? 0 : STORE_FAILED;
}

static void place_person(struct crowd *c, struct one *one)
{
	bool works = one->number == 0 || random_below(100) < NHOM1_PERCENT;

	one->group = 0;
	if (works && c->n_seats) {
		size_t seat = random_below((uint64_t)c->n_seats);
		one->unit = &c->contest->units[c->seats[seat]];
		c->seats[seat] = c->seats[--c->n_seats];
		return;
	}
	for (int g = 0; g < c->rules->profile.n_groups; g++)
		if (c->rules->profile.groups[g].place == GROUP_PLACE_LOCALITY)
			one->group = g;
	one->unit = &c->contest->units[c->places[random_below((uint64_t)c->n_places)]];
}

static int add_one(struct crowd *c, struct db *db, int number)
{
	int64_t launched = c->rules->profile.launch_at;
	struct one one = {
		.number = number, .person = id_next(c->command->site->ids),
		.entry = id_next(c->command->site->ids),
		.registered_at = launched + (int64_t)random_below((uint64_t)(c->opened - launched)) -
				 c->command->site->clock.shift_ms,
	};
	int64_t last = c->now - TIME_HOUR_MS, middle = (c->opened + last) / 2, ended;

	place_person(c, &one);
	if (add_person(c, db, &one) < 0 || add_entry(c, db, &one) < 0)
		return STORE_FAILED;
	if (number == 0)
		return 0;
	bool twice = random_below(100) < TWICE_PERCENT;
	if (add_paper(c, db, &one, 1, c->opened, twice ? middle : last, &ended) < 0)
		return STORE_FAILED;
	return twice ? add_paper(c, db, &one, 2, middle + TIME_HOUR_MS, last, &ended) : 0;
}

static int add_slice(void *ctx, struct db *db)
{
	struct crowd *c = ctx;

	arena_reset(c->arena);
	for (int i = c->from; i < c->n && i < c->from + SLICE_PEOPLE; i++)
		if (add_one(c, db, i) < 0)
			return STORE_FAILED;
	return STORE_ONE;
}

static bool stands_under(const struct contest *contest, int unit, int ancestor)
{
	while (unit >= 0 && unit != ancestor)
		unit = contest->units[unit].parent;
	return unit == ancestor;
}

static bool has_free_seats(const struct crowd *c, int i, int ranked)
{
	return !c->is_filled[i] && contest_unit_is_open(&c->contest->units[i], GROUP_PLACE_UNIT) &&
	       stands_under(c->contest, i, ranked);
}

/* Of a ranked unit and all below it that have no seats yet. */
static int headcount_of(const struct crowd *c, int ranked)
{
	int n = 0;

	for (int i = 0; i < c->contest->n_units; i++)
		if (has_free_seats(c, i, ranked))
			n += c->contest->units[i].headcount;
	return n;
}

/* Seats in a ranked unit and all below it, so many in a hundred of each headcount;
 * what has seats already keeps them. */
static void fill_ranked_unit(struct crowd *c, int ranked, int percent, int wanted)
{
	for (int i = 0; i < c->contest->n_units; i++) {
		if (!has_free_seats(c, i, ranked))
			continue;
		c->is_filled[i] = true;
		int seats = (c->contest->units[i].headcount * percent + 99) / 100;
		for (int k = 0; k < seats && c->n_seats < wanted; k++)
			c->seats[c->n_seats++] = i;
	}
}

/* Ranked units of at most `largest` people in random order, one eager and the next
 * less so, until the crowd is seated: some pass the gate of participation and some
 * do not. */
static void fill_ranked_units(struct crowd *c, int largest, int wanted)
{
	static const int percents[] = { 100, 25, 85, 40, 75, 55, 60 };
	const struct contest *contest = c->contest;
	int n = 0;

	for (int i = 0; c->n_seats < wanted && i < 20 * contest->n_units; i++) {
		int unit = (int)random_below((uint64_t)contest->n_units);
		int headcount = contest->units[unit].block.len ? headcount_of(c, unit) : 0;
		if (headcount > 0 && headcount <= largest)
			fill_ranked_unit(c, unit, percents[n++ % (int)ARRAY_LEN(percents)], wanted);
	}
}

static int lay_out_seats(struct crowd *c)
{
	const struct contest *contest = c->contest;
	int wanted = c->n * NHOM1_PERCENT / 100 + 1;

	c->seats = arena_array(c->command->arena, (size_t)wanted, sizeof(int));
	c->places = arena_array(c->command->arena, (size_t)contest->n_units + 1, sizeof(int));
	c->is_filled = arena_array(c->command->arena, (size_t)contest->n_units + 1, sizeof(bool));
	if (!c->seats || !c->places || !c->is_filled)
		return STORE_FAILED;
	for (int i = 0; i < contest->n_units; i++)
		if (contest_unit_is_open(&contest->units[i], GROUP_PLACE_LOCALITY))
			c->places[c->n_places++] = i;
	/* No unit takes all; then the large ones. A crowd larger than all units together
	 * finds no seat: its rest are citizens. */
	fill_ranked_units(c, wanted / 8, wanted);
	fill_ranked_units(c, INT_MAX, wanted);
	return c->n_places ? 0 : STORE_FAILED;
}

static struct text hash_demo_password(struct arena *arena)
{
	char encoded[HASHER_ENCODED_BYTES];

	if (hasher_hash(TEXT(DEMO_PASSWORD), encoded) != HASH_DONE)
		return TEXT_EMPTY;
	return text_copy(arena, text_from_z(encoded));
}

static struct text hash_consent(struct crowd *c)
{
	struct text sentences[CONSENT_SENTENCES_MAX];
	struct hash hash;

	(void)consent_sentences(c->command->arena, &c->rules->profile, LANG_VI, false, sentences,
				&hash);
	return text_copy(c->command->arena, hash_text(&hash));
}

int demo_people_add(struct command *command, const struct contest *contest,
		    const struct contest_folder *folder, int n)
{
	struct crowd c = { .command = command, .contest = contest, .folder = folder, .n = n,
			   .total = n, .now = command_now(command) };

	c.rules = contest_rules(contest, c.now);
	c.ids = contest_ids_of(contest, c.rules);
	c.opened = c.rules->profile.open_at;
	c.password_hash = hash_demo_password(command->arena);
	c.consent_hash = hash_consent(&c);
	if (c.password_hash.len == 0 || lay_out_seats(&c) < 0)
		return STORE_FAILED;
	struct arena *slice CLEANUP(arena_freep) = arena_new(SLICE_BYTES);
	c.arena = slice;
	if (!slice)
		return STORE_FAILED;
	for (c.from = 0; c.from < n; c.from += SLICE_PEOPLE)
		if (store_call(command->site->store, STORE_CLASS_BACKGROUND, "demo", add_slice, &c) < 0)
			return STORE_FAILED;
	return 0;
}
