#include "jobs/restore.h"

#include "base/file.h"
#include "base/time.h"
#include "jobs/backup.h"
#include "store/act.h"
#include "store/erasures.h"
#include "store/person.h"
#include "store/store.h"

#include "store_queries.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* People a transaction. */
#define SLICE 100
#define DATABASE "hoithi.db"

struct restoring {
	struct arena *arena;
	const struct restore_order *order;
	struct restore_done *done;
	struct text *why;
	const char *work;	/* the folder inside the new one */
	bool made_dir;
	struct erasures erasures;
	struct store *store;
	/* of a slice */
	int from, erased;
};

static int refuse(struct restoring *r, const char *format, ...) PRINTF(2, 3);

static int refuse(struct restoring *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	*r->why = text_vformat(r->arena, format, args);
	va_end(args);
	return 1;
}

static const char *path_in(struct restoring *r, const char *dir, const char *name)
{
	return text_z(r->arena, text_format(r->arena, "%s/%s", dir, name));
}

/* --- who was erased */

/* 0 read, or there is none and none is needed. */
static int read_erasures(struct restoring *r, const char *path, bool needed, bool *found)
{
	int line = 0;
	int answer = erasures_read(r->arena, path, &r->erasures, &line);

	if (answer < 0 && errno == ENOENT && !needed)
		return 0;
	*found = true;
	if (answer == 1)
		return refuse(r, "line %d of %s tells of no erasure", line, path);
	if (answer == 2)
		return refuse(r, "%s is too large", path);
	return answer ? refuse(r, "cannot read %s: %s", path, strerror(errno)) : 0;
}

static int find_erasures(struct restoring *r)
{
	const struct restore_order *order = r->order;
	const char *slash = strrchr(order->from, '/');
	struct text beside = text_part(text_from_z(order->from), 0,
				       slash ? (size_t)(slash - order->from) : 0);
	const char *dir = slash ? text_z(r->arena, beside) : ".";
	bool found = false;

	if (read_erasures(r, path_in(r, dir, ERASURES_NAME), false, &found) != 0 ||
	    (order->erasures && read_erasures(r, order->erasures, true, &found) != 0))
		return 1;
	if (!found && !order->without_erasures)
		return refuse(r, "there is no %s/%s, so nobody knows who was erased since: give that "
			      "of the old data folder with --erasures, or say --without-erasures",
			      dir, ERASURES_NAME);
	erasures_settle(&r->erasures);
	r->done->known = r->erasures.n;
	if (r->erasures.n)
		r->done->newest_at = r->erasures.list[r->erasures.n - 1].at;
	return 0;
}

/* --- the folder */

static int make_folder(struct restoring *r)
{
	const char *dir = r->order->dir;
	struct text names[3];

	r->made_dir = mkdir(dir, 0700) == 0;
	if (!r->made_dir && errno != EEXIST)
		return refuse(r, "cannot make %s: %s", dir, strerror(errno));
	/* "." and ".." are listed too. */
	int n = file_list(r->arena, dir, "", names, ARRAY_LEN(names));
	if (n < 0)
		return refuse(r, "cannot read %s: %s", dir, strerror(errno));
	if (n > 2)
		return refuse(r, "%s is not empty: a backup is restored into a new folder", dir);
	char *work = (char *)path_in(r, dir, "restoring-XXXXXX");
	if (!mkdtemp(work))
		return refuse(r, "cannot write to %s: %s", dir, strerror(errno));
	r->work = work;
	return 0;
}

/* What the store makes, and nothing else. */
static void remove_folder(struct restoring *r)
{
	static const char *const names[] = { DATABASE, DATABASE "-wal", DATABASE "-shm", "lock",
					     ERASURES_NAME, ERASURES_NAME ".new" };

	for (size_t i = 0; r->work && i < ARRAY_LEN(names); i++)
		(void)unlink(path_in(r, r->work, names[i]));
	if (r->work)
		(void)rmdir(r->work);
}

/* The database last: with it the folder is one. */
static int give_names(struct restoring *r)
{
	const char *dir = r->order->dir;
	const char *log = path_in(r, dir, ERASURES_NAME);

	if (rename(path_in(r, r->work, ERASURES_NAME), log) == 0 && file_sync_folder(dir) == 0 &&
	    rename(path_in(r, r->work, DATABASE), path_in(r, dir, DATABASE)) == 0 &&
	    file_sync_folder(dir) == 0)
		return 0;
	int error = errno;
	(void)unlink(log);
	return refuse(r, "cannot write to %s: %s", dir, strerror(error));
}

/* --- the database */

static int explain(struct restoring *r, enum backup_file_answer answer)
{
	const char *from = r->order->from;
	int error = errno;

	switch (answer) {
	case BACKUP_FILE_DONE:
		return 0;
	case BACKUP_FILE_NONE:
		return refuse(r, "%s is no backup that this program reads", from);
	case BACKUP_FILE_OTHER_KEY:
		return refuse(r, "%s was made with another public key: this private key does not "
			      "open it", from);
	case BACKUP_FILE_DAMAGED:
		return refuse(r, "%s is damaged or cut off: take another backup", from);
	case BACKUP_FILE_UNREAD:
		return refuse(r, "cannot read %s: %s", from, strerror(error));
	case BACKUP_FILE_UNWRITTEN:
		break;
	}
	return refuse(r, "cannot write to %s: %s", r->order->dir, strerror(error));
}

