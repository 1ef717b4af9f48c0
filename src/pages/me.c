#include "pages/me.h"

#include "base/time.h"
#include "pages/device.h"
#include "pages/figures.h"
#include "pages/me_consent.h"
#include "pages/me_view.h"
#include "pages/register_unit.h"
#include "pages/results.h"
#include "pages/route.h"
#include "rules/person.h"
#include "store/person.h"

#include "views/views.h"

/* How long one is told that the password was reset. */
#define RESET_SHOWN_MS (7 * TIME_DAY_MS)

static int load_place(struct request *request, struct db *db, struct me *me, int round)
{
	const struct contest_ids *ids = contest_ids_of(request->contest, me->sitting.rules);
	struct me_place *place = &me->places[round];
	struct q_ranking_count count;

	place->publication = contest_publication(request->contest, ids->rounds[round]);
	if (!place->publication)
		return 0;
	int result = q_ranking_place_of(db, place->publication->ranking,
					me->sitting.entry.id, &place->row);
	place->ranked = result > 0;
	if (result <= 0)
		return result;
	result = q_ranking_count(db, place->publication->ranking,
				 place->row.group_id, &count);
	if (result > 0)
		place->of = count.n;
	return result;
}

/* Who reset the password lately, so that the person hears of it. */
static int load_reset(struct request *request, struct db *db, struct me *me)
{
	int result = q_reset_last_used(db, request->arena, request->session.person, &me->reset);

	me->was_reset = result > 0 && me->reset.used_at > request->arrived_at - RESET_SHOWN_MS;
	return result;
}

int me_load(struct request *request, struct db *db)
{
	struct me *me = arena_alloc(request->arena, sizeof(*me));
	int result = me ? sitting_load(request, db) : STORE_FAILED;

	if (result < 0)
		return result;
	me->sitting = *(const struct sitting *)request->page;
	request->page = me;
	if (!me->sitting.entry.entered)
		return 0;
	for (int i = 0; i < me->sitting.rules->profile.n_rounds; i++) {
		result = load_place(request, db, me, i);
		if (result < 0)
			return result;
	}
	me->n_devices = q_devices_of(db, request->arena, request->session.person, &me->devices);
	return me->n_devices < 0 ? me->n_devices : load_reset(request, db, me);
}

static struct text part_of(const struct request *request, const struct sitting *sitting, int i)
{
	const struct attempt *attempt = &sitting->attempts[i];
	return text_format(request->arena, "%.*s-%d",
			   TEXT_ARGS(sitting->rules->profile.rounds[attempt->round].code),
			   attempt->number);
}

static void fill_paper(struct request *request, const struct me *me, int i,
		       struct me_paper_view *v)
{
	const struct sitting *sitting = &me->sitting;
	const struct profile *profile = &sitting->rules->profile;
	const struct attempt *attempt = &sitting->attempts[i];
	const struct q_papers_of_entry *row = &sitting->papers[i];

	*v = (struct me_paper_view){
		.part = part_of(request, sitting, i), .attempt = attempt->number,
		.round = profile->n_rounds > 1 ? profile->rounds[attempt->round].name : TEXT_EMPTY,
		.started_at = time_format_vn(request->arena, attempt->started_at,
					     TIME_STYLE_DAY_AND_TIME),
		.is_open = attempt_is_open(attempt, request->now),
		.is_shut = sitting->has_ended, .elapsed = TEXT_EMPTY,
		.has_score = row->state == 1 && profile->feedback == FEEDBACK_SCORE,
		.points = (int)row->score_points, .annulled = row->annulled != 0,
		.counts = sitting_counted(request, sitting, attempt->round) == i,
	};
	if (row->state == 1)
		v->elapsed = time_format_span(request->arena, row->elapsed_ms);
}

static void fill_papers(struct request *request, const struct me *me, struct me_view *v)
{
	const struct sitting *sitting = &me->sitting;

	v->papers = arena_array(request->arena, (size_t)sitting->n_papers + 1, sizeof(*v->papers));
	for (int i = 0; v->papers && i < sitting->n_papers; i++)
		if (sitting->attempts[i].round >= 0)	/* else: a round that is no more */
			fill_paper(request, me, i, &v->papers[v->n_papers++]);
}

static struct text group_name(const struct request *request, const struct me *me, int64_t id)
{
	const struct profile *profile = &me->sitting.rules->profile;
	const struct contest_ids *ids = contest_ids_of(request->contest, me->sitting.rules);

	for (int i = 0; i < profile->n_groups; i++)
		if (ids->groups[i] == id)
			return profile->groups[i].name;
	return TEXT_EMPTY;
}

static void fill_places(struct request *request, const struct me *me, struct me_view *v)
{
	const struct profile *profile = &me->sitting.rules->profile;

	v->places = arena_array(request->arena, PROFILE_ROUNDS_MAX, sizeof(*v->places));
	for (int i = 0; v->places && i < profile->n_rounds; i++) {
		const struct me_place *place = &me->places[i];
		if (!place->publication)
			continue;
		v->places[v->n_places++] = (struct me_place_view){
			.round = profile->n_rounds > 1 ? profile->rounds[i].name : TEXT_EMPTY,
			.ranked = place->ranked, .place = place->row.place, .of = place->of,
			.group = group_name(request, me, place->row.group_id),
			.decided_by = page_text(request,
						results_decided_text(place->row.decided_by)),
			.decision_no = place->publication->decision_no,
			.decision_date = figure_date(request->arena,
						     place->publication->decision_date),
		};
	}
}

