#include "cli/command.h"

#include "base/time.h"
#include "store/store.h"

#include <pthread.h>
#include <stdarg.h>

const struct command_row command_rows[] = {
	{ "audit", "--data DIR --keys DIR", "print and check the chain of acts", "data keys clock", 0,
	  0, true, cmd_audit },
	{ "backup", "--data DIR --to FOLDER --public FILE [--keep-days N]",
	  "copy the data, sealed to a public key, also while it is served",
	  "data to public keep-days", 0, 0, true, cmd_backup },
	{ "contest apply", "FOLDER --data DIR --keys DIR [--effective-at TIME]",
	  "put a contest's folder into force", "data keys clock effective-at", 1, 1, true,
	  cmd_contest_apply },
	{ "contest check", "FOLDER [--for announce|open]",
	  "check a contest's folder and print its rules (thể lệ)", "for", 1, 1, false,
	  cmd_contest_check },
	{ "contest freeze", "--data DIR --keys DIR [--contest CODE] [--round CODE]",
	  "fix the set of papers of a round that is over", "data keys clock contest round", 0, 0,
	  true, cmd_contest_freeze },
	{ "contest publish",
	  "--decision-no NO --decision-date DATE --data DIR --keys DIR [--contest CODE] [--round CODE]",
	  "show the newest ranking to the public",
	  "data keys clock contest round decision-no decision-date", 0, 0, true, cmd_contest_publish },
	{ "contest rank", "--data DIR --keys DIR [--contest CODE] [--round CODE]",
	  "rank people and units of the newest freeze", "data keys clock contest round", 0, 0, true,
	  cmd_contest_rank },
	{ "contest surge", "on|off|profile --reason TEXT --data DIR --keys DIR [--contest CODE]",
	  "let registering need a unit's mã mời or a proof of work, or no more",
	  "data keys clock contest reason", 1, 1, true, cmd_contest_surge },
	{ "demo", "[--people N] [--listen ADDR] [--data DIR] [--sample DIR]",
	  "serve the sample contest, open now, with synthetic people", "people listen data sample", 0,
	  0, false, cmd_demo },
	{ "export results",
	  "FOLDER --data DIR --keys DIR [--contest CODE] [--round CODE] [--names] [--with-keys]",
	  "write a round's papers and ranking as CSV, for recomputing",
	  "data keys clock contest round names! with-keys!", 1, 1, true, cmd_export_results },
	{ "jobs pause", "--data DIR [--for 4h|30m]",
	  "let reports, rankings and exports of the server wait, four hours if nothing is said",
	  "data for", 0, 0, true, cmd_jobs_pause },
	{ "jobs resume", "--data DIR", "let them go on", "data", 0, 0, true, cmd_jobs_resume },
	{ "jobs status", "--data DIR",
	  "say what each job of the server did last, and for what it waits", "data", 0, 0, true,
	  cmd_jobs_status },
	{ "keys backup-pair", "--public FILE --private FILE",
	  "make the pair that backups are sealed to, on another machine than the server's",
	  "public private", 0, 0, false, cmd_keys_backup_pair },
	{ "keys init", "--keys DIR", "make the key folder", "keys", 0, 0, false, cmd_keys_init },
	{ "keys reseal", "--data DIR --keys DIR",
	  "seal anew what an older personal key sealed, so that its line can be taken out",
	  "data keys clock", 0, 0, true, cmd_keys_reseal },
	{ "keys rotate", "[PURPOSE …] --data DIR --keys DIR",
	  "let new keys seal and sign from now on, also while serving: personal, bank and session,"
	  " or those given", "data keys clock", 0, 5, true, cmd_keys_rotate },
	{ "migrate", "--data DIR", "bring a data folder to this program's schema", "data", 0, 0, false,
	  cmd_migrate },
	{ "paper annul", "RECEIPT --reason TEXT --data DIR --keys DIR [--contest CODE]",
	  "let a paper not count", "data keys clock contest reason", 1, 1, true, cmd_paper_annul },
	{ "paper restore", "RECEIPT --reason TEXT --data DIR --keys DIR [--contest CODE]",
	  "let it count again", "data keys clock contest reason", 1, 1, true, cmd_paper_restore },
	{ "person erase", "PHONE-OR-CODE --reason TEXT --data DIR --keys DIR [--contest CODE]",
	  "remove all that is known of a person; the papers stay and count",
	  "data keys clock contest reason", 1, 1, true, cmd_person_erase },
	{ "person correct",
	  "CODE [--name NAME] [--birth DATE] [--guardian NAME] --reason TEXT --data DIR --keys DIR "
	  "[--contest CODE]",
	  "correct name or birth date of a mã dự thi, by request of the person",
	  "data keys clock contest name birth guardian reason", 1, 1, true, cmd_person_correct },
	{ "person find", "PHONE-OR-CODE --data DIR --keys DIR [--contest CODE]",
	  "find a contestant by phone or mã dự thi", "data keys clock contest", 1, 1, true,
	  cmd_person_find },
	{ "person merge",
	  "FROM-CODE INTO-CODE --reason TEXT --data DIR --keys DIR [--contest CODE]",
	  "make two registrations of one human one: the first takes part no more",
	  "data keys clock contest reason", 2, 2, true, cmd_person_merge },
	{ "person move",
	  "PHONE-OR-CODE --unit UNIT-CODE [--group GROUP-CODE] [--written TEXT] --reason TEXT"
	  " --data DIR --keys DIR [--contest CODE]",
	  "put a person into another unit; into another group only before the first paper",
	  "data keys clock contest reason unit group written", 1, 1, true, cmd_person_move },
	{ "person release", "PHONE-OR-CODE --reason TEXT --data DIR --keys DIR [--contest CODE]",
	  "free a phone that somebody else registered with",
	  "data keys clock contest reason", 1, 1, true, cmd_person_release },
	{ "person reset", "PHONE-OR-CODE --reason TEXT --data DIR --keys DIR [--contest CODE]",
	  "give out a one-time code for a new password, and end all sessions of the person",
	  "data keys clock contest reason", 1, 1, true, cmd_person_reset },
	/* The longer name first. */
	{ "rehearse copy", "--data DIR --to FILE [--even-while-open]",
	  "the copy of the database that a rehearsal begins with", "data to even-while-open!", 0, 0,
	  true, cmd_rehearse_copy },
	{ "rehearse",
	  "--people N --minutes M --data DIR --keys DIR [--contest CODE] [--work DIR]"
	  " [--even-while-open]",
	  "play a synthetic crowd against a copy of the contest, and say how many people this"
	  " machine holds", "people minutes data keys contest work even-while-open!", 0, 0, false,
	  cmd_rehearse },
	{ "restore",
	  "--from BACKUP --private FILE --data NEW-DIR [--erasures FILE | --without-erasures]",
	  "make a data folder from a backup, and erase again who was erased since",
	  "from private data erasures without-erasures!", 0, 0, false, cmd_restore },
	{ "retention report", "--data DIR --keys DIR",
	  "say whose personal data is kept, until when, and how much was erased", "data keys clock",
	  0, 0, true, cmd_retention_report },
	{ "serve",
	  "--data DIR --keys DIR --listen ADDR|systemd [--public-url URL] [--trusted-proxy CIDR]"
	  " [--metrics ADDR] [--clock TIME]",
	  "serve the site, on an address of its own or on the sockets that systemd passes",
	  "data keys listen public-url trusted-proxy metrics clock", 0, 0, false,
	  cmd_serve },
	{ "unit codes", "--data DIR --keys DIR [--contest CODE]",
	  "print the mã mời of all units as CSV, for letters and posters",
	  "data keys clock contest", 0, 0, true, cmd_unit_codes },
};

