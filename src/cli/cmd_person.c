/* person find: by phone or mã dự thi; an act, since it shows personal data.
 * person reset: a one-time code for whoever forgot both password and slip. */
#include "base/code.h"
#include "base/time.h"
#include "cli/command.h"
#include "pages/identity.h"
#include "pages/recovery.h"
#include "rules/person.h"
#include "store/act.h"
#include "store/store.h"

#include "store_queries.h"

#define PEOPLE_MAX 20	/* of one phone, as the query has it */
#define RESET_LIFE_MS (24 * TIME_HOUR_MS)

struct finding {
	struct command *command;
	const struct contest *contest;
	struct text phone;	/* E.164, "" when it is a code */
	struct text code;
	int64_t people[PEOPLE_MAX];
	int n;
	int found;		/* of whom something is known still */
};

static struct text unseal(struct finding *f, const char *place, int64_t person, struct text sealed)
{
	struct text plain;
	if (keys_unseal(f->command->site->keys, KEY_PERSONAL, f->command->arena, place, person, sealed,
			&plain) != 0)
		return TEXT("?");
	return plain;
}

static int show_papers(struct finding *f, struct db *db, int64_t entry)
{
	struct arena *arena = f->command->arena;
	struct q_papers_of_entry *papers;
	int n = q_papers_of_entry(db, arena, entry, &papers);

	for (int i = 0; i < n; i++)
		buf_format(f->command->out, "  lượt %lld: bắt đầu %.*s; %s%s%.*s\n",
			   (long long)papers[i].attempt,
			   TEXT_ARGS(time_format_vn(arena, papers[i].started_at, TIME_STYLE_DAY_AND_TIME)),
			   papers[i].state ? "đã nộp, biên nhận " : "đang mở",
			   papers[i].annulled ? "(không tính) " : "", TEXT_ARGS(papers[i].receipt));
	return n;
}

static int show_person(struct finding *f, struct db *db, int64_t person)
{
	struct arena *arena = f->command->arena;
	struct q_person_get data;
	struct q_entry_of entry;

	int result = q_person_get(db, arena, person, &data);
	if (result <= 0)
		return result;
	f->found++;
	buf_format(f->command->out, "%.*s; sinh %.*s; %.*s\n",
		   TEXT_ARGS(unseal(f, "person_data.name", person, data.name_sealed)),
		   TEXT_ARGS(unseal(f, "person_data.birth", person, data.birth_sealed)),
		   TEXT_ARGS(person_format_phone(arena, unseal(f, "person_data.phone", person,
							       data.phone_sealed))));
	result = q_entry_of(db, arena, f->contest->id, person, &entry);
	if (result <= 0)
		return result;
	const struct contest_unit *unit = contest_unit_by_id(f->contest, entry.unit);
	buf_format(f->command->out, "  mã dự thi %.*s; %.*s; đăng ký %.*s\n", TEXT_ARGS(entry.code),
		   TEXT_ARGS(unit ? unit->shown : entry.unit_written),
		   TEXT_ARGS(time_format_vn(arena, entry.registered_at, TIME_STYLE_DAY_AND_TIME)));
	return show_papers(f, db, entry.id);
}

/* Reads whose phone or code it is. */
static int read_people(struct finding *f, struct db *db)
{
	struct arena *arena = f->command->arena;
	struct q_person_by_entry_code one;
	struct q_person_by_identity *people;

	if (f->phone.len) {
		struct hash index = keys_blind_index(f->command->site->keys, "phone", f->phone);
		f->n = q_person_by_identity(db, arena, IDENTITY_PHONE, hash_text(&index), &people);
		for (int i = 0; i < f->n && i < PEOPLE_MAX; i++)
			f->people[i] = people[i].person;
	} else {
		f->n = q_person_by_entry_code(db, f->contest->id, f->code, &one);
		if (f->n > 0)
			f->people[0] = one.person;
	}
	if (f->n > PEOPLE_MAX)
		f->n = PEOPLE_MAX;
	return f->n;
}

static int show_people(void *ctx, struct db *db)
{
	struct finding *f = ctx;
	int result = read_people(f, db);

	for (int i = 0; result >= 0 && i < f->n; i++)
		result = show_person(f, db, f->people[i]);
	return result;
}

/* May run more than once: it only writes. */
static int write_find(void *ctx, struct db *db)
{
	const struct finding *f = ctx;
	struct command *command = f->command;
	const struct act act = {
		.actor = command->actor, .kind = TEXT("person.find"), .subject = f->contest->code,
		.before = TEXT_EMPTY, .after = TEXT_EMPTY,
		.reason = f->phone.len ? TEXT("by phone") : TEXT("by code"),
	};

	return act_add(db, command->arena, time_now_ms(), &act);
}

/* Takes the word as a phone, else as a code, of the contest meant. False after
 * saying that there is none. */
static bool begin(struct command *command, struct finding *f)
{
	*f = (struct finding){ .command = command, .phone = TEXT_EMPTY };
	enum phone_verdict verdict = person_read_phone(command->arena, command->words[0], &f->phone);

	if (verdict != PHONE_FINE && verdict != PHONE_CONVERTED)
		f->phone = TEXT_EMPTY;
	f->code = code_read(command->arena, command->words[0]);
	f->contest = command_contest(command);
	return f->contest != NULL;
}

