#include "pages/figures.h"
#include "pages/recovery.h"

#include "base/random.h"
#include "base/time.h"
#include "pages/account.h"
#include "pages/device.h"
#include "pages/door.h"
#include "pages/door_limits.h"
#include "pages/me.h"
#include "pages/own_password.h"
#include "pages/password_form.h"
#include "pages/problem.h"
#include "pages/recovery_view.h"
#include "pages/route.h"
#include "pages/security.h"
#include "pages/sign_in.h"

#include "store_queries.h"
#include "views/views.h"

struct text recovery_code_new(struct arena *arena)
{
	char digits[RECOVERY_DIGITS];

	for (int i = 0; i < RECOVERY_DIGITS; i++)
		digits[i] = (char)('0' + random_below(10));
	return text_copy(arena, text_from_bytes(digits, sizeof(digits)));
}

struct text recovery_code_read(struct arena *arena, struct text typed)
{
	struct buf buf;

	buf_init(&buf, arena, typed.len + 1);
	for (size_t i = 0; i < typed.len; i++) {
		char c = typed.ptr[i];
		if (c >= '0' && c <= '9')
			buf_char(&buf, c);
		else if (!strchr(" .-", c))
			return TEXT_EMPTY;
	}
	return buf.len == RECOVERY_DIGITS ? buf_done(&buf) : TEXT_EMPTY;
}

struct hash recovery_index(const struct keys *keys, struct arena *arena, int64_t person,
			   struct text code)
{
	return keys_blind_index(keys, "recovery",
				text_format(arena, "%lld %.*s", (long long)person, TEXT_ARGS(code)));
}

/* --- the slip */

struct slip {
	int64_t person;
	struct text code;		/* the new recovery code */
	struct text code_index;
	int64_t now;			/* machine clock */
};

/* A new code for the person, and what the store keeps of it. */
static void draw_code(struct request *request, struct slip *slip, int64_t person)
{
	slip->person = person;
	slip->code = recovery_code_new(request->arena);
	struct hash index = recovery_index(request->site->keys, request->arena, person, slip->code);
	slip->code_index = text_copy(request->arena, hash_text(&index));
	slip->now = request->arrived_at;
}

/* One's own page, which asks for it. */
struct own_slip {
	struct me me;			/* first, see page.h */
	struct own_password password;
	struct slip slip;
};

int slip_load(struct request *request, struct db *db)
{
	struct own_slip *own = arena_alloc(request->arena, sizeof(*own));
	int result = own ? me_load(request, db) : STORE_FAILED;

	if (result < 0)
		return result;
	own->me = *(const struct me *)request->page;
	request->page = own;
	if (!own->me.sitting.entry.entered)
		return 0;
	return own_password_load(request, db, &own->me.sitting.entry, &own->password);
}

static int write_slip(void *ctx, struct db *db)
{
	const struct slip *slip = ctx;
	return q_recovery_put(db, slip->person, slip->code_index, slip->now);
}

void slip_show(struct request *request, const struct slip_shown *slip)
{
	struct slip_view v = {
		.page = page_view_of(request, page_text(request, T("Phiếu dự thi")), "me"),
		.is_new = slip->why == SLIP_REGISTERED,
		.password_changed = slip->why == SLIP_PASSWORD, .name = slip->name,
		.unit = slip->unit, .group = slip->group, .entry_code = slip->entry_code,
		.recovery_code = text_format(request->arena, "%.5s %.5s", slip->recovery_code.ptr,
					     slip->recovery_code.ptr + RECOVERY_DIGITS / 2),
		.made_at = figure_moment(request, request->now),
	};

	v.page.is_private = v.page.narrow = true;
	page_render(request, 200, view_slip, &v);
}

static void after_slip(struct request *request)
{
	const struct own_slip *own = request->page;
	const struct page_entry *entry = &own->me.sitting.entry;
	const struct profile *profile = &page_rules(request)->profile;
	const struct slip_shown shown = {
		.why = SLIP_ASKED, .name = entry->name, .entry_code = entry->code,
		.unit = entry->unit ? entry->unit->shown : entry->unit_written,
		.group = entry->group >= 0 ? profile->groups[entry->group].name : TEXT_EMPTY,
		.recovery_code = own->slip.code,
	};

	if (page_write_failed(request))
		return;
	security_note_entry(request, "recovery-code-made", entry->code);
	slip_show(request, &shown);
}

static void refuse_slip(struct request *request)
{
	const struct own_slip *own = request->page;
	const struct me_posted posted = { .password_problem = own->password.problem };

	if (posted.password_problem.len)
		me_show(request, &posted, own->password.status);
}