const int n_command_rows = ARRAY_LEN(command_rows);

static void complain(struct command *command, const char *format, va_list args) PRINTF(2, 0);

static void complain(struct command *command, const char *format, va_list args)
{
	struct text line = text_vformat(command->arena, format, args);
	buf_format(command->err, "hoithi: %.*s\n", TEXT_ARGS(line));
}

int command_refuse(struct command *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(command, format, args);
	va_end(args);
	return EXIT_REFUSED;
}

int command_misused(struct command *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(command, format, args);
	va_end(args);
	buf_z(command->err, "see `hoithi --help`\n");
	return EXIT_USAGE;
}

/* How many of `args` are the words of this row's name; 0 when they are not. */
static int match_name(const char *name, const struct text *args, int n)
{
	struct text rest = text_from_z(name);
	int i = 0;

	for (; rest.ptr; i++)
		if (i == n || !text_equal(text_cut(&rest, ' '), args[i]))
			return 0;
	return i;
}

enum option_kind {
	OPTION_UNKNOWN,
	OPTION_VALUE,
	OPTION_FLAG,	/* "name!" in the row */
};

static enum option_kind option_kind(const struct command_row *row, struct text name)
{
	struct text rest = text_from_z(row->options);

	while (rest.ptr) {
		struct text one = text_cut(&rest, ' ');
		bool flag = text_ends_with(one, TEXT("!"));
		if (text_equal(text_part(one, 0, one.len - flag), name))
			return flag ? OPTION_FLAG : OPTION_VALUE;
	}
	return OPTION_UNKNOWN;
}

