/* A folder is a rehearsal when it was made by `demo` or once run with --clock,
 * and real once it was served without. Neither becomes the other: a contest
 * whose clock was ever shifted proves nothing. */
#include "cli/folder.h"

#include "base/file.h"
#include "base/security_log.h"
#include "base/time.h"
#include "jobs/backup.h"
#include "pages/door_limits.h"
#include "pages/patience.h"

#include "store_queries.h"

#include <errno.h>

/* Accounts whose wrong passwords are remembered: 40 bytes each. */
#define ACCOUNTS_REMEMBERED 262144

#define SECURITY_LOG_NAME "security.log"

#define KIND_REAL "real"
#define KIND_REHEARSAL "rehearsal"

static int open_keys(struct command *command, struct folder *folder)
{
	struct text dir = command_option(command, "keys");
	struct text path = TEXT_EMPTY;

	if (dir.len == 0)
		return command_misused(command, "--keys DIR is needed");
	const char *keys_dir = command_path(command, dir);
	switch (keys_open(command->arena, keys_dir, &folder->keys, &path)) {
	case 0:
		return 0;
	case 1:
		return command_refuse(command, "there is no key file %.*s: `hoithi keys init --keys %s`",
				      TEXT_ARGS(path), keys_dir);
	case 2:
		return command_refuse(command, "%.*s can be read by others: chmod go= it",
				      TEXT_ARGS(path));
	case 3:
		return command_refuse(command, "%.*s is not a key file", TEXT_ARGS(path));
	}
	return command_refuse(command, "cannot read the keys in %s: %s", keys_dir, strerror(errno));
}

/* Keys inside the data folder would go into every copy of it. */
static bool keys_are_apart(struct command *command)
{
	return !file_is_inside(command_path(command, command_option(command, "keys")),
			       command_path(command, command_option(command, "data")));
}

static int open_store(struct command *command, const struct folder_options *options,
		      struct folder *folder)
{
	struct text dir = command_option(command, "data");
	struct text why = TEXT_EMPTY;

	if (dir.len == 0)
		return command_misused(command, "--data DIR is needed");
	const struct store_options store_options = {
		.dir = command_path(command, dir), .create = options->create,
		.threads = options->threads, .fatal = options->fatal,
		.failed = options->failed,
	};
	int answer = store_open(command->arena, &store_options, &folder->site.store, &why);
	if (answer == 0)
		return 0;
	if (answer == 1)
		return FOLDER_SERVED;
	return command_refuse(command, "%.*s", TEXT_ARGS(why));
}

struct state {
	struct arena *arena;
	struct text kind;
	int64_t shift_ms;
	int64_t highest_id;
	bool write_kind, write_shift;
	bool forget_backups;
};

static int read_state(void *ctx, struct db *db)
{
	struct state *state = ctx;
	struct q_setting_get value;
	struct q_ids_highest highest;

	if (q_ids_highest(db, &highest) < 0)
		return STORE_FAILED;
	state->highest_id = highest.id;
	int result = q_setting_get(db, state->arena, TEXT("kind"), &value);
	if (result > 0)
		state->kind = value.value;
	if (result >= 0)
		result = q_setting_get(db, state->arena, TEXT("clock_shift_ms"), &value);
	if (result > 0 && text_to_int64(value.value, &state->shift_ms) != 0)
		return STORE_FAILED;
	return result;
}

static int write_state(void *ctx, struct db *db)
{
	struct state *state = ctx;
	struct text shift = text_format(state->arena, "%lld", (long long)state->shift_ms);

	if (state->write_kind && q_setting_put(db, TEXT("kind"), state->kind) < 0)
		return STORE_FAILED;
	if (state->write_shift && q_setting_put(db, TEXT("clock_shift_ms"), shift) < 0)
		return STORE_FAILED;
	if (state->forget_backups &&
	    q_setting_put(db, TEXT(BACKUP_SETTING_FOLDER), TEXT_EMPTY) < 0)
		return STORE_FAILED;
	return STORE_ONE;
}

/* Decides what this folder is from now on. */
static int settle_state(struct command *command, const struct folder_options *options,
			struct state *state)
{
	int64_t clock;

