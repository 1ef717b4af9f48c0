#include "cli/contest_apply.h"

#include "base/time.h"
#include "base/unicode.h"
#include "pages/identity.h"
#include "pages/question.h"
#include "store/act.h"

#include "store_queries.h"

#include <assert.h>

struct applying {
	struct contest_apply *a;
	struct arena *arena;
	struct db *db;
	int64_t contest;
	const struct profile *profile;
	int64_t *unit_ids;	/* by row of units.csv */
};

static int ensure_contest(struct applying *p)
{
	struct q_contest_by_code found;
	int result = q_contest_by_code(p->db, p->profile->code, &found);

	if (result != 0) {
		p->contest = found.id;
		return result;
	}
	p->contest = id_next(p->a->ids);
	p->a->created = true;
	return q_contest_add(p->db, p->contest, p->profile->code, p->a->now);
}

/* The profile becomes a new version when its text differs from the newest. */
static int apply_rules(struct applying *p)
{
	struct q_rules_versions *versions;
	int n = q_rules_versions(p->db, p->arena, p->contest, &versions);
	struct hash hash = hash_sha256(p->a->folder->profile_json);

	if (n < 0)
		return n;
	p->a->rules_version = n;
	if (n && text_equal(versions[n - 1].profile_hash, hash_text(&hash)))
		return 0;
	const struct q_rules_version_add_in row = {
		.contest = p->contest, .version = n + 1, .profile = p->a->folder->profile_json,
		.profile_hash = hash_text(&hash), .decision_no = p->profile->decision_no,
		.effective_at = p->a->effective_at, .now = p->a->now,
	};
	p->a->rules_version = n + 1;
	p->a->rules_changed = true;
	return q_rules_version_add(p->db, &row);
}

/* STORE_NONE and why, or STORE_ONE when this code is still in the profile. */
static int refuse_lost(struct applying *p, const char *what, struct text code, bool still_there)
{
	if (still_there)
		return STORE_ONE;
	p->a->refused = text_format(p->arena,
				    "profile.json: %s %.*s đã công bố, không thể bỏ hay đổi mã",
				    what, TEXT_ARGS(code));
	return STORE_NONE;
}

/* Papers and entries name rounds and groups by id, and these by code: one that
 * was in force once stays in the profile. */
static int check_rounds_and_groups(struct applying *p)
{
	struct q_rounds *rounds;
	struct q_groups *groups;
	int n_rounds = q_rounds(p->db, p->arena, p->contest, &rounds);
	int n_groups = q_groups(p->db, p->arena, p->contest, &groups);
	int result = STORE_ONE;

	if (n_rounds < 0 || n_groups < 0)
		return STORE_FAILED;
	for (int i = 0; i < n_rounds && result > 0; i++)
		result = refuse_lost(p, "đợt thi", rounds[i].code,
				     profile_round_by_code(p->profile, rounds[i].code));
	for (int i = 0; i < n_groups && result > 0; i++)
		result = refuse_lost(p, "nhóm", groups[i].code,
				     profile_group_by_code(p->profile, groups[i].code));
	return result;
}

static int apply_rounds_and_groups(struct applying *p)
{
	for (int i = 0; i < p->profile->n_rounds; i++)
		if (q_round_add(p->db, id_next(p->a->ids), p->contest, p->profile->rounds[i].code) < 0)
			return STORE_FAILED;
	for (int i = 0; i < p->profile->n_groups; i++)
		if (q_group_add(p->db, id_next(p->a->ids), p->contest, p->profile->groups[i].code) < 0)
			return STORE_FAILED;
	return 0;
}

static int add_question(struct applying *p, const struct question_row *row, int64_t *ret_id)
{
	struct question_content content = { .body = row->body, .basis = row->basis };
	int64_t id = id_next(p->a->ids);

	memcpy(content.options, row->options, sizeof(content.options));
	struct hash hash = question_hash(p->arena, &content, row->key);
	const struct q_question_add_in question = {
		.id = id, .contest = p->contest, .code = row->code, .topic = row->topic,
		.difficulty = row->difficulty, .hash = hash_text(&hash), .now = p->a->now,
		.key_sealed = question_seal_key(p->a->keys, p->arena, id, row->key),
	};
	if (q_question_add(p->db, &question) < 0 ||
	    q_question_text_add(p->db, id, TEXT("vi"),
				question_seal(p->a->keys, p->arena, id, &content)) < 0)
		return STORE_FAILED;
	*ret_id = id;
	return 0;
}

