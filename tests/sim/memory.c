/* Memory is out for a moment: of every route a typical request, in which the n-th
 * allocation fails, for n = 1, 2, 3 … until none is reached; in base/mem.h, and in
 * SQLite. The answer is the usual one or 503 (or the connection ends, where there was
 * not even room for a request), what was acknowledged is there, and asked again all is
 * well. A leak or a crash ends the test by the sanitizers.
 *
 *   memory [ROUTE]	one route alone */
#include "browser.h"
#include "disk.h"
#include "scarce.h"

#include "base/time.h"

#include <signal.h>
#include <unistd.h>

#define CONTEST "/binh-phuoc-2024"
#define PAPER CONTEST "/bai-thi/chinh-thuc-1"
#define QUESTIONS 30
#define PASSWORD "chuon-chuon-bay-thap"
#define MARKER "Văn Mốc"

#define POOL 512

/* More than any request needs of the store and the hasher. */
#define STEPS_MAX 100

/* Who asks. */
enum level {
	STRANGER,
	ENTRANT,		/* registered, signed in */
	SITTER,			/* with a paper */
	FINISHER,		/* … that is submitted */
	FROM_POOL,		/* registered before the consent changed */
};

enum promise {
	NOTHING,
	ENTERED,
	STARTED,
	SAVED,
	SUBMITTED,
	SIGNED_OUT,
};

/* In a form: $N name, $P phone, $V the paper's fields, $R the recovery code, $S what
 * stands in the page's field `de`. */
struct errand {
	const char *route;
	enum level level;
	const char *target;
	const char *form;	/* NULL: GET */
	const char *from;	/* the page with the form */
	int good;
	enum promise promise;
};

#define REGISTER "nhom=nhom1&dv=SNV-VP&hoten=$N&sdt=$P&matkhau=" PASSWORD "&xacnhan=1&dongy=1"

