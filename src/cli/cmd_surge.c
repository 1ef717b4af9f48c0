/* contest surge on | off | profile: whether registering needs a unit's mã mời or a
 * proof of work, while the contest runs. */
#include "base/time.h"
#include "cli/command.h"
#include "store/act.h"
#include "store/store.h"

#include "store_queries.h"

struct surge_change {
	struct command *command;
	const struct contest *contest;
	int value;		/* as contest->surge_switch */
	struct text reason;
};

static const struct {
	const char *word;
	int value;
} words[] = { { "on", 1 }, { "off", 0 }, { "profile", SURGE_PROFILE } };

static struct text word_of(int value)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].value == value)
			return text_from_z(words[i].word);
	return TEXT_EMPTY;
}

static int change(void *ctx, struct db *db)
{
	const struct surge_change *c = ctx;
	int64_t now = time_now_ms();
	const struct act act = {
		.actor = c->command->actor, .kind = TEXT("contest.surge"),
		.subject = c->contest->code, .before = word_of(c->contest->surge_switch),
		.after = word_of(c->value), .reason = c->reason,
	};

	if (q_switch_put(db, c->contest->id, TEXT(SURGE_SWITCH), c->value, now) <= 0)
		return STORE_FAILED;
	return act_add(db, c->command->arena, now, &act);
}

/* Takes the word; false after saying what is wrong. */
static bool read_word(struct command *command, int *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (text_equal_z(command->words[0], words[i].word)) {
			*ret = words[i].value;
			return true;
		}
	command_misused(command, "say `contest surge on`, `off` or `profile`");
	return false;
}

static int report(struct command *command, const struct contest *before, int value)
{
	const struct contest *contest =
		contest_acquire(command->site->contests, before->code, command_now(command));
	bool on = contest && contest_surge(contest, command_now(command));

	contest_release(contest);
	buf_format(command->out, "%.*s: %s%s\n", TEXT_ARGS(before->code),
		   on ? "đăng ký cần mã mời hoặc phép tính của máy" : "đăng ký như thường",
		   value == SURGE_PROFILE ? " (theo profile)" : "");
	return EXIT_DONE;
}

static int run_change(struct surge_change *c)
{
	struct command *command = c->command;

	if (store_call(command->site->store, STORE_CLASS_DOOR, "surge", change, c) < 0)
		return command_refuse(command, "the store failed; nothing was changed");
	if (command_reload(command->site) < 0)
		return command_refuse(command, "it was done, but the contests could not be read "
					       "again: restart the server");
	return report(command, c->contest, c->value);
}

int cmd_contest_surge(struct command *command)
{
	struct surge_change c = { .command = command,
				  .reason = text_trim(command_option(command, "reason")) };

	if (!read_word(command, &c.value))
		return EXIT_USAGE;
	if (c.reason.len == 0)
		return command_misused(command, "--reason TEXT is needed");
	c.contest = command_contest(command);
	if (!c.contest)
		return EXIT_REFUSED;
	int status = run_change(&c);
	contest_release(c.contest);
	return status;
}
