/* Contestants of power.c: what they ask, what they hear and remember, and what they
 * look for after a restart. */
#include "power.h"

#include "base/time.h"

#define FORM_MS 3000
#define CONTEST "/binh-phuoc-2024"

static const char *const step_names[] = { "the form to register", "a registration",
					  "the page to start", "a start", "the paper", "a save",
					  "a submission", "the result" };

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
					  (unsigned long long)power_below(c->power, INT64_MAX)));
	form_add(&form, "base", text_from_z(a->answers));
	form_add(&form, "baseflags", TEXT("000000000000000000000000000000"));
	for (int i = 0; i < QUESTIONS; i++) {
		a->tried[i] = (char)('1' + power_below(c->power, 4));
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
		power_lost(c->power, "contestant %d got a paper without a revision", c->number);
	copy(a->answers, sizeof(a->answers), page_field(body, "base"));
	c->saves_left = 1 + (int)power_below(c->power, 4);
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
		power_lost(p, "contestant %d got status %d for %s%s", c->number, answer->status,
			   step_names[step], answer->status == 404 ?
			   ": the contest, which was acknowledged, is not there" : "");
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

void client_ask(struct client *c)
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

struct client *client_add(struct power *p)
{
	struct client *c = &p->clients[p->n_clients];

	*c = (struct client){ .power = p, .number = p->n_clients++, .arena = arena_new(1 << 20),
			      .token = TEXT_EMPTY };
	c->browser.address = 0x0a000001 + (uint32_t)c->number;
	return c;
}

/* Who fills in a form takes a while. */
bool client_is_ready(const struct client *c)
{
	return c->step != FINISHED && !c->asks &&
	       (c->step != SIGN_UP || c->power->w->now > c->form_at + FORM_MS);
}

/* ---- what is there after a restart */

static void not_there(struct client *c, const char *what)
{
	power_lost(c->power, "contestant %d: %s that was acknowledged is not there", c->number, what);
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
	(void)power_number(c->power, db, "SELECT answers FROM paper WHERE receipt = ?1", receipt, stored);
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

void client_check(struct client *c, sqlite3 *db, int *ret_papers)
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
