/* contest check | apply | freeze | rank | publish */
#include "base/time.h"
#include "cli/command.h"
#include "cli/contest_apply.h"
#include "cli/contest_folder.h"
#include "jobs/ranking.h"
#include "jobs/suspicions.h"
#include "rules/rules_text.h"
#include "store/store.h"

#define PROBLEMS_BYTES_MAX (4 << 20)

/* Reads a folder; true when it is right, else everything wrong is told. */
static bool read_folder(struct command *command, enum profile_stage stage, int64_t now,
			struct contest_folder *folder)
{
	const char *dir = command_path(command, command->words[0]);
	struct buf problems;

	buf_init(&problems, command->arena, PROBLEMS_BYTES_MAX);
	int n = contest_folder_read(command->arena, dir, stage, now, folder, &problems);
	if (n > 0) {
		buf_text(command->err, buf_done(&problems));
		command_refuse(command, "%d problems in %s; nothing was changed", n, dir);
	}
	if (n < 0)
		command_refuse(command, "out of memory");
	return n == 0;
}

static void list_undecided(struct command *command, const struct profile *profile)
{
	struct text paths[64];
	int n = profile_undecided(profile, paths, ARRAY_LEN(paths));

	for (int i = 0; i < n && i < (int)ARRAY_LEN(paths); i++)
		buf_format(command->out, "còn để trống: %.*s\n", TEXT_ARGS(paths[i]));
}

int cmd_contest_check(struct command *command)
{
	struct contest_folder *folder = arena_alloc(command->arena, sizeof(*folder));
	struct text stage = command_option(command, "for");

	if (stage.len && !text_equal_z(stage, "announce") && !text_equal_z(stage, "open"))
		return command_misused(command, "--for is announce or open");
	if (!folder || !read_folder(command,
				    text_equal_z(stage, "open") ? PROFILE_FOR_OPEN : PROFILE_FOR_ANNOUNCE,
				    time_now_ms(), folder))
		return EXIT_REFUSED;
	buf_text(command->out, rules_text_markdown(command->arena, &folder->profile));
	buf_char(command->out, '\n');
	list_undecided(command, &folder->profile);
	for (int i = 0; i < folder->profile.n_banks; i++)
		buf_format(command->out, "%.*s: %d câu\n", TEXT_ARGS(folder->profile.banks[i].file),
			   folder->banks[i].questions.n);
	buf_format(command->out, "units.csv: %d dòng; không có lỗi\n", folder->units.n);
	return EXIT_DONE;
}

static int report_apply(struct command *command, const struct contest_apply *apply)
{
	buf_format(command->out, "%.*s: %s; thể lệ phiên bản %lld%s; %d bộ đề đổi\n",
		   TEXT_ARGS(apply->folder->profile.code), apply->created ? "đã tạo" : "đã cập nhật",
		   (long long)apply->rules_version, apply->rules_changed ? " (mới)" : "",
		   apply->banks_changed);
	list_undecided(command, &apply->folder->profile);
	return EXIT_DONE;
}

/* The change is on disk, but not in the memory of who serves it. */
static int refuse_unread(struct command *command)
{
	return command_refuse(command, "it was done, but the contests could not be read again: "
				       "what is being served is the old; restart the server");
}

/* Rules that are being sat under cannot become undecided again. */
static bool would_undecide(struct command *command, const struct profile *profile)
{
	int64_t now = command_now(command);
	const struct contest *contest = contest_acquire(command->site->contests, profile->code, now);
	const struct profile *in_force = contest ? &contest_rules(contest, now)->profile : NULL;
	bool would = in_force && now >= in_force->open_at &&
		     profile_undecided(in_force, NULL, 0) == 0 &&
		     profile_undecided(profile, NULL, 0) > 0;

	contest_release(contest);
	return would;
}

