/* rehearse: a synthetic crowd plays the organizer's own contest on this machine, in a copy
 * of its data that is gone afterwards, and a page says how many people it holds. */
#include "base/file.h"
#include "base/time.h"
#include "cli/crowd_people.h"
#include "cli/folder.h"
#include "cli/rehearse_page.h"
#include "cli/rehearse_work.h"
#include "cli/version.h"

#include "store_queries.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define PEOPLE_MIN 20
#define PEOPLE_MAX 1000000
#define MINUTES_MAX 60
/* Numbers that no operator has been given. */
#define PHONES "+8451"
#define NAME "Người Diễn Tập"
/* A person, the paper and the log of both, at most. */
#define PERSON_BYTES 8192
#define LOG_BYTES_MAX (256 << 20)
#define SPARE_MS (5 * TIME_MINUTE_MS)

struct rehearsal {
	struct command *command;
	struct arena *arena;
	int people;
	int64_t minutes;
	const char *data, *keys;	/* the organizer's */
	int64_t data_bytes;
	dev_t data_disk;
	struct rehearse_work work;
	struct folder folder;		/* the copy's, while it is open */
	const struct contest *contest;
	int64_t clock;
	struct crowd_people crowd;
	const char *code;		/* of the contest */
	int saves;			/* of a paper: the page saves each answer by itself */
	int64_t handed_in;		/* papers in the copy that people submitted */
	struct rehearse_play play;
};

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
	(void)number;
	stopped = 1;
	load_end();
}

