#include "pages/sitting.h"

#include "base/time.h"
#include "pages/submission.h"
#include "rules/person.h"
#include "rules/rank.h"

#include <assert.h>

int round_number(const struct request *request, int64_t round_id)
{
	const struct rules_in_force *rules = page_rules(request);
	const struct contest_ids *ids = contest_ids_of(request->contest, rules);

	for (int i = 0; i < rules->profile.n_rounds; i++)
		if (ids->rounds[i] == round_id)
			return i;
	return -1;
}

struct text paper_path(const struct request *request, int round, int attempt, const char *rest)
{
	const struct profile *profile = &page_rules(request)->profile;

	if (round < 0)
		return text_format(request->arena, "/%.*s/toi", TEXT_ARGS(request->contest->code));
	return text_format(request->arena, "/%.*s/bai-thi/%.*s-%d%s", TEXT_ARGS(request->contest->code),
			   TEXT_ARGS(profile->rounds[round].code), attempt, rest);
}

static int load_papers(struct request *request, struct db *db, struct sitting *sitting)
{
	int n = q_papers_of_entry(db, request->arena, sitting->entry.id, &sitting->papers);
	struct attempt *attempts = n < 0 ? NULL
		: arena_array(request->arena, (size_t)n + 1, sizeof(*attempts));

	if (!attempts)
		return STORE_FAILED;
	for (int i = 0; i < n; i++) {
		const struct q_papers_of_entry *row = &sitting->papers[i];
		attempts[i] = (struct attempt){
			.paper = row->id, .round = round_number(request, row->round),
			.number = (int)row->attempt, .submitted = row->state == 1,
			.started_at = row->started_at, .deadline_at = row->deadline_at,
		};
	}
	sitting->attempts = attempts;
	sitting->n_papers = n;
	return 0;
}

/* Whether the person has to agree anew: the sentences have changed, or by the birth
 * date that holds now someone else has to agree and nobody did. */
static int look_at_consent(struct request *request, struct db *db, struct sitting *sitting,
			   const struct birth *birth)
{
	const struct page_entry *entry = &sitting->entry;
	int result = 0;

	sitting->minor = person_may_be_under(birth, PERSON_GUARDIAN_AGE, entry->registered_at +
					     request->site->clock.shift_ms);
	if (sitting->minor)
		result = q_guardian_of(db, request->arena, entry->id, &sitting->guardian);
	sitting->has_guardian = result > 0;
	sitting->consent_due = sitting->minor != sitting->has_guardian ||
			       !text_equal(entry->consent_version,
					   sitting->rules->profile.consent_version);
	return result;
}

static struct start_decision decide(const struct sitting *sitting, const struct birth *birth,
				    int64_t at)
{
	const struct profile *profile = &sitting->rules->profile;
	bool old_enough = birth && person_is_aged(birth, profile->min_age, at);

	return attempt_decide_start(profile, sitting->attempts, sitting->n_papers, old_enough, at);
}

/* Whether there is something to wait for: a round that they may start in. */
static void look_ahead(struct sitting *sitting, const struct birth *birth, int64_t now)
{
	const struct profile_round *next = phase_next_round(&sitting->rules->profile, now);

	if (sitting->decision.verdict != START_NO_ROUND || sitting->has_ended || !next)
		return;
	sitting->at_opening = decide(sitting, birth, next->open_at);
	if (sitting->at_opening.verdict == START_MAY ||
	    sitting->at_opening.verdict == START_RULES_MISSING)
		sitting->coming = next;
}

static int fill_sitting(struct request *request, struct db *db, struct sitting *sitting)
{
	struct birth birth;

	sitting->rules = page_rules(request);
	int result = page_load_entry(request, db, &sitting->entry);
	if (result < 0 || !sitting->entry.entered)
		return result;
	if (load_papers(request, db, sitting) < 0)
		return STORE_FAILED;
	bool known = person_birth_from_iso(sitting->entry.birth_iso, &birth) == 0;
	if (known && look_at_consent(request, db, sitting, &birth) < 0)
		return STORE_FAILED;
	sitting->decision = decide(sitting, known ? &birth : NULL, request->now);
	result = q_entry_end_of(db, sitting->entry.id, &sitting->end);
	sitting->has_ended = result > 0;
	if (sitting->has_ended && (sitting->decision.verdict == START_MAY ||
				   sitting->decision.verdict == START_GO_ON))
		sitting->decision.verdict = START_ENDED;
	look_ahead(sitting, known ? &birth : NULL, request->now);
	return result;
}

int sitting_load(struct request *request, struct db *db)
{
	struct sitting *sitting = arena_alloc(request->arena, sizeof(*sitting));

	request->page = sitting;
	return sitting ? fill_sitting(request, db, sitting) : STORE_FAILED;
}