static void after_own_password(struct request *request)
{
	struct own_slip *own = request->page;

	if (!own_password_is_right(request, &own->password, "slip-failed")) {
		refuse_slip(request);
		return;
	}
	draw_code(request, &own->slip, request->session.person);
	page_write_door(request, "recovery", 0, write_slip, &own->slip, after_slip);
}

void page_slip_post(struct request *request)
{
	struct own_slip *own = request->page;

	if (page_lead_to_entry(request, &own->me.sitting.entry))
		return;
	if (!own_password_try(request, &own->password, after_own_password))
		refuse_slip(request);
}

/* --- the forgotten password */

struct forgot {
	const struct request *request;
	struct text who, code;
	bool shared;		/* "máy dùng chung" */
	struct account_try try;	/* the new password, hashed with the salt of the phone */
	struct text indexes[ACCOUNTS_MAX];	/* of the typed code, by person */
	struct slip slips[ACCOUNTS_MAX];	/* the new code each would get */
	struct device_note notes[ACCOUNTS_MAX];
	int found;		/* whose code it is; -1 nobody's */
	struct text refused;	/* why that person may not have this password; "" */
};

int forgot_load(struct request *request, struct db *db)
{
	struct forgot *forgot = arena_alloc(request->arena, sizeof(*forgot));

	request->page = forgot;
	if (!forgot)
		return STORE_FAILED;
	forgot->request = request;
	forgot->who = forgot->code = forgot->try.password = forgot->refused = TEXT_EMPTY;
	forgot->found = -1;
	if (request->method != METHOD_POST)
		return 0;
	forgot->who = text_trim(form_value(&request->form, "sdt"));
	forgot->code = recovery_code_read(request->arena, form_value(&request->form, "ma"));
	forgot->shared = form_has(&request->form, "maychung");
	forgot->try.password = password_read(request->arena, form_value(&request->form, "matkhau"));
	forgot->try.n = account_find(request, db, forgot->who, forgot->try.people);
	return forgot->try.n < 0 ? forgot->try.n : 0;
}

static struct forgot_view forgot_view_of(const struct request *request, const struct forgot *forgot)
{
	struct forgot_view v = {
		.page = page_view_of(request, page_text(request, T("Quên mật khẩu")), ""),
		.who = forgot->who, .who_problem = TEXT_EMPTY, .code_problem = TEXT_EMPTY,
		.password_problem = TEXT_EMPTY,
		.problems = { .title = T("Chưa đổi được mật khẩu") },
		.door = { .shared = forgot->shared, .trap = TEXT_EMPTY },
	};

	v.page.is_private = v.page.narrow = true;
	return v;
}

void page_forgot_show(struct request *request)
{
	if (page_hides_contest(request))
		return;
	struct forgot_view v = forgot_view_of(request, request->page);
	page_render(request, 200, view_forgot, &v);
}

/* Lists what is wrong; neither code nor password is sent back. */
static void ask_again(const struct request *request, struct forgot_view *v)
{
	if (v->code_problem.len == 0)
		v->code_problem = page_text(request, T("Mã khôi phục cần ghi lại."));
	if (v->password_problem.len == 0)
		v->password_problem = password_again(request);
	problem_list_add(&v->problems, "sdt", v->who_problem);
	problem_list_add(&v->problems, "ma", v->code_problem);
	problem_list_add(&v->problems, "matkhau", v->password_problem);
}

/* Fills the problems; true when there is any. */
static bool find_problems(const struct request *request, const struct forgot *forgot,
			  struct forgot_view *v)
{
	if (forgot->who.len == 0)
		v->who_problem = page_text(request, T("Hãy ghi số điện thoại hoặc mã dự thi."));
	if (forgot->code.len == 0)
		v->code_problem = page_text(request, T("Mã khôi phục gồm 10 chữ số."));
	v->password_problem = password_problem(request, forgot->try.password);
	if (v->who_problem.len == 0 && v->code_problem.len == 0 && v->password_problem.len == 0)
		return false;
	ask_again(request, v);
	return true;
}

/* Whose code it is, by slip or by an operator's reset; -1 nobody's. */
static int whose(struct forgot *forgot, struct db *db)
{
	struct q_recovery_matches match;

	for (int i = 0; i < forgot->try.n; i++) {
		int64_t person = forgot->try.people[i].person;
		int result = q_recovery_matches(db, person, forgot->indexes[i], &match);
		if (result == 0)
			result = q_reset_use(db, person, forgot->indexes[i], forgot->slips[i].now);
		if (result != 0)
			return result < 0 ? STORE_FAILED : i;
	}
	return -1;
}