static const struct errand errands[] = {
	{ "root", STRANGER, "/", NULL, NULL, 303, NOTHING },
	{ "asset", STRANGER, "@asset", NULL, NULL, 200, NOTHING },
	{ "file", STRANGER, "/tai-nguyen/anh-chia-se.png", NULL, NULL, 200, NOTHING },
	{ "home", STRANGER, CONTEST, NULL, NULL, 200, NOTHING },
	{ "paper", SITTER, PAPER, NULL, NULL, 200, NOTHING },
	{ "save", SITTER, PAPER "/luu", "$V", PAPER, 303, SAVED },
	{ "save-json", SITTER, PAPER "/luu.json", "$V", PAPER, 200, SAVED },
	{ "save-json", SITTER, PAPER "/luu.json", "rev=7&$V", PAPER, 409, NOTHING },
	{ "submit", SITTER, PAPER "/nop", "$V", PAPER, 303, SUBMITTED },
	{ "take", SITTER, PAPER "/tiep-tuc", "", PAPER, 303, NOTHING },
	{ "register", STRANGER, CONTEST "/dang-ky?nhom=nhom1&dv=SNV-VP", NULL, NULL, 200, NOTHING },
	{ "register-post", STRANGER, CONTEST "/dang-ky", REGISTER "&ngaysinh=02011990",
	  CONTEST "/dang-ky?nhom=nhom1&dv=SNV-VP", 200, ENTERED },
	{ "register-minor-post", STRANGER, CONTEST "/dang-ky/nguoi-dai-dien",
	  REGISTER "&ngaysinh=02012012&daidien=Tr%E1%BA%A7n+Th%E1%BB%8B+Hoa&dongydd=1&congbodd=1&congbo=1",
	  CONTEST "/dang-ky?nhom=nhom1&dv=SNV-VP", 200, ENTERED },
	{ "sign-in", STRANGER, CONTEST "/dang-nhap", NULL, NULL, 200, NOTHING },
	{ "sign-in-post", ENTRANT, CONTEST "/dang-nhap", "sdt=$P&matkhau=" PASSWORD,
	  "@another" CONTEST "/dang-nhap", 303, ENTERED },
	{ "sign-out", ENTRANT, CONTEST "/dang-xuat", "", CONTEST "/toi", 303, SIGNED_OUT },
	{ "units", STRANGER, CONTEST "/don-vi", NULL, NULL, 200, NOTHING },
	{ "units-of-day", STRANGER, CONTEST "/don-vi/2024-09-20", NULL, NULL, 200, NOTHING },
	{ "my-data", FINISHER, CONTEST "/du-lieu", NULL, NULL, 200, NOTHING },
	{ "withdraw", ENTRANT, CONTEST "/du-lieu/rut-lai", "rutlai=1", CONTEST "/du-lieu", 200,
	  SIGNED_OUT },
	{ "correct", ENTRANT, CONTEST "/du-lieu/sua", "hoten=$N&ngaysinh=03011990&xacnhan=1",
	  CONTEST "/du-lieu", 303, ENTERED },
	{ "my-data-file", FINISHER, CONTEST "/du-lieu/tai-ve", NULL, NULL, 200, NOTHING },
	{ "erase", ENTRANT, CONTEST "/du-lieu/xoa", "xoa=1&matkhau=" PASSWORD, CONTEST "/du-lieu",
	  200, SIGNED_OUT },
	{ "attendance", FINISHER, CONTEST "/giay-xac-nhan/chinh-thuc-1", NULL, NULL, 200, NOTHING },
	{ "faq", STRANGER, CONTEST "/hoi-dap", NULL, NULL, 200, NOTHING },
	{ "guide", STRANGER, CONTEST "/huong-dan", NULL, NULL, 200, NOTHING },
	{ "results", STRANGER, CONTEST "/ket-qua", NULL, NULL, 200, NOTHING },
	{ "result", FINISHER, CONTEST "/ket-qua/chinh-thuc-1", NULL, NULL, 200, NOTHING },
	{ "slip", ENTRANT, CONTEST "/phieu-du-thi", "matkhau=" PASSWORD, CONTEST "/toi", 200, ENTERED },
	{ "forgot", STRANGER, CONTEST "/quen-mat-khau", NULL, NULL, 200, NOTHING },
	{ "forgot-post", ENTRANT, CONTEST "/quen-mat-khau", "sdt=$P&ma=$R&matkhau=bo-cau-trang-nho",
	  CONTEST "/quen-mat-khau", 200, ENTERED },
	{ "phone-help", STRANGER, CONTEST "/so-dien-thoai", NULL, NULL, 200, NOTHING },
	{ "rules", STRANGER, CONTEST "/the-le", NULL, NULL, 200, NOTHING },
	{ "device-end", ENTRANT, CONTEST "/thiet-bi", "thietbi=khac", CONTEST "/toi", 303, ENTERED },
	{ "practice", STRANGER, CONTEST "/thi-thu", NULL, NULL, 200, NOTHING },
	{ "practice-post", STRANGER, CONTEST "/thi-thu", "de=$S&c1=1", CONTEST "/thi-thu", 303,
	  NOTHING },
	{ "news-list", STRANGER, CONTEST "/tin-tuc", NULL, NULL, 200, NOTHING },
	{ "news", STRANGER, CONTEST "/tin-tuc/2024-09-09-phat-dong", NULL, NULL, 200, NOTHING },
	{ "me", ENTRANT, CONTEST "/toi", NULL, NULL, 200, NOTHING },
	{ "profile", ENTRANT, CONTEST "/toi", "nhom=nhom2&dv=DP-25195", CONTEST "/toi", 303, ENTERED },
	{ "start", ENTRANT, CONTEST "/vao-thi", NULL, NULL, 200, NOTHING },
	{ "start-post", ENTRANT, CONTEST "/vao-thi", "", CONTEST "/vao-thi", 303, STARTED },
	{ "consent", FROM_POOL, CONTEST "/toi/dong-y", "dongy=1", CONTEST "/toi", 303, ENTERED },
};

/* ---- allocations that fail */

enum where {
	IN_MEM,
	IN_MEM_AND_ALL_AFTER,
	IN_SQLITE,
	WHERE_COUNT
};

static const char *const where_names[] = { "base/mem.h", "base/mem.h, and all after it", "SQLite" };

