/* audit: the chain of acts, printed and checked */
#include "base/time.h"
#include "cli/command.h"
#include "store/act.h"
#include "store/store.h"

struct audit {
	struct command *command;
	int64_t broken;
};

static int show(void *ctx, int64_t number, int64_t at_ms, const struct act *act)
{
	struct audit *audit = ctx;
	struct buf *out = audit->command->out;

	buf_format(out, "%lld %.*s %.*s %.*s: %.*s", (long long)number,
		   TEXT_ARGS(time_format_iso(audit->command->arena, at_ms)), TEXT_ARGS(act->actor),
		   TEXT_ARGS(act->kind), TEXT_ARGS(act->subject));
	if (act->before.len)
		buf_format(out, "; trước: %.*s", TEXT_ARGS(act->before));
	if (act->after.len)
		buf_format(out, "; sau: %.*s", TEXT_ARGS(act->after));
	if (act->reason.len)
		buf_format(out, "; lý do: %.*s", TEXT_ARGS(act->reason));
	buf_char(out, '\n');
	return 0;
}

static int read_acts(void *ctx, struct db *db)
{
	struct audit *audit = ctx;
	return act_check(db, show, audit, &audit->broken);
}

int cmd_audit(struct command *command)
{
	struct audit audit = { command, 0 };
	int n = store_read(command->site->store, "audit", read_acts, &audit, NULL);

	if (n < 0)
		return command_refuse(command, "cannot read the acts");
	if (audit.broken)
		return command_refuse(command, "the chain is broken at act %lld", (long long)audit.broken);
	buf_format(command->out, "%d việc, chuỗi nguyên vẹn\n", n);
	return EXIT_DONE;
}
