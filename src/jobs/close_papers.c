#include "jobs/close_papers.h"

#include "base/log.h"
#include "base/random.h"
#include "pages/contest.h"
#include "pages/submission.h"
#include "store/store.h"

#include "store_queries.h"

struct slice {
	struct arena *arena;
	int64_t before;
	struct q_papers_to_close *papers;
};

static int read_slice(void *ctx, struct db *db)
{
	struct slice *slice = ctx;
	return q_papers_to_close(db, slice->arena, slice->before, &slice->papers);
}

static const struct contest *contest_of(const struct contest *const *contests, int n, int64_t id)
{
	for (int i = 0; i < n; i++)
		if (contests[i]->id == id)
			return contests[i];
	return NULL;
}

/* 0 done, 1 the paper cannot be scored. */
static int fill_job(struct arena *arena, const struct contest *contest,
		    const struct q_papers_to_close *row, struct store_job *job)
{
	const struct submission submission = {
		.contest = contest, .rules_version = row->rules_version, .bank = row->bank,
		.draw_version = row->draw_version, .round = row->round, .group = row->group_id,
		.entry_code = row->entry_code, .attempt = row->attempt, .seed = row->seed,
		.drawn = row->drawn, .answers = row->answers, .prediction = row->prediction,
		.started_at = row->started_at, .deadline_at = row->deadline_at,
		.submitted_at = row->deadline_at,
	};

	*job = (struct store_job){ .class = STORE_CLASS_BACKGROUND, .kind = STORE_SUBMIT,
				   .name = "close", .key = row->id };
	job->save = (struct job_save){
		.paper = row->id, .holder = row->holder, .revision = row->revision,
		.save_no = (int64_t)(random_u64() >> 1), .now = row->deadline_at,
		.answers = row->answers, .flags = row->flags, .prediction = row->prediction,
		.by_clock = 1, .arena = arena,
	};
	return submission_fill(arena, &submission, &job->save) != 0;
}

static int close_slice(struct site *site, struct slice *slice, int n)
{
	const struct contest *contests[CONTESTS_MAX];
	int n_contests = contest_acquire_all(site->contests, contests);
	struct store_job *jobs = arena_array(slice->arena, (size_t)n + 1, sizeof(*jobs));
	int n_jobs = 0, closed = 0;

	for (int i = 0; jobs && i < n; i++) {
		const struct contest *contest = contest_of(contests, n_contests,
							   slice->papers[i].contest);
		if (contest && fill_job(slice->arena, contest, &slice->papers[i], &jobs[n_jobs]) == 0)
			n_jobs++;
		else
			log_error("a paper cannot be closed: its rules or bank are not to be had");
	}
	if (n_jobs)
		store_write_all(site->store, jobs, n_jobs);
	for (int i = 0; i < n_jobs; i++)
		closed += jobs[i].result == STORE_ONE && jobs[i].save.verdict == SAVE_DONE;
	for (int i = 0; i < n_contests; i++)
		contest_release(contests[i]);
	return closed;
}

int close_papers_step(struct site *site)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(16 << 20);
	struct slice slice = { .arena = arena,
			       .before = contest_now_ms(&site->clock) - CLOSE_AFTER_MS };
	int n = arena ? store_read(site->store, "close", read_slice, &slice, NULL) : STORE_FAILED;

	return n > 0 ? close_slice(site, &slice, n) : n;
}
