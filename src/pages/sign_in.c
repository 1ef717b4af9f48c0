/* Signing in. Whoever is not there costs as much as a wrong password: one hash
 * against a password that nobody knows, and the same words. */
#include "pages/sign_in.h"

#include "base/code.h"
#include "base/random.h"
#include "pages/identity.h"
#include "pages/page.h"
#include "pages/problem.h"
#include "pages/register_form.h"
#include "pages/route.h"
#include "pages/sign_in_view.h"

#include "store_queries.h"
#include "views/views.h"

#include <pthread.h>

#define PEOPLE_MAX 20		/* as person_by_identity */
#define ENCODED_BYTES_MAX 256
#define NEXT_BYTES_MAX 300

struct candidate {
	int64_t person;
	int64_t epoch;
	struct text password_hash;
	struct text name;
	struct text code;	/* in this contest, "" not entered */
	bool matches;
};

struct sign_in_page {
	struct page_entry entry;	/* of who is signed in */
	struct text who, password, next;
	struct candidate people[PEOPLE_MAX];
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

static int add_candidate(struct request *request, struct db *db, struct sign_in_page *page,
			 int64_t person)
{
	struct candidate one = { .person = person, .code = TEXT_EMPTY, .name = TEXT_EMPTY };
	struct q_person_get row;
	struct q_entry_of entry;
	int result = q_person_get(db, request->arena, person, &row);

	if (result < 0)
		return result;
	if (result == 0 || row.password_hash.len == 0 || page->n_people == PEOPLE_MAX)
		return 0;
	one.epoch = row.epoch;
	one.password_hash = row.password_hash;
	if (keys_unseal(request->site->keys, KEY_PERSONAL, request->arena, "person_data.name",
			person, row.name_sealed, &one.name) != 0)
		return STORE_FAILED;
	result = q_entry_of(db, request->arena, request->contest->id, person, &entry);
	if (result < 0)
		return result;
	if (result > 0)
		one.code = entry.code;
	page->people[page->n_people++] = one;
	return 0;
}

static int load_by_phone(struct request *request, struct db *db, struct sign_in_page *page,
			 struct text phone)
{
	struct hash index = keys_blind_index(request->site->keys, "phone", phone);
	struct q_person_by_identity *rows;
	int n = q_person_by_identity(db, request->arena, IDENTITY_PHONE, hash_text(&index), &rows);

	if (n < 0)
		return n;
	for (int i = 0; i < n; i++) {
		int result = add_candidate(request, db, page, rows[i].person);
		if (result < 0)
			return result;
	}
	return 0;
}

static int load_people(struct request *request, struct db *db, struct sign_in_page *page)
{
	struct q_person_by_entry_code row;
	struct text phone, code = code_read(request->arena, page->who);

	switch (person_read_phone(request->arena, page->who, &phone)) {
	case PHONE_FINE:
	case PHONE_CONVERTED:
		return load_by_phone(request, db, page, phone);
	case PHONE_EMPTY:
	case PHONE_NO_MOBILE:
		break;
	}
	if (code.len == 0)
		return 0;
	int result = q_person_by_entry_code(db, request->contest->id, code, &row);
	return result > 0 ? add_candidate(request, db, page, row.person) : result;
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
	page->password = register_password(request, form_value(form, "matkhau"));
	result = load_people(request, db, page);
	if (result < 0)
		return result;
	keep_the_one_meant(page, form_value(form, "nguoi"));
	return 0;
}

static struct sign_in_view view_of(const struct request *request, const struct sign_in_page *page)
{
	enum phase phase = contest_phase(request->contest, request->now);
	struct sign_in_view v = {
		.page = page_view_of(request, page_text(request, T("Đăng nhập")), ""),
		.who = page->who, .next = page->next, .who_problem = TEXT_EMPTY,
		.password_problem = TEXT_EMPTY,
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
	struct sign_in_view v = view_of(request, request->page);

	v.failed = true;
	page_render(request, 422, view_sign_in, &v);
}

/* A family with one phone and one password: who is it? */
static void show_people(struct request *request, const struct sign_in_page *page)
{
	struct sign_in_view v = view_of(request, page);
	struct sign_in_person_view people[PEOPLE_MAX];

	v.people = people;
	for (int i = 0; i < page->n_people; i++)
		if (page->people[i].matches && page->people[i].code.len)
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
	const struct candidate *found = NULL;
	int entered = 0;

	for (int i = 0; i < page->n_people; i++) {
		if (!page->people[i].matches)
			continue;
		if (!found || (page->people[i].code.len && !found->code.len))
			found = &page->people[i];
		entered += page->people[i].code.len > 0;
	}
	if (!found)
		show_failed(request);
	else if (entered > 1)
		show_people(request, page);
	else
		sign_in_as(request, found->person, found->epoch, next_of(request, page));
}

static void after_dummy(struct request *request)
{
	struct sign_in_page *page = request->page;

	if (request->hash_result == HASH_BUSY || request->hash_result == HASH_FAILED) {
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
		page_problem(request, 503);
		return;
	}
	page->people[page->at].matches = request->hash_result == HASH_MATCHES;
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
	if (text_count_chars(page->password) > REGISTER_PASSWORD_CHARS_MAX) {
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