static void fail_nth(enum where where, int64_t n)
{
	if (where == IN_SQLITE)
		scarce_fault(SCARCE_MEMORY, n, 1);
	else
		(void)mem_fail_nth(n, where == IN_MEM_AND_ALL_AFTER);
}

/* Mends all; whether anything failed. */
static bool mend(void)
{
	bool failed = scarce_struck() > 0;

	scarce_fault(SCARCE_MEMORY, 0, 0);
	return mem_fail_nth(0, false) || failed;
}

/* ---- who asks */

struct actor {
	struct browser browser;
	int number;
	struct text recovery_code;
	struct text token, fields;	/* of the page with the form */
	struct text practice_seed;
};

struct stage {
	struct world *w;
	struct arena *arena;	/* of one try */
	struct arena *kept;
	const char *asset;
	int people;
	struct actor pool[POOL];
	int n_pool;
};

/* What is tried, for the message of a crash too. */
static char trying[256];

static void wrong(const char *what, int status)
{
	mend();
	printf("%s: %s (%d)\n", trying, what, status);
	fflush(stdout);
	_exit(1);
}

static void on_abort(int signal UNUSED)
{
	static const char end[] = ": it crashed\n";

	(void)!write(STDOUT_FILENO, trying, strlen(trying));
	(void)!write(STDOUT_FILENO, end, sizeof(end) - 1);
	_exit(1);
}

static struct text phone_of(struct stage *s, const struct actor *actor)
{
	return text_format(s->arena, "09%08d", 12000000 + actor->number);
}

/* A form's text with what $ stands for. */
static struct text fill(struct stage *s, const struct actor *actor, const char *form)
{
	struct buf out;

	buf_init(&out, s->arena, FORM_BYTES_MAX);
	form_add(&out, "_token", actor->token);
	if (form[0])
		buf_char(&out, '&');
	for (; *form; form++) {
		if (*form != '$') {
			buf_char(&out, *form);
			continue;
		}
		switch (*++form) {
		case 'N':
			buf_z(&out, "Nguy%E1%BB%85n+V%C4%83n+M%E1%BB%91c");
			break;
		case 'P':
			buf_text(&out, phone_of(s, actor));
			break;
		case 'R':
			buf_text(&out, actor->recovery_code);
			break;
		case 'S':
			buf_text(&out, actor->practice_seed);
			break;
		case 'V':
			buf_text(&out, actor->fields);
			break;
		}
	}
	return buf_done(&out);
}

/* Everything of the paper's form, all answers B. */
static struct text paper_fields(struct stage *s, struct text html)
{
	static const char *const kept[] = { "rev", "no", "base", "baseflags", "basep" };
	struct buf out;
	char name[8];

	buf_init(&out, s->arena, FORM_BYTES_MAX);
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		form_add(&out, kept[i], page_field(html, kept[i]));
	for (int i = 1; i <= QUESTIONS; i++) {
		snprintf(name, sizeof(name), "a%d", i);
		form_add(&out, name, TEXT("2"));
	}
	form_add(&out, "p", TEXT("9"));
	return buf_done(&out);
}

static struct page visit(struct stage *s, struct actor *actor, const char *target)
{
	struct page page = browser_go(s->w, &actor->browser, s->arena, text_from_z(target), NULL);

	if (page.status != 200)
		wrong(target, page.status);
	actor->token = page_field(page.body, "_token");
	actor->practice_seed = page_field(page.body, "de");
	if (page_field(page.body, "rev").len)
		actor->fields = paper_fields(s, page.body);
	world_pass(s->w, 4 * TIME_SECOND_MS);
	return page;
}

static struct page hand_in(struct stage *s, struct actor *actor, const char *target,
			   const char *form)
{
	struct text bytes = fill(s, actor, form);
	struct page page = browser_go(s->w, &actor->browser, s->arena, text_from_z(target), &bytes);

	if (page.status != 200)
		wrong(target, page.status);
	return page;
}

