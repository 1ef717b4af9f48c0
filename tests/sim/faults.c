/* Each operation of the disk fails once, one run after the other: a write, a sync, a
 * truncation, an opening, a read, a lock. Also short writes and a disk without room,
 * once and until there is room again.
 *
 *	faults [EVERY]		1: at nearly every moment of the frequent kinds too
 *
 * Two stories: a store that opens (an empty folder; one that a killed server left),
 * takes one write and closes; and a server that one contestant registers, starts,
 * saves and submits at, whose jobs run, and whose operator freezes and ranks. What is
 * refused is refused with the page or answer for it and a line in the log; nothing is
 * acknowledged that is not there at the end; when the fault is over the next try
 * succeeds; after a failed sync nothing is acknowledged any more until the program was
 * begun anew. Ends with 1 at the first run where that does not hold. */
#include "browser.h"
#include "disk.h"
#include "scarce.h"

#include "base/time.h"
#include "jobs/ranking.h"
#include "store/engine.h"
#include "store_queries.h"

#include <sqlite3.h>

#define EVERY 17
#define CONTEST "/binh-phuoc-2024"
#define OPEN "2024-09-20T09:00:00+07:00"
#define CLOSED "2024-10-06T08:00:00+07:00"
#define QUESTIONS 30
#define ATTEMPTS 2

struct fault {
	const char *name;
	enum disk_op op;
	const char *suffix;
	enum disk_how how;
	int64_t times;
	int sparse;	/* not at each moment, but at one in so many times EVERY */
};

/* Ops of things that are no disk's. */
#define MEMORY ((enum disk_op)(DISK_OPS + SCARCE_MEMORY))
#define POINTS ((enum disk_op)(DISK_OPS + SCARCE_POINTS))

static const struct fault faults[] = {
	{ "a sync of the log fails", DISK_SYNC, "-wal", DISK_FAILS, 1, 0 },
	{ "syncs of the log fail from then on", DISK_SYNC, "-wal", DISK_FAILS, -1, 0 },
	{ "a sync of the database fails", DISK_SYNC, ".db", DISK_FAILS, 1, 0 },
	{ "a sync of the journal fails", DISK_SYNC, "-journal", DISK_FAILS, 1, 0 },
	{ "a write of the log fails", DISK_WRITE, "-wal", DISK_FAILS, 1, 1 },
	{ "a write of the log is short", DISK_WRITE, "-wal", DISK_SHORT, 1, 1 },
	{ "the log finds no room", DISK_WRITE, "-wal", DISK_FULL, 1, 1 },
	{ "the log finds no room for a while", DISK_WRITE, "-wal", DISK_FULL, -1, 0 },
	{ "a write of the database fails", DISK_WRITE, ".db", DISK_FAILS, 1, 1 },
	{ "a write of the database is short", DISK_WRITE, ".db", DISK_SHORT, 1, 1 },
	{ "the database finds no room for a while", DISK_WRITE, ".db", DISK_FULL, -1, 1 },
	{ "a write of the journal fails", DISK_WRITE, "-journal", DISK_FAILS, 1, 0 },
	{ "a truncation fails", DISK_TRUNCATE, "", DISK_FAILS, 1, 0 },
	{ "an opening fails", DISK_OPEN, "", DISK_FAILS, 1, 0 },
	{ "a removal fails", DISK_DELETE, "", DISK_FAILS, 1, 0 },
	{ "asking for a length fails", DISK_SIZE, "", DISK_FAILS, 1, 1 },
	{ "the shared index is not to be had", DISK_MAP, "", DISK_FAILS, 1, 0 },
	{ "a lock is not to be had", DISK_LOCK, "", DISK_FAILS, 1, 1 },
	{ "a read of the log fails", DISK_READ, "-wal", DISK_FAILS, 1, 1 },
	{ "a read of the database fails", DISK_READ, ".db", DISK_FAILS, 1, 1 },
	{ "a fault point of SQLite's is met", POINTS, "", DISK_FAILS, 1, 1 },
	{ "SQLite gets no memory", MEMORY, "", DISK_FAILS, 1, 9 },
	{ "SQLite gets no memory for a while", MEMORY, "", DISK_FAILS, -1, 9 },
};

