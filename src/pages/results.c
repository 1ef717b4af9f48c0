#include "pages/results.h"

#include "base/time.h"
#include "pages/figures.h"
#include "pages/page.h"
#include "pages/problem.h"
#include "pages/results_unit.h"
#include "pages/route.h"
#include "rules/person.h"
#include "rules/score.h"

#include "views/views.h"

#include <assert.h>

static_assert(ARRAY_LEN(((struct results_view *)NULL)->keys) >= PROFILE_RANK_KEYS_MAX,
	      "room for all keys");

/* ---- reading ---- */

/* The round asked for; else the last that is published, else the last. */
static int choose_round(const struct request *request, struct results_page *page)
{
	const struct rules_in_force *rules = page_rules(request);
	const struct contest_ids *ids = contest_ids_of(request->contest, rules);
	struct text code = form_value(&request->query, "dot");
	const struct profile_round *asked = profile_round_by_code(&rules->profile, code);

	page->wrong_round = code.len && !asked;
	if (asked)
		return (int)(asked - rules->profile.rounds);
	for (int i = rules->profile.n_rounds - 1; i >= 0; i--)
		if (contest_publication(request->contest, ids->rounds[i]))
			return i;
	return rules->profile.n_rounds - 1;
}

struct place_reader {
	struct arena *arena;
	struct results_group *group;
};

static int keep_place(void *ctx, const struct q_ranking_places *row)
{
	struct place_reader *reader = ctx;
	struct results_group *group = reader->group;

	if (group->n_places == RESULTS_ROWS_MAX) {
		group->n_more++;
		return 0;
	}
	struct q_ranking_places *kept = &group->places[group->n_places++];
	*kept = *row;
	kept->entry_code = text_copy(reader->arena, row->entry_code);
	kept->name_sealed = text_copy(reader->arena, row->name_sealed);
	return 0;
}

static int load_group(struct request *request, struct db *db, int64_t ranking,
		      struct results_group *group)
{
	struct place_reader reader = { request->arena, group };
	struct q_ranking_count count;

	int result = q_ranking_count(db, ranking, group->id, &count);
	if (result < 0)
		return result;
	group->people = result ? count.n : 0;
	if (group->last_place == 0)
		return 0;
	group->places = arena_array(request->arena, RESULTS_ROWS_MAX, sizeof(*group->places));
	if (!group->places)
		return STORE_FAILED;
	return q_ranking_places(db, ranking, group->id, group->last_place, 0, keep_place, &reader);
}

static int load_groups(struct request *request, struct db *db, struct results_page *page)
{
	const struct profile *profile = &page->rules->profile;
	const struct contest_ids *ids = contest_ids_of(request->contest, page->rules);
	struct q_ranking_targets *targets;
	int n = q_ranking_targets(db, request->arena, page->publication->ranking, &targets);

	if (n < 0)
		return n;
	for (int i = 0; i < profile->n_groups; i++) {
		struct results_group *group = &page->groups[i];
		*group = (struct results_group){ .id = ids->groups[i], .target = -1,
						 .last_place = profile_last_prize_place(profile) };
		for (int k = 0; k < n; k++)
			if (targets[k].group_id == group->id)
				group->target = targets[k].value;
		int result = load_group(request, db, page->publication->ranking, group);
		if (result < 0)
			return result;
	}
	return 0;
}

int page_results_load(struct request *request, struct db *db)
{
	struct results_page *page = arena_alloc(request->arena, sizeof(*page));
	struct q_ranking_get ranking;

	request->page = page;
	if (!page)
		return STORE_FAILED;
	page->round = choose_round(request, page);
	const struct contest_ids *ids = contest_ids_of(request->contest, page_rules(request));
	const struct publication *publication =
		contest_publication(request->contest, ids->rounds[page->round]);
	if (!publication || publication->published_at > request->now)
		return 0;
	int result = q_ranking_get(db, request->arena, publication->ranking, &ranking);
	if (result <= 0)
		return result < 0 ? result : STORE_FAILED;
	page->rules = contest_rules_version(request->contest, ranking.rules_version);
	if (!page->rules)
		return STORE_FAILED;
	page->publication = publication;
	page->n_units = q_ranking_units(db, request->arena, publication->ranking, &page->units);
	return page->n_units < 0 ? page->n_units : load_groups(request, db, page);
}

