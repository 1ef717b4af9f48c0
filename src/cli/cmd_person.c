/* person find: by phone or mã dự thi; an act, since it shows personal data.
 * person reset: a one-time code for whoever forgot both password and slip. */
#include "base/time.h"
#include "cli/person_choice.h"
#include "pages/recovery.h"
#include "rules/person.h"
#include "store/act.h"
#include "store/store.h"

#include "store_queries.h"

#define RESET_LIFE_MS (24 * TIME_HOUR_MS)

static struct text unseal(const struct command *command, const char *place, int64_t person,
			  struct text sealed)
{
	struct text plain;
	if (keys_unseal(command->site->keys, KEY_PERSONAL, command->arena, place, person, sealed,
			&plain) != 0)
		return TEXT("?");
	return plain;
}

static int show_papers(struct command *command, struct db *db, int64_t entry)
{
	struct arena *arena = command->arena;
	struct q_papers_of_entry *papers;
	int n = q_papers_of_entry(db, arena, entry, &papers);

	for (int i = 0; i < n; i++)
		buf_format(command->out, "  lượt %lld: bắt đầu %.*s; %s%s%.*s\n",
			   (long long)papers[i].attempt,
			   TEXT_ARGS(time_format_vn(arena, papers[i].started_at, TIME_STYLE_DAY_AND_TIME)),
			   papers[i].state ? "đã nộp, biên nhận " : "đang mở",
			   papers[i].annulled ? "(không tính) " : "", TEXT_ARGS(papers[i].receipt));
	return n;
}

static int show_end(struct command *command, struct db *db, int64_t entry)
{
	struct q_entry_end_of end;
	int result = q_entry_end_of(db, entry, &end);

	if (result > 0)
		buf_z(command->out, "  mã dự thi này không còn tham gia: đã rút hoặc đã nhập\n");
	return result;
}

static void show_data(struct command *command, int64_t person, const struct q_person_get *data)
{
	struct text phone = unseal(command, "person_data.phone", person, data->phone_sealed);

	buf_format(command->out, "%.*s; sinh %.*s; %.*s\n",
		   TEXT_ARGS(unseal(command, "person_data.name", person, data->name_sealed)),
		   TEXT_ARGS(unseal(command, "person_data.birth", person, data->birth_sealed)),
		   TEXT_ARGS(phone.len ? person_format_phone(command->arena, phone)
				       : TEXT("(không còn số điện thoại)")));
}

static int show_person(struct person_choice *f, struct db *db, int64_t person)
{
	struct command *command = f->command;
	struct arena *arena = command->arena;
	struct q_person_get data;
	struct q_entry_of entry;

	int result = q_person_get(db, arena, person, &data);
	if (result <= 0)
		return result;
	show_data(command, person, &data);
	result = q_entry_of(db, arena, f->contest->id, person, &entry);
	if (result <= 0)
		return result;
	const struct contest_unit *unit = contest_unit_by_id(f->contest, entry.unit);
	int64_t registered_at = entry.registered_at + command->site->clock.shift_ms;
	buf_format(command->out, "  mã dự thi %.*s; %.*s; đăng ký %.*s\n", TEXT_ARGS(entry.code),
		   TEXT_ARGS(unit ? unit->shown : entry.unit_written),
		   TEXT_ARGS(time_format_vn(arena, registered_at, TIME_STYLE_DAY_AND_TIME)));
	result = show_end(command, db, entry.id);
	return result < 0 ? result : show_papers(command, db, entry.id);
}

static int show_people(void *ctx, struct db *db)
{
	struct person_choice *f = ctx;
	int result = person_choice_people(f, db);

	for (int i = 0; result >= 0 && i < f->n; i++)
		result = show_person(f, db, f->people[i]);
	return result;
}

