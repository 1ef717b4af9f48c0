#include "pages/register.h"

#include "pages/account.h"
#include "pages/door.h"
#include "pages/door_limits.h"
#include "pages/exclusion.h"
#include "pages/me_move.h"
#include "pages/problem.h"
#include "pages/recovery.h"
#include "pages/register_form.h"
#include "pages/register_minor.h"
#include "pages/register_store.h"
#include "pages/register_surge.h"
#include "pages/route.h"
#include "pages/security.h"
#include "pages/sign_in.h"

struct register_page {
	struct page_entry entry;	/* of who is signed in; first, see page.h */
	struct unit_choice choice;
	struct register_form form;
	struct consent_form consent;	/* of someone under 16: a page of its own */
	struct identity_indexes indexes;
	struct known_person known;
	bool phone_has_room;
	struct register_job job;
	struct account_try family;	/* whose salt the phone has, if anybody's */
	struct text encoded;		/* the password's hash */
	struct text recovery_code;
};

static const struct exclusion *excluded(const struct request *request,
					const struct register_page *page)
{
	return exclusion_match(request->contest, &page->indexes, page->choice.unit->id);
}

static int load_post(struct request *request, struct db *db, struct register_page *page)
{
	const struct rules_in_force *rules = page_rules(request);

	unit_choice_read(request, &request->form, &page->choice);
	register_form_read(request, &page->form);
	if (page->choice.complete)
		surge_read(request, &page->choice, &page->form);
	if (!page->choice.complete || register_form_is_wrong(&page->form))
		return 0;
	identity_of_person(request->site->keys, request->arena, page->form.name,
			   page->form.birth_iso, page->form.phone, &page->indexes);
	int result = known_person_load(request->arena, db, request->contest->id,
				       page->indexes.person, &page->known);
	if (result < 0)
		return result;
	page->family.n = account_find(request, db, page->form.phone, page->family.people);
	if (page->family.n < 0)
		return page->family.n;
	/* Whoever joins a phone learns nothing of those who have it. */
	request->several_people = page->family.n > (page->known.id ? 1 : 0);
	result = phone_has_room(request->arena, db, request->contest, &rules->profile,
				contest_ids_of(request->contest, rules), page->choice.group,
				page->indexes.phone, page->known.id);
	page->phone_has_room = result > 0;
	return result;
}

int register_minor_load(struct request *request, struct db *db)
{
	int result = register_load(request, db);
	struct register_page *page = request->page;

	if (result >= 0)
		consent_form_read(request, true, page->form.name, &page->consent);
	return result;
}

int register_load(struct request *request, struct db *db)
{
	struct register_page *page = arena_alloc(request->arena, sizeof(*page));

	request->page = page;
	if (!page)
		return STORE_FAILED;
	int result = page_load_entry(request, db, &page->entry);
	if (result < 0)
		return result;
	if (request->method == METHOD_POST)
		return load_post(request, db, page);
	unit_choice_read(request, &request->query, &page->choice);
	return 0;
}

/* Registration is open from the announcement to the close; before it the contest
 * is hidden (page_hides_contest). */
static bool is_closed(struct request *request, int status)
{
	struct text title = page_text(request, T("Đăng ký dự thi"));

	switch (contest_phase(request->contest, request->now)) {
	case PHASE_BEFORE:
	case PHASE_ANNOUNCED:
	case PHASE_OPEN:
		return false;
	case PHASE_CLOSED:
	case PHASE_PUBLISHED:
		register_refuse(request, status, title,
				page_text(request,
					T("Hội thi đã kết thúc nhận bài, nên không nhận đăng ký "
					  "nữa. Cảm ơn bạn đã quan tâm.")));
		return true;
	}
	return false;
}

static void refuse_excluded(struct request *request, const struct exclusion *exclusion)
{
	struct text why = exclusion->unit < 0
		? T("Theo thể lệ, những người sau đây không thuộc đối tượng dự thi: %s. Nếu đây là "
		    "nhầm lẫn, hãy liên hệ Ban Tổ chức. Cảm ơn bạn đã quan tâm đến hội thi.")
		: T("Theo thể lệ, đơn vị bạn chọn không thuộc đối tượng dự thi: %s. Nếu đây là nhầm "
		    "lẫn, hãy liên hệ Ban Tổ chức. Cảm ơn bạn đã quan tâm đến hội thi.");

	register_refuse(request, 403, page_text(request, T("Bạn không thuộc đối tượng dự thi")),
			page_text1(request, why, LANG_TEXT(exclusion->reason)));
}

