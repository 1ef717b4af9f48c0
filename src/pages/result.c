#include "pages/figures.h"
#include "pages/result.h"

#include "base/time.h"
#include "pages/result_view.h"
#include "pages/route.h"
#include "pages/sitting.h"
#include "pages/submission.h"

#include "views/views.h"

/* The score of a paper that reads as closed; the clock may not have stored it yet. */
static int score_of(const struct request *request, const struct open_paper *paper,
		    struct score *ret)
{
	struct submission submission;

	if (paper->row.state == 1) {
		*ret = (struct score){ (int)paper->row.correct, (int)paper->row.score_points,
				       paper->row.perfect };
		return 0;
	}
	open_paper_submission(request, paper, paper->row.answers, paper->row.prediction,
			      paper->row.deadline_at, &submission);
	return submission_score(&submission, ret);
}

static void fill_counting(struct request *request, const struct open_paper *paper,
			  struct result_view *v)
{
	const struct sitting *sitting = &paper->sitting;
	int counted = sitting_counted(request, sitting, paper->round);

	v->left = sitting->decision.left;
	v->may_start = sitting->decision.verdict == START_MAY;
	v->counts = TEXT_EMPTY;
	for (int i = 0; i < sitting->n_papers; i++)
		if (sitting->papers[i].id == paper->row.id)
			v->annulled = sitting->papers[i].annulled;
	if (counted < 0)
		return;
	v->this_counts = sitting->papers[counted].id == paper->row.id;
	if (!v->this_counts)
		v->counts = page_text1(request, T("Lượt %d đang được tính cho bạn."),
				       LANG_INT(sitting->attempts[counted].number));
}

/* Fills the view; false when a reply was left instead. */
static bool fill(struct request *request, struct result_view *v)
{
	const struct open_paper *paper = request->page;
	struct arena *arena = request->arena;
	struct score score;

	if (page_lead_to_entry(request, &paper->sitting.entry))
		return false;
	if (!paper->found) {
		page_problem(request, 404);
		return false;
	}
	if (paper->is_open) {
		reply_see_other(request, paper_path(request, paper->round, paper->attempt, ""));
		return false;
	}
	if (score_of(request, paper, &score) != 0) {
		page_problem(request, 500);
		return false;
	}
	const struct profile *profile = &paper->rules->profile;
	const struct page_entry *entry = &paper->sitting.entry;
	int64_t ended = paper->row.state == 1 ? paper->row.submitted_at : paper->row.deadline_at;
	int64_t prediction = paper->row.prediction;
	v->part = request->part;
	v->name = entry->name;
	v->unit = entry->unit ? entry->unit->shown : entry->unit_written;
	v->entry_code = entry->code;
	v->round = page_rules(request)->profile.n_rounds > 1
		? page_rules(request)->profile.rounds[paper->round].name : TEXT_EMPTY;
	v->attempt = paper->attempt;
	v->shows_score = profile->feedback == FEEDBACK_SCORE;
	v->correct = score.correct;
	v->n_questions = paper->drawn.n;
	v->points = score.points;
	v->shows_points = profile->points_per_question != 1;
	v->elapsed = time_format_span(arena, attempt_elapsed_ms(paper->row.started_at,
								paper->row.deadline_at, ended));
	v->by_clock = paper->row.state == 0 || paper->row.by_clock;
	v->submitted_at = figure_moment(request, ended);
	v->receipt = paper->row.receipt;
	v->has_prediction = profile->prediction_target != PREDICTION_NONE;
	v->prediction = prediction == PREDICTION_MISSING ? TEXT_EMPTY
		: score_format_number(arena, prediction);
	fill_counting(request, paper, v);
	v->page.is_private = v->page.narrow = true;
	return true;
}

void page_result_show(struct request *request)
{
	struct result_view v = { .page = page_view_of(request, page_text(request, T("Kết quả bài thi")),
						      "sit") };
	if (fill(request, &v))
		page_render(request, 200, view_result, &v);
}

void page_attendance_show(struct request *request)
{
	struct result_view v = { .page = page_view_of(
		request, page_text(request, T("Giấy xác nhận đã dự thi")), "sit") };
	if (fill(request, &v))
		page_render(request, 200, view_attendance, &v);
}
