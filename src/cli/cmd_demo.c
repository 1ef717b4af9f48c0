/* demo: the sample contest with people in it, open now */
#include "base/time.h"
#include "cli/contest_apply.h"
#include "cli/demo_people.h"
#include "cli/sample_dir.h"
#include "cli/serve.h"
#include "jobs/close_papers.h"
#include "jobs/snapshot.h"

#include <errno.h>
#include <sys/stat.h>

#define PEOPLE_DEFAULT 5000
#define LISTEN_DEFAULT "127.0.0.1:8080"
#define DATA_DEFAULT "hoithi-demo"

/* The demo stands five days after the opening of the sample contest. */
#define DAYS_AFTER_OPENING 5

struct demo {
	const char *root;	/* DIR: data in DIR/data, keys in DIR/keys */
	int people;
	struct contest_folder *folder;
};

static void set_option(struct command *command, const char *name, struct text value)
{
	command->options[command->n_options++] =
		(struct command_option){ text_from_z(name), value };
}

/* Reads the command line into the options that folder_open looks at. */
static int read_options(struct command *command, struct demo *demo)
{
	struct arena *arena = command->arena;
	struct text people = command_option(command, "people");
	struct text data = command_option(command, "data");
	int64_t n = PEOPLE_DEFAULT;

	if (people.len && (text_to_int64(people, &n) != 0 || n < 1 || n > DEMO_PEOPLE_MAX))
		return command_misused(command, "--people is a number from 1 to %d", DEMO_PEOPLE_MAX);
	demo->people = (int)n;
	demo->root = command_path(command, data.len ? data : TEXT(DATA_DEFAULT));
	if (mkdir(demo->root, 0700) != 0 && errno != EEXIST)
		return command_refuse(command, "cannot make %s: %s", demo->root, strerror(errno));
	command->n_options = command->n_options > COMMAND_ARGS_MAX - 4 ? 0 : command->n_options;
	for (int i = 0; i < command->n_options; i++)
		if (text_equal_z(command->options[i].name, "data"))
			command->options[i].name = TEXT("root");
	set_option(command, "data", text_format(arena, "%s/data", demo->root));
	set_option(command, "keys", text_format(arena, "%s/keys", demo->root));
	return 0;
}

static int read_sample(struct command *command, struct demo *demo, int64_t now)
{
	struct text sample = command_option(command, "sample");
	const char *dir = sample.len ? command_path(command, sample) : SAMPLE_DIR;
	struct buf problems;

	buf_init(&problems, command->arena, 1 << 20);
	demo->folder = arena_alloc(command->arena, sizeof(*demo->folder));
	if (!demo->folder)
		return command_refuse(command, "out of memory");
	int n = contest_folder_read(command->arena, dir, PROFILE_FOR_OPEN, now, demo->folder, &problems);
	buf_text(command->err, buf_done(&problems));
	return n ? command_refuse(command, "the sample contest in %s is not right", dir) : 0;
}

/* Takes the snapshots that a server would have taken day by day, each at its hour. */
static int take_snapshots(struct site *site, const struct contest *contest)
{
	const struct contest_clock clock = site->clock;
	int64_t now = contest_now_ms(&clock);
	int result = 0;

	for (int64_t day = contest_rules(contest, now)->profile.open_at; result >= 0 && day <= now;
	     day += TIME_DAY_MS) {
		int64_t due = snapshot_due(contest, time_day_start(day) + TIME_DAY_MS - 1);
		if (due == TIME_NONE || due > now)
			continue;
		site->clock.shift_ms = due + CLOSE_AFTER_MS - time_now_ms();
		result = snapshot_step(site, contest_now_ms(&site->clock), NULL);
	}
	site->clock = clock;
	return result;
}

/* Fills a fresh folder. */
static int fill(struct command *command, struct demo *demo, struct folder *folder)
{
	int64_t now = contest_now_ms(&folder->site.clock);
	struct contest_apply apply = {
		.arena = command->arena, .keys = folder->keys, .ids = &folder->ids,
		.folder = demo->folder, .actor = command->actor, .now = time_now_ms(),
		.contest_now = now, .effective_at = demo->folder->profile.launch_at,
	};

	fprintf(stderr, "đang tạo dữ liệu mẫu: %d người …\n", demo->people);
	if (store_call(folder->site.store, STORE_CLASS_BACKGROUND, "apply", contest_apply_run, &apply) <=
		    0 || command_reload(&folder->site) < 0)
		return command_refuse(command, "cannot put the sample contest into the folder");
	const struct contest *contest = contest_acquire(folder->site.contests, TEXT_EMPTY, now);
	int result = contest ? demo_people_add(command, contest, demo->folder, demo->people) : -1;
	if (result >= 0)
		result = take_snapshots(&folder->site, contest);
	contest_release(contest);
	return result < 0 ? command_refuse(command, "cannot write the synthetic people") : 0;
}

static void print_ready(struct command *command, struct folder *folder, int port, void *ctx)
{
	const struct demo *demo = ctx;

	(void)command;
	(void)folder;
	printf("\nHội thi mẫu đang mở tại  http://127.0.0.1:%d\n"
	       "Đăng nhập                số điện thoại %s, mật khẩu %s\n"
	       "Dữ liệu                  %s/data\n"
	       "Khóa                     %s/keys\n"
	       "Dừng                     Ctrl-C\n\n",
	       port, DEMO_PHONE, DEMO_PASSWORD, demo->root, demo->root);
	fflush(stdout);
}

static bool is_fresh(struct folder *folder)
{
	const struct contest *contest = contest_acquire(folder->site.contests, TEXT_EMPTY, 0);
	contest_release(contest);
	return contest == NULL;
}

/* The clock that makes the sample contest open now, for a folder that has none yet. */
static struct text demo_clock(struct command *command, const struct demo *demo)
{
	int64_t open_at = demo->folder->profile.open_at;
	return time_format_iso(command->arena, open_at + DAYS_AFTER_OPENING * TIME_DAY_MS);
}

int cmd_demo(struct command *command)
{
	struct demo demo = { 0 };
	struct text listen = command_option(command, "listen");
	struct folder folder;
	struct stat info;

	int status = read_options(command, &demo);
	if (status == 0)
		status = read_sample(command, &demo, time_now_ms());
	if (status)
		return status;
	const char *keys_dir = command_path(command, command_option(command, "keys"));
	const char *data_dir = command_path(command, command_option(command, "data"));
	bool exists = stat(data_dir, &info) == 0;
	if (keys_create(keys_dir) != 0)
		return command_refuse(command, "cannot make the keys in %s: %s", keys_dir, strerror(errno));
	const struct folder_options options = {
		.create = true, .threads = true, .demo = true, .fatal = serve_fatal,
		.failed = serve_failed,
		.clock = exists ? TEXT_EMPTY : demo_clock(command, &demo),
	};
	int answer = folder_open(command, &options, &folder);
	if (answer == FOLDER_SERVED)
		return command_refuse(command, "%s is being served already", data_dir);
	if (answer)
		return answer;
	command->site = &folder.site;
	const struct serve_options serve = {
		.listen = listen.len ? listen : TEXT(LISTEN_DEFAULT), .metrics = TEXT_EMPTY,
		.trusted_proxy = TEXT_EMPTY, .data_dir = data_dir, .ready = print_ready, .ctx = &demo,
	};
	status = is_fresh(&folder) ? fill(command, &demo, &folder) : 0;
	if (status == 0)
		status = serve_folder(command, &folder, &serve);
	folder_close(&folder);
	return status;
}
