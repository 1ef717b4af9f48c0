/* Saving: one guarded UPDATE. The page's script saves most, and nearly all that it
 * saves is kept: so its paper is only read once the UPDATE was not made.
 *
 * Without JavaScript a conflict with another tab or device is merged here, item by
 * item, and saved again; with it the page is told what is stored and does so
 * itself. */
#include "base/random.h"
#include "base/time.h"
#include "pages/paper.h"
#include "pages/paper_post.h"
#include "pages/route.h"

#define REBASES_MAX 5
#define STATE_BYTES_MAX 2048

struct saving {
	struct open_paper paper;	/* first: request->page is a struct open_paper */
	struct paper_post post;
	struct store_job job;
	int64_t deadline_at;
	int rebases;
	bool json;
};

static void reply_json(struct request *request, int status, struct text body)
{
	request->reply.status = status;
	request->reply.type = TEXT("application/json");
	request->reply.body = body;
}

/* What the page's script needs to go on: texts hold digits only, so nothing has to
 * be escaped. */
static void reply_state(struct request *request, int status, const char *verdict,
			const struct saving *saving)
{
	const struct job_save *save = &saving->job.save;
	struct buf json;

	buf_init(&json, request->arena, STATE_BYTES_MAX);
	buf_z(&json, "{\"verdict\":\"");
	buf_z(&json, verdict);
	buf_z(&json, "\",\"rev\":");
	buf_int(&json, save->stored_revision);
	buf_z(&json, ",\"answers\":\"");
	buf_text(&json, save->stored_answers);
	buf_z(&json, "\",\"flags\":\"");
	buf_text(&json, save->stored_flags);
	buf_z(&json, "\",\"prediction\":");
	buf_int(&json, save->stored_prediction);
	buf_z(&json, ",\"prediction_wrong\":");
	buf_z(&json, saving->post.prediction_wrong ? "true" : "false");
	buf_z(&json, ",\"left_ms\":");
	buf_int(&json, saving->deadline_at - request->now);
	buf_z(&json, ",\"saved_at\":\"");
	buf_text(&json, time_format_vn(request->arena, request->now, TIME_STYLE_CLOCK));
	buf_z(&json, "\"}\n");
	reply_json(request, status, buf_done(&json));
}

static void reply_verdict_json(struct request *request, const struct saving *saving)
{
	switch (saving->job.save.verdict) {
	case SAVE_DONE:
	case SAVE_ALREADY:
		reply_state(request, 200, "saved", saving);
		return;
	case SAVE_CONFLICT:
		reply_state(request, 409, "conflict", saving);
		return;
	case SAVE_MOVED:
		reply_state(request, 409, "moved", saving);
		return;
	case SAVE_CLOSED:
	case SAVE_GONE:
		reply_state(request, 410, "closed", saving);
		return;
	}
}

static void after_save(struct request *request);

static void save_again(struct request *request, struct saving *saving)
{
	paper_post_rebase(request, &saving->post, &saving->job.save);
	saving->rebases++;
	paper_post_fill(request, &saving->paper, &saving->post, &saving->job.save);
	request_write(request, &saving->job, after_save);
}

static void after_save(struct request *request)
{
	struct saving *saving = request->page;
	const struct open_paper *paper = &saving->paper;

	if (saving->job.result < 0 && saving->json) {
		reply_json(request, 503, TEXT("{\"verdict\":\"busy\"}\n"));
		request->reply.retry_after_s = 2;
		return;
	}
	if (page_write_failed(request))
		return;
	if (saving->json) {
		reply_verdict_json(request, saving);
		return;
	}
	if (saving->job.save.verdict == SAVE_CONFLICT && saving->rebases < REBASES_MAX) {
		save_again(request, saving);
		return;
	}
	if (saving->job.save.verdict == SAVE_CONFLICT) {
		/* Others save faster than this one merges. Nothing was kept, so the
		 * page for it carries the form. */
		page_problem(request, 503);
		return;
	}
	const char *rest = saving->post.prediction_wrong ? "?da-luu&du-doan#du-doan" : "?da-luu";
	if (saving->job.save.verdict == SAVE_MOVED)
		rest = "";	/* the page says that another device has it */
	reply_see_other(request, paper_path(request, paper->round, paper->attempt, rest));
}

static void save(struct request *request, bool json)
{
	struct saving *saving = arena_alloc(request->arena, sizeof(*saving));
	const struct open_paper *paper = request->page;

	if (json && paper->sitting.entry.signed_in && (!paper->found || !paper->is_open)) {
		reply_json(request, 410, TEXT("{\"verdict\":\"closed\"}\n"));
		return;
	}
	if (paper_lead_away(request, paper))
		return;
	if (!saving || paper_post_read(request, paper, &saving->post) != 0) {
		page_problem(request, saving ? 400 : 503);
		return;
	}
	saving->paper = *paper;
	saving->deadline_at = paper->row.deadline_at;
	saving->json = json;
	saving->job = (struct store_job){ .class = STORE_CLASS_SAVE, .kind = STORE_SAVE,
					  .name = "save", .key = paper->row.id };
	paper_post_fill(request, paper, &saving->post, &saving->job.save);
	request->page = saving;
	request_write(request, &saving->job, after_save);
}

void page_paper_save(struct request *request)
{
	save(request, false);
}

static void save_read(struct request *request)
{
	save(request, true);
}

static void after_save_unread(struct request *request)
{
	struct saving *saving = request->page;

	if (saving->job.result == STORE_NONE) {
		request_read(request, open_paper_load_to_save, save_read);
		return;
	}
	if (saving->job.result > 0) {
		saving->deadline_at = saving->job.save.deadline_at;
		request->stays_until = saving->deadline_at - request->site->clock.shift_ms;
	}
	after_save(request);
}

/* As if the paper were one that the form fits, under the rules in force: no other is
 * found by the job. False when the form fits none, or says what only the paper can
 * answer. */
static bool fill_unread(struct request *request, struct saving *saving)
{
	const struct rules_in_force *rules = page_rules(request);
	size_t n = form_value(&request->form, "base").len;
	struct job_save *save = &saving->job.save;
	int round, attempt;

	if (n > PROFILE_QUESTIONS_MAX || !paper_part_read(request, &round, &attempt) ||
	    paper_post_read_as(request, &rules->profile, (int)n, &saving->post) != 0 ||
	    saving->post.prediction_wrong)
		return false;
	saving->json = true;
	saving->job = (struct store_job){ .class = STORE_CLASS_SAVE, .kind = STORE_SAVE_UNREAD,
					  .name = "save", .key = request->session.person };
	paper_post_fill(request, &saving->paper, &saving->post, save);
	save->contest = request->contest->id;
	save->person = request->session.person;
	save->round = contest_ids_of(request->contest, rules)->rounds[round];
	save->attempt = attempt;
	save->epoch = request->session.epoch;
	save->rules_version = rules->version;
	return true;
}

void page_paper_save_json(struct request *request)
{
	struct saving *saving = arena_alloc(request->arena, sizeof(*saving));

	if (!saving || !fill_unread(request, saving)) {
		request_read(request, open_paper_load_to_save, save_read);
		return;
	}
	request->page = saving;
	request_write(request, &saving->job, after_save_unread);
}