static void fill_start(struct request *request, const struct me *me, struct me_view *v)
{
	const struct sitting *sitting = &me->sitting;
	const struct start_decision *decision = &sitting->decision;
	const struct profile_round *next = phase_next_round(&sitting->rules->profile, request->now);

	v->open_part = v->open_ends_at = v->opens_at = TEXT_EMPTY;
	v->left = -1;
	if (me->sitting.has_ended)
		return;
	v->may_start = decision->verdict == START_MAY && !sitting->consent_due;
	v->may_go_on = decision->verdict == START_GO_ON;
	v->left = decision->left;
	if (decision->verdict == START_TOO_YOUNG)
		v->too_young_for = sitting->rules->profile.min_age;
	if (v->may_go_on) {
		v->open_part = part_of(request, sitting, decision->open);
		v->open_ends_at = figure_moment(request, sitting->attempts[decision->open].deadline_at);
	}
	if (decision->verdict == START_NO_ROUND && next)
		v->opens_at = figure_moment(request, next->open_at);
}

static void fill_end(const struct request *request, const struct me *me, struct me_view *v)
{
	v->withdrawn_at = TEXT_EMPTY;
	v->is_merged = me->sitting.has_ended && me->sitting.end.kind == ENTRY_MERGED;
	if (me->sitting.has_ended && !v->is_merged)
		v->withdrawn_at = figure_moment(request, me->sitting.end.ended_at +
							 request->site->clock.shift_ms);
}

static void fill_reset(const struct request *request, const struct me *me, struct me_view *v)
{
	v->reset_by = v->reset_at = TEXT_EMPTY;
	if (!me->was_reset)
		return;
	v->reset_by = me->reset.actor;
	v->reset_at = figure_moment(request, me->reset.used_at + request->site->clock.shift_ms);
}

static void fill_devices(struct request *request, const struct me *me, struct me_view *v)
{
	v->devices = arena_array(request->arena, (size_t)me->n_devices + 1, sizeof(*v->devices));
	for (int i = 0; v->devices && i < me->n_devices; i++) {
		const struct q_devices_of *row = &me->devices[i];
		v->devices[v->n_devices++] = (struct me_device_view){
			.browser = row->browser, .shared = row->shared != 0,
			.here = row->device == request->session.device,
			.signed_in_at = figure_moment(request, row->signed_in_at +
							       request->site->clock.shift_ms),
			.handle = device_handle(request, request->session.person, row->device),
		};
	}
}

/* With a written name the unit is only what stands above it. */
static struct text unit_shown(const struct request *request, const struct page_entry *entry)
{
	const struct unit_choice choice = { .unit = entry->unit, .written = entry->unit_written };
	return entry->unit ? unit_choice_shown(request, &choice) : entry->unit_written;
}

/* Group and unit can be changed for as long as people register. */
static bool takes_registrations(const struct request *request)
{
	enum phase phase = contest_phase(request->contest, request->now);
	return phase == PHASE_ANNOUNCED || phase == PHASE_OPEN;
}

void page_me_show(struct request *request)
{
	const struct me *me = request->page;

	if (!page_lead_to_entry(request, &me->sitting.entry))
		me_show(request, NULL, 200);
}

static void fill_password(const struct me_posted *posted, struct me_view *v)
{
	v->password_problem = posted ? posted->password_problem : TEXT_EMPTY;
	problem_list_add(&v->problems, "matkhau", v->password_problem);
}

void me_show(struct request *request, const struct me_posted *posted, int status)
{
	const struct me *me = request->page;
	const struct page_entry *entry = &me->sitting.entry;
	struct birth birth;
	const struct profile *profile = &me->sitting.rules->profile;
	struct me_view v = {
		.page = page_view_of(request, page_text(request, T("Trang của tôi")), "me"),
		.is_new = form_has(&request->query, "moi"),
		.has_moved = form_has(&request->query, "da-doi"),
		.move_refused = form_has(&request->query, "loi"),
		.has_agreed = form_has(&request->query, "da-dong-y"),
		.device_ended = form_has(&request->query, "da-ngat"),
		.name = entry->name, .code = entry->code, .birth = entry->birth_iso,
		.phone = entry->phone.len ? person_format_phone(request->arena, entry->phone)
					  : page_text(request, T("(không có)")),
		.group = entry->group >= 0 ? profile->groups[entry->group].name : TEXT_EMPTY,
		.unit = unit_shown(request, entry),
		.may_move = me->sitting.n_papers == 0 && !me->sitting.has_ended &&
			    takes_registrations(request),
		.practice = profile->practice_bank.len > 0,
		.problems = { .title = T("Chưa thực hiện được, hãy xem lại:") },
	};
	if (person_birth_from_iso(entry->birth_iso, &birth) == 0)
		v.birth = person_format_birth(request->arena, &birth);
	v.page.is_private = v.page.narrow = true;
	fill_start(request, me, &v);
	fill_papers(request, me, &v);
	fill_places(request, me, &v);
	fill_end(request, me, &v);
	me_consent_fill(request, me, posted ? posted->consent : NULL, &v);
	fill_password(posted, &v);
	fill_reset(request, me, &v);
	fill_devices(request, me, &v);
	page_render(request, status, view_me, &v);
}
