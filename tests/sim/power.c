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
#include "browser.h"
#include "disk.h"

#include "base/random.h"
#include "base/time.h"
#include "store/engine.h"
#include "store_queries.h"

#include <sqlite3.h>

#define CUTS 1000
#define LIVES_A_WORLD 20
#define CLIENTS_MAX 60
#define AT_ONCE 6
#define ATTEMPTS 2
#define QUESTIONS 30
#define FORM_MS 3000
#define CONTEST "/binh-phuoc-2024"
#define OPEN "2024-09-20T09:00:00+07:00"
#define CLOSED "2024-10-06T08:00:00+07:00"

enum step {
	SIGN_UP_FORM,
	SIGN_UP,
	START_FORM,
	START,
	PAPER,
	SAVE,
	SUBMIT,
	RESULT,
	FINISHED,
};

static const char *const step_names[] = { "the form to register", "a registration",
					  "the page to start", "a start", "the paper", "a save",
					  "a submission", "the result" };

enum state {
	STATE_NONE,
	STATE_OPEN,
	STATE_SUBMITTED,
};

/* What one contestant knows of an attempt. */
struct attempt {
	enum state state;
	int64_t revision;
	char answers[QUESTIONS + 1];
	char tried[QUESTIONS + 1];	/* sent, and no answer heard */
	char receipt[32];
};

struct client {
	struct power *power;
	int number;
	struct browser browser;
	struct arena *arena;	/* of the page it looks at */
	enum step step;
	bool asks;		/* a request is under way */
	bool registered, sent;	/* heard of it; asked for it */
	int64_t form_at;
	struct text token;
	struct attempt attempts[ATTEMPTS];
	int attempt;
	int saves_left;
};

struct figures {
	int64_t cuts, kills, failed_syncs, heard;
};

struct power {
	uint64_t seed;
	int life;
	struct disk *disk;
	struct world *w;
	struct client clients[CLIENTS_MAX];
	int n_clients;
	int64_t lease, lease_tried;	/* holder: a write of lives that end at once */
	struct figures *figures;
};

static uint64_t below(struct power *p, uint64_t bound)
{
	return world_below(p->w, bound);
}

static void PRINTF(2, 3) lost(const struct power *p, const char *format, ...)
{
	va_list args;

	printf("power: seed %llu, life %d: ", (unsigned long long)p->seed, p->life);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	exit(1);
}

/* ---- what contestants ask */

static struct attempt *current(struct client *c)
{
	return &c->attempts[c->attempt];
}

static struct text path(struct client *c, const char *kind, const char *rest)
{
	return text_format(c->arena, CONTEST "/%s/chinh-thuc-%d%s", kind, c->attempt + 1, rest);
}

static struct text sign_up_form(struct client *c)
{
	struct buf form;
	int n = c->number;

	buf_init(&form, c->arena, FORM_BYTES_MAX);
	form_add(&form, "_token", c->token);
	form_add(&form, "nhom", TEXT("nhom1"));
	form_add(&form, "dv", TEXT("SNV-VP"));
	form_add(&form, "hoten", TEXT("Nguyễn Thị An"));
	form_add(&form, "ngaysinh", text_format(c->arena, "%02d%02d%d", 1 + n % 28, 1 + n % 12,
						1960 + n % 40));
	form_add(&form, "sdt", text_format(c->arena, "0912%06d", n + 1));
	form_add(&form, "matkhau", TEXT("chuon-chuon-bay-thap"));
	form_add(&form, "dongy", TEXT("1"));
	return buf_done(&form);
}

static struct text start_form(struct client *c)
{
	struct buf form;

	buf_init(&form, c->arena, FORM_BYTES_MAX);
	form_add(&form, "_token", c->token);
	return buf_done(&form);
}

static struct text paper_form(struct client *c)
{
	struct attempt *a = current(c);
	struct buf form;
	char name[8];

	buf_init(&form, c->arena, FORM_BYTES_MAX);
	form_add(&form, "_token", c->token);
	form_add(&form, "rev", text_format(c->arena, "%lld", (long long)a->revision));
	form_add(&form, "no", text_format(c->arena, "%llu",
					  (unsigned long long)below(c->power, INT64_MAX)));
	form_add(&form, "base", text_from_z(a->answers));
	form_add(&form, "baseflags", TEXT("000000000000000000000000000000"));
	for (int i = 0; i < QUESTIONS; i++) {
		a->tried[i] = (char)('1' + below(c->power, 4));
		snprintf(name, sizeof(name), "a%d", i + 1);
		form_add(&form, name, text_from_bytes(&a->tried[i], 1));
	}
	form_add(&form, "p", TEXT("17"));
	return buf_done(&form);
}