static int unpack(struct restoring *r)
{
	struct backup_file file;
	int from = open(r->order->from, O_RDONLY | O_CLOEXEC);

	if (from < 0)
		return refuse(r, "cannot read %s: %s", r->order->from, strerror(errno));
	int to = open(path_in(r, r->work, DATABASE), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	enum backup_file_answer answer = to < 0 ? BACKUP_FILE_UNWRITTEN
		: backup_file_read(from, r->order->private_key, to, &file);
	int result = explain(r, answer);
	if (to >= 0)
		close(to);
	close(from);
	if (result == 0)
		r->done->database_bytes = file.database_bytes;
	return result;
}

static int read_acts(void *ctx, struct db *db)
{
	struct restoring *r = ctx;
	int64_t broken = 0;
	int n = act_check(db, NULL, NULL, &broken);

	r->done->acts = n;
	if (n >= 0 && broken)
		return refuse(r, "the chain of acts in it is broken at number %lld",
			      (long long)broken);
	return n < 0 ? n : 0;
}

static int check(struct restoring *r)
{
	switch (store_check(r->store)) {
	case 0:
		break;
	case 1:
		return refuse(r, "the database in it is damaged");
	case 2:
		return refuse(r, "rows of the database in it point at rows that are missing");
	default:
		return refuse(r, "the database in it cannot be read");
	}
	int result = store_read(r->store, "acts", read_acts, r, NULL);
	return result < 0 ? refuse(r, "the acts in it cannot be read") : result;
}

/* May run more than once. */
static int erase_slice(void *ctx, struct db *db)
{
	struct restoring *r = ctx;

	r->erased = 0;
	for (int i = r->from; i < r->erasures.n && i < r->from + SLICE; i++) {
		const struct erasure *one = &r->erasures.list[i];
		int erased = person_erase(db, one->person, one->at);
		if (erased < 0)
			return erased;
		r->erased += erased;
	}
	return STORE_ONE;
}

static int write_act(void *ctx, struct db *db)
{
	struct restoring *r = ctx;
	const char *slash = strrchr(r->order->from, '/');
	const struct act act = {
		.actor = r->order->actor, .kind = TEXT("restore"), .before = TEXT_EMPTY,
		.subject = text_from_z(slash ? slash + 1 : r->order->from),
		.after = text_format(r->arena, "%d of %d erasures done again%s", r->done->erased,
				     r->done->known, r->done->known || !r->order->without_erasures
				     ? "" : ", none known"),
		.reason = TEXT_EMPTY,
	};

	/* A drill tells nothing to the folder of the real one. */
	if (q_setting_put(db, TEXT(BACKUP_SETTING_FOLDER), TEXT_EMPTY) < 0)
		return STORE_FAILED;
	return act_add(db, r->arena, time_now_ms(), &act);
}

static int erase(struct restoring *r)
{
	for (r->from = 0; r->from < r->erasures.n; r->from += SLICE) {
		if (store_call(r->store, STORE_CLASS_BACKGROUND, "restore", erase_slice, r) < 0)
			return refuse(r, "the erasures cannot be done again: the store failed");
		r->done->erased += r->erased;
	}
	if (store_call(r->store, STORE_CLASS_BACKGROUND, "restore", write_act, r) < 0)
		return refuse(r, "the act cannot be written: the store failed");
	return 0;
}

static int run_in_store(struct restoring *r)
{
	const struct store_options options = { .dir = r->work };

	if (store_migrate(r->arena, r->work, time_now_ms(), r->why) != 0 ||
	    store_open(r->arena, &options, &r->store, r->why) != 0)
		return 1;
	int result = check(r);
	if (result == 0)
		result = erase(r);
	r->store = store_close(r->store);
	/* The log is gone once all of it is in the database. */
	if (result == 0 && access(path_in(r, r->work, DATABASE "-wal"), F_OK) == 0)
		result = refuse(r, "cannot write to %s: the store failed", r->order->dir);
	if (result == 0 && erasures_write(r->arena, path_in(r, r->work, ERASURES_NAME),
					  &r->erasures) != 0)
		result = refuse(r, "cannot write %s: %s", ERASURES_NAME, strerror(errno));
	return result;
}

int restore_run(struct arena *arena, const struct restore_order *order, struct restore_done *ret,
		struct text *ret_why)
{
	struct restoring r = { .arena = arena, .order = order, .done = ret, .why = ret_why };

	*ret = (struct restore_done){ .newest_at = TIME_NONE };
	int result = find_erasures(&r);
	if (result == 0)
		result = make_folder(&r);
	if (result == 0)
		result = unpack(&r);
	if (result == 0)
		result = run_in_store(&r);
	if (result == 0)
		result = give_names(&r);
	remove_folder(&r);
	if (result != 0 && r.made_dir)
		(void)rmdir(order->dir);
	return result;
}
