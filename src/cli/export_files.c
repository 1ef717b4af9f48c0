#include "cli/export_files.h"

#include "base/time.h"
#include "exchange/csv.h"
#include "rules/person.h"
#include "rules/rank.h"
#include "rules/score.h"
#include "rules/unit_rank.h"
#include "store/store.h"

#include <assert.h>

/* The files that are no bank and no profile. */
#define OTHER_FILES_MAX 8
static_assert(EXPORT_BANKS_MAX + EXPORT_RULES_MAX + OTHER_FILES_MAX <= EXPORT_FILES_MAX,
	      "all files have room");

static struct buf *new_file(struct export *e, struct text name)
{
	assert(e->n_files < EXPORT_FILES_MAX);
	struct export_file *file = &e->files[e->n_files++];
	file->name = name;
	buf_init(&file->bytes, e->arena, EXPORT_FILE_BYTES_MAX);
	return &file->bytes;
}

static void write_header(struct buf *out, const char *columns)
{
	buf_z(out, columns);
	csv_write_end(out);
}

static void write_int(struct buf *out, int64_t number)
{
	buf_char(out, ',');
	buf_int(out, number);
}

/* Nothing for -1, which stands for "none". */
static void write_int_or_none(struct buf *out, int64_t number)
{
	buf_char(out, ',');
	if (number >= 0)
		buf_int(out, number);
}

static void write_hex(struct buf *out, struct arena *arena, struct text bytes)
{
	buf_char(out, ',');
	buf_text(out, text_hex(arena, bytes.ptr, bytes.len));
}

static struct text unit_code(const struct export *e, int64_t unit)
{
	const struct contest_unit *found = contest_unit_by_id(e->contest, unit);
	return found ? found->code : TEXT_EMPTY;
}

static int group_of(const struct export *e, int64_t id)
{
	for (int g = 0; g < e->rules->profile.n_groups; g++)
		if (e->ids->groups[g] == id)
			return g;
	return 0;
}

struct paper_file {
	struct export *e;
	struct arena *scratch;
	struct buf *out;
	struct q_ranking_left_out *left_out;
	int n_left_out;
	struct pace_slice *slice;
	bool is_over;
};

static bool is_left_out(const struct paper_file *f, int64_t entry)
{
	for (int i = 0; i < f->n_left_out; i++)
		if (f->left_out[i].entry == entry)
			return true;
	return false;
}

/* Notes what else the export has to hold. False: more than there is room for. */
static bool note_bank(struct export *e, const struct bank *bank)
{
	for (int i = 0; i < e->n_banks; i++)
		if (e->banks[i] == bank)
			return true;
	if (!bank || e->n_banks == EXPORT_BANKS_MAX)
		return false;
	e->banks[e->n_banks++] = bank;
	return true;
}

static bool note_rules(struct export *e, const struct rules_in_force *rules)
{
	for (int i = 0; i < e->n_papers_rules; i++)
		if (e->papers_rules[i] == rules)
			return true;
	if (!rules || e->n_papers_rules == EXPORT_RULES_MAX)
		return false;
	e->papers_rules[e->n_papers_rules++] = rules;
	return true;
}

static int write_paper(void *ctx, const struct q_round_papers *p)
{
	struct paper_file *f = ctx;
	struct export *e = f->e;
	const struct bank *bank = contest_bank_by_id(e->contest, p->bank);

	if (!note_bank(e, bank) ||
	    !note_rules(e, contest_rules_version(e->contest, p->rules_version)))
		return STORE_FAILED;
	arena_reset(f->scratch);
	csv_write_field(f->out, true, p->entry_code);
	csv_write_field(f->out, false, e->rules->profile.groups[group_of(e, p->group_id)].code);
	csv_write_field(f->out, false, e->rules->profile.rounds[e->round].code);
	csv_write_field(f->out, false, unit_code(e, p->unit));
	write_int(f->out, p->attempt);
	write_int(f->out, p->rules_version);
	write_int(f->out, p->draw_version);
	csv_write_field(f->out, false, bank->code);
	write_int(f->out, bank->version);
	write_hex(f->out, f->scratch, p->seed);
	write_hex(f->out, f->scratch, p->drawn);
	csv_write_field(f->out, false, p->answers);
	write_int_or_none(f->out, p->prediction);
	write_int(f->out, p->started_at);
	write_int(f->out, p->submitted_at);
	write_int(f->out, p->elapsed_ms);
	write_int(f->out, p->score_points);
	write_int(f->out, p->perfect);
	write_int(f->out, p->annulled);
	write_int(f->out, is_left_out(f, p->entry));
	write_hex(f->out, f->scratch, p->salt);
	write_hex(f->out, f->scratch, p->leaf_hash);
	csv_write_end(f->out);
	e->n_papers++;
	f->is_over = pace_row(f->slice, p->id);
	return f->is_over;
}

