/* paper annul | restore */
#include "base/code.h"
#include "base/time.h"
#include "cli/command.h"
#include "store/act.h"
#include "store/store.h"

#include "store_queries.h"

struct verdict {
	struct command *command;
	const struct contest *contest;
	struct text receipt;
	struct text reason;
	bool annul;
	bool found;
};

static int change(void *ctx, struct db *db)
{
	struct verdict *v = ctx;
	struct command *command = v->command;
	struct q_paper_by_receipt paper;
	int64_t now = time_now_ms();
	const struct act act = {
		.actor = command->actor, .kind = v->annul ? TEXT("paper.annul") : TEXT("paper.restore"),
		.subject = v->receipt, .before = v->annul ? TEXT("counts") : TEXT("annulled"),
		.after = v->annul ? TEXT("annulled") : TEXT("counts"), .reason = v->reason,
	};

	int result = q_paper_by_receipt(db, v->contest->id, v->receipt, &paper);
	v->found = result > 0;
	if (result <= 0)
		return result;
	result = v->annul ? q_annulment_add(db, id_next(command->site->ids), paper.id, v->reason, now)
			  : q_annulment_lift(db, paper.id, v->reason, now);
	if (result <= 0)
		return result;
	return act_add(db, command->arena, now, &act);
}

/* "7KQ2-M4XD-…" however it was typed. */
static struct text read_receipt(struct command *command)
{
	struct text code = code_read(command->arena, command->words[0]);
	struct buf grouped;

	buf_init(&grouped, command->arena, 64);
	for (size_t i = 0; i < code.len && i < 32; i++) {
		if (i && i % 4 == 0)
			buf_char(&grouped, '-');
		buf_char(&grouped, code.ptr[i]);
	}
	return buf_done(&grouped);
}

static int run(struct command *command, bool annul)
{
	struct verdict v = { .command = command, .annul = annul, .receipt = read_receipt(command),
			     .reason = text_trim(command_option(command, "reason")) };

	if (v.reason.len == 0)
		return command_misused(command, "--reason TEXT is needed");
	v.contest = command_contest(command);
	if (!v.contest)
		return EXIT_REFUSED;
	int result = store_call(command->site->store, STORE_CLASS_BACKGROUND, "paper", change, &v);
	contest_release(v.contest);
	if (result < 0)
		return command_refuse(command, "the store failed; nothing was changed");
	if (!v.found)
		return command_refuse(command, "there is no submitted paper with receipt %.*s",
				      TEXT_ARGS(v.receipt));
	if (result == 0)
		return command_refuse(command, annul ? "the paper is annulled already"
						     : "the paper is not annulled");
	buf_format(command->out, "%.*s: %s\n", TEXT_ARGS(v.receipt),
		   annul ? "không được tính; chạy lại `contest rank`" : "được tính lại; chạy lại `contest rank`");
	return EXIT_DONE;
}

int cmd_paper_annul(struct command *command)
{
	return run(command, true);
}

int cmd_paper_restore(struct command *command)
{
	return run(command, false);
}