struct run {
	const struct fault *fault;
	const char *story, *folder, *step;
	int64_t n, struck;
	struct disk *disk;
	struct world *w;
	struct arena *arena;
	struct browser browser;
	bool fatal;	/* a sync failed and the program was told */
	int64_t told;	/* lines in the log */
	/* what was acknowledged */
	bool registered;
	int attempt;	/* number of the current one, from 1; 0 none was begun */
	char answers[ATTEMPTS + 1][QUESTIONS + 1];
	char tried[QUESTIONS + 1];
	char receipt[32];
	int64_t lease;
};

static void PRINTF(2, 3) wrong(const struct run *r, const char *format, ...)
{
	va_list args;

	printf("faults: %s, %s, number %lld, at %s: ", r->story, r->fault->name, (long long)r->n,
	       r->step);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	exit(1);
}

static void arm(struct run *r)
{
	if (r->fault->op >= DISK_OPS)
		scarce_fault((enum scarce)(r->fault->op - DISK_OPS), r->n, r->fault->times);
	else
		disk_fault(r->disk, r->fault->op, r->fault->suffix, r->n, r->fault->times,
			   r->fault->how);
}

static int64_t struck(const struct run *r)
{
	return disk_struck(r->disk) + scarce_struck();
}

static void mend(struct run *r)
{
	r->struck += struck(r);
	scarce_fault(SCARCE_MEMORY, 0, 0);
	disk_fault(r->disk, DISK_READ, "", 0, 0, DISK_FAILS);
}

static bool is_change(const struct run *r)
{
	return r->fault->op == DISK_WRITE || r->fault->op == DISK_SYNC ||
	       r->fault->op == DISK_TRUNCATE;
}

static void on_fatal(void *ctx, const char *why UNUSED)
{
	((struct run *)ctx)->fatal = true;
}

static void on_failed(void *ctx, const char *what, const char *why)
{
	struct run *r = ctx;

	r->told++;
	if (!what[0] || !why[0])
		wrong(r, "the log says “%s: %s”", what, why);
}

/* The process is over; every other time the power goes too. */
static void end_run(struct run *r)
{
	mend(r);
	disk_stop(r->disk, 0);
	disk_restart(r->disk, r->n % 2 ? DISK_CUT : DISK_KILLED);
}

/* ---- behind the store */

static const char *dir(struct run *r)
{
	return text_z(r->arena, text_format(r->arena, "%s/%s", r->w->sample->dir,
					     r->folder));
}

static int64_t number(struct run *r, const char *sql, const char *arg, char *ret)
{
	const char *path = text_z(r->arena, text_format(r->arena, "%s/hoithi.db", dir(r)));
	sqlite3 *db;
	sqlite3_stmt *statement = NULL;
	int64_t value = -1;

	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		wrong(r, "the database cannot be read: %s", sqlite3_errmsg(db));
	sqlite3_bind_text(statement, 1, arg, -1, SQLITE_STATIC);
	if (sqlite3_step(statement) == SQLITE_ROW) {
		value = sqlite3_column_int64(statement, 0);
		if (ret)
			snprintf(ret, 64, "%s", (const char *)sqlite3_column_text(statement, 0));
	}
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return value;
}

static void check_whole(struct run *r)
{
	char answer[64] = "";

	(void)number(r, "PRAGMA integrity_check", NULL, answer);
	if (strcmp(answer, "ok") != 0)
		wrong(r, "the database is damaged: %s", answer);
}

/* ---- the first story: opening */