static int write_papers(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct paper_file *f = ctx;

	f->slice = slice;
	f->is_over = false;
	int result = q_round_papers(db, f->e->ranking.freeze, slice->from, write_paper, f);
	return result < 0 ? result : f->is_over;
}

static int read_left_out(void *ctx, struct db *db)
{
	struct paper_file *f = ctx;

	f->n_left_out = q_ranking_left_out(db, f->e->arena, f->e->ranking.id, &f->left_out);
	return f->n_left_out;
}

static int collect_papers(struct export *e, const struct pace *pace)
{
	struct arena *scratch CLEANUP(arena_freep) = arena_new(1 << 20);
	struct paper_file f = { .e = e, .scratch = scratch, .out = new_file(e, TEXT("papers.csv")) };

	if (!scratch || store_read(pace->site->store, "export", read_left_out, &f, NULL) < 0)
		return STORE_FAILED;
	write_header(f.out, "entry_code,group,round,unit_code,attempt,rules_version,draw_version,bank,"
			    "bank_version,seed_hex,drawn_hex,answers,prediction,started_at,submitted_at,elapsed_ms,"
			    "score_points,perfect,annulled,excluded,salt_hex,leaf_hash_hex");
	return pace_read(pace, "export", write_papers, &f);
}

static const char *key_name(int64_t key)
{
	switch ((enum rank_key)key) {
	case RANK_KEY_SCORE:
		return "score";
	case RANK_KEY_PREDICTION_ERROR:
		return "prediction_error";
	case RANK_KEY_ELAPSED_MS:
		return "elapsed_ms";
	case RANK_KEY_SUBMITTED_AT:
		return "submitted_at";
	case RANK_KEY_STARTED_AT:
		return "started_at";
	case RANK_KEY_N_PERFECT:
		return "n_perfect";
	}
	return "";
}

struct place_file {
	struct export *e;
	struct buf *out;
	struct buf *names;	/* NULL: none */
	int group;
	struct pace_slice *slice;
	bool is_over;
};

/* The list that has names goes to the organizers only. */
static int write_name(struct place_file *f, const struct q_ranking_places *p)
{
	struct arena *scratch CLEANUP(arena_freep) = arena_new(65536);
	const struct contest_unit *unit = contest_unit_by_id(f->e->contest, p->unit);
	struct text name = TEXT("(không còn được lưu)");

	if (!scratch ||
	    (p->name_sealed.len && keys_unseal(f->e->keys, KEY_PERSONAL, scratch, "person_data.name",
					       p->person, p->name_sealed, &name) != 0))
		return STORE_FAILED;
	if (p->initials)
		name = person_initials(scratch, name);
	csv_write_field(f->names, true, f->e->rules->profile.groups[f->group].name);
	write_int(f->names, p->place);
	csv_write_field(f->names, false, p->entry_code);
	csv_write_field(f->names, false, name);
	csv_write_field(f->names, false, unit ? unit->shown : TEXT_EMPTY);
	write_int(f->names, p->score_points);
	csv_write_field(f->names, false, time_format_span(scratch, p->elapsed_ms));
	csv_write_field(f->names, false,
			time_format_vn(scratch, p->submitted_at, TIME_STYLE_DAY_AND_TIME));
	csv_write_end(f->names);
	return 0;
}

static int write_place(void *ctx, const struct q_ranking_places *p)
{
	struct place_file *f = ctx;

	csv_write_field(f->out, true, f->e->rules->profile.rounds[f->e->round].code);
	csv_write_field(f->out, false, f->e->rules->profile.groups[f->group].code);
	write_int(f->out, p->place);
	csv_write_field(f->out, false, p->entry_code);
	write_int(f->out, p->score_points);
	write_int_or_none(f->out, p->prediction_error);
	write_int(f->out, p->elapsed_ms);
	write_int(f->out, p->submitted_at);
	write_int(f->out, p->n_perfect);
	csv_write_field(f->out, false, text_from_z(key_name(p->decided_by)));
	csv_write_end(f->out);
	f->e->n_people++;
	if (f->names && write_name(f, p) < 0)
		return STORE_FAILED;
	f->is_over = pace_row(f->slice, p->number + 1);
	return f->is_over;
}

static int write_places(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct place_file *f = ctx;
	const struct export *e = f->e;

	f->slice = slice;
	f->is_over = false;
	int result = q_ranking_places(db, e->ranking.id, e->ids->groups[f->group], INT64_MAX,
				      slice->from, write_place, f);
	return result < 0 ? result : f->is_over;
}

