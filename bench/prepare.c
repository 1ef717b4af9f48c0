/* prepare: puts contestants into a rehearsal folder that nobody serves, as the
 * registration itself does, all with one password, and writes a session cookie for
 * each, so that a load begins at the door of the paper.
 *
 *   prepare --data DIR --keys DIR --people N --cookies FILE [--browsers FILE]
 *
 * Prints as JSON what a load has to know. Exit status as hoithi's. */
#include "base/file.h"
#include "base/random.h"
#include "base/time.h"
#include "cli/folder.h"
#include "exchange/contest_files.h"
#include "http/cookie.h"
#include "http/hasher.h"
#include "pages/door.h"
#include "pages/recovery.h"
#include "pages/register_store.h"

#include <unistd.h>

#define PEOPLE_MAX 5000000
#define SLICE_PEOPLE 500
#define SLICE_ARENA_BYTES (64 << 20)
#define BROWSERS 2000
#define PASSWORD "chuon-chuon-bay-thap"

struct crowd {
	struct site *site;
	struct arena *arena;	/* of a slice */
	const struct contest *contest;
	const struct rules_in_force *rules;
	int group, n_units;
	const struct contest_unit **units;	/* those that people may choose */
	char password_hash[HASHER_ENCODED_BYTES];
	int from, to;		/* the slice */
	size_t cookies_before;	/* bytes of the slices before it */
	struct buf *cookies;
};

static const struct command_row row = {
	.name = "prepare", .usage = "--data DIR --keys DIR --people N --cookies FILE [--browsers FILE]",
	.options = "data keys people cookies browsers", .needs_folder = true,
};

static int64_t new_device(void)
{
	return (int64_t)(random_u64() >> 1) | 1;
}

static int write_cookie(struct crowd *c, int64_t person, int64_t device)
{
	char value[SESSION_TEXT_BYTES];
	struct session session = {
		.person = person, .device = device, .issued_at = time_now_ms(),
	};

	session_extend(&session, session.issued_at, 0);
	if (session_encode(c->site->keys, &session, value) != 0)
		return STORE_FAILED;
	buf_add(c->cookies, value, sizeof(value));
	buf_char(c->cookies, '\n');
	return 0;
}

/* What the registration page would hand over for this one. */
static struct register_job register_of(struct crowd *c, int number, int64_t device)
{
	const struct keys *keys = c->site->keys;
	struct arena *arena = c->arena;
	const struct profile *profile = &c->rules->profile;
	struct hash consent = hash_sha256(profile->consent_purpose);
	struct text name = TEXT("Nguyễn Thị Tải");
	struct text birth = text_format(arena, "%04d-%02d-%02d", 1960 + number % 40,
					1 + number % 12, 1 + number % 28);
	struct text phone = text_format(arena, "+8498%07d", number);
	struct register_job job = {
		.arena = arena, .contest = c->contest, .profile = profile,
		.ids = contest_ids_of(c->contest, c->rules), .person_is_new = true,
		.person = id_next(c->site->ids), .entry = id_next(c->site->ids),
		.password_hash = text_from_z(c->password_hash), .group = c->group,
		.unit = c->units[number % c->n_units]->id, .unit_written = TEXT_EMPTY,
		.consent = { .version = profile->consent_version,
			     .hash = text_copy(arena, hash_text(&consent)) },
		.now = time_now_ms(),
	};
	struct hash recovery = recovery_index(keys, arena, job.person, recovery_code_new(arena));

	identity_of_person(keys, arena, name, birth, phone, &job.indexes);
	job.name_sealed = keys_seal(keys, KEY_PERSONAL, arena, "person_data.name", job.person,
				    name);
	job.birth_sealed = keys_seal(keys, KEY_PERSONAL, arena, "person_data.birth", job.person,
				     birth);
	job.phone_sealed = keys_seal(keys, KEY_PERSONAL, arena, "person_data.phone", job.person,
				     phone);
	job.recovery_index = text_copy(arena, hash_text(&recovery));
	job.device = (struct device_note){
		.person = job.person, .device = device, .now = job.now,
		.browser = TEXT("Chrome, Android"),
	};
	register_job_draw_codes(&job);
	return job;
}

static int add_slice(void *ctx, struct db *db)
{
	struct crowd *c = ctx;

	c->cookies->len = c->cookies_before;	/* a job may run again */
	for (int i = c->from; i < c->to; i++) {
		int64_t device = new_device();
		struct register_job job = register_of(c, i, device);
		if (register_job_run(&job, db) < 0 || job.outcome != REGISTER_DONE ||
		    write_cookie(c, job.person, device) < 0)
			return STORE_FAILED;
	}
	return arena_failed(c->arena) ? STORE_FAILED : STORE_ONE;
}

/* The last group and all units of it. */
static int choose_place(struct command *command, struct crowd *c)
{
	const struct profile *profile = &c->rules->profile;

	c->group = profile->n_groups - 1;
	c->units = arena_array(command->arena, (size_t)c->contest->n_units + 1, sizeof(*c->units));
	for (int i = 0; c->units && i < c->contest->n_units; i++)
		if (contest_unit_is_open(&c->contest->units[i], profile->groups[c->group].place))
			c->units[c->n_units++] = &c->contest->units[i];
	return c->n_units ? 0 : command_refuse(command, "no unit can be chosen in the last group");
}