static int take_lease(void *ctx, struct db *db)
{
	return q_lease_take(db, TEXT("test"), *(int64_t *)ctx, 0, INT64_MAX);
}

static int open_store(struct run *r, struct store **ret)
{
	struct store_options options = { .dir = dir(r), .create = true, .fatal = on_fatal,
					 .failed = on_failed, .ctx = r };
	struct text why = TEXT_EMPTY;
	int answer = store_open(r->arena, &options, ret, &why);

	if (answer && (!why.len || struck(r) == 0 || answer != -1))
		wrong(r, "store_open answers %d: %.*s", answer, TEXT_ARGS(why));
	return answer;
}

static void open_again(struct run *r)
{
	struct store *store;

	r->step = "the next opening";
	if (open_store(r, &store) != 0)
		wrong(r, "it cannot be opened any more");
	store_close(store);
}

static void open_and_close(struct run *r)
{
	int64_t holder = 1;
	struct store *store;

	r->step = "the opening";
	arm(r);
	if (open_store(r, &store) == 0) {
		r->step = "the write";
		if (store_call(store, STORE_CLASS_DOOR, "lease", take_lease, &holder) == STORE_ONE)
			r->lease = holder;
		else if (is_change(r) && r->told == 0)
			wrong(r, "a write was refused and the log says nothing");
		r->step = "the closing";
		store_close(store);
	}
	end_run(r);
	open_again(r);
	check_whole(r);
	if (r->lease && number(r, "SELECT holder FROM lease WHERE name = 'test'", NULL, NULL) != r->lease)
		wrong(r, "a write that was acknowledged is not there");
}

/* ---- the second story: a contestant and an operator */

static struct page ask(struct run *r, const char *target, const struct text *form)
{
	struct page page = browser_ask(r->w, &r->browser, r->arena,
				       text_format(r->arena, CONTEST "%s", target), form);

	if (page.status == 503 && text_find(page.body, TEXT("Hệ thống đang đông"), 0) < 0)
		wrong(r, "this is no page for people: %.*s", TEXT_ARGS(page.body));
	return page;
}

static struct buf form_of(struct run *r, const struct page *page)
{
	struct buf form;

	buf_init(&form, r->arena, FORM_BYTES_MAX);
	form_add(&form, "_token", page_field(page->body, "_token"));
	return form;
}

/* Answers of a step: it was done and acknowledged; or refused as it has to be. */
enum outcome {
	ACKNOWLEDGED,
	REFUSED,
};

static enum outcome judge(struct run *r, const struct page *page, bool done)
{
	if (!done && page->status != 503)
		wrong(r, "status %d: %.*s", page->status, TEXT_ARGS(page->body));
	return done ? ACKNOWLEDGED : REFUSED;
}

static enum outcome sign_up(struct run *r)
{
	struct page page = ask(r, "/dang-ky?nhom=nhom1&dv=SNV-VP", NULL);
	struct buf form = form_of(r, &page);

	if (page.status != 200)
		return judge(r, &page, false);
	world_pass(r->w, 5 * TIME_SECOND_MS);
	form_add(&form, "nhom", TEXT("nhom1"));
	form_add(&form, "dv", TEXT("SNV-VP"));
	form_add(&form, "hoten", TEXT("Nguyễn Thị An"));
	form_add(&form, "ngaysinh", TEXT("02011990"));
	form_add(&form, "sdt", TEXT("0912345671"));
	form_add(&form, "matkhau", TEXT("chuon-chuon-bay-thap"));
	form_add(&form, "dongy", TEXT("1"));
	struct text bytes = buf_done(&form);
	page = ask(r, "/dang-ky", &bytes);
	/* 303: the first try was done after all. */
	r->registered = page.status == 200 || page.status == 303;
	return judge(r, &page, r->registered);
}

static enum outcome begin(struct run *r)
{
	struct page page = ask(r, "/vao-thi", NULL);
	struct buf form = form_of(r, &page);
	struct text bytes = buf_done(&form);