static int collect_places(struct export *e, const struct pace *pace)
{
	struct place_file f = { .e = e, .out = new_file(e, TEXT("ranking.csv")) };

	write_header(f.out, "round,group,place,entry_code,score_points,prediction_error,elapsed_ms,"
			    "submitted_at,n_perfect,decided_by");
	if (e->names) {
		f.names = new_file(e, TEXT("ca-nhan.csv"));
		write_header(f.names, "nhóm,hạng,mã dự thi,họ và tên,đơn vị,điểm,thời gian làm bài,nộp lúc");
	}
	for (f.group = 0; f.group < e->rules->profile.n_groups; f.group++)
		if (pace_read(pace, "export", write_places, &f) < 0)
			return STORE_FAILED;
	return 0;
}

static int collect_targets(struct export *e, struct db *db)
{
	struct q_ranking_targets *rows;
	struct buf *out = new_file(e, TEXT("targets.csv"));
	int n = q_ranking_targets(db, e->arena, e->ranking.id, &rows);

	write_header(out, "round,group,value");
	for (int i = 0; i < n; i++) {
		csv_write_field(out, true, e->rules->profile.rounds[e->round].code);
		csv_write_field(out, false, e->rules->profile.groups[group_of(e, rows[i].group_id)].code);
		write_int_or_none(out, rows[i].value);
		csv_write_end(out);
	}
	return n;
}

static const char *gate_name(int64_t gate)
{
	switch ((enum unit_gate)gate) {
	case UNIT_GATE_PASSED:
		return "passed";
	case UNIT_GATE_NO_HEADCOUNT:
		return "no_headcount";
	case UNIT_GATE_MIN_HEADCOUNT:
		return "min_headcount";
	case UNIT_GATE_MIN_RATE:
		return "min_rate";
	}
	return "";
}

static int collect_unit_places(struct export *e, struct db *db)
{
	struct q_ranking_units *rows;
	struct buf *out = new_file(e, TEXT("unit-ranking.csv"));
	int n = q_ranking_units(db, e->arena, e->ranking.id, &rows);

	write_header(out, "round,block,place,unit_code,people,headcount,rate_ppm,mean_ppm,index_ppm,gate");
	for (int i = 0; i < n; i++) {
		csv_write_field(out, true, e->rules->profile.rounds[e->round].code);
		csv_write_field(out, false, rows[i].block);
		write_int(out, rows[i].place);
		csv_write_field(out, false, unit_code(e, rows[i].unit));
		write_int(out, rows[i].people);
		write_int(out, rows[i].headcount);
		write_int(out, rows[i].rate_ppm);
		write_int(out, rows[i].mean_ppm);
		write_int(out, rows[i].index_ppm);
		csv_write_field(out, false, text_from_z(gate_name(rows[i].gate)));
		csv_write_end(out);
	}
	return n;
}

static void collect_units(struct export *e)
{
	static const char *const kinds[] = { "group", "unit", "locality" };
	struct buf *out = new_file(e, TEXT("units.csv"));

	write_header(out, "code,parent,name,kind,block,headcount,official_code");
	for (int i = 0; i < e->contest->n_units; i++) {
		const struct contest_unit *unit = &e->contest->units[i];
		csv_write_field(out, true, unit->code);
		csv_write_field(out, false,
				unit->parent < 0 ? TEXT_EMPTY : e->contest->units[unit->parent].code);
		csv_write_field(out, false, unit->name);
		csv_write_field(out, false, text_from_z(kinds[unit->kind]));
		csv_write_field(out, false, unit->block);
		write_int(out, unit->headcount);
		csv_write_field(out, false, unit->official_code);
		csv_write_end(out);
	}
}

/* "cbccvc-2": which file of which bank. */
static struct text bank_name(const struct export *e, const struct bank *bank)
{
	return text_format(e->arena, "%.*s-%lld", TEXT_ARGS(bank->code), (long long)bank->version);
}

/* Every version of a bank that papers were drawn from, byte for byte. */
static int collect_banks(struct export *e, struct db *db)
{
	for (int i = 0; i < e->n_banks; i++) {
		const struct bank *bank = e->banks[i];
		struct text name = bank_name(e, bank);
		struct q_bank_file file;
		struct text plain;
		if (q_bank_file(db, e->arena, bank->id, &file) <= 0 ||
		    keys_unseal(e->keys, KEY_BANK, e->arena, "bank_version.file", bank->id,
				file.file_sealed, &plain) != 0)
			return STORE_FAILED;
		name = text_format(e->arena, "bank-%.*s.csv", TEXT_ARGS(name));
		buf_text(new_file(e, name), plain);
	}
	return 0;
}

static bool draws_from(const struct profile *profile, struct text bank)
{
	for (int g = 0; g < profile->n_groups; g++)
		if (text_equal(profile->groups[g].bank, bank))
			return true;
	return false;
}

