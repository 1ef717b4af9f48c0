/* keys rotate: new keys seal and sign from now on, the old ones still open.
 * keys reseal: what an old key sealed is sealed anew. */
#include "base/time.h"
#include "cli/command.h"
#include "jobs/reseal.h"
#include "store/act.h"
#include "store/store.h"

#include <errno.h>

struct rotation {
	struct command *command;
	bool wanted[KEY_PURPOSE_COUNT];
	struct buf subject, before, after;	/* of the act: what was done until now */
};

static int read_purpose(struct command *command, struct text word, enum key_purpose *ret)
{
	for (int i = 0; i < KEY_PURPOSE_COUNT; i++) {
		*ret = (enum key_purpose)i;
		if (text_equal_z(word, keys_purpose_name(*ret)))
			return 0;
	}
	return command_misused(command, "%.*s is no purpose: personal, bank or session",
			       TEXT_ARGS(word));
}

/* Refuses what cannot be rotated, before anything is. */
static int read_wanted(struct rotation *r)
{
	struct command *command = r->command;
	enum key_purpose purpose;

	r->wanted[KEY_PERSONAL] = r->wanted[KEY_BANK] = r->wanted[KEY_SESSION] =
		command->n_words == 0;
	for (int i = 0; i < command->n_words; i++) {
		int status = read_purpose(command, command->words[i], &purpose);
		if (status)
			return status;
		if (purpose == KEY_INDEX)
			return command_refuse(command, "index has one key for good: under another "
						       "one nobody would be found by phone any more");
		if (purpose == KEY_LOG)
			return command_refuse(command, "log stays: its public key is what others "
						       "check receipts with");
		r->wanted[purpose] = true;
	}
	return 0;
}

static int refuse_rotation(struct command *command, int answer, enum key_purpose purpose)
{
	const char *name = keys_purpose_name(purpose);
	int error = errno;

	switch (answer) {
	case 2:
		return command_refuse(command, "%s.key can be read by others: chmod go= it", name);
	case 3:
		return command_refuse(command, "%s.key is not a key file", name);
	case 4:
		return command_refuse(command, "%s.key is not what was opened: give the folder that "
					       "the server was started with, or restart it", name);
	case 5:
		return command_refuse(command, "%s.key is full: `hoithi keys reseal`, then take "
					       "old lines out", name);
	}
	return command_refuse(command, "%s.key cannot be changed: %s", name, strerror(error));
}

static int rotate(struct rotation *r, const char *dir, enum key_purpose purpose)
{
	struct command *command = r->command;
	const char *comma = r->subject.len ? ", " : "";
	int before = keys_newest_number(command->site->keys, purpose), number;
	int answer = keys_rotate(command->site->keys, dir, purpose, &number);

	if (answer)
		return refuse_rotation(command, answer, purpose);
	buf_format(&r->subject, "%s%s", comma, keys_purpose_name(purpose));
	buf_format(&r->before, "%s%s %d", comma, keys_purpose_name(purpose), before);
	buf_format(&r->after, "%s%s %d", comma, keys_purpose_name(purpose), number);
	buf_format(command->out, "%s: khóa số %d\n", keys_purpose_name(purpose), number);
	return EXIT_DONE;
}

static int write_act(void *ctx, struct db *db)
{
	struct rotation *r = ctx;
	const struct act act = {
		.actor = r->command->actor, .kind = TEXT("keys.rotate"),
		.subject = buf_done(&r->subject), .before = buf_done(&r->before),
		.after = buf_done(&r->after), .reason = TEXT_EMPTY,
	};

	return act_add(db, r->command->arena, time_now_ms(), &act);
}

/* Also when one of them failed: what was done is told. */
static int tell(struct rotation *r, int status)
{
	if (r->subject.len == 0)
		return status;
	if (store_call(r->command->site->store, STORE_CLASS_DOOR, "keys", write_act, r) < 0)
		return command_refuse(r->command, "the keys were rotated, but the store failed to "
						  "record it");
	buf_z(r->command->out, "Khóa cũ vẫn cần để mở những gì đã niêm phong. Sao lưu lại thư mục "
			       "khóa.\n");
	return status;
}

int cmd_keys_rotate(struct command *command)
{
	struct rotation r = { .command = command };
	const char *dir = command_path(command, command_option(command, "keys"));

	if (!command_has(command, "keys"))
		return command_misused(command, "--keys DIR is needed");
	int status = read_wanted(&r);
	buf_init(&r.subject, command->arena, 256);
	buf_init(&r.before, command->arena, 256);
	buf_init(&r.after, command->arena, 256);
	for (int i = 0; i < KEY_PURPOSE_COUNT && status == 0; i++)
		if (r.wanted[i])
			status = rotate(&r, dir, (enum key_purpose)i);
	return tell(&r, status);
}

int cmd_keys_reseal(struct command *command)
{
	struct resealed done;

	if (command_paused(command, PACE_RESEAL))
		return EXIT_REFUSED;
	if (reseal_run(command->site, command->actor, command->stop, &done) < 0)
		return command_refuse(command, "the store failed; run it again");
	buf_format(command->out,
		   "khóa số %d: đã niêm phong lại dữ liệu của %lld người, %lld người đại diện, "
		   "%lld dòng danh sách loại trừ\n",
		   done.key, (long long)done.people, (long long)done.guardians,
		   (long long)done.exclusions);
	if (done.unread)
		return command_refuse(command, "%lld values are opened by none of the keys: take "
					       "no line out of personal.key", (long long)done.unread);
	return EXIT_DONE;
}
