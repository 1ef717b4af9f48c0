/* Before you start, and the start itself: one INSERT by the writer. Whoever comes before
 * the opening has the button already: when all press it nothing else is asked for. */
#include "pages/figures.h"
#include "pages/start.h"

#include "base/random.h"
#include "base/time.h"
#include "pages/sitting.h"
#include "pages/start_view.h"
#include "pages/route.h"

#include "views/views.h"

/* Who waits on a shared machine that long is not signed out meanwhile. */
#define WAIT_STAYS_MS (2 * TIME_HOUR_MS)

static struct text refusal_text(const struct request *request, const struct sitting *sitting)
{
	const struct start_decision *decision = &sitting->decision;

	switch (decision->verdict) {
	case START_MAY:
	case START_GO_ON:
		return TEXT_EMPTY;
	case START_RULES_MISSING:
		return page_text(request, T("Thể lệ chưa đầy đủ nên chưa thể vào thi. Vui lòng quay lại sau."));
	case START_NO_ROUND:
		return request->now < sitting->rules->profile.open_at
			? page_text(request, T("Hội thi chưa mở. Bạn có thể thi thử trong lúc chờ."))
			: page_text(request, T("Hiện không có đợt thi nào đang mở."));
	case START_USED_UP:
		return page_text(request, T("Bạn đã dùng hết số lượt thi của đợt này."));
	case START_TOO_YOUNG:
		return page_text1(request, T("Hội thi dành cho người từ đủ %d tuổi."),
				  LANG_INT(sitting->rules->profile.min_age));
	case START_ENDED:
		return page_text(request, T("Mã dự thi này không còn tham gia hội thi nên không thể vào "
					    "thi."));
	}
	return TEXT_EMPTY;
}

static struct text open_part(const struct request *request, const struct sitting *sitting)
{
	const struct attempt *open = &sitting->attempts[sitting->decision.open];
	return text_format(request->arena, "%.*s-%d",
			   TEXT_ARGS(sitting->rules->profile.rounds[open->round].code), open->number);
}

/* What they agreed to holds no more: their own page asks before a new paper. True when
 * a reply was left. */
static bool leads_to_consent(struct request *request, const struct sitting *sitting)
{
	if (!sitting->consent_due ||
	    (sitting->decision.verdict != START_MAY && !sitting->coming))
		return false;
	reply_see_other(request, page_path(request, "/toi"));
	return true;
}

static struct text span_text(const struct request *request, int64_t ms)
{
	int64_t s = (ms + TIME_SECOND_MS - 1) / TIME_SECOND_MS;

	if (s < 60)
		return page_text1(request, T("%d giây"), LANG_INT(s));
	if (s < 60 * 60)
		return page_text2(request, T("%d phút %d giây"), LANG_INT(s / 60), LANG_INT(s % 60));
	if (s < 24 * 60 * 60)
		return page_text2(request, T("%d giờ %d phút"), LANG_INT(s / 3600),
				  LANG_INT(s / 60 % 60));
	return page_text2(request, T("%d ngày %d giờ"), LANG_INT(s / 86400),
			  LANG_INT(s / 3600 % 24));
}

static void fill_wait(struct request *request, const struct profile_round *coming,
		      struct start_view *v)
{
	if (!coming)
		return;
	v->waits = true;
	v->too_early = request->method == METHOD_POST;
	v->opens_at = figure_start(request, coming->open_at);
	v->wait_ms = coming->open_at - request->now;
	v->wait = span_text(request, v->wait_ms);
	if (v->wait_ms <= WAIT_STAYS_MS)
		request->stays_until = coming->open_at - request->site->clock.shift_ms;
}

void page_start_show(struct request *request)
{
	const struct sitting *sitting = request->page;
	const struct profile *profile = &sitting->rules->profile;
	const struct start_decision *decision = sitting->coming ? &sitting->at_opening
								: &sitting->decision;

	if (page_lead_to_entry(request, &sitting->entry) || leads_to_consent(request, sitting))
		return;
	struct start_view v = {
		.page = page_view_of(request, page_text(request, T("Vào thi")), "sit"),
		.name = sitting->entry.name,
		.unit = sitting->entry.unit ? sitting->entry.unit->shown : sitting->entry.unit_written,
		.may_start = sitting->decision.verdict == START_MAY,
		.may_go_on = decision->verdict == START_GO_ON,
		.refusal = sitting->coming ? TEXT_EMPTY : refusal_text(request, sitting),
		.shows_terms = decision->verdict == START_MAY,
		.n_questions = profile->n_questions,
		.minutes = (int)(profile->time_limit_s / 60),
		.number = decision->number, .left = decision->left,
		.cut = profile->at_close == AT_CLOSE_CUT,
		.has_prediction = profile->prediction_target != PREDICTION_NONE,
		.shows_score = profile->feedback == FEEDBACK_SCORE,
		.round = TEXT_EMPTY, .ends_at = TEXT_EMPTY, .open_ends_at = TEXT_EMPTY,
		.round_closes_at = TEXT_EMPTY, .next_round_at = TEXT_EMPTY, .open_path = TEXT_EMPTY,
		.opens_at = TEXT_EMPTY, .wait = TEXT_EMPTY,
	};
	fill_wait(request, sitting->coming, &v);
	v.page.is_private = v.page.narrow = true;
	if (decision->round >= 0 && decision->verdict != START_RULES_MISSING) {
		const struct profile_round *round = &profile->rounds[decision->round];
		v.round = profile->n_rounds > 1 ? round->name : TEXT_EMPTY;
		v.round_closes_at = figure_moment(request, round->close_at);
		v.ends_at = figure_moment(request, phase_deadline(profile, round, request->now));
	}
	const struct profile_round *next = phase_next_round(profile, request->now);
	if (next)
		v.next_round_at = figure_moment(request, next->open_at);
	if (v.may_go_on) {
		v.open_path = open_part(request, sitting);
		v.open_ends_at = figure_moment(request, sitting->attempts[decision->open].deadline_at);
	}
	page_render(request, 200, view_start, &v);
}

