#include "jobs/backup.h"

#include "base/file.h"
#include "base/log.h"
#include "base/time.h"
#include "store/act.h"
#include "store/erasures.h"
#include "store/store.h"

#include "store_queries.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".backup"
#define NEW ".new"
#define FILES_MAX 10000
#define ERASURES_BYTES_MAX (1 << 30)
#define VIETNAM_MS (7 * TIME_HOUR_MS)

/* --- names */

static struct text name_of(struct arena *arena, int64_t at)
{
	struct civil c = time_to_civil(at - VIETNAM_MS);	/* in UTC */
	return text_format(arena, "hoithi-%04d%02d%02dT%02d%02d%02dZ" SUFFIX, c.year, c.month,
			   c.day, c.hour, c.minute, c.second);
}

bool backup_name_read(struct text name, int64_t *ret_at)
{
	static const char pattern[] = "hoithi-00000000T000000Z" SUFFIX;
	char iso[sizeof("0000-00-00T00:00:00Z")];

	if (name.len != sizeof(pattern) - 1)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		bool is_digit = name.ptr[i] >= '0' && name.ptr[i] <= '9';
		if (pattern[i] == '0' ? !is_digit : name.ptr[i] != pattern[i])
			return false;
	}
	const char *at = name.ptr + strlen("hoithi-");
	snprintf(iso, sizeof(iso), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", at, at + 4, at + 6, at + 9,
		 at + 11, at + 13);
	return time_parse(text_from_z(iso), ret_at) == 0;
}

static const char *path_in(struct arena *arena, const char *dir, struct text name)
{
	return text_z(arena, text_format(arena, "%s/%.*s", dir, TEXT_ARGS(name)));
}

/* Removes the backups of the folder that `is_over` takes for it; how many. */
static int remove_some(struct arena *arena, const char *dir, const char *suffix,
		       bool (*is_over)(struct text name, int64_t before), int64_t before)
{
	struct text *names = arena_array(arena, FILES_MAX, sizeof(*names));
	int n = names ? file_list(arena, dir, suffix, names, FILES_MAX) : 0;
	int removed = 0;

	for (int i = 0; i < n; i++)
		if (is_over(names[i], before))
			removed += unlink(path_in(arena, dir, names[i])) == 0;
	return removed;
}

/* What a crash left. */
static bool is_left_over(struct text name, int64_t before)
{
	int64_t at;

	(void)before;
	return backup_name_read(text_part(name, 0, name.len - strlen(NEW)), &at);
}

static bool is_old(struct text name, int64_t before)
{
	int64_t at;
	return backup_name_read(name, &at) && at < before;
}

/* --- the file */

struct sealing {
	int from, to;
	const struct backup_order *order;
	struct backup_file *ret;
	int result, error;
};

static void *seal(void *arg)
{
	static const struct sched_param none;
	struct sealing *s = arg;

	/* With what contestants leave of the machine. */
	(void)pthread_setschedparam(pthread_self(), SCHED_IDLE, &none);
	s->result = backup_file_write(s->from, s->to, s->order->public_key, s->order->stop, s->ret);
	s->error = errno;
	return NULL;
}

/* 0 done, -1 errno. A thread that was made idle stays so: it has one of its own. */
static int seal_idly(int from, int to, const struct backup_order *order, struct backup_file *ret)
{
	struct sealing s = { .from = from, .to = to, .order = order, .ret = ret };
	pthread_t thread;

	errno = pthread_create(&thread, NULL, seal, &s);
	if (errno)
		return -1;
	pthread_join(thread, NULL);
	errno = s.error;
	return s.result;
}

/* Under another name until it is whole and on disk. 0 done, -1 errno. */
static int write_file(struct arena *arena, int from, const struct backup_order *order,
		      struct backup_done *ret)
{
	const char *path = path_in(arena, order->to, ret->name);
	const char *fresh = text_z(arena, text_format(arena, "%s" NEW, path));
	int to = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (to < 0)
		return -1;
	int result = seal_idly(from, to, order, &ret->file);
	int error = errno;
	if (close(to) != 0 && result == 0) {
		result = -1;
		error = errno;
	}
	if (result == 0 && (rename(fresh, path) != 0 || file_sync_folder(order->to) != 0)) {
		result = -1;
		error = errno;
		(void)unlink(path);
	}
	if (result != 0)
		(void)unlink(fresh);
	errno = error;
	return result;
}

/* The first free name from now on: backups of one second are told apart by the next. */
static struct text free_name(struct arena *arena, const char *dir)
{
	struct text name;
	int64_t at = time_now_ms();

	do {
		name = name_of(arena, at);
		at += TIME_SECOND_MS;
	} while (access(path_in(arena, dir, name), F_OK) == 0 && !arena_failed(arena));
	return name;
}

/* --- erasures */

static int read_erasures(struct arena *arena, const char *path, struct erasures *erasures)
{
	int line;
	int answer = erasures_read(arena, path, erasures, &line);

	if (answer > 0)
		errno = EBADMSG;
	return answer < 0 && errno == ENOENT ? 0 : answer;
}