static void sign_up(struct stage *s, struct actor *actor)
{
	static const char mark[] = "id=\"ma-khoi-phuc\" class=\"lead\"><strong>";

	visit(s, actor, CONTEST "/dang-ky?nhom=nhom1&dv=SNV-VP");
	struct page page = hand_in(s, actor, CONTEST "/dang-ky", REGISTER "&ngaysinh=02011990");
	ptrdiff_t at = text_find(page.body, text_from_z(mark), 0);
	if (at < 0)
		wrong("no slip", page.status);
	struct text rest = text_part(page.body, (size_t)at + strlen(mark), page.body.len);
	actor->recovery_code = text_copy(s->kept, text_cut(&rest, '<'));
}

static struct actor new_actor(struct stage *s, enum level level)
{
	struct actor actor = { .number = s->people++, .recovery_code = TEXT_EMPTY };

	actor.browser.address = 0x0a000000u + (uint32_t)actor.number;
	actor.token = actor.fields = actor.practice_seed = TEXT_EMPTY;
	if (level == FROM_POOL)
		return s->pool[--s->n_pool];
	if (level >= ENTRANT)
		sign_up(s, &actor);
	if (level >= SITTER) {
		visit(s, &actor, CONTEST "/vao-thi");
		hand_in(s, &actor, CONTEST "/vao-thi", "");
	}
	if (level >= FINISHER) {
		visit(s, &actor, PAPER);
		hand_in(s, &actor, PAPER "/nop", "$V");
	}
	return actor;
}

/* The page with the form; "@another": in a browser that knows nobody. */
static void open_form(struct stage *s, struct actor *actor, const char *from)
{
	static const char another[] = "@another";

	if (strncmp(from, another, strlen(another)) == 0) {
		actor->browser.cookie[0] = '\0';
		from += strlen(another);
	}
	visit(s, actor, from);
}

/* ---- a try */

struct attempt {
	struct stage *s;
	struct actor *actor;
	int status;		/* 0: the connection ended without an answer */
	bool failed, done;	/* an allocation did */
};

/* What is done from here on is the browser's. */
static void answered(void *ctx, const struct world_answer *answer)
{
	struct attempt *attempt = ctx;

	attempt->failed = mend();
	attempt->done = true;
	if (!answer)
		return;
	attempt->status = answer->status;
	browser_take_cookie(&attempt->actor->browser, answer);
}

static struct attempt ask(struct stage *s, struct actor *actor, const struct errand *errand,
			  struct text form, enum where where, int64_t n)
{
	struct attempt attempt = { .s = s, .actor = actor };
	const char *target = strcmp(errand->target, "@asset") ? errand->target : s->asset;
	const struct world_request request = {
		.method = errand->form ? METHOD_POST : METHOD_GET, .target = text_from_z(target),
		.cookies = text_from_z(actor->browser.cookie), .form = form,
		.address = actor->browser.address,
	};

	s->w->sample->site.public_version++;	/* no page is kept from before */
	fail_nth(where, n);
	world_request(s->w, &request, answered, &attempt);
	for (int i = 0; i < STEPS_MAX && !attempt.done && world_step(s->w); i++)
		;
	if (!attempt.done)
		wrong("no answer ever comes", 0);
	return attempt;
}

static void look_for(struct stage *s, struct actor *actor, const char *target, const char *mark)
{
	struct page page = browser_go(s->w, &actor->browser, s->arena, text_from_z(target), NULL);

	if (page.status != 200 || text_find(page.body, text_from_z(mark), 0) < 0)
		wrong("what was acknowledged is not there", page.status);
}

static void check(struct stage *s, struct actor *actor, enum promise promise)
{
	switch (promise) {
	case NOTHING:
		break;
	case ENTERED:
		look_for(s, actor, CONTEST "/toi", MARKER);
		break;
	case STARTED:
		look_for(s, actor, PAPER, "name=\"base\" value=\"000000000000000000000000000000\"");
		break;
	case SAVED:
		look_for(s, actor, PAPER, "name=\"base\" value=\"222222222222222222222222222222\"");
		break;
	case SUBMITTED:
		look_for(s, actor, CONTEST "/ket-qua/chinh-thuc-1", "class=\"receipt\"");
		break;
	case SIGNED_OUT:
		look_for(s, actor, CONTEST "/toi", "id=\"sign-in\"");
		break;
	}
}

