/* person merge: two registrations of one human become one. The first takes part no
 * more and its person is erased; the second stays as it is. */
#include "base/code.h"
#include "base/time.h"
#include "cli/command.h"
#include "store/act.h"
#include "store/person.h"
#include "store/store.h"

#include "store_queries.h"

enum merge_outcome {
	MERGE_DONE,
	MERGE_NO_FROM,
	MERGE_NO_INTO,		/* or it was erased */
	MERGE_ENDED,		/* one of them takes part no more */
	MERGE_OTHER_WAY,	/* only the first has papers */
};

struct merge {
	struct command *command;
	const struct contest *contest;
	struct text from, into;		/* codes */
	struct text reason;
	int64_t now;
	enum merge_outcome outcome;
	int64_t papers;			/* of `from`, that count no more */
};

static int is_ended(struct db *db, int64_t entry)
{
	struct q_entry_end_of end;
	return q_entry_end_of(db, entry, &end);
}

static int write(struct merge *m, struct db *db, const struct q_entry_by_code *from,
		 const struct q_entry_by_code *into)
{
	const struct act act = {
		.actor = m->command->actor, .kind = TEXT("person.merge"), .subject = m->from,
		.before = TEXT_EMPTY, .after = text_format(m->command->arena, "into %.*s",
							   TEXT_ARGS(m->into)),
		.reason = m->reason,
	};

	if (q_entry_end_put(db, from->id, ENTRY_MERGED, into->id, m->now) <= 0 ||
	    person_erase(db, from->person, m->now) < 0)
		return STORE_FAILED;
	m->outcome = MERGE_DONE;
	return act_add(db, m->command->arena, m->now, &act);
}

/* Both entries. STORE_NONE: the outcome says what is missing. */
static int find(struct merge *m, struct db *db, struct q_entry_by_code *from,
		struct q_entry_by_code *into)
{
	struct q_person_get known;
	int result = q_entry_by_code(db, m->contest->id, m->from, from);

	m->outcome = MERGE_NO_FROM;
	if (result <= 0)
		return result;
	m->outcome = MERGE_NO_INTO;
	result = q_entry_by_code(db, m->contest->id, m->into, into);
	return result <= 0 ? result : q_person_get(db, m->command->arena, into->person, &known);
}

static int run_merge(void *ctx, struct db *db)
{
	struct merge *m = ctx;
	struct q_entry_by_code from, into;
	struct q_entry_papers of_from, of_into;
	int result = find(m, db, &from, &into);

	if (result <= 0)
		return result;
	int from_ended = is_ended(db, from.id), into_ended = is_ended(db, into.id);
	if (from_ended < 0 || into_ended < 0 || q_entry_papers(db, from.id, &of_from) <= 0 ||
	    q_entry_papers(db, into.id, &of_into) <= 0)
		return STORE_FAILED;
	m->outcome = MERGE_ENDED;
	if (from_ended || into_ended)
		return STORE_NONE;
	m->outcome = MERGE_OTHER_WAY;
	m->papers = of_from.n;
	return of_from.n && !of_into.n ? STORE_NONE : write(m, db, &from, &into);
}

static int refuse_unknown(struct merge *m, struct text code)
{
	return command_refuse(m->command, "there is no entry %.*s, or its person was erased",
			      TEXT_ARGS(code));
}

static int say(struct merge *m)
{
	switch (m->outcome) {
	case MERGE_DONE:
		buf_format(m->command->out,
			   "%.*s đã nhập vào %.*s: %lld lượt thi của %.*s không được tính, dữ liệu "
			   "cá nhân của đăng ký đó đã xóa\n",
			   TEXT_ARGS(m->from), TEXT_ARGS(m->into), (long long)m->papers,
			   TEXT_ARGS(m->from));
		return EXIT_DONE;
	case MERGE_NO_FROM:
		return refuse_unknown(m, m->from);
	case MERGE_NO_INTO:
		return refuse_unknown(m, m->into);
	case MERGE_ENDED:
		return command_refuse(m->command, "one of the two was withdrawn or merged already");
	case MERGE_OTHER_WAY:
		return command_refuse(m->command,
				      "only %.*s has papers, which would not count: merge the "
				      "other way, %.*s into %.*s",
				      TEXT_ARGS(m->from), TEXT_ARGS(m->into), TEXT_ARGS(m->from));
	}
	return EXIT_REFUSED;
}

int cmd_person_merge(struct command *command)
{
	struct merge m = {
		.command = command, .reason = text_trim(command_option(command, "reason")),
		.from = code_read(command->arena, command->words[0]),
		.into = code_read(command->arena, command->words[1]), .now = time_now_ms(),
	};

	if (m.reason.len == 0)
		return command_misused(command, "--reason TEXT is needed");
	if (text_equal(m.from, m.into))
		return command_misused(command, "these are one and the same mã dự thi");
	m.contest = command_contest(command);
	if (!m.contest)
		return EXIT_REFUSED;
	int result = store_call(command->site->store, STORE_CLASS_DOOR, "merge", run_merge, &m);
	int status = result < 0 ? command_refuse(command, "the store failed; nothing was changed")
				: say(&m);
	if (status == EXIT_DONE)
		command->site->public_version++;
	contest_release(m.contest);
	return status;
}
