/* export results */
#include "base/file.h"
#include "cli/command.h"
#include "cli/export_files.h"
#include "store/act.h"
#include "store/store.h"

#include "base/time.h"

#include <errno.h>
#include <sys/stat.h>

struct telling {
	struct command *command;
	struct export *export;
};

static int write_act(void *ctx, struct db *db)
{
	const struct telling *telling = ctx;
	struct export *e = telling->export;
	const struct act act = {
		.actor = telling->command->actor, .kind = TEXT("export.results"),
		.subject = text_format(e->arena, "%.*s round %d", TEXT_ARGS(e->contest->code),
				       e->round + 1),
		.before = TEXT_EMPTY, .after = text_format(e->arena, "%lld papers", (long long)e->n_papers),
		.reason = text_format(e->arena, "%s%s%s", e->names ? "with names" : "",
				      e->names && e->with_keys ? ", " : "",
				      e->with_keys ? "with keys" : ""),
	};
	return act_add(db, e->arena, time_now_ms(), &act);
}

/* Writes all files into a folder that is made when it is not there. */
static int write_files(struct command *command, const struct export *e, const char *dir)
{
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return command_refuse(command, "cannot make %s: %s", dir, strerror(errno));
	for (int i = 0; i < e->n_files; i++) {
		const struct export_file *file = &e->files[i];
		const char *path = text_z(e->arena, text_format(e->arena, "%s/%.*s", dir,
								TEXT_ARGS(file->name)));
		if (file_write(e->arena, path, buf_done(&file->bytes)) != 0)
			return command_refuse(command, "cannot write %s: %s", path, strerror(errno));
	}
	buf_format(command->out, "%s: %lld bài, %lld người; tính lại: tests/recompute/recompute.py %s\n",
		   dir, (long long)e->n_papers, (long long)e->n_people, dir);
	return EXIT_DONE;
}

static int run_export(struct command *command, struct export *e)
{
	struct telling telling = { command, e };
	struct pace pace = pace_begin(command->site, PACE_EXPORT, command->stop);
	int result = export_collect(e, &pace);

	pace_end(&pace);
	if (result == 0)
		return command_refuse(command, "%.*s", TEXT_ARGS(e->refused));
	if (result < 0)
		return command_refuse(command, "the store failed, or the result is too large");
	if (store_call(command->site->store, STORE_CLASS_BACKGROUND, "export", write_act, &telling) < 0)
		return command_refuse(command, "the store failed");
	return write_files(command, e, command_path(command, command->words[0]));
}

int cmd_export_results(struct command *command)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new((size_t)8 << 30);
	struct export *e = arena ? arena_alloc(arena, sizeof(*e)) : NULL;

	if (!e)
		return command_refuse(command, "out of memory");
	if (command_paused(command, PACE_EXPORT))
		return EXIT_REFUSED;
	e->arena = arena;
	e->keys = command->site->keys;
	e->now = command_now(command);
	e->names = command_has(command, "names");
	e->with_keys = command_has(command, "with-keys");
	e->contest = command_contest(command);
	if (!e->contest)
		return EXIT_REFUSED;
	int round = command_round(command, e->contest);
	int status = EXIT_REFUSED;
	if (round >= 0) {
		const struct rules_in_force *rules = contest_rules(e->contest, e->now);
		e->round_id = contest_ids_of(e->contest, rules)->rounds[round];
		status = run_export(command, e);
	}
	contest_release(e->contest);
	return status;
}