int cmd_contest_apply(struct command *command)
{
	struct contest_folder *folder = arena_alloc(command->arena, sizeof(*folder));
	struct text effective = command_option(command, "effective-at");
	struct contest_apply apply = {
		.arena = command->arena, .keys = command->site->keys, .ids = command->site->ids,
		.folder = folder, .actor = command->actor, .now = time_now_ms(),
		.contest_now = command_now(command), .effective_at = command_now(command),
	};

	if (effective.len && time_parse(effective, &apply.effective_at) != 0)
		return command_misused(command, "--effective-at is a time as 2024-09-20T08:00:00+07:00");
	if (!folder || !read_folder(command, PROFILE_FOR_ANNOUNCE, apply.contest_now, folder))
		return EXIT_REFUSED;
	if (would_undecide(command, &folder->profile)) {
		list_undecided(command, &folder->profile);
		return command_refuse(command, "hội thi đã mở: giá trị của thể lệ không thể để trống lại");
	}
	int result = store_call(command->site->store, STORE_CLASS_BACKGROUND, "apply",
				contest_apply_run, &apply);
	if (result == STORE_NONE)
		return command_refuse(command, "%.*s", TEXT_ARGS(apply.refused));
	if (result < 0)
		return command_refuse(command, "the store failed; nothing was changed");
	if (command_reload(command->site) < 0)
		return refuse_unread(command);
	return report_apply(command, &apply);
}

static void report_freeze(struct command *command, const struct ranking_order *order)
{
	buf_format(command->out, "đã chốt %lld bài%s; SHA-256 %.*s\n", (long long)order->papers,
		   order->unchanged ? " (không đổi)" : "",
		   TEXT_ARGS(text_hex(command->arena, order->hash.bytes, HASH_BYTES)));
}

static void report_rank(struct command *command, const struct ranking_order *order)
{
	buf_format(command->out,
		   "đã xếp hạng %lld người, %lld đơn vị từ %lld bài; loại %lld người%s; SHA-256 %.*s\n",
		   (long long)order->people, (long long)order->units, (long long)order->papers,
		   (long long)order->left_out, order->unchanged ? " (không đổi)" : "",
		   TEXT_ARGS(text_hex(command->arena, order->hash.bytes, HASH_BYTES)));
	if (suspicions_write(order, command->out) < 0)
		buf_z(command->out, "không xem được ai dùng chung số điện thoại hay đăng ký hai lần\n");
}

static void report_publish(struct command *command, const struct ranking_order *order)
{
	buf_format(command->out, "đã công bố theo %.*s ngày %.*s\n", TEXT_ARGS(order->decision_no),
		   TEXT_ARGS(order->decision_date));
}

/* Runs one step from close to result, and says what came of it. */
static int run_step(struct command *command, int (*step)(struct ranking_order *),
		    void (*report)(struct command *, const struct ranking_order *))
{
	const struct contest *contest = command_contest(command);
	struct ranking_order order = {
		.site = command->site, .contest = contest, .now = command_now(command),
		.actor = command->actor, .arena = command->arena, .refused = TEXT_EMPTY,
		.stop = command->stop,
		.decision_no = command_option(command, "decision-no"),
		.decision_date = command_option(command, "decision-date"),
	};
	int status = EXIT_REFUSED;

	if (!contest)
		return EXIT_REFUSED;
	order.round = command_round(command, contest);
	int answer = order.round < 0 ? 2 : step(&order);
	if (answer == 1)
		command_refuse(command, "%.*s", TEXT_ARGS(order.refused));
	if (answer < 0)
		command_refuse(command, "the store failed");
	else if (answer == 0 && command_reload(command->site) < 0)
		refuse_unread(command);
	else if (answer == 0) {
		report(command, &order);
		status = EXIT_DONE;
	}
	contest_release(contest);
	return status;
}

int cmd_contest_freeze(struct command *command)
{
	return run_step(command, ranking_freeze, report_freeze);
}

int cmd_contest_rank(struct command *command)
{
	if (command_paused(command, PACE_RANK))
		return EXIT_REFUSED;
	return run_step(command, ranking_rank, report_rank);
}

int cmd_contest_publish(struct command *command)
{
	int64_t date;

	if (command_option(command, "decision-no").len == 0)
		return command_misused(command, "publish needs --decision-no and --decision-date");
	if (time_parse(command_option(command, "decision-date"), &date) != 0)
		return command_misused(command, "--decision-date is a date as 2024-10-08");
	return run_step(command, ranking_publish, report_publish);
}
