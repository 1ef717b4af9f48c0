/* The sitting's jobs: start, save, submit. Each is one guarded statement; when its
 * guard does not hold, the row is read to say why. */
#include "store/job.h"

#include "base/time.h"

#include "store_queries.h"

#include <assert.h>

static int run_start(struct db *db, struct job_start *start)
{
	int64_t now = time_now_ms() + start->clock_shift_ms;
	int64_t deadline = now + start->time_limit_ms;
	struct q_paper_of_attempt paper;
	struct q_entry_in_group entry;

	int result = q_paper_of_attempt(db, start->entry, start->round, start->attempt, &paper);
	if (result != 0) {
		start->paper = paper.id;
		return result;
	}
	if (now < start->open_at || now >= start->close_at)
		return STORE_NONE;
	/* The person may have changed groups, and so banks, since it was drawn. */
	result = q_entry_in_group(db, start->entry, start->group, &entry);
	if (result <= 0)
		return result;
	const struct q_paper_start_in row = {
		.id = start->id, .contest = start->contest, .round = start->round,
		.entry = start->entry, .group_id = start->group, .attempt = start->attempt,
		.rules_version = start->rules_version, .bank = start->bank,
		.draw_version = start->draw_version, .seed = start->seed, .drawn = start->drawn,
		.holder = start->holder, .answers = start->answers, .flags = start->flags,
		.started_at = now,
		.deadline_at = deadline < start->latest_end ? deadline : start->latest_end,
		.nothing = TEXT_EMPTY,
	};
	start->paper = start->id;
	return q_paper_start(db, &row);
}

/* The number alone does not tell: a form that was pressed twice posts the same one
 * with more answers. */
static bool is_stored_already(const struct job_save *save, const struct q_paper_stored *stored,
			      bool is_submit)
{
	return stored->save_no == save->save_no && stored->holder == save->holder &&
	       stored->state == (is_submit ? 1 : 0) &&
	       text_equal(stored->answers, save->answers) &&
	       text_equal(stored->flags, save->flags) && stored->prediction == save->prediction;
}

static enum save_verdict judge(const struct job_save *save, const struct q_paper_stored *stored,
			       bool is_submit)
{
	if (is_stored_already(save, stored, is_submit))
		return SAVE_ALREADY;
	if (stored->state != 0)
		return SAVE_CLOSED;
	if (!is_submit && stored->deadline_at <= save->now)
		return SAVE_CLOSED;
	if (stored->holder != save->holder)
		return SAVE_MOVED;
	return SAVE_CONFLICT;
}

/* Why the guard did not hold. */
static int explain(struct db *db, struct job_save *save, bool is_submit)
{
	struct q_paper_stored stored = { 0 };
	int result = q_paper_stored(db, save->arena, save->paper, &stored);

	if (result < 0)
		return result;
	if (result == 0) {
		save->verdict = SAVE_GONE;
		return STORE_ONE;
	}
	save->verdict = judge(save, &stored, is_submit);
	save->stored_revision = stored.revision;
	save->stored_answers = stored.answers;
	save->stored_flags = stored.flags;
	save->stored_prediction = stored.prediction;
	return STORE_ONE;
}

static int done(struct job_save *save)
{
	save->verdict = SAVE_DONE;
	save->stored_revision = save->revision + 1;
	save->stored_answers = save->answers;
	save->stored_flags = save->flags;
	save->stored_prediction = save->prediction;
	return STORE_ONE;
}

/* The paper's id: nobody may have read it, and jobs leave their arguments alone. */
static int update(struct db *db, const struct job_save *save, int64_t paper)
{
	const struct q_paper_save_in row = {
		.id = paper, .holder = save->holder, .revision = save->revision,
		.now = save->now, .answers = save->answers, .flags = save->flags,
		.prediction = save->prediction, .save_no = save->save_no,
	};

	return q_paper_save(db, &row);
}

static int run_save(struct db *db, struct job_save *save)
{
	int changed = update(db, save, save->paper);

	if (changed < 0)
		return changed;
	return changed ? done(save) : explain(db, save, false);
}

static int run_save_unread(struct db *db, struct job_save *save)
{
	const struct q_paper_to_save_in which = {
		.contest = save->contest, .person = save->person, .round = save->round,
		.attempt = save->attempt, .epoch = save->epoch, .device = save->holder,
		.rules_version = save->rules_version, .items = (int64_t)save->answers.len,
	};
	struct q_paper_to_save paper;
	int result = q_paper_to_save(db, &which, &paper);

	if (result > 0)
		result = update(db, save, paper.id);
	if (result <= 0)
		return result;
	save->deadline_at = paper.deadline_at;
	return done(save);
}

static int run_submit(struct db *db, struct job_save *save)
{
	const struct q_paper_submit_in row = {
		.id = save->paper, .holder = save->holder, .revision = save->revision,
		.answers = save->answers, .flags = save->flags, .prediction = save->prediction,
		.save_no = save->save_no, .submitted_at = save->submitted_at,
		.elapsed_ms = save->elapsed_ms, .by_clock = save->by_clock,
		.score_points = save->score_points, .correct = save->correct,
		.perfect = save->perfect, .salt = save->salt, .leaf_hash = save->leaf_hash,
		.receipt = save->receipt,
	};
	int changed = q_paper_submit(db, &row);

	if (changed < 0)
		return changed;
	return changed ? done(save) : explain(db, save, true);
}

int paper_job_run(struct db *db, struct store_job *job)
{
	switch (job->kind) {
	case STORE_START:
		return run_start(db, &job->start);
	case STORE_SAVE:
		return run_save(db, &job->save);
	case STORE_SAVE_UNREAD:
		return run_save_unread(db, &job->save);
	case STORE_SUBMIT:
		return run_submit(db, &job->save);
	case STORE_CALL:
	case STORE_BETWEEN:
		break;
	}
	assert(false && "a job of the sitting");
	return STORE_FAILED;
}