enum command_lane command_lane(const struct command_row *row)
{
	static const struct {
		int (*run)(struct command *command);
		enum command_lane lane;
	} lanes[] = {
		{ cmd_audit, COMMAND_LANE_AUDIT },
		{ cmd_backup, COMMAND_LANE_BACKUP },
		{ cmd_contest_apply, COMMAND_LANE_CONTEST },
		{ cmd_contest_freeze, COMMAND_LANE_CONTEST },
		{ cmd_contest_publish, COMMAND_LANE_CONTEST },
		{ cmd_contest_rank, COMMAND_LANE_CONTEST },
		{ cmd_export_results, COMMAND_LANE_EXPORT },
		{ cmd_keys_reseal, COMMAND_LANE_KEYS },
		{ cmd_keys_rotate, COMMAND_LANE_KEYS },
		{ cmd_rehearse_copy, COMMAND_LANE_BACKUP },
		{ cmd_retention_report, COMMAND_LANE_REPORT },
	};

	for (size_t i = 0; i < ARRAY_LEN(lanes); i++)
		if (lanes[i].run == row->run)
			return lanes[i].lane;
	return COMMAND_LANE_SHORT;
}

bool command_takes(const struct command_row *row, const char *option)
{
	return option_kind(row, text_from_z(option)) != OPTION_UNKNOWN;
}

/* Reads "--name value" or "--name=value" at args[*at]. */
static bool read_option(struct command *command, const struct command_row *row,
			const struct text *args, int n, int *at)
{
	struct text value = text_part(args[*at], 2, args[*at].len);
	struct text name = text_cut(&value, '=');
	enum option_kind kind = option_kind(row, name);

	if (kind == OPTION_UNKNOWN) {
		command_misused(command, "`%s` has no option --%.*s", row->name, TEXT_ARGS(name));
		return false;
	}
	if (command_has(command, text_z(command->arena, name))) {
		command_misused(command, "--%.*s stands twice", TEXT_ARGS(name));
		return false;
	}
	if (kind == OPTION_VALUE && !value.ptr) {
		if (++*at == n) {
			command_misused(command, "--%.*s needs a value", TEXT_ARGS(name));
			return false;
		}
		value = args[*at];
	}
	command->options[command->n_options++] =
		(struct command_option){ name, value.ptr ? value : TEXT_EMPTY };
	return true;
}