/* Asked only once the code was right: else the answer would tell a guesser what
 * somebody is called. */
static struct text own_words(const struct forgot *forgot, int found)
{
	const struct password_owner owner = { forgot->try.people[found].name,
					      forgot->try.people[found].birth_iso };
	return password_problem_of(forgot->request, forgot->try.password, &owner);
}

static int write_password(void *ctx, struct db *db)
{
	struct forgot *forgot = ctx;
	int found = whose(forgot, db);

	forgot->found = found;
	if (found < 0)
		return found == STORE_FAILED ? STORE_FAILED : STORE_NONE;
	forgot->refused = own_words(forgot, found);
	if (forgot->refused.len)
		return STORE_UNDONE;	/* a code of one use is still good */
	const struct slip *slip = &forgot->slips[found];
	if (q_password_set(db, slip->person, forgot->try.encoded) < 0 ||
	    q_epoch_next(db, slip->person) < 0 ||
	    q_devices_end(db, slip->person, slip->now) < 0 ||
	    device_note_write(&forgot->notes[found], db) < 0 ||
	    q_recovery_put(db, slip->person, slip->code_index, slip->now) < 0)
		return STORE_FAILED;
	return STORE_ONE;
}

static void show_failed(struct request *request, int status)
{
	const struct forgot *forgot = request->page;
	struct forgot_view v = forgot_view_of(request, forgot);

	v.failed = true;
	v.problems.what = T("Số điện thoại (hoặc mã dự thi) và mã khôi phục không khớp nhau, hoặc mã "
			    "đã hết dùng được.");
	v.problems.wait = account_wait(request, forgot->who);
	ask_again(request, &v);
	page_render(request, status, view_forgot, &v);
}

/* The person is signed in on this browser, and on no other any more. */
static void after_password(struct request *request)
{
	struct forgot *forgot = request->page;

	if (request->job->result != STORE_NONE)
		limit_try_undone(request, forgot->who);
	if (forgot->refused.len) {
		struct forgot_view v = forgot_view_of(request, forgot);
		v.password_problem = forgot->refused;
		ask_again(request, &v);
		page_render(request, 422, view_forgot, &v);
		return;
	}
	if (page_write_failed(request))
		return;
	if (request->job->result == STORE_NONE) {
		security_note(request, "recovery-failed", forgot->who);
		show_failed(request, 422);
		return;
	}
	account_succeeded(request, forgot->who);
	const struct account *account = &forgot->try.people[forgot->found];
	const struct slip_shown shown = {
		.why = SLIP_PASSWORD, .name = account->name, .unit = TEXT_EMPTY,
		.group = TEXT_EMPTY, .entry_code = account->code,
		.recovery_code = forgot->slips[forgot->found].code,
	};
	security_note_entry(request, "password-changed", account->code);
	slip_show(request, &shown);
	sign_in_as(request, account->person, account->epoch + 1);
}

static void after_hash(struct request *request)
{
	struct forgot *forgot = request->page;

	if (request->hash_result != HASH_DONE) {
		limit_try_undone(request, forgot->who);
		page_problem(request, 503);
		return;
	}
	request->session.shared = forgot->shared;
	for (int i = 0; i < forgot->try.n; i++) {
		int64_t person = forgot->try.people[i].person;
		struct hash index = recovery_index(request->site->keys, request->arena, person,
						   forgot->code);
		forgot->indexes[i] = text_copy(request->arena, hash_text(&index));
		forgot->notes[i] = device_note_of(request, person);
		draw_code(request, &forgot->slips[i], person);
	}
	page_write_door(request, "recovery", 0, write_password, forgot, after_password);
}

/* The new password is hashed before the code is looked at: whoever guesses codes
 * pays that price each time, and for unknown phones too. */
void page_forgot_post(struct request *request)
{
	struct forgot *forgot = request->page;
	struct forgot_view v = forgot_view_of(request, forgot);

	if (find_problems(request, forgot, &v)) {
		page_render(request, 422, view_forgot, &v);
		return;
	}
	if (account_wait(request, forgot->who).len) {
		security_note(request, "recovery-held", forgot->who);
		show_failed(request, 429);
		return;
	}
	if (door_is_doubtful(request)) {
		security_note(request, "form-doubted", forgot->who);
		v.doubt = door_doubt_text(request);
		ask_again(request, &v);
		page_render(request, 422, view_forgot, &v);
		return;
	}
	if (limit_try(request, forgot->who))
		return;
	request_hash(request, forgot->try.password, account_try_like(&forgot->try),
		     &forgot->try.encoded, after_hash);
}