static int refuse_nobody(struct command *command)
{
	return command_refuse(command, "nobody is registered with that phone or code");
}

int cmd_person_find(struct command *command)
{
	struct store *store = command->site->store;
	struct finding f;

	if (!begin(command, &f))
		return EXIT_REFUSED;
	int result = store_read(store, "person", show_people, &f, NULL);
	if (result >= 0)
		result = store_call(store, STORE_CLASS_DOOR, "person", write_find, &f);
	contest_release(f.contest);
	if (result < 0) {
		/* Nothing personal is shown that is not recorded. */
		command->out->len = 0;
		return command_refuse(command, "the store failed");
	}
	return f.found ? EXIT_DONE : refuse_nobody(command);
}

/* --- a one-time code for a new password */

struct reset {
	struct finding f;	/* of whom; first */
	struct text codes[PEOPLE_MAX];	/* mã dự thi of each; "" not in the contest */
	struct text reason;
	struct text code_index;
	int64_t id, now, until;
};

static int read_reset(void *ctx, struct db *db)
{
	struct reset *reset = ctx;
	struct finding *f = &reset->f;
	struct arena *arena = f->command->arena;
	struct q_person_get data;
	struct q_entry_of entry;
	int result = read_people(f, db), n = 0;

	for (int i = 0; result >= 0 && i < f->n; i++) {
		result = q_person_get(db, arena, f->people[i], &data);
		if (result <= 0)
			continue;	/* erased, or failed */
		result = q_entry_of(db, arena, f->contest->id, f->people[i], &entry);
		reset->codes[n] = result > 0 ? entry.code : TEXT_EMPTY;
		f->people[n++] = f->people[i];
	}
	f->n = n;
	return result;
}

/* May run more than once: the code was drawn before. */
static int write_reset(void *ctx, struct db *db)
{
	const struct reset *reset = ctx;
	const struct finding *f = &reset->f;
	const struct act act = {
		.actor = f->command->actor, .kind = TEXT("person.reset"),
		.subject = reset->codes[0].len ? reset->codes[0] : f->contest->code,
		.before = TEXT_EMPTY, .after = TEXT_EMPTY, .reason = reset->reason,
	};

	if (q_reset_add(db, reset->id, f->people[0], reset->code_index, f->command->actor,
			reset->until) <= 0 ||
	    q_epoch_next(db, f->people[0]) <= 0)
		return STORE_FAILED;
	return act_add(db, f->command->arena, reset->now, &act);
}

static int refuse_several(const struct reset *reset)
{
	struct command *command = reset->f.command;

	command_refuse(command, "%d people have this phone: say whose mã dự thi", reset->f.n);
	for (int i = 0; i < reset->f.n; i++)
		buf_format(command->err, "  %.*s\n",
			   TEXT_ARGS(reset->codes[i].len ? reset->codes[i]
							 : TEXT("(không có trong hội thi này)")));
	return EXIT_REFUSED;
}

/* The only time that the code is to be seen. */
static void print_reset(const struct reset *reset, struct text code)
{
	struct command *command = reset->f.command;
	int half = RECOVERY_DIGITS / 2;

	buf_format(command->out,
		   "mã đặt lại mật khẩu%s%.*s: %.*s %.*s\n"
		   "dùng được một lần, đến %.*s; mã không hiện lại nữa\n"
		   "thí sinh đặt mật khẩu mới ở %.*s/%.*s/quen-mat-khau bằng số điện thoại hoặc "
		   "mã dự thi và mã này; mọi phiên đăng nhập cũ đã kết thúc\n",
		   reset->codes[0].len ? " của " : "", TEXT_ARGS(reset->codes[0]), half, code.ptr,
		   half, code.ptr + half,
		   TEXT_ARGS(time_format_vn(command->arena, reset->until, TIME_STYLE_FULL)),
		   TEXT_ARGS(command->site->public_url), TEXT_ARGS(reset->f.contest->code));
}

static int give_code(struct reset *reset)
{
	struct command *command = reset->f.command;
	struct store *store = command->site->store;

	if (store_read(store, "person", read_reset, reset, NULL) < 0)
		return command_refuse(command, "the store failed; nothing was changed");
	if (reset->f.n == 0)
		return refuse_nobody(command);
	if (reset->f.n > 1)
		return refuse_several(reset);
	struct text code = recovery_code_new(command->arena);
	struct hash index = recovery_index(command->site->keys, command->arena,
					   reset->f.people[0], code);
	reset->code_index = hash_text(&index);
	reset->id = id_next(command->site->ids);
	reset->now = time_now_ms();
	reset->until = reset->now + RESET_LIFE_MS;
	if (arena_failed(command->arena) ||
	    store_call(store, STORE_CLASS_DOOR, "reset", write_reset, reset) < 0)
		return command_refuse(command, "the store failed; nothing was changed");
	print_reset(reset, code);
	return EXIT_DONE;
}

int cmd_person_reset(struct command *command)
{
	struct reset reset = { .reason = text_trim(command_option(command, "reason")) };

	if (reset.reason.len == 0)
		return command_misused(command, "--reason TEXT is needed");
	if (!begin(command, &reset.f))
		return EXIT_REFUSED;
	int status = give_code(&reset);
	contest_release(reset.f.contest);
	return status;
}