	if (page.status == 200)
		page = ask(r, "/vao-thi", &bytes);
	if (page.status == 303) {
		r->attempt = text_find(page.location, TEXT("chinh-thuc-2"), 0) >= 0 ? 2 : 1;
		memset(r->answers[r->attempt], '0', QUESTIONS);
	}
	return judge(r, &page, page.status == 303);
}

static const char *place(struct run *r, const char *kind, const char *rest)
{
	return text_z(r->arena, text_format(r->arena, "/%s/chinh-thuc-%d%s", kind, r->attempt, rest));
}

/* By a try that was refused because its sync failed: it may be there after all. */
static bool is_submitted_already(struct run *r, const struct page *page)
{
	if (page->status != 303)
		return false;
	if (r->tried[0])
		memcpy(r->answers[r->attempt], r->tried, QUESTIONS);
	return true;
}

/* Other answers each time. */
static enum outcome post_paper(struct run *r, const char *rest)
{
	static const char *const kept[] = { "rev", "no", "base", "baseflags", "basep" };
	struct page page = ask(r, place(r, "bai-thi", ""), NULL);
	struct buf form = form_of(r, &page);
	char name[8];

	if (page.status != 200)
		return is_submitted_already(r, &page) ? ACKNOWLEDGED : judge(r, &page, false);
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		form_add(&form, kept[i], page_field(page.body, kept[i]));
	for (int i = 0; i < QUESTIONS; i++) {
		r->tried[i] = (char)('1' + world_below(r->w, 4));
		snprintf(name, sizeof(name), "a%d", i + 1);
		form_add(&form, name, text_from_bytes(&r->tried[i], 1));
	}
	form_add(&form, "p", TEXT("17"));
	struct text bytes = buf_done(&form);
	page = ask(r, place(r, "bai-thi", rest), &bytes);
	if (page.status == 303) {
		memcpy(r->answers[r->attempt], r->tried, QUESTIONS);
		r->tried[0] = 0;
	}
	return judge(r, &page, page.status == 303);
}

static enum outcome save(struct run *r)
{
	return post_paper(r, "/luu");
}

static enum outcome submit(struct run *r)
{
	if (post_paper(r, "/nop") == REFUSED)
		return REFUSED;
	struct page page = ask(r, place(r, "ket-qua", ""), NULL);
	ptrdiff_t at = text_find(page.body, TEXT("class=\"receipt\">"), 0);
	if (page.status != 200)
		return judge(r, &page, false);
	snprintf(r->receipt, sizeof(r->receipt), "%.14s", page.body.ptr + at + 16);
	return ACKNOWLEDGED;
}

/* The server's other thread. */
static enum outcome checkpoint(struct run *r)
{
	char error[256];
	struct db *db;
	struct db_log log;
	int result = db_open(dir(r), DB_WRITE, &db, error);

	if (result < 0)
		return REFUSED;
	result = db_checkpoint(db, DB_CHECKPOINT_PASSIVE, &log);
	if (result < 0)
		on_failed(r, "checkpoint", db_error(db));
	if (db_sync_failed(db))
		on_fatal(r, db_error(db));
	db_close(db);
	return result < 0 ? REFUSED : ACKNOWLEDGED;
}

static enum outcome jobs(struct run *r)
{
	int64_t before = struck(r);

	if (r->w->now < sample_moment(CLOSED))
		world_pass(r->w, sample_moment(CLOSED) - r->w->now);
	world_jobs(r->w);
	return struck(r) > before ? REFUSED : ACKNOWLEDGED;
}

static int take(struct run *r, int (*step)(struct ranking_order *))
{
	struct ranking_order order = {
		.site = &r->w->sample->site, .contest = sample_contest(r->w->sample),
		.now = r->w->now, .actor = TEXT("cli:test"), .arena = r->arena,
		.decision_no = TEXT("71/QĐ-BTC"), .decision_date = TEXT("2024-10-08"),
		.refused = TEXT_EMPTY,
	};
	int answer = step(&order);

	contest_release(order.contest);
	if (answer == 1 && struck(r) == 0)
		wrong(r, "refused: %.*s", TEXT_ARGS(order.refused));
	return answer;
}