static int add_bank(struct applying *p, const struct folder_bank *bank, int64_t version)
{
	int64_t id = id_next(p->a->ids);

	const struct q_bank_version_add_in add = {
		.id = id, .contest = p->contest, .code = bank->code, .version = version,
		.file_hash = hash_text(&bank->file_hash), .now = p->a->now,
		.file_sealed = keys_seal(p->a->keys, KEY_BANK, p->arena, "bank_version.file", id,
					 bank->file),
	};
	if (q_bank_version_add(p->db, &add) < 0)
		return STORE_FAILED;
	for (int i = 0; i < bank->questions.n; i++) {
		int64_t question;
		if (add_question(p, &bank->questions.items[i], &question) < 0 ||
		    q_bank_item_add(p->db, id, i, question) < 0)
			return STORE_FAILED;
	}
	p->a->banks_changed++;
	return 0;
}

/* Whether rules will be in force now or later: no newer ones hold by the time
 * they do. The profile of this act, if it is a new version, is the newest. */
static bool will_hold(const struct applying *p, const struct q_rules_versions *rows, int n, int at)
{
	struct hash hash = hash_sha256(p->a->folder->profile_json);
	int64_t from = rows[at].effective_at > p->a->contest_now ? rows[at].effective_at
								 : p->a->contest_now;

	for (int i = at + 1; i < n; i++)
		if (rows[i].effective_at <= from)
			return false;
	return text_equal(rows[n - 1].profile_hash, hash_text(&hash)) || p->a->effective_at > from;
}

/* The banks that some rules draw from, as this act would leave them. */
static int check_draws(struct applying *p, const struct q_rules_versions *row)
{
	struct profile *profile = arena_alloc(p->arena, sizeof(*profile));
	struct profile_problems *problems = arena_alloc(p->arena, sizeof(*problems));

	if (!profile || !problems ||
	    profile_parse(p->arena, row->profile, PROFILE_FOR_ANNOUNCE, profile, problems) != 0)
		return STORE_FAILED;
	for (int g = 0; g < profile->n_groups; g++)
		for (int b = 0; b < p->profile->n_banks; b++) {
			const struct folder_bank *bank = &p->a->folder->banks[b];
			if (!text_equal(profile->groups[g].bank, bank->code))
				continue;
			struct text shortage = draw_shortage(p->arena, profile, bank->items,
							     bank->questions.n);
			if (shortage.len == 0)
				continue;
			p->a->refused = text_format(p->arena,
				"%.*s: %.*s (theo thể lệ phiên bản %lld, còn hiệu lực)",
				TEXT_ARGS(p->profile->banks[b].file), TEXT_ARGS(shortage),
				(long long)row->version);
			return STORE_NONE;
		}
	return STORE_ONE;
}

/* A bank is drawn from at once, also where its rules come into force later: it has
 * to fill the blueprint of all rules that hold until then. */
static int check_banks(struct applying *p)
{
	struct q_rules_versions *rows;
	int n = q_rules_versions(p->db, p->arena, p->contest, &rows);

	if (n < 0)
		return n;
	for (int i = 0; i < n; i++) {
		int result = will_hold(p, rows, n, i) ? check_draws(p, &rows[i]) : STORE_ONE;
		if (result <= 0)
			return result;
	}
	return STORE_ONE;
}

