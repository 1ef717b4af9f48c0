/* The power goes, the process is killed, the disk does not keep what it was given:
 * what a contestant was told is kept is there afterwards.
 *
 *	power [CUTS [SEED]]
 *
 * Contestants register, start, save and submit at once, on a disk that ends at some
 * moment under a seed. Each keeps what it was told in a record of its own. The store
 * opens what is left, sometimes to end again at once, and everybody looks whether what
 * was acknowledged is there, and nothing that was never asked for. At the end of each
 * world the jobs run, and what they counted agrees with the papers. Ends with 1 at the
 * first thing that is lost. */
#include "power.h"

#include "base/time.h"
#include "store/engine.h"
#include "store_queries.h"

#define CUTS 1000
#define LIVES_A_WORLD 20
#define AT_ONCE 6
#define OPEN "2024-09-20T09:00:00+07:00"
#define CLOSED "2024-10-06T08:00:00+07:00"

uint64_t power_below(struct power *p, uint64_t bound)
{
	return world_below(p->w, bound);
}

void power_lost(const struct power *p, const char *format, ...)
{
	va_list args;

	printf("power: seed %llu, life %d: ", (unsigned long long)p->seed, p->life);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	exit(1);
}

/* ---- a life */

static bool act(struct power *p)
{
	int active = 0;

	for (int i = 0; i < p->n_clients; i++)
		active += p->clients[i].step != FINISHED;
	while (active < AT_ONCE && p->n_clients < CLIENTS_MAX) {
		client_add(p);
		active++;
	}
	world_pass(p->w, (int64_t)power_below(p, 300));
	for (int i = 0; i < p->n_clients; i++)
		if (client_is_ready(&p->clients[i]) && power_below(p, 2))
			client_ask(&p->clients[i]);
	p->w->eager = power_below(p, 2);
	while (power_below(p, 3) && world_step(p->w))
		;
	return active > 0;
}

static const char *dir(struct power *p)
{
	return text_z(p->w->sample->arena, text_format(p->w->sample->arena, "%s/data",
						       p->w->sample->dir));
}

/* What the server's other thread does. True when it would end the program. */
static bool checkpoint(struct power *p, struct db *db)
{
	struct db_log log;

	return power_below(p, 8) == 0 && db_checkpoint(db, DB_CHECKPOINT_PASSIVE, &log) < 0 &&
	       db_sync_failed(db);
}

enum ending {
	ENDING_CUT,
	ENDING_KILLED,
	ENDING_SYNC_FAILED,	/* and the process was ended because of it */
};

static enum ending arm(struct power *p)
{
	static const char *const files[] = { "-wal", "-wal", ".db" };
	enum ending ending = (enum ending)(power_below(p, 4) ? 0 : 1 + power_below(p, 2));
	int64_t n = 1 + (int64_t)power_below(p, 60);

	if (ending == ENDING_SYNC_FAILED)
		disk_fault(p->disk, DISK_SYNC, files[power_below(p, 3)], 1 + n / 8, 1, DISK_FAILS);
	else
		disk_stop(p->disk, n);
	return ending;
}

/* Serves until the disk ends it. */
static enum ending live(struct power *p)
{
	struct db *db;
	char error[256];
	bool ended = false, active = true;

	if (db_open(dir(p), DB_WRITE, &db, error) < 0)
		power_lost(p, "the second connection does not open: %s", error);
	enum ending ending = arm(p);
	for (int i = 0; i < 200 && !ended && active && !disk_stopped(p->disk) && !p->w->dead; i++) {
		active = act(p);
		ended = checkpoint(p, db);
	}
	disk_stop(p->disk, 0);
	p->figures->failed_syncs += p->w->dead || ended;
	world_stop(p->w, true);
	db_close(db);
	return ending;
}

/* ---- looking behind the store */

int64_t power_number(struct power *p, sqlite3 *db, const char *sql, const char *arg, char *ret)
{
	sqlite3_stmt *statement;
	int64_t value = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		power_lost(p, "the database cannot be read: %s", sqlite3_errmsg(db));
	sqlite3_bind_text(statement, 1, arg, -1, SQLITE_STATIC);
	if (sqlite3_step(statement) == SQLITE_ROW) {
		value = sqlite3_column_int64(statement, 0);
		if (ret)
			snprintf(ret, 64, "%s", (const char *)sqlite3_column_text(statement, 0));
	}
	sqlite3_finalize(statement);
	return value;
}

static sqlite3 *look(struct power *p)
{
	char name[128];
	sqlite3 *db;

	snprintf(name, sizeof(name), "%s/hoithi.db", dir(p));
	if (sqlite3_open(name, &db) != SQLITE_OK)
		power_lost(p, "the database does not open: %s", sqlite3_errmsg(db));
	return db;
}

/* ---- lives that end at once */

static int take_lease(void *ctx, struct db *db)
{
	return q_lease_take(db, TEXT("test"), *(int64_t *)ctx, 0, INT64_MAX);
}

static void check_lease(struct power *p)
{
	sqlite3 *db = look(p);
	int64_t lease = power_number(p, db, "SELECT holder FROM lease WHERE name = 'test'", NULL, NULL);

	if (p->lease && lease != p->lease && lease != p->lease_tried)
		power_lost(p, "a write that was acknowledged right after a restart is not there");
	p->lease = lease > 0 ? lease : 0;
	sqlite3_close(db);
}