static void catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	const struct sigaction action = { .sa_handler = on_signal };

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		sigaction(numbers[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* --- progress, on standard error */

/* On a terminal a line that is written over, elsewhere each line once. */
static void tell(const char *format, ...) PRINTF(1, 2);

static void tell(const char *format, ...)
{
	static char before[200];
	char now[200];
	va_list args;

	va_start(args, format);
	vsnprintf(now, sizeof(now), format, args);
	va_end(args);
	if (strcmp(now, before) == 0)
		return;
	memcpy(before, now, sizeof(before));
	fprintf(stderr, isatty(STDERR_FILENO) ? "\r\033[K%s" : "%s\n", now);
}

static void tell_end(void)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
}

static bool tell_people(int done)
{
	if (done % 10000 == 0)
		tell("đang thêm người giả lập: %d …", done);
	return !stopped;
}

static void tell_stage(const struct stage *stage, const struct load *load)
{
	static const char *const names[] = {
		[STAGE_WARM] = "khởi động", [STAGE_STARTS] = "cùng bấm Vào thi",
		[STAGE_SIGN_INS] = "đăng nhập", [STAGE_RISE] = "tăng dần",
		[STAGE_HOLD] = "giữ mức 80 %",
	};
	const struct figures *figures = &load->figures;
	char rate[64] = "";

	if (stage->rate > 0)
		snprintf(rate, sizeof(rate), ", %.0f người một giây", stage->rate);
	if (figures->begun && isatty(STDERR_FILENO))
		tell("%s%s: %lld đến, %lld xong, %lld lỗi", names[stage->kind], rate,
		     (long long)figures->begun, (long long)figures->done,
		     (long long)figures_faults(figures));
	else if (figures->begun == 0)
		tell("%s%s …", names[stage->kind], rate);
}

/* --- the copy */

static const char *database_of(struct rehearsal *r, const char *dir)
{
	return text_z(r->arena, text_format(r->arena, "%s/hoithi.db", dir));
}

static int make_copy(struct rehearsal *r)
{
	const char *file = database_of(r, r->work.copy);
	const char *args[] = { "hoithi", "rehearse", "copy", "--data", r->data, "--to", file,
			       command_has(r->command, "even-while-open") ? "--even-while-open"
									  : NULL, NULL };

	tell("đang sao chép dữ liệu …");
	pid_t pid = child_start(args, NULL);
	if (pid < 0)
		return command_refuse(r->command, "the system gives no process: %s",
				      strerror(errno));
	/* It has said why. */
	return child_wait(pid, &stopped) == EXIT_DONE && !stopped ? 0 : EXIT_REFUSED;
}

/* Opens the copy; with a clock it becomes a rehearsal. */
static int open_copy(struct rehearsal *r, struct text clock)
{
	const struct folder_options options = { .copy = true, .clock = clock };
	struct command *command = r->command;

	for (int i = 0; i < command->n_options; i++)
		if (text_equal_z(command->options[i].name, "data"))
			command->options[i].value = text_from_z(r->work.copy);
	int answer = folder_open(command, &options, &r->folder);
	if (answer == FOLDER_SERVED)
		return command_refuse(r->command, "%s is being served", r->work.copy);
	if (answer)
		return answer;
	r->command->site = &r->folder.site;
	r->contest = command_contest(r->command);
	return r->contest ? 0 : EXIT_REFUSED;
}

static void close_copy(struct rehearsal *r)
{
	if (!r->command->site)
		return;
	contest_release(r->contest);
	r->contest = NULL;
	folder_close(&r->folder);
	r->command->site = NULL;
}

/* The first round that is not over, or the first of all. */
static const struct profile_round *round_to_play(const struct profile *profile, int64_t now)
{
	for (int i = 0; i < profile->n_rounds; i++)
		if (now < profile->rounds[i].close_at)
			return &profile->rounds[i];
	return &profile->rounds[0];
}

/* The middle of the round, unless too little would be left of it. */
static int choose_clock(struct rehearsal *r)
{
	const struct rules_in_force *rules = &r->contest->rules[r->contest->n_rules - 1];
	const struct profile_round *round = round_to_play(&rules->profile, command_now(r->command));
	int64_t half = (round->close_at - round->open_at) / 2;
	int64_t latest = round->close_at - r->minutes * TIME_MINUTE_MS - SPARE_MS;

	r->clock = round->open_at + half < latest ? round->open_at + half : latest;
	if (r->clock < round->open_at)
		r->clock = round->open_at;
	rules = contest_rules(r->contest, r->clock);
	switch (phase_may_start(&rules->profile, r->clock)) {
	case 0:
		return 0;
	case 1:
		return command_refuse(r->command, "no round is open at %.*s by the rules of then",
				      TEXT_ARGS(time_format_iso(r->arena, r->clock)));
	}
	return command_refuse(r->command, "the rules are not complete: `hoithi contest check --for"
			      " open` says what is missing");
}

static int count_papers(void *ctx, struct db *db)
{
	struct rehearsal *r = ctx;
	struct q_papers_handed_in count;
	int result = q_papers_handed_in(db, r->contest->id, &count);

	r->handed_in = count.n;
	return result;
}

static int add_people(struct rehearsal *r)
{
	r->code = text_z(r->arena, r->contest->code);
	r->saves = contest_rules(r->contest, r->clock)->profile.n_questions;
	r->crowd = (struct crowd_people){
		.command = r->command, .contest = r->contest, .n = r->people, .phones = PHONES,
		.name = TEXT(NAME), .every_group = true, .told = tell_people,
	};
	tell("đang thêm %d người giả lập …", r->people);
	if (store_read(r->folder.site.store, "papers", count_papers, r, NULL) < 0)
		return command_refuse(r->command, "cannot read the copy");
	return crowd_people_add(&r->crowd);
}

static int fill_copy(struct rehearsal *r)
{
	int status = open_copy(r, TEXT_EMPTY);

	if (status == 0)
		status = choose_clock(r);
	close_copy(r);
	if (status == 0)
		status = open_copy(r, time_format_iso(r->arena, r->clock));
	if (status == 0)
		status = add_people(r);
	close_copy(r);
	return status == 0 && stopped ? EXIT_REFUSED : status;
}

/* --- playing */

/* The last line of the server's log says why. */
static int refuse_server(struct rehearsal *r, const char *what)
{
	struct text log = TEXT_EMPTY, last = TEXT_EMPTY;

	if (stopped)
		return EXIT_REFUSED;
	if (file_read(r->arena, r->work.log, LOG_BYTES_MAX, &log) == 0)
		for (log = text_trim(log); log.ptr;)
			last = text_cut(&log, '\n');
	return command_refuse(r->command, "the server of the copy %s: %.*s", what, TEXT_ARGS(last));
}

/* The lines of the crowd: cookies, and "phone password". */
static int fill_lines(struct rehearsal *r)
{
	struct text rest = r->crowd.cookies;
	struct text *cookies = arena_array(r->arena, (size_t)r->people, sizeof(*cookies));
	struct text *sign_ins = arena_array(r->arena, (size_t)r->people, sizeof(*sign_ins));

	for (int i = 0; cookies && sign_ins && i < r->people; i++) {
		struct text phone = crowd_people_phone(r->arena, &r->crowd, i);
		cookies[i] = text_cut(&rest, '\n');
		sign_ins[i] = text_format(r->arena, "%.*s " CROWD_PASSWORD, TEXT_ARGS(phone));
	}
	r->play.cookies = cookies;
	r->play.sign_ins = sign_ins;
	return arena_failed(r->arena) ? command_refuse(r->command, "out of memory") : 0;
}

static int play_served(struct rehearsal *r)
{
	struct rehearse_play *play = &r->play;

	if (child_ports(play->server, r->arena, r->work.log, &play->port, &play->metrics_port) != 0)
		return refuse_server(r, "does not start");
	switch (rehearse_play(play)) {
	case 0:
		return 0;
	case 1:
		return EXIT_REFUSED;
	}
	return refuse_server(r, "answers no more");
}

static int play(struct rehearsal *r)
{
	const char *args[] = { "hoithi", "serve", "--data", r->work.copy, "--keys", r->keys, "--listen",
			       "127.0.0.1:0", "--metrics", "127.0.0.1:0", NULL };

	r->play = (struct rehearse_play){
		.arena = r->arena, .contest = r->code,
		.n_people = r->people, .saves = r->saves,
		.seconds = (double)r->minutes * 60, .stop = &stopped, .told = tell_stage,
	};
	int status = fill_lines(r);
	if (status)
		return status;
	tell("đang mở bản sao …");
	r->play.server = child_start(args, r->work.log);
	if (r->play.server < 0)
		return command_refuse(r->command, "the system gives no process: %s",
				      strerror(errno));
	status = play_served(r);
	child_stop(r->play.server);
	return status;
}

/* --- the page */

static int write_page(struct rehearsal *r)
{
	int64_t before = r->handed_in;
	struct stat info = { 0 };
	int status = open_copy(r, TEXT_EMPTY);

	if (status)
		return status;
	const struct rules_in_force *rules = contest_rules(r->contest, r->clock);
	struct rehearse_page page = {
		.play = &r->play, .contest = r->contest, .rules = rules,
		.round = phase_open_round(&rules->profile, r->clock), .version = HOITHI_VERSION,
	};
	if (store_read(r->folder.site.store, "papers", count_papers, r, NULL) < 0)
		return command_refuse(r->command, "cannot read the copy");
	page.handed_in = r->handed_in - before;
	(void)!stat(database_of(r, r->work.copy), &info);
	page.database_bytes = info.st_size;
	page.other_disk = info.st_dev != r->data_disk;
	rehearse_page_write(&page, r->arena, r->command->out);
	return 0;
}

static int run(struct rehearsal *r)
{
	struct stat info;

	if (stat(database_of(r, r->data), &info) != 0)
		return command_refuse(r->command, "there is no data in %s", r->data);
	r->data_bytes = info.st_size;
	r->data_disk = info.st_dev;
	int status = rehearse_work_take(r->command, r->data, &r->work);
	if (status == 0)
		status = rehearse_work_room(r->command, &r->work, 2 * r->data_bytes +
					    (int64_t)r->people * PERSON_BYTES);
	if (status == 0)
		status = make_copy(r);
	if (status == 0)
		status = fill_copy(r);
	if (status == 0)
		status = play(r);
	if (status == 0)
		status = write_page(r);
	close_copy(r);
	tell_end();
	if (stopped)
		status = command_refuse(r->command, "stopped; the copy is removed");
	rehearse_work_remove(&r->work);
	return status;
}

static int read_number(struct command *command, const char *name, int min, int max, int64_t *ret)
{
	if (text_to_int64(command_option(command, name), ret) != 0 || *ret < min || *ret > max)
		return command_misused(command, "--%s is a number from %d to %d", name, min, max);
	return 0;
}

int cmd_rehearse(struct command *command)
{
	struct rehearsal r = { .command = command, .arena = command->arena };
	int64_t people;

	if (!command_option(command, "data").len || !command_option(command, "keys").len)
		return command_misused(command,
				       "rehearse needs --data, --keys, --people and --minutes");
	int status = read_number(command, "people", PEOPLE_MIN, PEOPLE_MAX, &people);
	if (status == 0)
		status = read_number(command, "minutes", 1, MINUTES_MAX, &r.minutes);
	if (status)
		return status;
	r.people = (int)people;
	r.data = command_path(command, command_option(command, "data"));
	r.keys = command_path(command, command_option(command, "keys"));
	catch_signals();
	return run(&r);
}
