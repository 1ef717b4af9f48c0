/* person erase: all that is known of a person goes; the papers stay and count.
 * person release: a phone that belongs to somebody else is free again. */
#include "base/time.h"
#include "cli/person_choice.h"
#include "store/act.h"
#include "store/person.h"
#include "store/store.h"

#include "store_queries.h"

struct change {
	struct person_choice who;
	struct text kind;		/* of the act */
	struct text phone_sealed;	/* release: an empty one */
	int64_t now;			/* machine clock */
	int n_contests;			/* that the person is in */
};

static int add_act(const struct change *change, struct db *db)
{
	const struct person_choice *who = &change->who;
	const struct act act = {
		.actor = who->command->actor, .kind = change->kind,
		.subject = person_choice_subject(who), .before = TEXT_EMPTY, .after = TEXT_EMPTY,
		.reason = who->reason,
	};

	return act_add(db, who->command->arena, change->now, &act);
}

/* STORE_NONE: somebody else was faster. */
static int erase(void *ctx, struct db *db)
{
	struct change *change = ctx;
	int64_t person = change->who.people[0];
	struct q_entries_of_person *entries;

	change->n_contests = q_entries_of_person(db, change->who.command->arena, person, &entries);
	if (change->n_contests < 0)
		return STORE_FAILED;
	int result = person_erase(db, person, change->now);
	return result > 0 ? add_act(change, db) : result;
}

/* Without any of what the number's holder could come in by: the person signs in by mã
 * dự thi and password from now on. */
static int release(void *ctx, struct db *db)
{
	const struct change *change = ctx;
	int64_t person = change->who.people[0];
	int result = q_phone_take_back(db, person, change->phone_sealed);

	if (result <= 0)
		return result;
	if (q_identities_delete(db, person) < 0 || q_recovery_delete(db, person) < 0 ||
	    q_resets_delete(db, person) < 0 || q_devices_end(db, person, change->now) < 0 ||
	    q_epoch_next(db, person) <= 0)
		return STORE_FAILED;
	return add_act(change, db);
}

static void print_erased(const struct change *change)
{
	struct command *command = change->who.command;

	buf_format(command->out, "%.*s: đã xóa dữ liệu cá nhân; các bài thi vẫn được tính\n",
		   TEXT_ARGS(person_choice_subject(&change->who)));
	if (change->n_contests > 1)
		buf_format(command->out, "người này có tên ở %d hội thi; đã xóa ở tất cả\n",
			   change->n_contests);
}

static void print_released(const struct change *change)
{
	buf_format(change->who.command->out,
		   "%.*s: không còn gắn với số điện thoại này; người giữ số đăng ký được ngay\n"
		   "mọi phiên đăng nhập đã kết thúc, mã khôi phục đã bỏ; còn đăng nhập bằng mã dự "
		   "thi và mật khẩu\n",
		   TEXT_ARGS(person_choice_subject(&change->who)));
}

static int run_change(struct change *change, int (*fn)(void *ctx, struct db *db),
		      void (*print)(const struct change *change))
{
	struct command *command = change->who.command;
	int status = person_choice_one(&change->who);

	if (status)
		return status;
	change->now = time_now_ms();
	change->phone_sealed = keys_seal(command->site->keys, KEY_PERSONAL, command->arena,
					 "person_data.phone", change->who.people[0], TEXT_EMPTY);
	int result = STORE_FAILED;
	if (!arena_failed(command->arena))
		result = store_call(command->site->store, STORE_CLASS_DOOR, "person", fn, change);
	if (result < 0)
		return command_refuse(command, "the store failed; nothing was changed");
	if (result == 0)
		return person_choice_nobody(command);
	/* A name that was published stands in pages that are kept. */
	command->site->public_version++;
	print(change);
	return EXIT_DONE;
}

static int run(struct command *command, struct text kind, int (*fn)(void *ctx, struct db *db),
	       void (*print)(const struct change *change))
{
	struct change change = { .kind = kind };
	int status = person_choice_begin_with_reason(command, command->words[0], &change.who);

	if (status)
		return status;
	status = run_change(&change, fn, print);
	contest_release(change.who.contest);
	return status;
}

int cmd_person_erase(struct command *command)
{
	return run(command, TEXT("person.erase"), erase, print_erased);
}

int cmd_person_release(struct command *command)
{
	return run(command, TEXT("person.release"), release, print_released);
}
