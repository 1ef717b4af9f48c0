/* person move: another unit, also after papers were begun; another group only before,
 * since papers were drawn from the group's bank. */
#include "base/time.h"
#include "cli/person_choice.h"
#include "pages/identity.h"
#include "pages/register_store.h"
#include "pages/register_unit.h"
#include "store/act.h"
#include "store/store.h"

#include "store_queries.h"

enum move_outcome {
	MOVE_DONE,
	MOVE_NO_ENTRY,		/* not in this contest */
	MOVE_ENDED,		/* takes part no more */
	MOVE_MISFIT,		/* the unit is none of the group's */
	MOVE_HAS_PAPERS,	/* and the group would change */
	MOVE_NO_ROOM,		/* the phone serves as many in that group as it may */
};

struct move {
	struct person_choice who;
	const struct rules_in_force *rules;
	const struct contest_ids *ids;
	struct request *request;	/* what a person's own choice would be read from */
	int group;			/* wanted; -1 as it is */
	struct unit_choice choice;
	enum move_outcome outcome;
	int64_t now;
};

static int group_number(const struct move *move, int64_t id)
{
	for (int i = 0; i < move->rules->profile.n_groups; i++)
		if (move->ids->groups[i] == id)
			return i;
	return -1;
}

/* "nhom1 SNV-VP" */
static struct text place_text(const struct move *move, int group, const struct contest_unit *unit)
{
	struct text code = group < 0 ? TEXT("?") : move->rules->profile.groups[group].code;

	return text_format(move->who.command->arena, "%.*s %.*s", TEXT_ARGS(code),
			   TEXT_ARGS(unit ? unit->code : TEXT("?")));
}

/* Whether group and unit go together, judged as a person's own choice is. */
static bool read_choice(struct move *move, int group)
{
	struct command *command = move->who.command;
	struct form_field fields[] = {
		{ TEXT("nhom"), move->rules->profile.groups[group].code },
		{ TEXT("dv"), command_option(command, "unit") },
		{ TEXT("donvi"), command_option(command, "written") },
	};
	const struct form form = { fields, (int)ARRAY_LEN(fields) };

	unit_choice_read(move->request, &form, &move->choice);
	return move->choice.complete && move->choice.group == group;
}

/* 1 the phone serves another person of the group's kind, 0 it does not. */
static int has_room(struct move *move, struct db *db, int group)
{
	struct command *command = move->who.command;
	struct q_person_get data;
	struct text phone;
	int result = q_person_get(db, command->arena, move->who.people[0], &data);

	if (result <= 0 ||
	    keys_unseal(command->site->keys, KEY_PERSONAL, command->arena, "person_data.phone",
			move->who.people[0], data.phone_sealed, &phone) != 0)
		return STORE_FAILED;
	struct hash index = keys_blind_index(command->site->keys, "phone", phone);
	return phone_has_room(command->arena, db, move->who.contest, &move->rules->profile,
			      move->ids, group, hash_text(&index), move->who.people[0]);
}

static int write(struct move *move, struct db *db, const struct q_entry_of *entry, int from)
{
	struct command *command = move->who.command;
	int group = move->choice.group;
	const struct contest_unit *unit = contest_unit_by_id(move->who.contest, entry->unit);
	const struct act act = {
		.actor = command->actor, .kind = TEXT("person.move"), .subject = entry->code,
		.before = place_text(move, from, unit),
		.after = place_text(move, group, move->choice.unit), .reason = move->who.reason,
	};
	int moved = group == from ? q_entry_move_unit(db, entry->id, move->choice.unit->id,
						      move->choice.written)
				  : q_entry_move(db, entry->id, move->ids->groups[group],
						 move->choice.unit->id, move->choice.written);

	if (moved <= 0)
		return STORE_FAILED;
	move->outcome = MOVE_DONE;
	return act_add(db, command->arena, move->now, &act);
}