void page_register_show(struct request *request)
{
	const struct register_page *page = request->page;

	if (page_hides_contest(request))
		return;
	if (page->choice.for_me) {
		register_move_show(request, &page->choice, &page->entry);
		return;
	}
	if (is_closed(request, 200))
		return;
	if (!page->choice.complete) {
		unit_choice_show(request, &page->choice, &page->entry, 200);
		return;
	}
	const struct exclusion *exclusion = excluded(request, page);
	if (exclusion)
		refuse_excluded(request, exclusion);
	else
		register_form_show(request, &page->choice, &page->entry, NULL, false, 200);
}

static void show_taken(struct request *request)
{
	struct register_page *page = request->page;

	security_note(request, "number-taken", page->form.phone);
	if (limit_taken(request))
		return;
	page->form.problems[REGISTER_PHONE] = page_text(request,
		T("Số điện thoại này đã được đăng ký."));
	register_form_show(request, &page->choice, &page->entry, &page->form, true, 409);
}

static void after_write(struct request *request);

static struct text seal(const struct request *request, const char *place, int64_t person,
			struct text plain)
{
	return keys_seal(request->site->keys, KEY_PERSONAL, request->arena, place, person, plain);
}

static void fill_job(struct request *request, bool person_is_new, struct register_job *job)
{
	struct register_page *page = request->page;
	const struct rules_in_force *rules = page_rules(request);
	int64_t id = id_next(request->site->ids);
	struct hash index;

	page->recovery_code = recovery_code_new(request->arena);
	index = recovery_index(request->site->keys, request->arena, id, page->recovery_code);
	*job = (struct register_job){
		.arena = request->arena, .contest = request->contest, .profile = &rules->profile,
		.ids = contest_ids_of(request->contest, rules), .indexes = page->indexes,
		.person_is_new = person_is_new, .person = id, .entry = id_next(request->site->ids),
		.name_sealed = seal(request, "person_data.name", id, page->form.name),
		.birth_sealed = seal(request, "person_data.birth", id, page->form.birth_iso),
		.phone_sealed = seal(request, "person_data.phone", id, page->form.phone),
		.password_hash = page->encoded, .group = page->choice.group,
		.unit = page->choice.unit->id, .unit_written = page->choice.written,
		.recovery_index = text_copy(request->arena, hash_text(&index)),
		.device = device_note_of(request, person_is_new ? id : page->known.id),
		.now = request->arrived_at,
	};
	consent_record_of(request, &page->consent, job->entry, &job->consent);
	register_job_draw_codes(job);
}

static void write(struct request *request, bool person_is_new)
{
	struct register_page *page = request->page;

	fill_job(request, person_is_new, &page->job);
	page_write_door(request, "register", 0, register_job_run, &page->job, after_write);
}

/* Someone who was there already, by a second press perhaps: then nobody saw the slip
 * that answered the first, and the page offers a new one. */
static void welcome_back(struct request *request)
{
	const struct register_page *page = request->page;

	account_succeeded(request, page->form.phone);
	security_note(request, "registered-again", page->form.phone);
	sign_in_as(request, page->known.id, page->known.epoch);
	reply_see_other(request, page_path(request, "/toi?moi"));
}

static void welcome(struct request *request)
{
	const struct register_page *page = request->page;
	const struct slip_shown slip = {
		.why = SLIP_REGISTERED, .name = page->form.name,
		.unit = unit_choice_shown(request, &page->choice),
		.group = page_rules(request)->profile.groups[page->choice.group].name,
		.entry_code = page->job.code, .recovery_code = page->recovery_code,
	};

	account_succeeded(request, page->form.phone);
	security_note_entry(request, "registered", page->job.code);
	slip_show(request, &slip);
	sign_in_as(request, page->job.person, 0);
}

static void after_check(struct request *request)
{
	struct register_page *page = request->page;

	if (request->hash_result != HASH_DONE) {
		limit_try_undone(request, page->form.phone);
		limit_registration_undone(request);
		page_problem(request, 503);
	} else if (account_password_is(page->known.password_hash, page->encoded)) {
		limit_try_undone(request, page->form.phone);
		if (page->known.entered)
			limit_registration_undone(request);
		write(request, false);
	} else {
		show_taken(request);
	}
}