static struct text target_of(struct client *c)
{
	switch (c->step) {
	case SIGN_UP_FORM:
		return TEXT(CONTEST "/dang-ky?nhom=nhom1&dv=SNV-VP");
	case SIGN_UP:
		return TEXT(CONTEST "/dang-ky");
	case START_FORM:
	case START:
		return TEXT(CONTEST "/vao-thi");
	case PAPER:
		return path(c, "bai-thi", "");
	case SAVE:
		return path(c, "bai-thi", "/luu.json");
	case SUBMIT:
		return path(c, "bai-thi", "/nop");
	case RESULT:
	case FINISHED:
		break;
	}
	return path(c, "ket-qua", "");
}

static struct text form_of(struct client *c)
{
	if (c->step == SIGN_UP)
		return sign_up_form(c);
	if (c->step == START)
		return start_form(c);
	return c->step == SAVE || c->step == SUBMIT ? paper_form(c) : TEXT_EMPTY;
}

/* ---- what they hear */

static void copy(char *to, size_t n, struct text text)
{
	snprintf(to, n, "%.*s", TEXT_ARGS(text));
}

static struct text receipt_of(struct text html)
{
	ptrdiff_t at = text_find(html, TEXT("class=\"receipt\">"), 0);
	struct text rest = at < 0 ? TEXT_EMPTY : text_part(html, (size_t)at, html.len);

	(void)text_cut(&rest, '>');
	return text_cut(&rest, '<');
}

static bool leads_to(const struct world_answer *answer, const char *place)
{
	return answer->status == 303 &&
	       text_find(world_header(answer, "Location"), text_from_z(place), 0) >= 0;
}

static void next_attempt(struct client *c)
{
	c->step = c->attempt + 1 < ATTEMPTS ? START_FORM : FINISHED;
	if (c->step == START_FORM)
		c->attempt++;
}

static void read_paper(struct client *c, struct text body)
{
	struct attempt *a = current(c);

	a->state = STATE_OPEN;
	if (text_to_int64(page_field(body, "rev"), &a->revision) != 0)
		lost(c->power, "contestant %d got a paper without a revision", c->number);
	copy(a->answers, sizeof(a->answers), page_field(body, "base"));
	c->saves_left = 1 + (int)below(c->power, 4);
	c->step = SAVE;
}

static bool hear(struct client *c, const struct world_answer *answer)
{
	struct attempt *a = current(c);

	switch (c->step) {
	case SIGN_UP_FORM:
		c->step = SIGN_UP;
		c->form_at = c->power->w->now;
		return answer->status == 200;
	case SIGN_UP:
		c->registered = true;
		c->step = START_FORM;
		/* … or was there, and did not hear of it. */
		return text_find(answer->body, TEXT("Bạn đã đăng ký xong."), 0) >= 0 ||
		       leads_to(answer, CONTEST "/toi?moi");
	case START_FORM:
		c->step = answer->status == 200 ? START : PAPER;
		return answer->status == 200 || leads_to(answer, "/bai-thi/");
	case START:
		a->state = STATE_OPEN;
		memset(a->answers, '0', QUESTIONS);
		c->step = PAPER;
		return leads_to(answer, "/bai-thi/");
	case PAPER:
		read_paper(c, answer->body);
		return answer->status == 200;
	case SAVE:
		memcpy(a->answers, a->tried, sizeof(a->answers));
		a->revision++;
		c->step = --c->saves_left ? SAVE : SUBMIT;
		return answer->status == 200 &&
		       text_starts_with(answer->body, TEXT("{\"verdict\":\"saved\""));
	case SUBMIT:
		memcpy(a->answers, a->tried, sizeof(a->answers));
		a->state = STATE_SUBMITTED;
		c->step = RESULT;
		return leads_to(answer, "/ket-qua/");
	case RESULT:
		copy(a->receipt, sizeof(a->receipt), receipt_of(answer->body));
		next_attempt(c);
		return answer->status == 200 && a->receipt[0];
	case FINISHED:
		break;
	}
	return false;
}

static void answered(void *ctx, const struct world_answer *answer)
{
	struct client *c = ctx;
	struct power *p = c->power;
	enum step step = c->step;

	/* Who has no power sends no answer. */
	if (!answer || disk_stopped(p->disk) || p->w->dead ||
	    (answer->status == 503 && disk_struck(p->disk)))
		return;
	c->asks = false;
	browser_take_cookie(&c->browser, answer);
	if (!hear(c, answer))
		lost(p, "contestant %d got status %d for %s", c->number, answer->status,
		     step_names[step]);
	current(c)->tried[0] = 0;
	if (page_field(answer->body, "_token").len) {
		/* It outlives this page. */
		char token[256];
		copy(token, sizeof(token), page_field(answer->body, "_token"));
		arena_reset(c->arena);
		c->token = text_copy(c->arena, text_from_z(token));
	}
	p->figures->heard++;
}

