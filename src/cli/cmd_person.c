/* person find: by phone or mã dự thi; an act, since it shows personal data */
#include "base/code.h"
#include "base/time.h"
#include "cli/command.h"
#include "pages/identity.h"
#include "rules/person.h"
#include "store/act.h"
#include "store/store.h"

#include "store_queries.h"

struct finding {
	struct command *command;
	const struct contest *contest;
	struct text phone;	/* E.164, "" when it is a code */
	struct text code;
	int found;
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

static int find(void *ctx, struct db *db)
{
	struct finding *f = ctx;
	struct command *command = f->command;
	const struct act act = {
		.actor = command->actor, .kind = TEXT("person.find"), .subject = f->contest->code,
		.before = TEXT_EMPTY, .after = TEXT_EMPTY,
		.reason = f->phone.len ? TEXT("by phone") : TEXT("by code"),
	};

	if (f->phone.len) {
		struct hash index = keys_blind_index(command->site->keys, "phone", f->phone);
		struct q_person_by_identity *people;
		int n = q_person_by_identity(db, command->arena, IDENTITY_PHONE, hash_text(&index), &people);
		for (int i = 0; i < n; i++)
			if (show_person(f, db, people[i].person) < 0)
				return STORE_FAILED;
	} else {
		struct q_person_by_entry_code person;
		int result = q_person_by_entry_code(db, f->contest->id, f->code, &person);
		if (result < 0 || (result > 0 && show_person(f, db, person.person) < 0))
			return STORE_FAILED;
	}
	return act_add(db, command->arena, time_now_ms(), &act);
}

int cmd_person_find(struct command *command)
{
	struct finding f = { .command = command, .phone = TEXT_EMPTY };
	enum phone_verdict verdict = person_read_phone(command->arena, command->words[0], &f.phone);

	if (verdict != PHONE_FINE && verdict != PHONE_CONVERTED)
		f.phone = TEXT_EMPTY;
	f.code = code_read(command->arena, command->words[0]);
	f.contest = command_contest(command);
	if (!f.contest)
		return EXIT_REFUSED;
	int result = store_call(command->site->store, STORE_CLASS_DOOR, "person", find, &f);
	contest_release(f.contest);
	if (result < 0)
		return command_refuse(command, "the store failed");
	if (f.found == 0)
		return command_refuse(command, "nobody is registered with that phone or code");
	return EXIT_DONE;
}