static void live_shortly(struct power *p, bool may_stop)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new(1 << 20);
	struct store_options options = { .dir = dir(p), .create = true };
	struct text why = TEXT_EMPTY;
	struct store *store;

	if (may_stop)
		disk_stop(p->disk, 1 + (int64_t)power_below(p, 24));
	int answer = store_open(arena, &options, &store, &why);
	if (answer && !disk_stopped(p->disk))
		power_lost(p, "the store does not open: %.*s", TEXT_ARGS(why));
	if (!disk_stopped(p->disk))
		check_lease(p);
	p->lease_tried = p->lease + 1;
	if (answer == 0 && store_call(store, STORE_CLASS_DOOR, "lease", take_lease,
				      &p->lease_tried) == STORE_ONE && !disk_stopped(p->disk))
		p->lease = p->lease_tried;
	disk_stop(p->disk, 0);
	if (answer == 0)
		store_close(store);
}

static void end(struct power *p, enum disk_end how)
{
	disk_restart(p->disk, how);
	p->figures->cuts += how == DISK_CUT;
	p->figures->kills += how == DISK_KILLED;
}

static void restart(struct power *p, enum ending ending)
{
	/* What a failed sync left can be read, and is not on the surface: the next start
	 * is to be cut. */
	bool failed = ending == ENDING_SYNC_FAILED;

	end(p, ending == ENDING_CUT ? DISK_CUT : DISK_KILLED);
	while (failed || power_below(p, 3)) {
		live_shortly(p, failed || power_below(p, 4));
		end(p, failed || power_below(p, 4) ? DISK_CUT : DISK_KILLED);
		failed = false;
	}
	live_shortly(p, false);
	disk_restart(p->disk, DISK_KILLED);
	world_start(p->w);
}

/* ---- what is there */

static void check_whole(struct power *p, sqlite3 *db)
{
	char answer[64] = "";

	(void)power_number(p, db, "PRAGMA integrity_check", NULL, answer);
	if (strcmp(answer, "ok") != 0)
		power_lost(p, "the database is damaged: %s", answer);
}

static void check(struct power *p)
{
	sqlite3 *db = look(p);
	int papers = 0, people = 0, unheard = 0;

	check_whole(p, db);
	for (int i = 0; i < p->n_clients; i++) {
		client_check(&p->clients[i], db, &papers);
		people += p->clients[i].registered;
		unheard += p->clients[i].sent && !p->clients[i].registered;
	}
	if (power_number(p, db, "SELECT count(*) FROM paper", NULL, NULL) != papers)
		power_lost(p, "there are not as many papers as contestants have: %d", papers);
	int64_t stored = power_number(p, db, "SELECT count(*) FROM person", NULL, NULL);
	if (stored < people || stored > people + unheard)
		power_lost(p, "%d people registered, and perhaps %d more; %d are there", people,
		     unheard, (int)stored);
	sqlite3_close(db);
}

/* All is over and the jobs have run: what they counted is what is there. */
static void check_counts(struct power *p)
{
	world_pass(p->w, sample_moment(CLOSED) - p->w->now);
	world_jobs(p->w);
	sqlite3 *db = look(p);
	int64_t open = power_number(p, db, "SELECT count(*) FROM paper WHERE state = 0", NULL, NULL);
	int64_t wrong = power_number(p, db,
			       "SELECT count(*) FROM snapshot s WHERE s.papers <> (SELECT count(*)"
			       " FROM paper WHERE state = 1 AND submitted_at < s.due_at)"
			       " OR s.people <> (SELECT count(DISTINCT entry_id) FROM paper"
			       " WHERE state = 1 AND submitted_at < s.due_at)"
			       " OR s.papers <> (SELECT sum(papers) FROM snapshot_row r"
			       " WHERE r.snapshot_id = s.id)", NULL, NULL);
	int64_t last = power_number(p, db, "SELECT papers FROM snapshot ORDER BY due_at DESC", NULL, NULL);
	if (open || wrong || last != power_number(p, db, "SELECT count(*) FROM paper", NULL, NULL))
		power_lost(p, "the counts do not agree with the papers: %d open, %d wrong, %d in the last",
		     (int)open, (int)wrong, (int)last);
	check_whole(p, db);
	sqlite3_close(db);
}

static void run_world(uint64_t seed, struct figures *figures)
{
	struct power *p = calloc(1, sizeof(*p));

	if (!p)
		abort();
	p->seed = seed;
	p->figures = figures;
	p->disk = disk_new(seed);
	p->w = world_new(seed, NULL, 0);
	world_pass(p->w, sample_moment(OPEN) - p->w->now);
	for (p->life = 1; p->life <= LIVES_A_WORLD; p->life++) {
		restart(p, live(p));
		check(p);
	}
	check_counts(p);
	for (int i = 0; i < p->n_clients; i++)
		arena_free(p->clients[i].arena);
	world_free(p->w);
	disk_free(p->disk);
	free(p);
}

int main(int argc, char **argv)
{
	int64_t cuts = CUTS, seed = 1;
	struct figures f = { 0 };

	if ((argc > 1 && text_to_int64(text_from_z(argv[1]), &cuts) != 0) ||
	    (argc > 2 && text_to_int64(text_from_z(argv[2]), &seed) != 0))
		return 2;
	while (f.cuts < cuts)
		run_world((uint64_t)seed++, &f);
	printf("power: %lld cuts, %lld kills, %lld failed syncs; all of %lld answers kept\n",
	       (long long)f.cuts, (long long)f.kills, (long long)f.failed_syncs,
	       (long long)f.heard);
	return 0;
}
