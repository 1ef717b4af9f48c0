#include "pages/figures.h"
#include "pages/paper.h"

#include "base/random.h"
#include "base/time.h"
#include "pages/paper_view.h"
#include "pages/route.h"
#include "pages/sitting.h"

#include "views/views.h"

bool paper_lead_away(struct request *request, const struct open_paper *paper)
{
	/* What was posted goes along through the sign-in. */
	if (!paper->sitting.entry.signed_in && request->method == METHOD_POST) {
		page_problem(request, 401);
		return true;
	}
	if (page_lead_to_entry(request, &paper->sitting.entry))
		return true;
	if (!paper->found) {
		page_problem(request, 404);
		return true;
	}
	if (!paper->is_open) {
		reply_see_other(request, text_format(request->arena, "/%.*s/ket-qua/%.*s",
						     TEXT_ARGS(request->contest->code),
						     TEXT_ARGS(request->part)));
		return true;
	}
	return false;
}

static void fill_item(const struct open_paper *paper, int i, struct paper_item_view *item)
{
	static const char *const letters[] = { "A", "B", "C", "D" };
	const struct drawn_item *drawn = &paper->drawn.items[i];
	const struct bank_question *question = &paper->bank->questions[drawn->number];
	char answer = paper->row.answers.ptr[i];

	item->number = i + 1;
	item->body = html_safe_unchecked(question->body_html);
	item->answered = answer != '0';
	item->flagged = paper->row.flags.ptr[i] == '1';
	for (int k = 0; k < PROFILE_OPTIONS; k++)
		item->options[k] = (struct paper_option_view){
			.position = k + 1, .letter = text_from_z(letters[k]),
			.html = html_safe_unchecked(question->option_html[drawn->options[k]]),
			.chosen = answer == '1' + k,
		};
}

static int number_of(const int64_t *ids, int n, int64_t id)
{
	for (int i = 0; i < n; i++)
		if (ids[i] == id)
			return i;
	return -1;
}

/* By the paper's own rules, where groups and rounds may stand in another order
 * than in those in force. */
static void fill_prediction(struct request *request, const struct open_paper *paper,
			    struct paper_view *v)
{
	const struct profile *profile = &paper->rules->profile;
	const struct contest_ids *ids = contest_ids_of(request->contest, paper->rules);
	const struct contest_ids *ids_now = contest_ids_of(request->contest, page_rules(request));
	int group = number_of(ids->groups, profile->n_groups, paper->row.group_id);
	int round = number_of(ids->rounds, profile->n_rounds, ids_now->rounds[paper->round]);
	int64_t prediction = paper->row.prediction;

	v->has_prediction = profile->prediction_target != PREDICTION_NONE;
	v->prediction = v->prediction_read = v->prediction_problem = TEXT_EMPTY;
	v->prediction_question = html_safe_unchecked(TEXT_EMPTY);
	if (!v->has_prediction || group < 0 || round < 0)
		return;
	v->prediction_question = html_safe_unchecked(paper->rules->prediction_html[group][round]);
	if (prediction != PREDICTION_MISSING)
		v->prediction = v->prediction_read = score_format_number(request->arena, prediction);
	if (form_has(&request->query, "du-doan"))
		v->prediction_problem = page_text(request, T("Số dự đoán phải là số nguyên từ 0 đến 9.999.999."));
}

void page_paper_show(struct request *request)
{
	const struct open_paper *paper = request->page;
	struct arena *arena = request->arena;

	if (paper_lead_away(request, paper))
		return;
	if (paper->sitting.has_ended) {	/* it counts no more: one's own page says why */
		reply_see_other(request, page_path(request, "/toi"));
		return;
	}
	const struct profile *profile = &page_rules(request)->profile;
	struct paper_view v = {
		.page = page_view_of(request, page_text(request, T("Bài thi")), "sit"),
		.part = request->part, .attempt = paper->attempt,
		.round = profile->n_rounds > 1 ? profile->rounds[paper->round].name : TEXT_EMPTY,
		.items = arena_array(arena, (size_t)paper->drawn.n, sizeof(*v.items)),
		.n_items = paper->drawn.n,
		.n_answered = score_count_answered(paper->row.answers),
		.left_ms = paper->row.deadline_at - request->now,
		.left = time_format_span(arena, paper->row.deadline_at - request->now),
		.ends_at = figure_moment(request, paper->row.deadline_at),
		.saved_at = paper->row.saved_at < 0 ? TEXT_EMPTY
			: time_format_vn(arena, paper->row.saved_at, TIME_STYLE_CLOCK),
		.just_saved = form_has(&request->query, "da-luu"),
		.here = paper->row.holder == request->session.device,
		.answers = paper->row.answers, .flags = paper->row.flags,
		.revision = paper->row.revision, .prediction_stored = paper->row.prediction,
		.save_no = text_format(arena, "%lld", (long long)(random_u64() >> 1)),
	};
	if (!v.items) {
		page_problem(request, 503);
		return;
	}
	v.page.is_private = v.page.narrow = true;
	for (int i = 0; i < v.n_items; i++)
		fill_item(paper, i, &v.items[i]);
	fill_prediction(request, paper, &v);
	page_render(request, 200, view_paper, &v);
}

static void after_take(struct request *request)
{
	const struct open_paper *paper = request->page;

	if (page_write_failed(request))
		return;
	if (form_has(&request->form, "base"))
		page_paper_save(request);	/* offered back after a lost session */
	else
		reply_see_other(request, paper_path(request, paper->round, paper->attempt, ""));
}

struct take {
	int64_t paper, entry, device;
};

static int take(void *ctx, struct db *db)
{
	const struct take *args = ctx;
	return q_paper_take(db, args->paper, args->entry, args->device);
}

void page_paper_take(struct request *request)
{
	const struct open_paper *paper = request->page;

	if (paper_lead_away(request, paper))
		return;
	struct store_job *job = arena_alloc(request->arena, sizeof(*job));
	struct take *args = arena_alloc(request->arena, sizeof(*args));
	if (!job || !args) {
		page_problem(request, 503);
		return;
	}
	*args = (struct take){ paper->row.id, paper->sitting.entry.id, request->session.device };
	*job = (struct store_job){ .class = STORE_CLASS_SAVE, .kind = STORE_CALL, .name = "take",
				   .key = paper->row.id, .fn = take, .ctx = args };
	request_write(request, job, after_take);
}
