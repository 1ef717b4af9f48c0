/* Signing in. Whoever is not there costs as much as a wrong password: one hash, and
 * the same words. */
#include "pages/sign_in.h"

#include "pages/account.h"
#include "pages/device.h"
#include "pages/door_limits.h"
#include "pages/lost_session.h"
#include "pages/page.h"
#include "pages/problem.h"
#include "pages/route.h"
#include "pages/security.h"
#include "pages/sign_in_view.h"
#include "rules/password.h"

#include "store_queries.h"
#include "views/views.h"

#define NEXT_BYTES_MAX 300

struct sign_in_page {
	struct page_entry entry;	/* of who is signed in */
	struct text who, next;
	bool shared;			/* "máy dùng chung" */
	struct account_try try;
	struct lost_answers lost;
	const struct account *found;
	struct device_note note;
};

bool sign_in_may_lead_to(const struct request *request, struct text path)
{
	struct text home = page_path(request, "");

	if (path.len > NEXT_BYTES_MAX || !text_starts_with(path, home))
		return false;
	for (size_t i = 0; i < path.len; i++) {
		char c = path.ptr[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || strchr("-._/?=&", c);
		if (!plain || c == '\0')
			return false;
	}
	if (text_find(path, TEXT("//"), 0) >= 0 || text_find(path, TEXT(".."), 0) >= 0)
		return false;
	struct text rest = text_part(path, home.len, path.len);
	return rest.len == 0 || rest.ptr[0] == '?' ||
	       (rest.ptr[0] == '/' && !text_starts_with(rest, TEXT("/dang-")));
}

/* With `nguoi` only that one of the people of the phone is meant. */
static void keep_the_one_meant(struct account_try *try, struct text code)
{
	int n = 0;

	if (code.len == 0)
		return;
	for (int i = 0; i < try->n; i++)
		if (text_equal(try->people[i].code, code))
			try->people[n++] = try->people[i];
	try->n = n;
}

int sign_in_load(struct request *request, struct db *db)
{
	struct sign_in_page *page = arena_alloc(request->arena, sizeof(*page));
	bool post = request->method == METHOD_POST;
	const struct form *form = post ? &request->form : &request->query;

	request->page = page;
	if (!page)
		return STORE_FAILED;
	page->next = form_value(form, "tiep");
	if (!sign_in_may_lead_to(request, page->next))
		page->next = TEXT_EMPTY;
	page->who = post ? text_trim(form_value(form, "sdt")) : TEXT_EMPTY;
	page->lost.part = TEXT_EMPTY;
	int result = page_load_entry(request, db, &page->entry);
	if (result < 0 || !post)
		return result;
	page->shared = form_has(form, "maychung");
	lost_answers_read(request, form_value(form, LOST_PAPER_FIELD), &page->lost);
	page->try.password = password_read(request->arena, form_value(form, "matkhau"));
	page->try.n = account_find(request, db, page->who, page->try.people);
	if (page->try.n < 0)
		return page->try.n;
	keep_the_one_meant(&page->try, form_value(form, "nguoi"));
	return 0;
}

static struct sign_in_view view_of(const struct request *request, const struct sign_in_page *page)
{
	enum phase phase = contest_phase(request->contest, request->now);
	struct sign_in_view v = {
		.page = page_view_of(request, page_text(request, T("Đăng nhập")), ""),
		.who = page->who, .next = page->next, .who_problem = TEXT_EMPTY,
		.password_problem = TEXT_EMPTY, .problems = { .title = T("Chưa đăng nhập được") },
		.may_register = phase == PHASE_ANNOUNCED || phase == PHASE_OPEN,
		.door = { .shared = page->shared, .trap = TEXT_EMPTY },
		.part = page->lost.part, .carried = page->lost.fields, .n_carried = page->lost.n,
	};

	v.page.is_private = v.page.narrow = true;
	return v;
}

static struct text next_of(const struct request *request, const struct sign_in_page *page)
{
	return page->next.len ? page->next : page_path(request, "/toi");
}

void page_sign_in_show(struct request *request)
{
	const struct sign_in_page *page = request->page;

	if (page_hides_contest(request))
		return;
	if (page->entry.signed_in && page->entry.entered) {
		reply_see_other(request, next_of(request, page));
		return;
	}
	struct sign_in_view v = view_of(request, page);
	page_render(request, 200, view_sign_in, &v);
}

static void show_failed(struct request *request, struct text wait, int status)
{
	struct sign_in_view v = view_of(request, request->page);

	v.failed = true;
	v.problems.what = T("Số điện thoại (hoặc mã dự thi) và mật khẩu không khớp nhau. Kiểm tra "
			    "Caps Lock, bộ gõ Unikey, rồi thử lại.");
	v.problems.wait = wait;
	problem_list_add(&v.problems, "sdt",
			 page_text(request, T("Sửa số điện thoại hoặc mã dự thi")));
	problem_list_add(&v.problems, "matkhau", page_text(request, T("Ghi lại mật khẩu")));
	page_render(request, status, view_sign_in, &v);
}

/* Too many wrong passwords lately, for this account or from this address: nothing
 * is tried. True when a reply was left. */
static bool has_to_wait(struct request *request, const struct sign_in_page *page)
{
	struct text wait = account_wait(request, page->who);

	if (wait.len == 0)
		return limit_try(request, page->who);
	security_note(request, "sign-in-held", page->who);
	show_failed(request, wait, 429);
	return true;
}

/* A family with one phone and one password: who is it? */
static void show_people(struct request *request, const struct sign_in_page *page)
{
	struct sign_in_view v = view_of(request, page);
	struct sign_in_person_view people[ACCOUNTS_MAX];

	v.people = people;
	for (int i = 0; i < page->try.n; i++) {
		const struct account *one = &page->try.people[i];
		if (page->try.matches[i] && one->code.len)
			people[v.n_people++] = (struct sign_in_person_view){ one->code, one->name };
	}
	page_render(request, 200, view_sign_in, &v);
}

void sign_in_as(struct request *request, int64_t person, int64_t epoch)
{
	request->session.person = person;
	request->session.epoch = epoch;
	request->reply.cookie = COOKIE_SIGN_IN;
}

static void after_note(struct request *request)
{
	const struct sign_in_page *page = request->page;

	if (page_write_failed(request))
		return;
	account_succeeded(request, page->who);
	security_note_entry(request, "sign-in", page->found->code);
	sign_in_as(request, page->found->person, page->found->epoch);
	if (page->lost.part.len)
		lost_session_offer(request, &page->lost);
	else
		reply_see_other(request, next_of(request, page));
}

static int write_note(void *ctx, struct db *db)
{
	const struct sign_in_page *page = ctx;
	return device_note_write(&page->note, db);
}

static void sign_in(struct request *request, const struct account *found)
{
	struct sign_in_page *page = request->page;

	page->found = found;
	request->session.shared = page->shared;
	page->note = device_note_of(request, found->person);
	page_write_door(request, "sign-in", 0, write_note, page, after_note);
}

/* Of a family whose passwords are the same, the ones in this contest are meant. */
static void decide(struct request *request)
{
	struct sign_in_page *page = request->page;
	const struct account_try *try = &page->try;
	const struct account *found = NULL;
	int entered = 0;

	for (int i = 0; i < try->n; i++) {
		if (!try->matches[i])
			continue;
		if (!found || (try->people[i].code.len && !found->code.len))
			found = &try->people[i];
		entered += try->people[i].code.len > 0;
	}
	if (found)
		limit_try_undone(request, page->who);
	if (!found) {
		security_note(request, "sign-in-failed", page->who);
		show_failed(request, account_wait(request, page->who), 422);
	} else if (entered > 1) {
		show_people(request, page);
	} else {
		sign_in(request, found);
	}
}

static void hash_next(struct request *request);

static void after_hash(struct request *request)
{
	struct sign_in_page *page = request->page;

	if (request->hash_result != HASH_DONE) {
		limit_try_undone(request, page->who);
		page_problem(request, 503);
	} else if (account_try_compare(&page->try)) {
		decide(request);
	} else {
		hash_next(request);
	}
}

static void hash_next(struct request *request)
{
	struct account_try *try = &((struct sign_in_page *)request->page)->try;

	request_hash(request, try->password, account_try_like(try), &try->encoded, after_hash);
}

/* What is wrong with what was typed; true when there is anything. */
static bool find_problems(const struct request *request, const struct sign_in_page *page,
			  struct sign_in_view *v)
{
	if (page->who.len == 0)
		v->who_problem = page_text(request, T("Hãy ghi số điện thoại hoặc mã dự thi."));
	if (page->try.password.len == 0)
		v->password_problem = page_text(request, T("Hãy ghi mật khẩu."));
	problem_list_add(&v->problems, "sdt", v->who_problem);
	problem_list_add(&v->problems, "matkhau", v->password_problem);
	return v->problems.n > 0;
}

void page_sign_in_post(struct request *request)
{
	struct sign_in_page *page = request->page;
	struct sign_in_view v = view_of(request, page);

	if (find_problems(request, page, &v)) {
		page_render(request, 422, view_sign_in, &v);
		return;
	}
	if (has_to_wait(request, page))
		return;
	if (text_count_chars(page->try.password) > PASSWORD_CHARS_MAX) {
		page->try.password = TEXT("-");
		page->try.n = 0;
	}
	hash_next(request);
}

static int write_sign_out(void *ctx, struct db *db)
{
	const struct request *request = ctx;
	return q_device_end(db, request->session.person, request->session.device,
			    request->arrived_at);
}

static void after_sign_out(struct request *request)
{
	if (page_write_failed(request))
		return;
	security_note(request, "sign-out", TEXT_EMPTY);
	request->session.person = 0;
	request->reply.cookie = COOKIE_SIGN_OUT;
	reply_see_other(request, page_path(request, ""));
}

void page_sign_out_post(struct request *request)
{
	page_write_door(request, "sign-out", 0, write_sign_out, request, after_sign_out);
}