/* Negative as the store. */
static int add_slices(struct crowd *c, int n)
{
	int result = 0;

	c->arena = arena_new(SLICE_ARENA_BYTES);
	if (!c->arena)
		return STORE_FAILED;
	for (c->from = 0; result >= 0 && c->from < n; c->from = c->to) {
		c->to = c->from + SLICE_PEOPLE < n ? c->from + SLICE_PEOPLE : n;
		c->cookies_before = c->cookies->len;
		result = store_call(c->site->store, STORE_CLASS_BACKGROUND, "prepare", add_slice,
				    c);
		arena_reset(c->arena);
	}
	arena_free(c->arena);
	return result;
}

/* Browsers that have had the registration's form before them for a while: lines of
 * "cookie token". */
static int write_browsers(struct command *command, const struct crowd *c, int n)
{
	const char *path = command_path(command, command_option(command, "browsers"));
	int64_t now = time_now_ms();
	struct buf lines;

	buf_init(&lines, command->arena, (size_t)n * 256 + 1);
	for (int i = 0; i < n; i++) {
		const struct session session = { .device = new_device(), .issued_at = now };
		char cookie[SESSION_TEXT_BYTES];
		if (session_encode(c->site->keys, &session, cookie) != 0)
			return command_refuse(command, "there is no key");
		struct text token = token_make(command->arena, c->site->keys, &session,
					       now - DOOR_FORM_LEAST_MS);
		buf_format(&lines, "%.*s %.*s\n", SESSION_TEXT_BYTES, cookie, TEXT_ARGS(token));
	}
	if (file_write(command->arena, path, buf_done(&lines)) != 0)
		return command_refuse(command, "cannot write %s", path);
	return 0;
}

static int add_people(struct command *command, struct crowd *c, int n, struct buf *cookies)
{
	const char *path = command_path(command, command_option(command, "cookies"));

	c->cookies = cookies;
	if (add_slices(c, n) < 0)
		return command_refuse(command,
				      "cannot write the contestants: is the folder fresh?");
	if (file_write(command->arena, path, buf_done(cookies)) != 0)
		return command_refuse(command, "cannot write %s", path);
	buf_format(command->out,
		   "{\"contest\":\"%.*s\",\"group\":\"%.*s\",\"unit\":\"%.*s\",\"people\":%d,"
		   "\"password\":\"" PASSWORD "\"}\n",
		   TEXT_ARGS(c->contest->code), TEXT_ARGS(c->rules->profile.groups[c->group].code),
		   TEXT_ARGS(c->units[0]->code), n);
	return EXIT_DONE;
}

static int prepare(struct command *command, struct folder *folder)
{
	struct crowd c = { .site = &folder->site };
	struct buf cookies;
	int64_t n;

	if (text_to_int64(command_option(command, "people"), &n) != 0 || n < 1 || n > PEOPLE_MAX ||
	    !command_has(command, "cookies"))
		return command_misused(command, "usage: %s %s", row.name, row.usage);
	if (!folder->site.rehearsal)
		return command_refuse(command, "this folder is of a real contest");
	if (hasher_hash(TEXT(PASSWORD), c.password_hash) != HASH_DONE)
		return command_refuse(command, "cannot hash a password");
	command->site = &folder->site;
	c.contest = command_contest(command);
	if (!c.contest)
		return EXIT_REFUSED;
	c.rules = contest_rules(c.contest, command_now(command));
	buf_init(&cookies, command->arena, (size_t)n * (SESSION_TEXT_BYTES + 1));
	int status = choose_place(command, &c);
	if (status == 0 && command_has(command, "browsers"))
		status = write_browsers(command, &c, BROWSERS);
	if (status == 0)
		status = add_people(command, &c, (int)n, &cookies);
	contest_release(c.contest);
	return status;
}

/* Reads "--name value" pairs. */
static int read_arguments(struct command *command, int argc, char **argv)
{
	for (int i = 1; i < argc; i += 2) {
		struct text name = text_from_z(argv[i]);
		if (!text_starts_with(name, TEXT("--")) || i + 1 == argc ||
		    command->n_options == COMMAND_ARGS_MAX)
			return command_misused(command, "usage: %s %s", row.name, row.usage);
		command->options[command->n_options++] = (struct command_option){
			text_part(name, 2, name.len), text_from_z(argv[i + 1]) };
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new((size_t)2 << 30);
	const struct folder_options options = { .clock = TEXT_EMPTY };
	struct buf out, err;
	struct folder folder;
	char cwd[4096];

	if (!arena || random_init() != 0)
		return EXIT_REFUSED;
	buf_init(&out, arena, COMMAND_OUTPUT_BYTES_MAX);
	buf_init(&err, arena, COMMAND_OUTPUT_BYTES_MAX);
	struct command command = { .arena = arena, .out = &out, .err = &err,
				   .cwd = getcwd(cwd, sizeof(cwd)), .actor = TEXT("bench") };
	int status = read_arguments(&command, argc, argv);
	if (status == 0)
		status = folder_open(&command, &options, &folder);
	if (status == 0) {
		status = prepare(&command, &folder);
		folder_close(&folder);
	} else if (status == FOLDER_SERVED) {
		status = command_refuse(&command, "a server has this folder: stop it first");
	}
	fwrite(out.ptr ? out.ptr : "", 1, out.len, stdout);
	fwrite(err.ptr ? err.ptr : "", 1, err.len, stderr);
	arena_free(arena);
	return status;
}