/* Banks hold the keys, and a round that is not over draws from the same questions,
 * if in another version. Rules that will come into force can bring such a round too. */
static bool check_keys(struct export *e)
{
	int64_t in_force = contest_rules(e->contest, e->now)->version;

	for (int i = 0; i < e->contest->n_rules; i++) {
		const struct profile *profile = &e->contest->rules[i].profile;
		if (e->contest->rules[i].version < in_force)
			continue;
		for (int r = 0; r < profile->n_rounds; r++) {
			const struct profile_round *round = &profile->rounds[r];
			if (e->contest->ids[i].rounds[r] == e->round_id ||
			    phase_deadline(profile, round, round->close_at) <= e->now)
				continue;
			for (int b = 0; b < e->n_banks; b++) {
				struct text code = e->banks[b]->code;
				if (!draws_from(profile, code))
					continue;
				e->refused = text_format(e->arena,
					"round %.*s is not over and draws from bank %.*s, whose "
					"keys the export holds; --with-keys exports them all the same",
					TEXT_ARGS(round->code), TEXT_ARGS(code));
				return false;
			}
		}
	}
	return true;
}

/* The profile that ranked, and older ones that papers began under. */
static void collect_profiles(struct export *e)
{
	for (int i = 0; i < e->n_papers_rules; i++) {
		const struct rules_in_force *rules = e->papers_rules[i];
		struct text name = rules == e->rules ? TEXT("profile.json")
			: text_format(e->arena, "profile-%lld.json", (long long)rules->version);
		buf_text(new_file(e, name), rules->json);
	}
}

static void collect_manifest(struct export *e)
{
	struct buf *out = new_file(e, TEXT("manifest.json"));
	const char *comma = "";

	buf_format(out, "{\n  \"round\": \"%.*s\",\n  \"generated_at\": \"%.*s\",\n  \"rules_hash_hex\": {",
		   TEXT_ARGS(e->rules->profile.rounds[e->round].code),
		   TEXT_ARGS(time_format_iso(e->arena, e->now)));
	for (int i = 0; i < e->n_papers_rules; i++) {
		const struct rules_in_force *rules = e->papers_rules[i];
		buf_format(out, "%s \"%lld\": \"%.*s\"", comma, (long long)rules->version,
			   TEXT_ARGS(text_hex(e->arena, rules->hash.bytes, HASH_BYTES)));
		comma = ",";
	}
	buf_z(out, " },\n  \"bank_hash_hex\": {");
	comma = "";
	for (int i = 0; i < e->n_banks; i++) {
		const struct bank *bank = e->banks[i];
		struct text name = bank_name(e, bank);
		buf_format(out, "%s \"%.*s\": \"%.*s\"", comma, TEXT_ARGS(name),
			   TEXT_ARGS(text_hex(e->arena, bank->file_hash.bytes, HASH_BYTES)));
		comma = ",";
	}
	buf_z(out, " }\n}\n");
}

/* The ranking, its rules, and the round's number in them. */
static int find_ranking(void *ctx, struct db *db)
{
	struct export *e = ctx;
	int result = q_ranking_latest(db, e->arena, e->round_id, &e->ranking);

	if (result == 0)
		e->refused = TEXT("there is no ranking yet: `hoithi contest rank`");
	if (result <= 0)
		return result;
	e->rules = contest_rules_version(e->contest, e->ranking.rules_version);
	if (!e->rules || !note_rules(e, e->rules))
		return STORE_FAILED;
	e->ids = contest_ids_of(e->contest, e->rules);
	for (e->round = 0; e->round < e->rules->profile.n_rounds; e->round++)
		if (e->ids->rounds[e->round] == e->round_id)
			return STORE_ONE;
	return STORE_FAILED;
}

static int collect_rest(void *ctx, struct db *db)
{
	struct export *e = ctx;

	return collect_targets(e, db) < 0 || collect_unit_places(e, db) < 0 ||
	       collect_banks(e, db) < 0 ? STORE_FAILED : STORE_ONE;
}

/* In slices: neither a ranking that is done nor the papers of its freeze ever change. */
int export_collect(struct export *e, const struct pace *pace)
{
	struct store *store = pace->site->store;
	int result = store_read(store, "export", find_ranking, e, NULL);

	if (result <= 0)
		return result;
	if (collect_papers(e, pace) < 0)
		return STORE_FAILED;
	if (!e->with_keys && !check_keys(e))
		return STORE_NONE;
	if (collect_places(e, pace) < 0 || store_read(store, "export", collect_rest, e, NULL) < 0)
		return STORE_FAILED;
	collect_units(e);
	collect_profiles(e);
	collect_manifest(e);
	return arena_failed(e->arena) ? STORE_FAILED : STORE_ONE;
}