static void ask(struct client *c)
{
	struct text form = form_of(c);
	const struct world_request request = {
		.method = form.len ? METHOD_POST : METHOD_GET, .target = target_of(c),
		.cookies = text_from_z(c->browser.cookie), .form = form,
		.address = c->browser.address,
	};

	c->asks = true;
	c->sent |= c->step == SIGN_UP;
	world_request(c->power->w, &request, answered, c);
}

/* ---- a life */

static struct client *add_client(struct power *p)
{
	struct client *c = &p->clients[p->n_clients];

	*c = (struct client){ .power = p, .number = p->n_clients++, .arena = arena_new(1 << 20),
			      .token = TEXT_EMPTY };
	c->browser.address = 0x0a000001 + (uint32_t)c->number;
	return c;
}

/* Who fills in a form takes a while. */
static bool is_ready(const struct client *c)
{
	return c->step != FINISHED && !c->asks &&
	       (c->step != SIGN_UP || c->power->w->now > c->form_at + FORM_MS);
}

static bool act(struct power *p)
{
	int active = 0;

	for (int i = 0; i < p->n_clients; i++)
		active += p->clients[i].step != FINISHED;
	while (active < AT_ONCE && p->n_clients < CLIENTS_MAX) {
		add_client(p);
		active++;
	}
	world_pass(p->w, (int64_t)below(p, 300));
	for (int i = 0; i < p->n_clients; i++)
		if (is_ready(&p->clients[i]) && below(p, 2))
			ask(&p->clients[i]);
	p->w->eager = below(p, 2);
	while (below(p, 3) && world_step(p->w))
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
	int pages;

	return below(p, 8) == 0 && db_checkpoint(db, DB_CHECKPOINT_PASSIVE, &pages) < 0 &&
	       db_sync_failed(db);
}

enum ending {
	ENDING_CUT,
	ENDING_KILLED,
	ENDING_SYNC_FAILED,	/* and the process was ended because of it */
};

static enum ending arm(struct power *p)
{
	static const char *const files[] = { ".db", "-wal" };
	enum ending ending = (enum ending)(below(p, 4) ? 0 : 1 + below(p, 2));
	int64_t n = 1 + (int64_t)below(p, 60);

