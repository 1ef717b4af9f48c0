/* unit codes: the mã mời of all units, for letters and posters; an act, since
 * whoever has one registers past the proof of work. */
#include "base/time.h"
#include "cli/command.h"
#include "exchange/csv.h"
#include "pages/invitation.h"
#include "store/act.h"
#include "store/store.h"

struct codes {
	struct command *command;
	const struct contest *contest;
};

static int write_act(void *ctx, struct db *db)
{
	const struct codes *codes = ctx;
	struct command *command = codes->command;
	const struct act act = {
		.actor = command->actor, .kind = TEXT("unit.codes"),
		.subject = codes->contest->code, .before = TEXT_EMPTY, .after = TEXT_EMPTY,
		.reason = TEXT_EMPTY,
	};

	return act_add(db, command->arena, time_now_ms(), &act);
}

/* The code in two groups, so that no spreadsheet takes it for a number. */
static void write_unit(struct command *command, const struct contest *contest,
		       const struct contest_unit *unit)
{
	struct text code = invitation_code(command->arena, command->site->keys, contest, unit);
	struct text link = text_format(command->arena, "%.*s/%.*s/dang-ky?dv=%.*s&moi=%.*s",
				       TEXT_ARGS(command->site->public_url),
				       TEXT_ARGS(contest->code), TEXT_ARGS(unit->code),
				       TEXT_ARGS(code));

	csv_write_field(command->out, true, unit->code);
	csv_write_field(command->out, false, unit->shown);
	csv_write_field(command->out, false,
			text_format(command->arena, "%.4s-%.4s", code.ptr, code.ptr + 4));
	csv_write_field(command->out, false, link);
	csv_write_end(command->out);
}

static void write_codes(const struct codes *codes)
{
	static const char *const names[] = { "code", "name", "invitation", "link" };
	struct buf *out = codes->command->out;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		csv_write_field(out, i == 0, text_from_z(names[i]));
	csv_write_end(out);
	for (int i = 0; i < codes->contest->n_units; i++)
		write_unit(codes->command, codes->contest, &codes->contest->units[i]);
}

int cmd_unit_codes(struct command *command)
{
	struct codes codes = { .command = command, .contest = command_contest(command) };

	if (!codes.contest)
		return EXIT_REFUSED;
	/* Nothing is shown that is not recorded. */
	int result = store_call(command->site->store, STORE_CLASS_DOOR, "codes", write_act, &codes);
	if (result >= 0)
		write_codes(&codes);
	contest_release(codes.contest);
	return result < 0 ? command_refuse(command, "the store failed") : EXIT_DONE;
}
