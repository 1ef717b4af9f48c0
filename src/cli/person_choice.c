#include "cli/person_choice.h"

#include "base/code.h"
#include "pages/identity.h"
#include "rules/person.h"
#include "store/store.h"

#include "store_queries.h"

int person_choice_nobody(struct command *command)
{
	return command_refuse(command, "nobody is registered with that phone or code");
}

int person_choice_begin(struct command *command, struct text word, struct person_choice *ret)
{
	*ret = (struct person_choice){
		.command = command, .reason = text_trim(command_option(command, "reason")),
		.phone = TEXT_EMPTY,
	};
	enum phone_verdict verdict = person_read_phone(command->arena, word, &ret->phone);

	if (verdict != PHONE_FINE && verdict != PHONE_CONVERTED)
		ret->phone = TEXT_EMPTY;
	ret->code = code_read(command->arena, word);
	ret->contest = command_contest(command);
	return ret->contest ? 0 : EXIT_REFUSED;
}

int person_choice_begin_with_reason(struct command *command, struct text word,
				    struct person_choice *ret)
{
	if (text_trim(command_option(command, "reason")).len == 0)
		return command_misused(command, "--reason TEXT is needed");
	return person_choice_begin(command, word, ret);
}

static int read_ids(struct person_choice *choice, struct db *db)
{
	struct arena *arena = choice->command->arena;
	struct q_person_by_entry_code one;
	struct q_person_by_identity *people;
	int n;

	if (choice->phone.len == 0) {
		n = q_person_by_entry_code(db, choice->contest->id, choice->code, &one);
		choice->people[0] = n > 0 ? one.person : 0;
		return n;
	}
	struct hash index = keys_blind_index(choice->command->site->keys, "phone", choice->phone);
	n = q_person_by_identity(db, arena, IDENTITY_PHONE, hash_text(&index), &people);
	if (n > PEOPLE_MAX)
		n = PEOPLE_MAX;
	for (int i = 0; i < n; i++)
		choice->people[i] = people[i].person;
	return n;
}

int person_choice_people(struct person_choice *choice, struct db *db)
{
	struct arena *arena = choice->command->arena;
	struct q_person_get data;
	struct q_entry_of entry;
	int found = read_ids(choice, db), result = found, n = 0;

	for (int i = 0; result >= 0 && i < found; i++) {
		int64_t person = choice->people[i];
		result = q_person_get(db, arena, person, &data);
		if (result <= 0)
			continue;	/* erased, or failed */
		result = q_entry_of(db, arena, choice->contest->id, person, &entry);
		choice->codes[n] = result > 0 ? entry.code : TEXT_EMPTY;
		choice->people[n++] = person;
	}
	choice->n = n;
	return result;
}

static int read_people(void *ctx, struct db *db)
{
	return person_choice_people(ctx, db);
}

static int refuse_several(const struct person_choice *choice)
{
	struct command *command = choice->command;

	command_refuse(command, "%d people have this phone: say whose mã dự thi", choice->n);
	for (int i = 0; i < choice->n; i++)
		buf_format(command->err, "  %.*s\n",
			   TEXT_ARGS(choice->codes[i].len ? choice->codes[i]
							  : TEXT("(không có trong hội thi này)")));
	return EXIT_REFUSED;
}

int person_choice_one(struct person_choice *choice)
{
	struct store *store = choice->command->site->store;

	if (store_read(store, "person", read_people, choice, NULL) < 0)
		return command_refuse(choice->command, "the store failed; nothing was changed");
	if (choice->n == 0)
		return person_choice_nobody(choice->command);
	return choice->n > 1 ? refuse_several(choice) : 0;
}

struct text person_choice_subject(const struct person_choice *choice)
{
	return choice->codes[0].len ? choice->codes[0] : choice->contest->code;
}
