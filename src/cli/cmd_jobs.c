/* jobs pause | resume | status: what the server does beside the paper, and when it lets
 * that wait (jobs/pace.h). */
#include "base/time.h"
#include "cli/command.h"
#include "store/act.h"
#include "store/store.h"

static int64_t minutes(int64_t ms)
{
	return (ms + TIME_MINUTE_MS - 1) / TIME_MINUTE_MS;
}

static bool is_served(struct command *command)
{
	if (!command->stop)
		command_refuse(command, "nobody serves this folder: there is nothing to pause");
	return command->stop;
}

/* Reads "4h" or "30m"; false after saying what is wrong. */
static bool read_time(struct command *command, int64_t *ret_ms)
{
	struct text time = command_option(command, "for");
	struct text digits = text_part(time, 0, time.len ? time.len - 1 : 0);
	int64_t unit = text_ends_with(time, TEXT("h"))   ? TIME_HOUR_MS
		       : text_ends_with(time, TEXT("m")) ? TIME_MINUTE_MS
							 : 0;
	int64_t n;

	*ret_ms = PACE_PAUSE_MS;
	if (!command_has(command, "for"))
		return true;
	if (unit && text_to_int64(digits, &n) == 0 && n > 0 && n <= PACE_PAUSE_MAX_MS / unit) {
		*ret_ms = n * unit;
		return true;
	}
	command_misused(command, "--for is a time as 4h or 30m, at most 24h");
	return false;
}

struct pausing {
	struct command *command;
	int64_t left_ms, ms;	/* of the pause before, and from now on; 0 none */
};

static struct text words_of(struct arena *arena, int64_t ms)
{
	return ms ? text_format(arena, "paused for %lld minutes", (long long)minutes(ms))
		  : TEXT("running");
}

static int write_act(void *ctx, struct db *db)
{
	const struct pausing *p = ctx;
	struct arena *arena = p->command->arena;
	const struct act act = {
		.actor = p->command->actor, .kind = p->ms ? TEXT("jobs.pause") : TEXT("jobs.resume"),
		.subject = TEXT("jobs"), .before = words_of(arena, p->left_ms),
		.after = words_of(arena, p->ms), .reason = TEXT_EMPTY,
	};

	return act_add(db, arena, time_now_ms(), &act);
}

static int change(struct command *command, int64_t ms)
{
	struct pausing p = { command, pace_pause(ms), ms };

	if (store_call(command->site->store, STORE_CLASS_DOOR, "jobs", write_act, &p) < 0)
		return command_refuse(command, "it was done, but the store failed to record it");
	if (ms)
		buf_format(command->out,
			   "đã tạm dừng các việc nền đến %.*s, sau đó tự chạy tiếp; bài hết giờ vẫn "
			   "được nộp, `contest freeze` và `contest publish` vẫn chạy\n",
			   TEXT_ARGS(time_format_vn(command->arena, time_now_ms() + ms,
						    TIME_STYLE_FULL)));
	else
		buf_z(command->out, "các việc nền chạy tiếp\n");
	return EXIT_DONE;
}

int cmd_jobs_pause(struct command *command)
{
	int64_t ms;

	if (!read_time(command, &ms))
		return EXIT_USAGE;
	return is_served(command) ? change(command, ms) : EXIT_REFUSED;
}

int cmd_jobs_resume(struct command *command)
{
	return is_served(command) ? change(command, 0) : EXIT_REFUSED;
}

static const char *state_of(const struct pace_figures *figures)
{
	if (!figures->running)
		return "xong";
	switch (figures->waits) {
	case PACE_GOES:
		return "đang chạy";
	case PACE_PAUSED:
		return "đang chờ: tạm dừng";
	case PACE_QUEUE:
		return "đang chờ: nhiều bài đang lưu";
	case PACE_COMMITS:
		return "đang chờ: đĩa chậm";
	}
	return "";
}

static void tell(struct command *command, enum pace_job job)
{
	struct pace_figures figures = pace_figures(job);

	if (figures.began_at == TIME_NONE) {
		buf_format(command->out, "%s: chưa chạy từ khi máy chủ khởi động\n", pace_name(job));
		return;
	}
	buf_format(command->out,
		   "%s: %s; bắt đầu %.*s, %lld ms, %lld dòng; %lld lát đọc, %lld lát ghi, lát ghi "
		   "lâu nhất %lld ms\n",
		   pace_name(job), state_of(&figures),
		   TEXT_ARGS(time_format_vn(command->arena, figures.began_at,
					    TIME_STYLE_DAY_AND_TIME)),
		   (long long)figures.took_ms, (long long)figures.rows, (long long)figures.reads,
		   (long long)figures.writes, (long long)figures.longest_ms);
}

int cmd_jobs_status(struct command *command)
{
	int64_t left = pace_paused_ms(PACE_SNAPSHOT);

	if (!is_served(command))
		return EXIT_REFUSED;
	if (left)
		buf_format(command->out, "tạm dừng, còn %lld phút\n", (long long)minutes(left));
	for (int job = 0; job < PACE_JOBS; job++)
		tell(command, (enum pace_job)job);
	return EXIT_DONE;
}