static int apply_banks(struct applying *p)
{
	struct q_bank_versions *rows;
	int n = q_bank_versions(p->db, p->arena, p->contest, &rows);

	if (n < 0)
		return n;
	for (int b = 0; b < p->profile->n_banks; b++) {
		const struct folder_bank *bank = &p->a->folder->banks[b];
		const struct q_bank_versions *newest = NULL;
		for (int i = 0; i < n; i++)
			if (text_equal(rows[i].code, bank->code))
				newest = &rows[i];
		if (newest && text_equal(newest->file_hash, hash_text(&bank->file_hash)))
			continue;
		if (add_bank(p, bank, newest ? newest->version + 1 : 1) < 0)
			return STORE_FAILED;
	}
	return 0;
}

/* Name, short name, aliases, then the parent's name: what a search may hit. */
static struct text search_text(struct applying *p, const struct unit_row *row)
{
	const struct unit_rows *units = &p->a->folder->units;
	struct text aliases = row->aliases;
	struct buf buf;

	buf_init(&buf, p->arena, 65536);
	buf_text(&buf, unicode_fold(p->arena, row->name));
	buf_z(&buf, " | ");
	buf_text(&buf, unicode_fold(p->arena, row->short_name));
	while (aliases.ptr && aliases.len) {
		buf_z(&buf, " | ");
		buf_text(&buf, unicode_fold(p->arena, text_cut(&aliases, '|')));
	}
	if (row->parent >= 0) {
		buf_z(&buf, " | ");
		buf_text(&buf, unicode_fold(p->arena, units->items[row->parent].name));
	}
	return buf_done(&buf);
}

static int apply_unit(struct applying *p, const struct unit_row *row, int number, int64_t id,
		      int64_t parent)
{
	const struct profile *profile = p->profile;
	const struct q_contest_unit_put_in put = {
		.contest = p->contest, .unit = id, .code = row->code, .parent = parent,
		.number = number, .kind = row->kind,
		.block = row->block >= 0 ? profile->blocks[row->block].code : TEXT_EMPTY,
		.name = row->name, .short_name = row->short_name,
		.official_code = row->official_code, .aliases = row->aliases,
		.search_folded = search_text(p, row), .headcount = row->headcount,
	};
	return q_contest_unit_put(p->db, &put);
}

static int new_unit(struct applying *p, const struct unit_row *row, int64_t *ret)
{
	*ret = id_next(p->a->ids);
	if (q_unit_add(p->db, *ret, p->a->now) < 0)
		return STORE_FAILED;
	return q_unit_version_add(p->db, *ret, p->a->now, row->name, row->short_name,
				  row->official_code);
}

static int row_of_unit(const struct unit_rows *units, struct text code)
{
	for (int i = 0; i < units->n; i++)
		if (text_equal(units->items[i].code, code))
			return i;
	return -1;
}

/* Units keep their id by their code. One that people may have chosen cannot
 * vanish from the file. */
static int check_units(struct applying *p)
{
	const struct unit_rows *units = &p->a->folder->units;
	struct q_units *known;
	int n = q_units(p->db, p->arena, p->contest, &known);

	p->unit_ids = arena_array(p->arena, (size_t)units->n + 1, sizeof(*p->unit_ids));
	if (n < 0 || !p->unit_ids)
		return STORE_FAILED;
	for (int k = 0; k < n; k++) {
		int row = row_of_unit(units, known[k].code);
		if (row < 0) {
			p->a->refused = text_format(p->arena,
						    "units.csv: đơn vị %.*s đã công bố, không thể bỏ",
						    TEXT_ARGS(known[k].code));
			return STORE_NONE;
		}
		p->unit_ids[row] = known[k].unit;
	}
	return STORE_ONE;
}

/* Another name or code is another dated version; the unit stays itself. */
static int rename_unit(struct applying *p, const struct unit_row *row, int64_t id)
{
	struct q_unit_version_now now;
	int result = q_unit_version_now(p->db, p->arena, id, &now);

	if (result < 0)
		return result;
	if (result > 0 && text_equal(now.name, row->name) &&
	    text_equal(now.short_name, row->short_name) &&
	    text_equal(now.official_code, row->official_code))
		return 0;
	/* Versions follow one another, also within a thousandth. */
	int64_t from = result > 0 && now.valid_from >= p->a->now ? now.valid_from + 1 : p->a->now;
	if (q_unit_version_end(p->db, id, from) < 0)
		return STORE_FAILED;
	return q_unit_version_add(p->db, id, from, row->name, row->short_name, row->official_code);
}