static enum outcome freeze(struct run *r)
{
	return take(r, ranking_freeze) == 0 ? ACKNOWLEDGED : REFUSED;
}

static enum outcome rank(struct run *r)
{
	return take(r, ranking_rank) == 0 ? ACKNOWLEDGED : REFUSED;
}

static const struct {
	const char *name;
	enum outcome (*take)(struct run *r);
} steps[] = {
	{ "the registration", sign_up }, { "the start", begin }, { "a save", save },
	{ "a save", save }, { "a checkpoint", checkpoint }, { "a save", save },
	{ "the submission", submit }, { "the second start", begin }, { "a save", save },
	{ "a checkpoint", checkpoint }, { "the jobs", jobs }, { "the freeze", freeze },
	{ "the ranking", rank },
};

/* The program ends and is begun anew, on a disk that is well again. */
static void begin_anew(struct run *r)
{
	disk_stop(r->disk, 0);
	world_stop(r->w, true);
	disk_restart(r->disk, DISK_KILLED);
	r->fatal = r->w->dead = false;
	world_start(r->w);
}

static void check_sync(struct run *r)
{
	if (r->fault->op == DISK_SYNC && disk_struck(r->disk) && !r->fatal)
		wrong(r, "a failed sync was passed over");
}

/* While the fault lasts, or after a failed sync. */
static void try_again(struct run *r, enum outcome (*step)(struct run *))
{
	bool claims = step != checkpoint && step != jobs;
	bool was_fatal = r->fatal;
	char tried[QUESTIONS + 1];

	if (r->fault->times > 0 && !was_fatal)
		return;
	memcpy(tried, r->tried, sizeof(tried));
	if (step(r) == ACKNOWLEDGED && claims && was_fatal)
		wrong(r, "acknowledged after a failed sync");
	memcpy(r->tried, tried, sizeof(tried));
}

/* Takes a step; and again until it is done. */
static void take_step(struct run *r, enum outcome (*step)(struct run *))
{
	int64_t told = r->told;
	enum outcome outcome = step(r);

	check_sync(r);
	if (outcome == ACKNOWLEDGED && !r->fatal)
		return;
	if (outcome == REFUSED && is_change(r) && r->told == told)
		wrong(r, "a write was refused and the log says nothing");
	try_again(r, step);
	mend(r);
	if (r->fatal)
		begin_anew(r);
	if (step(r) != ACKNOWLEDGED)
		wrong(r, "refused although the disk is well again");
}

static void check_paper(struct run *r)
{
	char stored[64] = "";

	if (!r->receipt[0])
		return;
	(void)number(r, "SELECT answers FROM paper WHERE receipt = ?1", r->receipt, stored);
	if (strcmp(stored, r->answers[1]) != 0)
		wrong(r, "a submission that was acknowledged is not there");
	(void)number(r, "SELECT answers FROM paper WHERE attempt = 2 AND state = 1", NULL, stored);
	if (strcmp(stored, r->answers[2]) != 0)
		wrong(r, "a save that was acknowledged is not there");
}

static void check_all(struct run *r)
{
	r->step = "the end";
	check_whole(r);
	if (number(r, "SELECT count(*) FROM person", NULL, NULL) != 1 ||
	    number(r, "SELECT count(*) FROM entry", NULL, NULL) != 1 ||
	    number(r, "SELECT count(*) FROM paper", NULL, NULL) != ATTEMPTS)
		wrong(r, "there is not one person with two papers");
	check_paper(r);
	/* What a fault interrupted stays, and counts for nothing. */
	if (number(r, "SELECT count(*) FROM freeze f JOIN freeze_paper p ON p.freeze_id = f.id "
		   "WHERE f.papers = 2", NULL, NULL) != ATTEMPTS ||
	    number(r, "SELECT count(*) FROM ranking k JOIN ranking_place p ON p.ranking_id = k.id "
		   "WHERE k.done = 1", NULL, NULL) < 1)
		wrong(r, "a ranking that was acknowledged is not there");
}

