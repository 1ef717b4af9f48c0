#include "pages/register_minor.h"

#include "pages/door.h"
#include "pages/password_form.h"
#include "pages/register_minor_view.h"

#include "views/views.h"

bool register_is_minor(const struct request *request, const struct register_form *form)
{
	struct birth birth;
	return person_birth_from_iso(form->birth_iso, &birth) == 0 &&
	       consent_needs_guardian(request, &birth);
}

void register_minor_show(struct request *request, const struct unit_choice *choice,
			 const struct register_form *form, const struct consent_form *consent,
			 int status)
{
	const struct profile_group *group = &page_rules(request)->profile.groups[choice->group];
	const struct consent_form first = { .minor = true };
	struct register_minor_view v = {
		.page = page_view_of(request, page_text(request, T("Người đại diện đồng ý")), ""),
		.group_name = group->name, .unit = unit_choice_shown(request, choice),
		.code_group = group->code, .code_unit = choice->unit->code,
		.written = choice->written, .name = form->name, .birth = form->birth_read,
		.invitation = form->invitation, .proof = form->proof,
		.door = { .shared = form->shared, .trap = TEXT_EMPTY },
		.doubt = form->doubtful ? door_doubt_text(request) : TEXT_EMPTY,
		.phone = form->phone_read, .password_problem = TEXT_EMPTY,
		.problems = { .title = T("Chưa đăng ký được, hãy sửa:") },
		.again = unit_link(request, &(struct unit_link){ .group = choice->group,
								 .unit = choice->unit->code,
								 .written = choice->written }),
	};

	v.page.is_private = v.page.narrow = true;
	consent_form_show(request, consent ? consent : &first, form->name, &v.consent);
	if (consent) {
		consent_form_problems(consent, &v.problems);
		v.password_problem = form->problems[REGISTER_PASSWORD];
		if (v.problems.n && v.password_problem.len == 0)
			v.password_problem = password_again(request);
	}
	problem_list_add(&v.problems, "matkhau", v.password_problem);
	page_render(request, status, view_register_minor, &v);
}