const struct command_row *command_read(struct command *command, const struct text *args, int n)
{
	const struct command_row *row = NULL;
	int at = 0;

	if (n > COMMAND_ARGS_MAX) {
		command_misused(command, "too many arguments: at most %d", COMMAND_ARGS_MAX);
		return NULL;
	}
	for (int i = 0; i < n_command_rows && !row; i++) {
		at = match_name(command_rows[i].name, args, n);
		if (at)
			row = &command_rows[i];
	}
	if (!row) {
		command_misused(command, n ? "there is no such command" : "no command given");
		return NULL;
	}
	for (; at < n; at++) {
		if (!text_starts_with(args[at], TEXT("--")))
			command->words[command->n_words++] = args[at];
		else if (!read_option(command, row, args, n, &at))
			return NULL;
	}
	if (command->n_words < row->min_words || command->n_words > row->max_words) {
		command_misused(command, "usage: hoithi %s %s", row->name, row->usage);
		return NULL;
	}
	return row;
}

bool command_has(const struct command *command, const char *name)
{
	for (int i = 0; i < command->n_options; i++)
		if (text_equal_z(command->options[i].name, name))
			return true;
	return false;
}

struct text command_option(const struct command *command, const char *name)
{
	for (int i = 0; i < command->n_options; i++)
		if (text_equal_z(command->options[i].name, name))
			return command->options[i].value;
	return TEXT_EMPTY;
}

const char *command_path(struct command *command, struct text path)
{
	if (text_starts_with(path, TEXT("/")) || !command->cwd)
		return text_z(command->arena, path);
	return text_z(command->arena,
		      text_format(command->arena, "%s/%.*s", command->cwd, TEXT_ARGS(path)));
}

int64_t command_now(const struct command *command)
{
	return contest_now_ms(&command->site->clock);
}

const struct contest *command_contest(struct command *command)
{
	struct text code = command_option(command, "contest");
	const struct contest *all[CONTESTS_MAX];
	const struct contest *found = NULL;
	int n = contest_acquire_all(command->site->contests, all);

	for (int i = 0; i < n; i++)
		if (code.len ? text_equal(all[i]->code, code) : n == 1)
			found = all[i];
	for (int i = 0; i < n; i++)
		if (all[i] != found)
			contest_release(all[i]);
	if (!found && code.len)
		command_refuse(command, "there is no contest %.*s", TEXT_ARGS(code));
	else if (!found)
		command_refuse(command, n ? "there are several contests: say --contest CODE"
					  : "there is no contest yet: `hoithi contest apply`");
	return found;
}

int command_round(struct command *command, const struct contest *contest)
{
	const struct profile *profile = &contest_rules(contest, command_now(command))->profile;
	struct text code = command_option(command, "round");

	for (int i = 0; i < profile->n_rounds; i++)
		if (code.len ? text_equal(profile->rounds[i].code, code) : profile->n_rounds == 1)
			return i;
	if (code.len)
		command_refuse(command, "there is no round %.*s", TEXT_ARGS(code));
	else
		command_refuse(command, "there are several rounds: say --round CODE");
	return -1;
}

bool command_paused(struct command *command, enum pace_job job)
{
	int64_t left = pace_paused_ms(job);

	if (left)
		command_refuse(command, "jobs are paused for another %lld minutes: "
			       "`hoithi jobs resume` lets them go on",
			       (long long)((left + TIME_MINUTE_MS - 1) / TIME_MINUTE_MS));
	return left;
}

static int load_contests(void *ctx, struct db *db)
{
	struct site *site = ctx;
	return contest_cache_load(site->contests, db);
}

int command_reload(struct site *site)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	/* Commands run on several threads: what was read earlier may not come to stand last. */
	pthread_mutex_lock(&lock);
	int result = store_read(site->store, "contests", load_contests, site, NULL);
	pthread_mutex_unlock(&lock);
	if (result >= 0)
		site->public_version++;
	return result < 0 ? result : 0;
}