static void serve_and_end(struct run *r)
{
	r->browser = (struct browser){ .address = 0x0a000001 };
	world_start(r->w);
	arm(r);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		r->step = steps[i].name;
		take_step(r, steps[i].take);
	}
	r->step = "the closing";
	world_stop(r->w, false);
	end_run(r);
	open_again(r);
	check_all(r);
}

/* ---- all faults, one after the other */

struct all {
	struct disk *disk;
	struct world *w;
	uint64_t random, sample_random;	/* as each run begins */
	int64_t every, runs;
};

static struct run run_new(struct all *all, const char *story, const char *folder)
{
	struct run run = { .story = story, .folder = folder, .disk = all->disk, .w = all->w,
			   .step = "the beginning", .arena = arena_new(64 << 20) };

	disk_bring_back(all->disk);
	all->w->random = all->random;
	all->w->sample->random = all->sample_random;
	all->w->now = all->w->sample->now = sample_moment(OPEN);
	return run;
}

/* Runs a story with each fault at each of its moments. */
static void run_all(struct all *all, const char *story, const char *folder,
		    void (*tell)(struct run *r))
{
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		int64_t n = 1, met = 1, runs = 0;
		while (met) {
			struct run r = run_new(all, story, folder);
			all->w->sample->fatal = on_fatal;
			all->w->sample->failed = on_failed;
			all->w->sample->fatal_ctx = &r;
			r.fault = &faults[i];
			r.n = n;
			tell(&r);
			arena_free(r.arena);
			met = r.struck;
			n += faults[i].sparse ? faults[i].sparse * all->every : 1;
			runs++;
		}
		all->runs += runs;
		printf("faults: %s: %s: %lld runs, up to number %lld\n", story, faults[i].name,
		       (long long)runs, (long long)n);
	}
}

/* What a server that was killed while it worked leaves. */
static void serve_and_kill(struct all *all)
{
	static const struct fault none = { .name = "none", .suffix = "", .times = 1 };
	struct run r = run_new(all, "a server that is killed", "data");

	r.fault = &none;
	all->w->sample->fatal_ctx = &r;
	r.browser = (struct browser){ .address = 0x0a000001 };
	world_start(all->w);
	if (sign_up(&r) != ACKNOWLEDGED || begin(&r) != ACKNOWLEDGED || save(&r) != ACKNOWLEDGED)
		wrong(&r, "it does not work");
	disk_stop(all->disk, 0);
	world_stop(all->w, true);
	disk_restart(all->disk, DISK_KILLED);
	disk_keep(all->disk);
	arena_free(r.arena);
}

int main(int argc, char **argv)
{
	struct all all = { .every = EVERY };

	if (argc > 1 && text_to_int64(text_from_z(argv[1]), &all.every) != 0)
		return 2;
	scarce_init();
	all.disk = disk_new(1);
	all.w = world_new(1, NULL, 0);
	world_stop(all.w, false);
	disk_keep(all.disk);
	all.random = all.w->random;
	all.sample_random = all.w->sample->random;
	run_all(&all, "an empty folder", "fresh", open_and_close);
	run_all(&all, "a server", "data", serve_and_end);
	serve_and_kill(&all);
	run_all(&all, "a folder that was not closed", "data", open_and_close);
	printf("faults: %lld runs; nothing was acknowledged that is not there\n",
	       (long long)all.runs);
	world_start(all.w);
	world_free(all.w);
	disk_free(all.disk);
	return 0;
}
