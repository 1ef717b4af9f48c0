#include "pages/correct.h"

#include "pages/correct_store.h"
#include "pages/correct_view.h"
#include "pages/exclusion.h"
#include "pages/my_data.h"
#include "pages/register_unit.h"
#include "pages/route.h"
#include "pages/security.h"

#include "views/views.h"

/* What is posted, read. */
struct correction {
	struct register_form form;	/* name and birth of it */
	struct birth birth;
	struct consent_form consent;
	bool needs_consent;		/* someone else has to agree than did before */
};

static void read_correction(struct request *request, const struct my_data *data,
			    struct correction *ret)
{
	*ret = (struct correction){ .needs_consent = false };
	register_form_read_who(request, &ret->form);
	if (person_birth_from_iso(ret->form.birth_iso, &ret->birth) != 0)
		return;
	bool minor = my_data_is_minor(request, data, &ret->birth);
	ret->needs_consent = minor != data->has_guardian;
	consent_form_read(request, minor, ret->form.name, &ret->consent);
}

static void show_problems(struct request *request, const struct correction *correction,
			  struct text name_problem, int status)
{
	const struct register_form *form = &correction->form;
	const struct my_data_problems problems = {
		.name = name_problem, .birth = form->problems[REGISTER_BIRTH],
		.name_typed = form->name_typed, .birth_typed = form->birth_typed,
	};

	my_data_show(request, &problems, status);
}

/* Asks for the other consent; what is wrong with it only once it was posted. */
static void ask_consent(struct request *request, const struct correction *correction)
{
	const struct consent_form first = { .minor = correction->consent.minor };
	bool posted = form_has(&request->form, "xacnhan");
	struct correct_view v = {
		.page = page_view_of(request, page_text(request, T("Sửa họ tên, ngày sinh")), "me"),
		.name = correction->form.name, .birth = correction->form.birth_read,
		.problems = { .title = T("Chưa sửa được, hãy xem lại:") },
	};

	v.page.is_private = v.page.narrow = true;
	if (posted)
		consent_form_problems(&correction->consent, &v.problems);
	consent_form_show(request, posted ? &correction->consent : &first, correction->form.name,
			  &v.consent);
	page_render(request, posted ? 422 : 200, view_correct, &v);
}

static void after_correct(struct request *request)
{
	const struct correct_job *job = request->job->ctx;
	struct correction correction;

	if (page_write_failed(request))
		return;
	switch (job->outcome) {
	case CORRECT_DONE:
		security_note_entry(request, "corrected", job->act.subject);
		reply_see_other(request, page_path(request, "/du-lieu?da-sua"));
		return;
	case CORRECT_TAKEN:
		read_correction(request, request->page, &correction);
		show_problems(request, &correction, page_text(request,
			T("Đã có người đăng ký với đúng số điện thoại, họ tên và ngày sinh này. "
			  "Nếu đó cũng là bạn, hãy dùng lần đăng ký kia, hoặc liên hệ Ban Tổ "
			  "chức.")), 409);
		return;
	case CORRECT_BEGUN:
		reply_see_other(request, page_path(request, "/du-lieu?da-thi"));
		return;
	case CORRECT_GONE:
		reply_see_other(request, page_path(request, "/du-lieu"));
		return;
	}
}

static bool is_excluded(const struct request *request, const struct page_entry *entry,
			const struct correct_job *job)
{
	return exclusion_match(request->contest, &job->indexes, entry->unit ? entry->unit->id : -1);
}

static void write_correction(struct request *request, const struct my_data *data,
			     const struct correction *correction)
{
	const struct page_entry *entry = &data->sitting.entry;
	struct correct_job *args = arena_alloc(request->arena, sizeof(*args));

	if (!args) {
		page_problem(request, 503);
		return;
	}
	*args = (struct correct_job){
		.arena = request->arena, .person = request->session.person, .entry = entry->id,
		.agrees = correction->needs_consent, .now = request->arrived_at,
		.act = { .actor = TEXT("person"), .kind = TEXT("person.correct"),
			 .subject = entry->code, .before = TEXT_EMPTY, .after = TEXT_EMPTY,
			 .reason = TEXT_EMPTY },
	};
	correct_job_fill(request->site->keys, args, entry, correction->form.name,
			 correction->form.birth_iso);
	if (is_excluded(request, entry, args)) {
		show_problems(request, correction, page_text(request,
			T("Theo thể lệ, người mang họ tên và ngày sinh này không thuộc đối tượng "
			  "dự thi. Nếu đây là nhầm lẫn, hãy liên hệ Ban Tổ chức.")), 403);
		return;
	}
	if (args->agrees)
		consent_record_of(request, &correction->consent, entry->id, &args->consent);
	page_write_door(request, "correct", entry->id, correct_job_run, args, after_correct);
}

void page_correct_post(struct request *request)
{
	const struct my_data *data = request->page;
	const struct page_entry *entry = &data->sitting.entry;
	struct correction correction;

	if (page_lead_to_entry(request, entry))
		return;
	read_correction(request, data, &correction);
	const struct register_form *form = &correction.form;
	if (data->hold.papers > 0)
		reply_see_other(request, page_path(request, "/du-lieu?da-thi"));
	else if (data->sitting.has_ended)
		reply_see_other(request, page_path(request, "/du-lieu"));
	else if (register_form_is_wrong(form))
		show_problems(request, &correction, form->problems[REGISTER_NAME], 422);
	else if (text_equal(form->name, entry->name) &&
		 text_equal(form->birth_iso, entry->birth_iso))
		reply_see_other(request, page_path(request, "/du-lieu"));
	else if (correction.needs_consent && (!form_has(&request->form, "xacnhan") ||
					      consent_form_is_wrong(&correction.consent)))
		ask_consent(request, &correction);
	else
		write_correction(request, data, &correction);
}