/* May run more than once: it only writes. */
static int write_find(void *ctx, struct db *db)
{
	const struct person_choice *f = ctx;
	struct command *command = f->command;
	const struct act act = {
		.actor = command->actor, .kind = TEXT("person.find"), .subject = f->contest->code,
		.before = TEXT_EMPTY, .after = TEXT_EMPTY,
		.reason = f->phone.len ? TEXT("by phone") : TEXT("by code"),
	};

	return act_add(db, command->arena, time_now_ms(), &act);
}

int cmd_person_find(struct command *command)
{
	struct store *store = command->site->store;
	struct person_choice f;
	int answer = person_choice_begin(command, command->words[0], &f);

	if (answer)
		return answer;
	int result = store_read(store, "person", show_people, &f, NULL);
	if (result >= 0)
		result = store_call(store, STORE_CLASS_DOOR, "person", write_find, &f);
	contest_release(f.contest);
	if (result < 0) {
		/* Nothing personal is shown that is not recorded. */
		command->out->len = 0;
		return command_refuse(command, "the store failed");
	}
	return f.n ? EXIT_DONE : person_choice_nobody(command);
}

/* --- a one-time code for a new password */

struct reset {
	struct person_choice who;
	struct text code_index;
	int64_t id, now, until;
};

/* May run more than once: the code was drawn before. */
static int write_reset(void *ctx, struct db *db)
{
	const struct reset *reset = ctx;
	const struct person_choice *who = &reset->who;
	const struct act act = {
		.actor = who->command->actor, .kind = TEXT("person.reset"),
		.subject = person_choice_subject(who),
		.before = TEXT_EMPTY, .after = TEXT_EMPTY, .reason = who->reason,
	};

	if (q_reset_add(db, reset->id, who->people[0], reset->code_index, who->command->actor,
			reset->until) <= 0 ||
	    q_devices_end(db, who->people[0], reset->now) < 0 ||
	    q_epoch_next(db, who->people[0]) <= 0)
		return STORE_FAILED;
	return act_add(db, who->command->arena, reset->now, &act);
}

/* The only time that the code is to be seen. */
static void print_reset(const struct reset *reset, struct text code)
{
	const struct person_choice *who = &reset->who;
	struct command *command = who->command;
	int half = RECOVERY_DIGITS / 2;

	buf_format(command->out,
		   "mã đặt lại mật khẩu%s%.*s: %.*s %.*s\n"
		   "dùng được một lần, đến %.*s; mã không hiện lại nữa\n"
		   "thí sinh đặt mật khẩu mới ở %.*s/%.*s/quen-mat-khau bằng số điện thoại hoặc "
		   "mã dự thi và mã này; mọi phiên đăng nhập cũ đã kết thúc\n",
		   who->codes[0].len ? " của " : "", TEXT_ARGS(who->codes[0]), half, code.ptr,
		   half, code.ptr + half,
		   TEXT_ARGS(time_format_vn(command->arena, reset->until, TIME_STYLE_FULL)),
		   TEXT_ARGS(command->site->public_url), TEXT_ARGS(who->contest->code));
}

static int give_code(struct reset *reset)
{
	struct command *command = reset->who.command;
	struct text code = recovery_code_new(command->arena);
	struct hash index = recovery_index(command->site->keys, command->arena,
					   reset->who.people[0], code);

	reset->code_index = hash_text(&index);
	reset->id = id_next(command->site->ids);
	reset->now = time_now_ms();
	reset->until = reset->now + RESET_LIFE_MS;
	if (arena_failed(command->arena) ||
	    store_call(command->site->store, STORE_CLASS_DOOR, "reset", write_reset, reset) < 0)
		return command_refuse(command, "the store failed; nothing was changed");
	print_reset(reset, code);
	return EXIT_DONE;
}

int cmd_person_reset(struct command *command)
{
	struct reset reset = { 0 };
	int status = person_choice_begin_with_reason(command, command->words[0], &reset.who);

	if (status)
		return status;
	status = person_choice_one(&reset.who);
	if (status == 0)
		status = give_code(&reset);
	contest_release(reset.who.contest);
	return status;
}