/* Another group. STORE_ONE go on, STORE_NONE the outcome says why not. */
static int check_group(struct move *move, struct db *db, int64_t entry)
{
	struct q_entry_papers papers;
	int result = q_entry_papers(db, entry, &papers);

	if (result <= 0)
		return STORE_FAILED;
	move->outcome = MOVE_HAS_PAPERS;
	if (papers.n)
		return STORE_NONE;
	move->outcome = MOVE_NO_ROOM;
	return has_room(move, db, move->choice.group);
}

/* STORE_NONE: the outcome says why. */
static int run_move(void *ctx, struct db *db)
{
	struct move *move = ctx;
	struct q_entry_of entry;
	struct q_entry_end_of end;
	int result = q_entry_of(db, move->who.command->arena, move->who.contest->id,
				move->who.people[0], &entry);

	move->outcome = MOVE_NO_ENTRY;
	if (result <= 0)
		return result;
	move->outcome = MOVE_ENDED;
	result = q_entry_end_of(db, entry.id, &end);
	if (result)
		return result < 0 ? result : STORE_NONE;
	int from = group_number(move, entry.group_id);
	int group = move->group >= 0 ? move->group : from;
	move->outcome = MOVE_MISFIT;
	if (group < 0 || !read_choice(move, group))
		return STORE_NONE;
	result = group == from ? STORE_ONE : check_group(move, db, entry.id);
	return result > 0 ? write(move, db, &entry, from) : result;
}

static int say(struct move *move)
{
	struct command *command = move->who.command;

	switch (move->outcome) {
	case MOVE_DONE:
		buf_format(command->out, "%.*s: chuyển đến %.*s\n", TEXT_ARGS(move->who.codes[0]),
			   TEXT_ARGS(unit_choice_shown(move->request, &move->choice)));
		return EXIT_DONE;
	case MOVE_NO_ENTRY:
		return command_refuse(command, "this person is not in the contest %.*s",
				      TEXT_ARGS(move->who.contest->code));
	case MOVE_ENDED:
		return command_refuse(command, "this entry was withdrawn or merged");
	case MOVE_MISFIT:
		return command_refuse(command, "%.*s is no unit that people of this group choose; "
					       "--group GROUP-CODE moves to another group",
				      TEXT_ARGS(command_option(command, "unit")));
	case MOVE_HAS_PAPERS:
		return command_refuse(command, "papers were begun, and drawn from the bank of the "
					       "group: only the unit can change");
	case MOVE_NO_ROOM:
		return command_refuse(command, "the phone serves as many people of that group as "
					       "it may (auth.people_per_phone)");
	}
	return EXIT_REFUSED;
}

static int call(struct move *move)
{
	struct command *command = move->who.command;

	if (store_call(command->site->store, STORE_CLASS_DOOR, "move", run_move, move) < 0)
		return command_refuse(command, "the store failed; nothing was changed");
	if (move->outcome == MOVE_DONE)
		command->site->public_version++;
	return say(move);
}

/* Reads --group, and makes what the choice of a unit is read from. */
static int prepare(struct move *move)
{
	struct command *command = move->who.command;
	struct text code = command_option(command, "group");

	move->now = time_now_ms();
	move->rules = contest_rules(move->who.contest, command_now(command));
	move->ids = contest_ids_of(move->who.contest, move->rules);
	const struct profile_group *group = profile_group_by_code(&move->rules->profile, code);
	if (code.len && !group)
		return command_refuse(command, "there is no group %.*s", TEXT_ARGS(code));
	move->group = group ? (int)(group - move->rules->profile.groups) : -1;
	move->request = arena_alloc(command->arena, sizeof(*move->request));
	if (!move->request)
		return command_refuse(command, "out of memory");
	move->request->arena = command->arena;
	move->request->site = command->site;
	move->request->contest = move->who.contest;
	move->request->now = command_now(command);
	return person_choice_one(&move->who);
}

int cmd_person_move(struct command *command)
{
	struct move move = { 0 };

	if (command_option(command, "unit").len == 0)
		return command_misused(command, "--unit UNIT-CODE is needed");
	int status = person_choice_begin_with_reason(command, command->words[0], &move.who);
	if (status)
		return status;
	status = prepare(&move);
	if (status == 0)
		status = call(&move);
	contest_release(move.who.contest);
	return status;
}