static int apply_units(struct applying *p)
{
	const struct unit_rows *units = &p->a->folder->units;
	int64_t *ids = p->unit_ids;

	for (int i = 0; i < units->n; i++) {
		const struct unit_row *row = &units->items[i];
		int result = ids[i] ? rename_unit(p, row, ids[i]) : new_unit(p, row, &ids[i]);
		if (result < 0)
			return STORE_FAILED;
		if (apply_unit(p, row, i, ids[i], row->parent < 0 ? -1 : ids[row->parent]) < 0)
			return STORE_FAILED;
	}
	return 0;
}

static int apply_exclusions(struct applying *p)
{
	const struct exclusion_rows *rows = &p->a->folder->exclusions;

	if (q_exclusions_retire(p->db, p->contest) < 0)
		return STORE_FAILED;
	for (int i = 0; i < rows->n; i++) {
		const struct exclusion_row *row = &rows->items[i];
		struct identity_indexes indexes;
		int64_t id = id_next(p->a->ids);
		identity_of_exclusion(p->a->keys, p->arena, row->full_name, row->birth, row->phone,
				      &indexes);
		/* A person's unit only helps those who read the list. */
		int64_t unit = row->full_name.len || row->unit < 0 ? -1 : p->unit_ids[row->unit];
		const struct q_exclusion_add_in add = {
			.id = id, .contest = p->contest, .name_birth_index = indexes.name_birth,
			.name_year_index = indexes.name_year, .phone_index = indexes.name_phone,
			.unit = unit, .reason = row->reason,
			.who_sealed = keys_seal(p->a->keys, KEY_PERSONAL, p->arena, "exclusion.who", id,
						row->full_name),
		};
		if (q_exclusion_add(p->db, &add) < 0)
			return STORE_FAILED;
	}
	return 0;
}

/* What the folder no longer has is public no longer. */
static int apply_articles(struct applying *p)
{
	if (q_articles_retire(p->db, p->contest) < 0)
		return STORE_FAILED;
	for (int i = 0; i < p->a->folder->n_articles; i++) {
		const struct folder_article *article = &p->a->folder->articles[i];
		const struct q_article_put_in put = {
			.id = id_next(p->a->ids), .contest = p->contest, .kind = article->kind,
			.slug = article->slug, .title = article->title, .summary = article->summary,
			.dated = article->dated, .markdown = article->markdown, .now = p->a->now,
		};
		if (q_article_put(p->db, &put) < 0)
			return STORE_FAILED;
	}
	return 0;
}

static int write_act(struct applying *p)
{
	const struct act act = {
		.actor = p->a->actor, .kind = TEXT("contest.apply"), .subject = p->profile->code,
		.before = TEXT_EMPTY, .reason = p->profile->decision_no,
		.after = text_format(p->arena, "rules %lld, %d banks changed, %d units",
				     (long long)p->a->rules_version, p->a->banks_changed,
				     p->a->folder->units.n),
	};
	return act_add(p->db, p->arena, p->a->now, &act);
}

int contest_apply_run(void *ctx, struct db *db)
{
	struct contest_apply *a = ctx;
	struct applying p = { .a = a, .arena = a->arena, .db = db, .profile = &a->folder->profile };
	static int (*const checks[])(struct applying *) = {
		check_rounds_and_groups, check_units, check_banks,
	};
	static int (*const steps[])(struct applying *) = {
		apply_units, apply_rules, apply_rounds_and_groups, apply_banks, apply_exclusions,
		apply_articles, write_act,
	};

	a->created = a->rules_changed = false;
	a->banks_changed = 0;
	if (ensure_contest(&p) < 0)
		return STORE_FAILED;
	/* First, since what it refuses must leave nothing behind. */
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		int result = checks[i](&p);
		if (result <= 0)
			return result;
	}
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (steps[i](&p) < 0)
			return STORE_FAILED;
	return arena_failed(a->arena) ? STORE_FAILED : STORE_ONE;
}