	if (options->clock.len) {
		if (time_parse(options->clock, &clock) != 0)
			return command_misused(command, "--clock is a time as 2024-09-20T08:00:00+07:00");
		if (text_equal_z(state->kind, KIND_REAL) && !options->copy)
			return command_refuse(command, "--clock is refused: this folder is of a real contest");
		state->shift_ms = clock - time_now_ms();
		state->write_shift = true;
	}
	/* Who is erased in a copy is told to nobody's backups. */
	state->forget_backups = options->copy;
	if (options->clock.len || options->demo) {
		state->write_kind = !text_equal_z(state->kind, KIND_REHEARSAL);
		state->kind = TEXT(KIND_REHEARSAL);
	} else if (options->serving && state->kind.len == 0) {
		state->kind = TEXT(KIND_REAL);
		state->write_kind = true;
	}
	return 0;
}

static int settle(struct command *command, const struct folder_options *options,
		  struct folder *folder)
{
	struct state state = { .arena = command->arena, .kind = TEXT_EMPTY };

	if (store_read(folder->site.store, "state", read_state, &state, NULL) < 0)
		return command_refuse(command, "cannot read the data folder");
	int answer = settle_state(command, options, &state);
	if (answer)
		return answer;
	if ((state.write_kind || state.write_shift) &&
	    store_call(folder->site.store, STORE_CLASS_BACKGROUND, "state", write_state, &state) < 0)
		return command_refuse(command, "cannot write to the data folder");
	folder->site.rehearsal = text_equal_z(state.kind, KIND_REHEARSAL);
	folder->site.clock.shift_ms = folder->site.rehearsal ? state.shift_ms : 0;
	id_source_init(&folder->ids, 0, state.highest_id);
	return 0;
}

/* "person reset" as one word. */
static struct text with_hyphens(struct arena *arena, const char *name)
{
	struct buf buf;

	buf_init(&buf, arena, strlen(name) + 1);
	for (; *name; name++)
		buf_char(&buf, *name == ' ' ? '-' : *name);
	return buf_done(&buf);
}

static struct security_log *open_security_log(struct command *command)
{
	const char *dir = command_path(command, command_option(command, "data"));
	return security_log_new(text_z(command->arena, text_format(command->arena, "%s/%s", dir,
								   SECURITY_LOG_NAME)));
}

void folder_note_command(const struct command *command, const char *name, int status)
{
	struct text actor = command->actor;

	(void)security_log_write(command->site->security, "command",
				 "name=%s actor=%.*s status=%d",
				 text_z(command->arena, with_hyphens(command->arena, name)),
				 TEXT_ARGS(actor), status);
}

/* What a site has beside its store. */
static int fill_site(struct command *command, struct folder *folder)
{
	struct site *site = &folder->site;

	site->keys = folder->keys;
	site->contests = contest_cache_new(folder->keys);
	site->patience = patience_new(ACCOUNTS_REMEMBERED);
	site->door_limits = door_limits_new();
	if (site->contests && site->patience && site->door_limits && command_reload(site) == 0)
		return 0;
	return command_refuse(command, "cannot read the contests: are these their keys?");
}

int folder_open(struct command *command, const struct folder_options *options,
		struct folder *folder)
{
	*folder = (struct folder){ .site.public_url = TEXT_EMPTY };
	folder->site.ids = &folder->ids;
	int answer = options->no_keys ? 0 : open_keys(command, folder);
	if (answer == 0)
		answer = open_store(command, options, folder);
	if (answer == 0 && !options->no_keys && !keys_are_apart(command))
		answer = command_refuse(command, "the keys may not lie inside the data folder");
	if (answer == 0)
		answer = settle(command, options, folder);
	folder->site.security = answer == 0 ? open_security_log(command) : NULL;
	if (answer == 0 && !folder->site.security)
		answer = command_refuse(command, "the system has no memory left");
	if (answer == 0 && !options->no_keys)
		answer = fill_site(command, folder);
	if (answer)
		folder_close(folder);
	return answer;
}

void folder_close(struct folder *folder)
{
	folder->site.store = store_close(folder->site.store);
	folder->site.contests = contest_cache_free(folder->site.contests);
	folder->site.patience = patience_free(folder->site.patience);
	folder->site.security = security_log_free(folder->site.security);
	folder->site.door_limits = door_limits_free(folder->site.door_limits);
	folder->keys = keys_free(folder->keys);
}