/* ---- people ---- */

/* Prizes are given along the places: who shares a place shares its prize. */
static struct text prize_at(const struct profile *profile, int64_t place)
{
	int64_t last = 0;

	for (int i = 0; i < profile->n_prizes; i++) {
		last += profile->prizes[i].quantity;
		if (place <= last)
			return profile->prizes[i].level;
	}
	return TEXT_EMPTY;
}

struct text results_decided_text(int64_t key)
{
	switch ((enum rank_key)key) {
	case RANK_KEY_SCORE:
		return T("điểm cao hơn");
	case RANK_KEY_PREDICTION_ERROR:
		return T("dự đoán gần hơn");
	case RANK_KEY_ELAPSED_MS:
		return T("thời gian làm bài ngắn hơn");
	case RANK_KEY_SUBMITTED_AT:
		return T("nộp bài sớm hơn");
	case RANK_KEY_STARTED_AT:
		return T("bắt đầu sớm hơn");
	case RANK_KEY_N_PERFECT:
		return T("có nhiều bài đúng hết hơn");
	}
	return TEXT_EMPTY;
}

static struct text name_of(const struct request *request, const struct q_ranking_places *place)
{
	struct text name;

	if (keys_unseal(request->site->keys, KEY_PERSONAL, request->arena, "person_data.name",
			place->person, place->name_sealed, &name) == 0)
		return place->initials ? person_initials(request->arena, name) : name;
	return page_text(request, T("(tên không còn được lưu)"));
}

static struct prize_row row_of(const struct request *request, const struct profile *profile,
			       const struct results_group *group, int number)
{
	const struct q_ranking_places *place = &group->places[number];
	const struct contest_unit *unit = contest_unit_by_id(request->contest, place->unit);
	struct arena *arena = request->arena;
	bool tied = number + 1 < group->n_places &&
		    group->places[number + 1].place == place->place;

	return (struct prize_row){
		.level = prize_at(profile, place->place), .place = place->place,
		.name = name_of(request, place), .unit = unit ? unit->shown : TEXT("–"),
		.score = text_format(arena, "%lld/%d", (long long)place->score_points,
				     profile->n_questions * profile->points_per_question),
		.prediction = place->prediction < 0 ? TEXT_EMPTY
						    : score_format_number(arena, place->prediction),
		.error = place->prediction_error < 0
				 ? TEXT_EMPTY
				 : score_format_number(arena, place->prediction_error),
		.elapsed = figure_exact_span(arena, place->elapsed_ms),
		.decided = tied ? T("bằng nhau ở mọi tiêu chí") : results_decided_text(place->decided_by),
	};
}

static struct prize_group group_of(const struct request *request, const struct results_page *page,
				   int number)
{
	const struct profile *profile = &page->rules->profile;
	const struct results_group *from = &page->groups[number];
	struct prize_group group = {
		.name = profile->groups[number].name,
		.people = score_format_number(request->arena, from->people),
		.has_prediction = profile->prediction_target != PREDICTION_NONE &&
				  profile->prediction_target != PREDICTION_UNDECIDED,
		.target = from->target < 0 ? TEXT_EMPTY
					   : score_format_number(request->arena, from->target),
		.rows = arena_array(request->arena, (size_t)from->n_places + 1,
				    sizeof(*group.rows)),
		.n_more = from->n_more, .has_prizes = from->last_place > 0,
	};

	for (int i = 0; group.rows && i < from->n_places; i++)
		group.rows[group.n_rows++] = row_of(request, profile, from, i);
	return group;
}