/* Whether an allocation failed. */
static bool try_one(struct stage *s, struct actor *actor, const struct errand *errand,
		    enum where where, int64_t n)
{
	struct text form = errand->form ? fill(s, actor, errand->form) : TEXT_EMPTY;
	struct attempt first = ask(s, actor, errand, form, where, n);

	if (first.status == errand->good) {
		check(s, actor, errand->promise);
		return first.failed;
	}
	if (!first.failed || (first.status != 503 && first.status != 0))
		wrong("the answer is another", first.status);
	struct attempt again = ask(s, actor, errand, form, where, 0);
	/* What was done before the failure is done: then the second press says so. */
	bool welcome = again.status == errand->good ||
		       (errand->form && (again.status == 200 || again.status == 303));
	if (!welcome && !(strcmp(errand->route, "forgot-post") == 0 && again.status == 422))
		wrong("asked again, it is answered otherwise", again.status);
	if (welcome)
		check(s, actor, errand->promise);
	return true;
}

/* How many n there are. */
static int64_t try_all(struct stage *s, const struct errand *errand, enum where where)
{
	struct actor actor = { .number = -1 };
	bool failed = true;
	int64_t n = 0;

	while (failed) {
		n++;
		snprintf(trying, sizeof(trying), "%s, allocation %lld in %s", errand->route,
			 (long long)n, where_names[where]);
		if (errand->form || actor.number < 0)
			actor = new_actor(s, errand->level);
		if (errand->form)
			open_form(s, &actor, errand->from);
		failed = try_one(s, &actor, errand, where, n);
		arena_reset(s->arena);
	}
	return n - 1;
}

/* People who agreed to what holds no more. */
static void fill_pool(struct stage *s)
{
	struct contest_apply apply;

	while (s->n_pool < (int)ARRAY_LEN(s->pool)) {
		s->pool[s->n_pool] = new_actor(s, ENTRANT);
		s->n_pool++;
	}
	sample_edit(s->w->sample, "profile.json", "\"version\": \"1\"", "\"version\": \"2\"");
	if (sample_apply(s->w->sample, s->w->now, &apply) != STORE_ONE)
		wrong("cannot apply", 0);
}

static void set_up(struct stage *s)
{
	*s = (struct stage){ .w = world_new(1, NULL, 0), .arena = arena_new(64 << 20),
			     .kept = arena_new(16 << 20) };
	world_pass(s->w, sample_moment("2024-09-20T12:00:00+07:00") - s->w->now);
	world_jobs(s->w);	/* a day's participation */
	struct actor stranger = new_actor(s, STRANGER);
	struct page page = visit(s, &stranger, CONTEST);
	ptrdiff_t at = text_find(page.body, TEXT("/assets/"), 0);
	if (at < 0)
		wrong("no asset", 0);
	struct text rest = text_part(page.body, (size_t)at, page.body.len);
	s->asset = text_z(s->kept, text_cut(&rest, '"'));
}

static const struct errand *errand_of(const char *route)
{
	for (size_t i = 0; i < ARRAY_LEN(errands); i++)
		if (strcmp(errands[i].route, route) == 0)
			return &errands[i];
	printf("no request of route %s\n", route);
	exit(1);
}

int main(int argc, char **argv)
{
	struct stage s;

	signal(SIGABRT, on_abort);
	scarce_init();
	struct disk *disk = disk_new(1);
	set_up(&s);
	for (int i = 0; i < n_routes; i++)
		(void)errand_of(routes[i].name);
	for (size_t i = 0; i < ARRAY_LEN(errands); i++) {
		const struct errand *errand = &errands[i];
		if (argc > 1 && strcmp(argv[1], errand->route) != 0)
			continue;
		if (errand->level == FROM_POOL)
			fill_pool(&s);
		printf("%-20s", errand->route);
		for (int where = 0; where < WHERE_COUNT; where++)
			printf(" %5lld", (long long)try_all(&s, errand, (enum where)where));
		printf("\n");
		fflush(stdout);
	}
	world_free(s.w);
	disk_free(disk);
	arena_free(s.arena);
	arena_free(s.kept);
	return 0;
}