/* Splits "1-2" at its last hyphen. */
bool paper_part_read(const struct request *request, int *ret_round, int *ret_attempt)
{
	const struct profile *profile = &page_rules(request)->profile;
	struct text part = request->part;
	size_t at = part.len;
	int64_t attempt;

	while (at && part.ptr[at - 1] != '-')
		at--;
	if (at == 0 || text_to_int64(text_part(part, at, part.len), &attempt) != 0 || attempt < 1 ||
	    attempt > 100000)
		return false;
	const struct profile_round *round = profile_round_by_code(profile, text_part(part, 0, at - 1));
	if (!round)
		return false;
	*ret_round = (int)(round - profile->rounds);
	*ret_attempt = (int)attempt;
	return true;
}

/* What follows from the row. */
static int settle_paper(struct request *request, struct open_paper *paper)
{
	paper->rules = contest_rules_version(request->contest, paper->row.rules_version);
	paper->bank = contest_bank_by_id(request->contest, paper->row.bank);
	if (!paper->rules || !paper->bank || draw_decode(paper->row.drawn, &paper->drawn) != 0)
		return STORE_FAILED;
	paper->found = true;
	paper->is_open = paper->row.state == 0 && request->now < paper->row.deadline_at;
	if (paper->is_open)
		request->stays_until = paper->row.deadline_at - request->site->clock.shift_ms;
	return 0;
}

static int load_row(struct request *request, struct db *db, struct open_paper *paper)
{
	const struct rules_in_force *rules = page_rules(request);
	const struct contest_ids *ids = contest_ids_of(request->contest, rules);
	int result = q_paper_get(db, request->arena, paper->sitting.entry.id, ids->rounds[paper->round],
				 paper->attempt, &paper->row);

	return result <= 0 ? result : settle_paper(request, paper);
}

int open_paper_load_to_save(struct request *request, struct db *db)
{
	struct open_paper *paper = arena_alloc(request->arena, sizeof(*paper));
	const struct rules_in_force *rules = page_rules(request);
	const struct contest_ids *ids = contest_ids_of(request->contest, rules);
	struct q_paper_of_person row;

	request->page = paper;
	if (!paper)
		return STORE_FAILED;
	paper->sitting.entry.signed_in = paper->sitting.entry.entered = true;
	if (!paper_part_read(request, &paper->round, &paper->attempt))
		return 0;
	int result = q_paper_of_person(db, request->arena, request->contest->id,
				       request->session.person, ids->rounds[paper->round],
				       paper->attempt, request->session.device, &row);
	if (result <= 0)
		return result;
	if (row.epoch != request->session.epoch || row.device_ended_at >= 0) {
		paper->sitting.entry.signed_in = false;
		return 0;
	}
	paper->sitting.entry.id = row.entry;
	paper->sitting.entry.code = row.entry_code;
	paper->row = (struct q_paper_get){
		.id = row.id, .group_id = row.group_id, .state = row.state,
		.rules_version = row.rules_version, .bank = row.bank,
		.draw_version = row.draw_version, .seed = row.seed, .drawn = row.drawn,
		.holder = row.holder, .revision = row.revision, .save_no = row.save_no,
		.answers = row.answers, .flags = row.flags, .prediction = row.prediction,
		.started_at = row.started_at, .deadline_at = row.deadline_at,
	};
	return settle_paper(request, paper);
}

int open_paper_load(struct request *request, struct db *db)
{
	struct open_paper *paper = arena_alloc(request->arena, sizeof(*paper));

	request->page = paper;
	if (!paper)
		return STORE_FAILED;
	int result = fill_sitting(request, db, &paper->sitting);
	if (result < 0 || !paper->sitting.entry.entered ||
	    !paper_part_read(request, &paper->round, &paper->attempt))
		return result;
	return load_row(request, db, paper);
}

void open_paper_submission(const struct request *request, const struct open_paper *paper,
			   struct text answers, int64_t prediction, int64_t submitted_at,
			   struct submission *ret)
{
	const struct contest_ids *ids = contest_ids_of(request->contest, page_rules(request));

	*ret = (struct submission){
		.contest = request->contest, .rules_version = paper->row.rules_version,
		.bank = paper->row.bank, .draw_version = paper->row.draw_version,
		.round = ids->rounds[paper->round], .group = paper->row.group_id,
		.entry_code = paper->sitting.entry.code, .attempt = paper->attempt,
		.seed = paper->row.seed, .drawn = paper->row.drawn, .answers = answers,
		.prediction = prediction, .started_at = paper->row.started_at,
		.deadline_at = paper->row.deadline_at, .submitted_at = submitted_at,
	};
}

int sitting_counted(const struct request *request, const struct sitting *sitting, int round)
{
	const struct profile *profile = &sitting->rules->profile;
	struct rank_paper best;
	int found = -1;

	(void)request;
	for (int i = 0; i < sitting->n_papers; i++) {
		const struct q_papers_of_entry *row = &sitting->papers[i];
		if (sitting->attempts[i].round != round || row->state != 1 || row->annulled)
			continue;
		const struct rank_paper one = {
			.paper = row->id, .attempt = row->attempt, .score_points = (int)row->score_points,
			.perfect = row->perfect, .prediction = row->prediction,
			.started_at = row->started_at, .submitted_at = row->submitted_at,
			.elapsed_ms = row->elapsed_ms,
		};
		if (found < 0 || rank_counts_before(profile, &one, &best)) {
			best = one;
			found = i;
		}
	}
	return found;
}