	if (ending == ENDING_SYNC_FAILED)
		disk_fault(p->disk, DISK_SYNC, files[below(p, 2)], 1 + n / 8, 1, DISK_FAILS);
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
		lost(p, "the second connection does not open: %s", error);
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

static int64_t number(struct power *p, sqlite3 *db, const char *sql, const char *arg, char *ret)
{
	sqlite3_stmt *statement;
	int64_t value = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		lost(p, "the database cannot be read: %s", sqlite3_errmsg(db));
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
		lost(p, "the database does not open: %s", sqlite3_errmsg(db));
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
	int64_t lease = number(p, db, "SELECT holder FROM lease WHERE name = 'test'", NULL, NULL);

	if (p->lease && lease != p->lease && lease != p->lease_tried)
		lost(p, "a write that was acknowledged right after a restart is not there");
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
		disk_stop(p->disk, 1 + (int64_t)below(p, 24));
	int answer = store_open(arena, &options, &store, &why);
	if (answer && !disk_stopped(p->disk))
		lost(p, "the store does not open: %.*s", TEXT_ARGS(why));
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

/* What a failed sync left can be read, but is not on the surface until the checkpoint
 * of the next start: a cut in the middle of that is a second fault in a second, and
 * nobody promises anything there. */
static void restart(struct power *p, enum ending ending)
{
	bool may_stop = ending != ENDING_SYNC_FAILED;

	end(p, ending == ENDING_CUT ? DISK_CUT : DISK_KILLED);
	while (!may_stop || below(p, 3)) {
		live_shortly(p, may_stop);
		end(p, below(p, 4) ? DISK_CUT : DISK_KILLED);
		may_stop = true;
	}
	live_shortly(p, false);
	disk_restart(p->disk, DISK_KILLED);
	world_start(p->w);
}

/* ---- what is there */

static void not_there(struct client *c, const char *what)
{
	lost(c->power, "contestant %d: %s that was acknowledged is not there", c->number, what);
}

static void check_open(struct client *c, const struct page *page)
{
	struct attempt *a = current(c);
	struct text base = page_field(page->body, "base");
	int64_t revision = -1;

	(void)!text_to_int64(page_field(page->body, "rev"), &revision);
	if (a->state == STATE_SUBMITTED)
		not_there(c, "a submission");
	if (!text_equal_z(base, a->answers) && a->state == STATE_OPEN &&
	    !(a->tried[0] && text_equal_z(base, a->tried)))
		not_there(c, "a save");
	if (revision < a->revision)
		not_there(c, "a revision");
	read_paper(c, page->body);
}

static void check_submitted(struct client *c, sqlite3 *db, const struct page *page)
{
	struct attempt *a = current(c);
	char stored[64] = "", receipt[32];

	copy(receipt, sizeof(receipt), receipt_of(page->body));
	if (a->receipt[0] && strcmp(receipt, a->receipt) != 0)
		not_there(c, "a receipt");
	(void)number(c->power, db, "SELECT answers FROM paper WHERE receipt = ?1", receipt, stored);
	if (strcmp(stored, a->answers) != 0 && !(a->tried[0] && strcmp(stored, a->tried) == 0))
		not_there(c, "a submitted answer");
	copy(a->answers, sizeof(a->answers), text_from_z(stored));
	copy(a->receipt, sizeof(a->receipt), text_from_z(receipt));
	a->state = STATE_SUBMITTED;
	next_attempt(c);
}

/* One attempt; *ret_papers counts those that are there. False when it was not begun. */
static bool check_attempt(struct client *c, sqlite3 *db, int *ret_papers)
{
	struct page page = browser_ask(c->power->w, &c->browser, c->arena, path(c, "ket-qua", ""), NULL);
	struct attempt *a = current(c);

	if (page.status == 200) {
		(void)++*ret_papers;
		check_submitted(c, db, &page);
		return true;
	}
	page = browser_ask(c->power->w, &c->browser, c->arena, path(c, "bai-thi", ""), NULL);
	if (page.status == 200) {
		(void)++*ret_papers;
		check_open(c, &page);
		return true;
	}
	if (a->state != STATE_NONE)
		not_there(c, "a start");
	c->step = START_FORM;
	return false;
}

static void check_client(struct client *c, sqlite3 *db, int *ret_papers)
{
	int attempts = c->attempt + 1;

	c->asks = false;
	if (!c->registered) {
		c->step = SIGN_UP_FORM;
		return;
	}
	struct page page = browser_ask(c->power->w, &c->browser, c->arena,
				       TEXT(CONTEST "/toi"), NULL);
	if (page.status != 200)
		not_there(c, "a registration");
	c->attempt = 0;
	for (int i = 0; i < attempts; i++) {
		c->attempt = i;
		bool begun = check_attempt(c, db, ret_papers);
		c->attempts[i].tried[0] = 0;
		if (!begun)
			break;
	}
	arena_reset(c->arena);
	c->token = TEXT_EMPTY;
	if (c->step == SAVE)
		c->step = PAPER;
}

static void check_whole(struct power *p, sqlite3 *db)
{
	char answer[64] = "";

	(void)number(p, db, "PRAGMA integrity_check", NULL, answer);
	if (strcmp(answer, "ok") != 0)
		lost(p, "the database is damaged: %s", answer);
}

static void check(struct power *p)
{
	sqlite3 *db = look(p);
	int papers = 0, people = 0, unheard = 0;

	check_whole(p, db);
	for (int i = 0; i < p->n_clients; i++) {
		check_client(&p->clients[i], db, &papers);
		people += p->clients[i].registered;
		unheard += p->clients[i].sent && !p->clients[i].registered;
	}
	if (number(p, db, "SELECT count(*) FROM paper", NULL, NULL) != papers)
		lost(p, "there are not as many papers as contestants have: %d", papers);
	int64_t stored = number(p, db, "SELECT count(*) FROM person", NULL, NULL);
	if (stored < people || stored > people + unheard)
		lost(p, "%d people registered, and perhaps %d more; %d are there", people,
		     unheard, (int)stored);
	sqlite3_close(db);
}

/* All is over and the jobs have run: what they counted is what is there. */
static void check_counts(struct power *p)
{
	world_pass(p->w, sample_moment(CLOSED) - p->w->now);
	world_jobs(p->w);
	sqlite3 *db = look(p);
	int64_t open = number(p, db, "SELECT count(*) FROM paper WHERE state = 0", NULL, NULL);
	int64_t wrong = number(p, db,
			       "SELECT count(*) FROM snapshot s WHERE s.papers <> (SELECT count(*)"
			       " FROM paper WHERE state = 1 AND submitted_at < s.due_at)"
			       " OR s.people <> (SELECT count(DISTINCT entry_id) FROM paper"
			       " WHERE state = 1 AND submitted_at < s.due_at)"
			       " OR s.papers <> (SELECT sum(papers) FROM snapshot_row r"
			       " WHERE r.snapshot_id = s.id)", NULL, NULL);
	int64_t last = number(p, db, "SELECT papers FROM snapshot ORDER BY due_at DESC", NULL, NULL);
	if (open || wrong || last != number(p, db, "SELECT count(*) FROM paper", NULL, NULL))
		lost(p, "the counts do not agree with the papers: %d open, %d wrong, %d in the last",
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