/* Registering again with the right password signs in. */
static void check_known(struct request *request)
{
	struct register_page *page = request->page;

	if (page->known.password_hash.len == 0 || account_wait(request, page->form.phone).len)
		show_taken(request);
	else if (!limit_try(request, page->form.phone))
		request_hash(request, page->form.password, page->known.password_hash,
			     &page->encoded, after_check);
}

static void after_write(struct request *request)
{
	struct register_page *page = request->page;

	if (page_write_failed(request)) {
		limit_registration_undone(request);
		return;
	}
	switch (page->job.outcome) {
	case REGISTER_DONE:
		if (page->job.person_is_new)
			welcome(request);
		else
			welcome_back(request);
		return;
	case REGISTER_FOUND:	/* another tab was faster */
		page->known = page->job.found;
		check_known(request);
		return;
	case REGISTER_FULL:
		show_taken(request);
		return;
	}
}

static void after_hash(struct request *request)
{
	if (request->hash_result == HASH_DONE) {
		write(request, true);
	} else {
		limit_registration_undone(request);
		page_problem(request, 503);
	}
}

/* All is there: whoever is known signs in or enters, others become somebody. */
static void proceed(struct request *request)
{
	struct register_page *page = request->page;

	if (limit_registration(request))
		return;
	request->session.shared = page->form.shared;
	if (page->known.id)
		check_known(request);
	else if (!page->phone_has_room)
		show_taken(request);
	else
		request_hash(request, page->form.password, account_try_like(&page->family),
			     &page->encoded, after_hash);
}

/* Whoever would become an entry and is under 16. */
static bool needs_guardian(const struct request *request)
{
	const struct register_page *page = request->page;
	bool enters = page->known.id ? !page->known.entered : page->phone_has_room;
	return enters && register_is_minor(request, &page->form);
}

static bool doubts(struct request *request)
{
	struct register_page *page = request->page;

	page->form.doubtful = door_is_doubtful(request);
	if (page->form.doubtful)
		security_note(request, "form-doubted", page->form.phone);
	return page->form.doubtful;
}

/* What refuses a form that is right, or shows it again. True when a reply was left. */
static bool is_refused(struct request *request)
{
	struct register_page *page = request->page;
	const struct exclusion *exclusion = excluded(request, page);

	if (exclusion) {
		refuse_excluded(request, exclusion);
		return true;
	}
	if (!(register_form_is_odd(&page->form) && !page->form.confirmed) && !doubts(request) &&
	    surge_admits(request, &page->form, page->indexes.person))
		return false;
	register_form_show(request, &page->choice, &page->entry, &page->form, false, 422);
	return true;
}

/* The contest takes nobody, or group and unit are not chosen. True when a reply was
 * left. */
static bool is_too_early(struct request *request)
{
	const struct register_page *page = request->page;

	if (page_hides_contest(request) || is_closed(request, 409))
		return true;
	if (page->choice.complete)
		return false;
	unit_choice_show(request, &page->choice, &page->entry, 422);
	return true;
}

void page_register_post(struct request *request)
{
	struct register_page *page = request->page;

	if (is_too_early(request))
		return;
	if (register_form_is_wrong(&page->form)) {
		register_form_show(request, &page->choice, &page->entry, &page->form, false, 422);
		return;
	}
	if (is_refused(request))
		return;
	if (needs_guardian(request))
		register_minor_show(request, &page->choice, &page->form, NULL, 200);
	else
		proceed(request);
}

/* The form again where it is the form that has to be mended; else this page. True
 * when a reply was left. */
static bool minor_is_wrong(struct request *request)
{
	struct register_page *page = request->page;
	const struct text *problems = page->form.problems;

	if (problems[REGISTER_NAME].len || problems[REGISTER_BIRTH].len ||
	    problems[REGISTER_PHONE].len || problems[REGISTER_INVITATION].len ||
	    !register_is_minor(request, &page->form)) {
		register_form_show(request, &page->choice, &page->entry, &page->form, false, 422);
		return true;
	}
	if (!problems[REGISTER_PASSWORD].len && !consent_form_is_wrong(&page->consent) &&
	    !doubts(request))
		return false;
	register_minor_show(request, &page->choice, &page->form, &page->consent, 422);
	return true;
}

void page_register_minor_post(struct request *request)
{
	if (!is_too_early(request) && !minor_is_wrong(request) && !is_refused(request))
		proceed(request);
}