/* Adds those of the data folder to what is told beside the backups. 0 done, -1 errno. */
static int bring_erasures_alone(const char *data, const char *to)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(ERASURES_BYTES_MAX);
	struct erasures erasures = { 0 };

	errno = ENOMEM;
	if (!arena)
		return -1;
	const char *path = path_in(arena, to, TEXT(ERASURES_NAME));
	if (read_erasures(arena, path, &erasures) != 0 ||
	    read_erasures(arena, path_in(arena, data, TEXT(ERASURES_NAME)), &erasures) != 0)
		return -1;
	erasures_settle(&erasures);
	if (erasures_write(arena, path, &erasures) != 0)
		return -1;
	return file_sync_folder(to);
}

/* The runner and a backup may come at once. */
static int bring_erasures(const char *data, const char *to)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&lock);
	int result = bring_erasures_alone(data, to);
	pthread_mutex_unlock(&lock);
	return result;
}

/* --- the act */

struct noting {
	struct arena *arena;
	const struct backup_order *order;
	const struct backup_done *done;
};

static int write_act(void *ctx, struct db *db)
{
	const struct noting *n = ctx;
	const struct backup_file *file = &n->done->file;
	const struct act act = {
		.actor = n->order->actor, .kind = TEXT("backup"), .subject = n->done->name,
		.before = TEXT_EMPTY, .reason = TEXT_EMPTY,
		.after = text_format(n->arena, "%lld bytes, sha256 %.*s", (long long)file->bytes,
				     TEXT_ARGS(text_hex(n->arena, file->sha256.bytes, HASH_BYTES))),
	};

	if (q_setting_put(db, TEXT(BACKUP_SETTING_FOLDER), text_from_z(n->order->to)) < 0)
		return STORE_FAILED;
	return act_add(db, n->arena, time_now_ms(), &act);
}

/* --- all of it */

static bool check_folder(struct site *site, struct arena *arena, const char *to,
			 struct text *ret_why)
{
	struct stat info;

	/* Not made: it may be where a disk is to be mounted. */
	if (stat(to, &info) != 0 || !S_ISDIR(info.st_mode))
		*ret_why = text_format(arena, "there is no folder %s", to);
	else if (file_is_inside(to, store_dir(site->store)))	/* it would be lost with it */
		*ret_why = TEXT("backups may not lie inside the data folder");
	else if (access(to, W_OK | X_OK) != 0)
		*ret_why = text_format(arena, "cannot write to %s: %s", to, strerror(errno));
	else
		return true;
	return false;
}

/* What is told once the file is there. */
static int finish(struct site *site, struct arena *arena, const struct backup_order *order,
		  struct backup_done *ret, struct text *ret_why)
{
	struct noting noting = { arena, order, ret };

	if (store_call(site->store, STORE_CLASS_DOOR, "backup", write_act, &noting) < 0) {
		*ret_why = TEXT("the backup is made, but the store failed to record it");
		return 2;
	}
	if (bring_erasures(store_dir(site->store), order->to) != 0) {
		*ret_why = text_format(arena, "the backup is made, but not %s/%s: %s", order->to,
				       ERASURES_NAME, strerror(errno));
		return 2;
	}
	if (order->keep_days)
		ret->removed = remove_some(arena, order->to, SUFFIX, is_old,
					   time_now_ms() - order->keep_days * TIME_DAY_MS);
	return 0;
}

int backup_run(struct site *site, struct arena *arena, const struct backup_order *order,
	       struct backup_done *ret, struct text *ret_why)
{
	int from;

	*ret = (struct backup_done){ 0 };
	if (!check_folder(site, arena, order->to, ret_why))
		return 1;
	(void)remove_some(arena, order->to, SUFFIX NEW, is_left_over, 0);
	if (store_copy(site->store, arena, order->stop, &from, ret_why) < 0)
		return 1;
	ret->name = free_name(arena, order->to);
	int result = write_file(arena, from, order, ret);
	int error = errno;
	close(from);
	if (result != 0) {
		*ret_why = text_format(arena, "cannot write %s/%.*s: %s", order->to,
				       TEXT_ARGS(ret->name), strerror(error));
		return 1;
	}
	return finish(site, arena, order, ret, ret_why);
}

/* --- the runner's */

struct looking {
	struct arena *arena;
	struct q_setting_get folder;
};

static int read_folder(void *ctx, struct db *db)
{
	struct looking *l = ctx;
	return q_setting_get(db, l->arena, TEXT(BACKUP_SETTING_FOLDER), &l->folder);
}

/* 1 they are there, 0 there is no such folder yet, negative: not now. */
static int follow(struct site *site)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(1 << 16);
	struct looking l = { .arena = arena };
	int result = arena ? store_read(site->store, "setting", read_folder, &l, NULL)
			   : STORE_FAILED;

	if (result <= 0 || l.folder.value.len == 0)
		return result < 0 ? result : 0;
	const char *to = text_z(arena, l.folder.value);
	if (bring_erasures(store_dir(site->store), to) == 0)
		return 1;
	log_warning("%s/%s cannot be written: until it is, a restore from there brings erased "
		    "people back", to, ERASURES_NAME);
	return STORE_FAILED;
}

void backup_step(struct site *site)
{
	struct site_jobs *jobs = &site->jobs;
	char path[4096];
	struct stat info;

	snprintf(path, sizeof(path), "%s/%s", store_dir(site->store), ERASURES_NAME);
	if (stat(path, &info) != 0 || info.st_size == jobs->backup_told ||
	    time_mono_ms() < jobs->backup_at)
		return;
	if (follow(site) < 0)
		jobs->backup_at = time_mono_ms() + TIME_MINUTE_MS;
	else
		jobs->backup_told = info.st_size;
}