/* ---- how it was computed ---- */

static struct text key_text(enum rank_key key)
{
	switch (key) {
	case RANK_KEY_SCORE:
		return T("Điểm số cao hơn.");
	case RANK_KEY_PREDICTION_ERROR:
		return T("Dự đoán gần con số đúng hơn; người không dự đoán xếp sau.");
	case RANK_KEY_ELAPSED_MS:
		return T("Thời gian làm bài ngắn hơn, tính đến phần nghìn giây.");
	case RANK_KEY_SUBMITTED_AT:
		return T("Nộp bài sớm hơn.");
	case RANK_KEY_STARTED_AT:
		return T("Bắt đầu làm bài sớm hơn.");
	case RANK_KEY_N_PERFECT:
		return T("Có nhiều bài đúng tất cả các câu hơn.");
	}
	return TEXT_EMPTY;
}

/* 500 thousandths as "0,5". */
static struct text weight(struct arena *arena, int milli)
{
	int value = milli < 0 ? 0 : milli, digits = 3;
	int rest = value % 1000;

	while (digits > 1 && rest % 10 == 0) {
		rest /= 10;
		digits--;
	}
	if (rest == 0)
		return text_format(arena, "%d", value / 1000);
	return text_format(arena, "%d,%0*d", value / 1000, digits, rest);
}

static void put_published(const struct request *request, const struct results_page *page,
			  struct results_view *v)
{
	const struct profile *profile = &page->rules->profile;
	const struct publication *publication = page->publication;

	v->is_published = true;
	v->decision_no = publication->decision_no;
	v->decision_date = figure_date(request->arena, publication->decision_date);
	v->rules_version = page->rules->version;
	v->rate_weight = weight(request->arena, profile->unit_rate_weight_milli);
	v->mean_weight = weight(request->arena, profile->unit_mean_score_weight_milli);
	v->groups = arena_array(request->arena, PROFILE_GROUPS_MAX, sizeof(*v->groups));
	for (int i = 0; v->groups && i < profile->n_groups; i++)
		v->groups[v->n_groups++] = group_of(request, page, i);
	for (int i = 0; i < profile->n_rank_keys; i++)
		v->keys[v->n_keys++].text = key_text(profile->rank_keys[i]);
	results_put_units(request, page, v);
}

static void put_rounds(const struct request *request, const struct results_page *page,
		       struct results_view *v)
{
	const struct rules_in_force *rules = page_rules(request);
	const struct contest_ids *ids = contest_ids_of(request->contest, rules);
	int n = rules->profile.n_rounds;

	v->round = TEXT_EMPTY;
	if (n < 2)
		return;
	v->round = rules->profile.rounds[page->round].name;
	v->rounds = arena_array(request->arena, (size_t)n, sizeof(*v->rounds));
	for (int i = 0; v->rounds && i < n; i++)
		v->rounds[v->n_rounds++] = (struct results_round){
			rules->profile.rounds[i].code, rules->profile.rounds[i].name,
			i == page->round,
			contest_publication(request->contest, ids->rounds[i]) != NULL,
		};
}

void page_results_show(struct request *request)
{
	const struct results_page *page = request->page;

	if (page_hides_contest(request))
		return;
	if (page->wrong_round) {
		page_problem(request, 404);
		return;
	}
	const struct profile *profile = &page_rules(request)->profile;
	const struct profile_round *round = &profile->rounds[page->round];
	struct results_view v = {
		.page = page_view_of(request, page_text(request, T("Kết quả")), "results"),
		.is_over = request->now >= round->close_at,
		.is_late = request->now >= profile->result_at,
		.result_at = figure_start(request, profile->result_at),
		.close_at = figure_moment(request, round->close_at),
	};
	put_rounds(request, page, &v);
	if (page->publication)
		put_published(request, page, &v);
	page_render(request, 200, view_results, &v);
	page_is_public(request, page_next_change(request));
}
