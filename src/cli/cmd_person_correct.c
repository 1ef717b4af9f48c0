/* person correct: another name or birth date, by request of the person, once they
 * cannot do it themselves any more. */
#include "base/code.h"
#include "base/time.h"
#include "cli/command.h"
#include "pages/correct_store.h"
#include "rules/person.h"
#include "store/store.h"

#include "store_queries.h"

struct correcting {
	struct command *command;
	const struct contest *contest;
	struct text code;
	struct text name, birth_iso;	/* as given and read; "" stays as it is */
	struct text guardian;		/* who agrees for someone under 16; "" nobody */
	/* as read */
	struct page_entry entry;	/* id, name, birth and phone of it */
	int64_t person, registered_at;
	bool has_guardian;
	struct correct_job job;
};

static int unseal(struct correcting *c, const char *place, struct text sealed, struct text *ret)
{
	struct command *command = c->command;
	return keys_unseal(command->site->keys, KEY_PERSONAL, command->arena, place, c->person,
			   sealed, ret) == 0 ? 0 : STORE_FAILED;
}

/* STORE_NONE: nobody has this code, or they were erased. */
static int read_person(void *ctx, struct db *db)
{
	struct correcting *c = ctx;
	struct arena *arena = c->command->arena;
	struct q_entry_by_code row;
	struct q_guardian_of guardian;
	struct q_person_get person;

	int result = q_entry_by_code(db, c->contest->id, c->code, &row);
	if (result <= 0)
		return result;
	c->entry.id = row.id;
	c->person = row.person;
	c->registered_at = row.registered_at;
	result = q_guardian_of(db, arena, row.id, &guardian);
	c->has_guardian = result > 0;
	if (result < 0)
		return result;
	result = q_person_get(db, arena, row.person, &person);
	if (result <= 0)
		return result;
	if (unseal(c, "person_data.name", person.name_sealed, &c->entry.name) < 0 ||
	    unseal(c, "person_data.birth", person.birth_sealed, &c->entry.birth_iso) < 0 ||
	    unseal(c, "person_data.phone", person.phone_sealed, &c->entry.phone) < 0)
		return STORE_FAILED;
	return STORE_ONE;
}

/* What was typed, read. EXIT_DONE, or the status after saying what is wrong. */
static int read_options(struct correcting *c)
{
	struct command *command = c->command;
	struct birth birth;

	if (text_trim(command_option(command, "reason")).len == 0)
		return command_misused(command, "--reason TEXT is needed");
	if (!command_has(command, "name") && !command_has(command, "birth"))
		return command_misused(command, "--name NAME or --birth DATE is needed");
	if (command_has(command, "name") &&
	    person_read_name(command->arena, command_option(command, "name"), &c->name) == NAME_REFUSED)
		return command_refuse(command, "that is no name of a person");
	if (command_has(command, "guardian") &&
	    person_read_name(command->arena, command_option(command, "guardian"), &c->guardian) ==
		    NAME_REFUSED)
		return command_refuse(command, "that is no name of a guardian");
	if (!command_has(command, "birth"))
		return EXIT_DONE;
	if (person_read_birth(command_option(command, "birth"), command_now(command), &birth) !=
	    BIRTH_FINE)
		return command_refuse(command, "that is no birth date: 5/8/1966, or the year alone");
	c->birth_iso = person_birth_iso(command->arena, &birth);
	return EXIT_DONE;
}

/* Whether they were under 16 when they registered, going by the date that will hold. */
static bool is_minor(const struct correcting *c)
{
	struct text iso = c->birth_iso.len ? c->birth_iso : c->entry.birth_iso;
	struct birth birth;

	return person_birth_from_iso(iso, &birth) == 0 &&
	       person_may_be_under(&birth, PERSON_GUARDIAN_AGE,
				   c->registered_at + c->command->site->clock.shift_ms);
}

static void fill_job(struct correcting *c)
{
	struct command *command = c->command;
	struct text what = text_format(command->arena, "%s%s%s%s",
				       c->name.len ? "name" : "",
				       c->name.len && c->birth_iso.len ? ", " : "",
				       c->birth_iso.len ? "birth" : "",
				       c->guardian.len ? ", guardian" : "");

	c->job = (struct correct_job){
		.arena = command->arena, .person = c->person, .entry = c->entry.id,
		.by_operator = true, .now = time_now_ms(),
		.act = { .actor = command->actor, .kind = TEXT("person.correct"), .subject = c->code,
			 .before = TEXT_EMPTY, .after = what,
			 .reason = text_trim(command_option(command, "reason")) },
	};
	correct_job_fill(command->site->keys, &c->job, &c->entry,
			 c->name.len ? c->name : c->entry.name,
			 c->birth_iso.len ? c->birth_iso : c->entry.birth_iso);
	if (c->guardian.len)
		c->job.consent.guardian_sealed =
			keys_seal(command->site->keys, KEY_PERSONAL, command->arena, "guardian.name",
				  c->entry.id, c->guardian);
}

static int write_correction(struct correcting *c)
{
	struct command *command = c->command;

	fill_job(c);
	if (arena_failed(command->arena) ||
	    store_call(command->site->store, STORE_CLASS_DOOR, "correct", correct_job_run, &c->job) < 0)
		return command_refuse(command, "the store failed; nothing was changed");
	switch (c->job.outcome) {
	case CORRECT_TAKEN:
		return command_refuse(command, "somebody is already registered with just that phone, "
					       "name and birth date");
	case CORRECT_BEGUN:
	case CORRECT_GONE:
		return command_refuse(command, "the person has changed meanwhile; nothing was changed");
	case CORRECT_DONE:
		break;
	}
	command->site->public_version++;	/* the name may stand among the winners */
	buf_format(command->out, "đã sửa %.*s\n", TEXT_ARGS(c->code));
	if (c->has_guardian && !is_minor(c))
		buf_z(command->out, "người này đã đủ 16 tuổi khi đăng ký; người đại diện vẫn được giữ, "
				    "tên công bố vẫn theo sự đồng ý đã ghi\n");
	return EXIT_DONE;
}

static int correct(struct correcting *c)
{
	struct command *command = c->command;
	int found = store_read(command->site->store, "person", read_person, c, NULL);

	if (found < 0)
		return command_refuse(command, "the store failed; nothing was changed");
	if (found == 0)
		return command_refuse(command, "nobody is registered with that code");
	if (is_minor(c) && !c->has_guardian && c->guardian.len == 0)
		return command_refuse(command, "whoever is under 16 when registering needs somebody who "
					       "agrees: --guardian NAME");
	return write_correction(c);
}

int cmd_person_correct(struct command *command)
{
	struct correcting c = {
		.command = command, .code = code_read(command->arena, command->words[0]),
		.name = TEXT_EMPTY, .birth_iso = TEXT_EMPTY, .guardian = TEXT_EMPTY,
	};
	int status = read_options(&c);

	if (status != EXIT_DONE)
		return status;
	c.contest = command_contest(command);
	if (!c.contest)
		return EXIT_REFUSED;
	status = correct(&c);
	contest_release(c.contest);
	return status;
}
