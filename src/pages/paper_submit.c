/* Submitting: the answers are kept first; with blanks the person is asked once;
 * then one UPDATE holds vector, score, salt and leaf hash. */
#include "base/random.h"
#include "base/time.h"
#include "pages/figures.h"
#include "pages/paper.h"
#include "pages/paper_post.h"
#include "pages/paper_view.h"
#include "pages/route.h"
#include "pages/submission.h"

#include "views/views.h"

#define REBASES_MAX 5

struct submitting {
	struct open_paper paper;	/* first: request->page is a struct open_paper */
	struct paper_post post;
	struct store_job job;
	int rebases;
	bool confirmed;		/* blanks and all */
};

static void submit(struct request *request, struct submitting *s);

static bool prediction_missing(const struct submitting *s)
{
	return s->paper.rules->profile.prediction_target != PREDICTION_NONE &&
	       s->post.prediction == PREDICTION_MISSING;
}

static int count_blank(struct text answers, int *ret_first)
{
	int blank = 0;

	*ret_first = 0;
	for (size_t i = 0; i < answers.len; i++)
		if (answers.ptr[i] == '0' && blank++ == 0)
			*ret_first = (int)i + 1;
	return blank;
}

static void show_question(struct request *request, const struct submitting *s)
{
	struct submit_view v = {
		.page = page_view_of(request, page_text(request, T("Nộp bài")), "sit"),
		.part = request->part, .prediction_missing = prediction_missing(s),
		.left = time_format_span(request->arena, s->paper.row.deadline_at - request->now),
		.ends_at = figure_moment(request, s->paper.row.deadline_at),
	};

	v.page.is_private = v.page.narrow = true;
	v.n_blank = count_blank(s->job.save.stored_answers, &v.first_blank);
	page_render(request, 200, view_submit, &v);
}

/* Lays what is posted over what another tab stored, and tries again; when others
 * are faster each time, says that nothing was kept. True when it saw to the request. */
static bool again_after_conflict(struct request *request, struct submitting *s,
				 void (*again)(struct request *, struct submitting *))
{
	if (s->job.save.verdict != SAVE_CONFLICT)
		return false;
	if (s->rebases++ == REBASES_MAX) {
		page_problem(request, 503);
		return true;
	}
	paper_post_rebase(request, &s->post, &s->job.save);
	again(request, s);
	return true;
}

static void keep(struct request *request, struct submitting *s);

/* The answers are stored; is the paper complete? */
static void after_keep(struct request *request)
{
	struct submitting *s = request->page;

	if (page_write_failed(request) || again_after_conflict(request, s, keep))
		return;
	switch (s->job.save.verdict) {
	case SAVE_DONE:
	case SAVE_ALREADY:
		show_question(request, s);
		return;
	case SAVE_CONFLICT:
	case SAVE_MOVED:
	case SAVE_CLOSED:
	case SAVE_GONE:
		reply_see_other(request, paper_path(request, s->paper.round, s->paper.attempt, ""));
		return;
	}
}

static void keep(struct request *request, struct submitting *s)
{
	s->job = (struct store_job){ .class = STORE_CLASS_SAVE, .kind = STORE_SAVE, .name = "save",
				     .key = s->paper.row.id };
	paper_post_fill(request, &s->paper, &s->post, &s->job.save);
	request_write(request, &s->job, after_keep);
}

static void after_submit(struct request *request)
{
	struct submitting *s = request->page;

	if (page_write_failed(request) || again_after_conflict(request, s, submit))
		return;
	switch (s->job.save.verdict) {
	case SAVE_DONE:
	case SAVE_ALREADY:
	case SAVE_CLOSED:
		reply_see_other(request, text_format(request->arena, "/%.*s/ket-qua/%.*s",
						     TEXT_ARGS(request->contest->code),
						     TEXT_ARGS(request->part)));
		return;
	case SAVE_CONFLICT:
	case SAVE_MOVED:
	case SAVE_GONE:
		reply_see_other(request, paper_path(request, s->paper.round, s->paper.attempt, ""));
		return;
	}
}

static void submit(struct request *request, struct submitting *s)
{
	struct submission submission;

	s->job = (struct store_job){ .class = STORE_CLASS_SAVE, .kind = STORE_SUBMIT,
				     .name = "submit", .key = s->paper.row.id };
	paper_post_fill(request, &s->paper, &s->post, &s->job.save);
	open_paper_submission(request, &s->paper, s->post.answers, s->post.prediction, request->now,
			      &submission);
	if (submission_fill(request->arena, &submission, &s->job.save) != 0) {
		page_problem(request, 503);
		return;
	}
	request_write(request, &s->job, after_submit);
}

/* The confirmation carries no answers: what is stored is submitted. */
static void post_what_is_stored(struct request *request, struct submitting *s)
{
	const struct q_paper_get *row = &s->paper.row;

	(void)request;
	s->confirmed = true;
	s->post = (struct paper_post){
		.revision = row->revision, .save_no = (int64_t)(random_u64() >> 1),
		.base = row->answers, .base_flags = row->flags, .answers = row->answers,
		.flags = row->flags, .prediction = row->prediction,
		.base_prediction = row->prediction,
	};
}

void page_paper_submit(struct request *request)
{
	const struct open_paper *paper = request->page;
	struct submitting *s = arena_alloc(request->arena, sizeof(*s));
	int first;

	if (paper_lead_away(request, paper))
		return;
	if (!s) {
		page_problem(request, 503);
		return;
	}
	s->paper = *paper;
	if (form_has(&request->form, "confirm")) {
		post_what_is_stored(request, s);
	} else if (paper_post_read(request, paper, &s->post) != 0) {
		page_problem(request, 400);
		return;
	}
	request->page = s;
	if (s->post.prediction_wrong || (!s->confirmed && (count_blank(s->post.answers, &first) ||
							   prediction_missing(s))))
		keep(request, s);
	else
		submit(request, s);
}
