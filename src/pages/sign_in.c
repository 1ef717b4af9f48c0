/* Signing in. Whoever is not there costs as much as a wrong password: one hash
 * against a password that nobody knows, and the same words. */
#include "pages/sign_in.h"

#include "base/random.h"
#include "pages/account.h"
#include "pages/door_limits.h"
#include "pages/page.h"
#include "pages/problem.h"
#include "pages/route.h"
#include "pages/sign_in_view.h"
#include "rules/password.h"

#include "views/views.h"

#include <pthread.h>

#define ENCODED_BYTES_MAX 256
#define NEXT_BYTES_MAX 300

struct sign_in_page {
	struct page_entry entry;	/* of who is signed in */
	struct text who, password, next;
	struct account people[ACCOUNTS_MAX];
	bool matches[ACCOUNTS_MAX];
	int n_people, at;
	struct text dummy;
};

/* The hash that stands in for people who are not there; made at first use. */
static pthread_mutex_t dummy_lock = PTHREAD_MUTEX_INITIALIZER;
static char dummy_encoded[ENCODED_BYTES_MAX];
static size_t dummy_len;

static struct text dummy_get(struct arena *arena)
{
	pthread_mutex_lock(&dummy_lock);
	struct text copy = text_copy(arena, text_from_bytes(dummy_encoded, dummy_len));
	pthread_mutex_unlock(&dummy_lock);
	return copy;
}

static void dummy_put(struct text encoded)
{
	pthread_mutex_lock(&dummy_lock);
	if (dummy_len == 0 && encoded.len <= sizeof(dummy_encoded)) {
		memcpy(dummy_encoded, encoded.ptr, encoded.len);
		dummy_len = encoded.len;
	}
	pthread_mutex_unlock(&dummy_lock);
}

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
static void keep_the_one_meant(struct sign_in_page *page, struct text code)
{
	int n = 0;

	if (code.len == 0)
		return;
	for (int i = 0; i < page->n_people; i++)
		if (text_equal(page->people[i].code, code))
			page->people[n++] = page->people[i];
	page->n_people = n;
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
	int result = page_load_entry(request, db, &page->entry);
	if (result < 0 || !post)
		return result;
	page->password = password_read(request->arena, form_value(form, "matkhau"));
	page->n_people = account_find(request, db, page->who, page->people);
	if (page->n_people < 0)
		return page->n_people;
	keep_the_one_meant(page, form_value(form, "nguoi"));
	return 0;
}

static struct sign_in_view view_of(const struct request *request, const struct sign_in_page *page)
{
	enum phase phase = contest_phase(request->contest, request->now);
	struct sign_in_view v = {
		.page = page_view_of(request, page_text(request, T("Đăng nhập")), ""),
		.who = page->who, .next = page->next, .who_problem = TEXT_EMPTY,
		.password_problem = TEXT_EMPTY, .wait = TEXT_EMPTY,
		.may_register = phase == PHASE_ANNOUNCED || phase == PHASE_OPEN,
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

static void show_failed(struct request *request)
{
	const struct sign_in_page *page = request->page;

	account_failed(request, page->who);
	struct sign_in_view v = view_of(request, page);
	v.failed = true;
	v.wait = account_wait(request, page->who);
	page_render(request, 422, view_sign_in, &v);
}

/* Too many wrong passwords lately, for this account or from this address: nothing
 * is tried. True when a reply was left. */
static bool has_to_wait(struct request *request, const struct sign_in_page *page)
{
	struct text wait = account_wait(request, page->who);

	if (wait.len == 0)
		return limit_try(request, page->who);
	struct sign_in_view v = view_of(request, page);
	v.failed = true;
	v.wait = wait;
	page_render(request, 429, view_sign_in, &v);
	return true;
}

/* A family with one phone and one password: who is it? */
static void show_people(struct request *request, const struct sign_in_page *page)
{
	struct sign_in_view v = view_of(request, page);
	struct sign_in_person_view people[ACCOUNTS_MAX];

	v.people = people;
	for (int i = 0; i < page->n_people; i++)
		if (page->matches[i] && page->people[i].code.len)
			people[v.n_people++] = (struct sign_in_person_view){ page->people[i].code,
									     page->people[i].name };
	page_render(request, 200, view_sign_in, &v);
}

void sign_in_as(struct request *request, int64_t person, int64_t epoch, struct text path)
{
	request->session.person = person;
	request->session.epoch = epoch;
	request->session.issued_at = request->arrived_at;
	request->reply.cookie = COOKIE_SIGN_IN;
	reply_see_other(request, path);
}

static void decide(struct request *request)
{
	struct sign_in_page *page = request->page;
	const struct account *found = NULL;
	int entered = 0;

	for (int i = 0; i < page->n_people; i++) {
		if (!page->matches[i])
			continue;
		if (!found || (page->people[i].code.len && !found->code.len))
			found = &page->people[i];
		entered += page->people[i].code.len > 0;
	}
	if (found)
		limit_try_undone(request, page->who);
	if (!found)
		show_failed(request);
	else if (entered > 1)
		show_people(request, page);
	else {
		account_succeeded(request, page->who);
		sign_in_as(request, found->person, found->epoch, next_of(request, page));
	}
}

static void after_dummy(struct request *request)
{
	struct sign_in_page *page = request->page;

	if (request->hash_result == HASH_BUSY || request->hash_result == HASH_FAILED) {
		limit_try_undone(request, page->who);
		page_problem(request, 503);
		return;
	}
	dummy_put(page->dummy);
	show_failed(request);
}

static void check_dummy(struct request *request)
{
	struct sign_in_page *page = request->page;
	struct text password = page->password;
	unsigned char secret[16];

	page->dummy = dummy_get(request->arena);
	if (page->dummy.len == 0) {	/* it will be made: of what nobody knows */
		random_bytes(secret, sizeof(secret));
		password = text_hex(request->arena, secret, sizeof(secret));
	}
	request_hash(request, password, &page->dummy, after_dummy);
}

/* All people of the phone are tried, whichever it is. */
static void after_check(struct request *request)
{
	struct sign_in_page *page = request->page;

	switch (request->hash_result) {
	case HASH_MATCHES:
	case HASH_DIFFERS:
		break;
	case HASH_BUSY:
	case HASH_FAILED:
		limit_try_undone(request, page->who);
		page_problem(request, 503);
		return;
	}
	page->matches[page->at] = request->hash_result == HASH_MATCHES;
	if (++page->at < page->n_people)
		request_hash(request, page->password, &page->people[page->at].password_hash,
			     after_check);
	else
		decide(request);
}

void page_sign_in_post(struct request *request)
{
	struct sign_in_page *page = request->page;

	if (page->who.len == 0 || page->password.len == 0) {
		struct sign_in_view v = view_of(request, page);
		if (page->who.len == 0)
			v.who_problem = page_text(request,
				T("Hãy ghi số điện thoại hoặc mã dự thi."));
		if (page->password.len == 0)
			v.password_problem = page_text(request, T("Hãy ghi mật khẩu."));
		page_render(request, 422, view_sign_in, &v);
		return;
	}
	if (has_to_wait(request, page))
		return;
	if (text_count_chars(page->password) > PASSWORD_CHARS_MAX) {
		page->password = TEXT("-");
		page->n_people = 0;
	}
	if (page->n_people == 0)
		check_dummy(request);
	else
		request_hash(request, page->password, &page->people[0].password_hash, after_check);
}

void page_sign_out_post(struct request *request)
{
	request->session.person = 0;
	request->reply.cookie = COOKIE_SIGN_OUT;
	reply_see_other(request, page_path(request, ""));
}