/* A vector of n zeros: nothing answered, nothing flagged. */
static struct text zeros(struct arena *arena, int n)
{
	char *text = arena_alloc(arena, (size_t)n);
	if (!text)
		return TEXT_EMPTY;
	memset(text, '0', (size_t)n);
	return text_from_bytes(text, (size_t)n);
}

/* Draws the paper. Answers 0 done, 1 the bank is too small. */
static int draw(struct request *request, const struct sitting *sitting, struct job_start *start)
{
	const struct profile *profile = &sitting->rules->profile;
	const struct bank *bank = contest_bank(request->contest,
					       profile->groups[sitting->entry.group].bank);
	unsigned char *seed = arena_alloc(request->arena, DRAW_SEED_BYTES);
	struct drawn_paper *drawn = arena_alloc(request->arena, sizeof(*drawn));

	if (!bank || !seed || !drawn)
		return 1;
	random_bytes(seed, DRAW_SEED_BYTES);
	if (draw_paper(profile, bank->items, bank->n, seed, drawn) != 0)
		return 1;
	start->bank = bank->id;
	start->seed = text_from_bytes(seed, DRAW_SEED_BYTES);
	start->drawn = draw_encode(request->arena, drawn);
	start->answers = start->flags = zeros(request->arena, drawn->n);
	return arena_failed(request->arena) ? 1 : 0;
}

static void after_start(struct request *request)
{
	const struct sitting *sitting = request->page;

	if (page_write_failed(request))
		return;
	if (request->job->result == STORE_NONE)	/* the round closed while this waited */
		reply_see_other(request, page_path(request, "/vao-thi"));
	else
		reply_see_other(request, paper_path(request, sitting->decision.round,
						    sitting->decision.number, ""));
}

static struct store_job *start_job(struct request *request, const struct sitting *sitting)
{
	const struct profile *profile = &sitting->rules->profile;
	const struct profile_round *round = &profile->rounds[sitting->decision.round];
	const struct contest_ids *ids = contest_ids_of(request->contest, sitting->rules);
	struct store_job *job = arena_alloc(request->arena, sizeof(*job));

	if (!job)
		return NULL;
	job->class = STORE_CLASS_START;
	job->kind = STORE_START;
	job->name = "start";
	job->key = sitting->entry.id;
	job->start = (struct job_start){
		.id = id_next(request->site->ids), .contest = request->contest->id,
		.round = ids->rounds[sitting->decision.round], .entry = sitting->entry.id,
		.group = sitting->entry.group_id, .attempt = sitting->decision.number,
		.rules_version = sitting->rules->version, .draw_version = DRAW_VERSION,
		.holder = request->session.device,
		.clock_shift_ms = request->site->clock.shift_ms,
		.open_at = round->open_at, .close_at = round->close_at,
		.time_limit_ms = profile->time_limit_s * TIME_SECOND_MS,
		.latest_end = profile->at_close == AT_CLOSE_CUT ? round->close_at : INT64_MAX,
	};
	return job;
}

void page_start_post(struct request *request)
{
	const struct sitting *sitting = request->page;

	if (page_lead_to_entry(request, &sitting->entry))
		return;
	if (sitting->decision.verdict == START_GO_ON) {
		const struct attempt *open = &sitting->attempts[sitting->decision.open];
		reply_see_other(request, paper_path(request, open->round, open->number, ""));
		return;
	}
	if (sitting->decision.verdict != START_MAY) {
		page_start_show(request);
		request->reply.status = 409;
		return;
	}
	if (leads_to_consent(request, sitting))
		return;
	struct store_job *job = sitting->entry.group < 0 ? NULL : start_job(request, sitting);
	if (!job || draw(request, sitting, &job->start) != 0) {
		page_problem(request, 503);
		return;
	}
	request_write(request, job, after_start);
}
