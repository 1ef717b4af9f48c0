#include "pages/register_form.h"
#include "pages/register_surge.h"

#include "views/views.h"

static const char *const field_ids[REGISTER_FIELD_COUNT] = {
	[REGISTER_NAME] = "hoten", [REGISTER_BIRTH] = "ngaysinh", [REGISTER_PHONE] = "sdt",
	[REGISTER_PASSWORD] = "matkhau", [REGISTER_CONSENT] = "dongy",
	[REGISTER_INVITATION] = "moi",
};

/* Those that are not empty, with their fields. Returns how many. */
static int list(const struct text texts[REGISTER_FIELD_COUNT],
		struct field_problem ret[REGISTER_FIELD_COUNT])
{
	int n = 0;

	for (int i = 0; i < REGISTER_FIELD_COUNT; i++)
		if (texts[i].len)
			ret[n++] = (struct field_problem){ text_from_z(field_ids[i]), texts[i] };
	return n;
}

static void fill(struct register_view *v, const struct register_form *form)
{
	v->name = form->name_typed;
	v->birth = form->birth_typed;
	v->phone = form->phone_typed;
	v->birth_read = form->birth_read;
	v->phone_read = form->phone_read;
	v->consents = form->consents;
	v->name_problem = form->problems[REGISTER_NAME];
	v->birth_problem = form->problems[REGISTER_BIRTH];
	v->phone_problem = form->problems[REGISTER_PHONE];
	v->password_problem = form->problems[REGISTER_PASSWORD];
	v->consent_problem = form->problems[REGISTER_CONSENT];
	v->n_problems = list(form->problems, v->problems);
	v->n_warnings = list(form->warnings, v->warnings);
}

void register_form_show(struct request *request, const struct unit_choice *choice,
			const struct page_entry *entry, const struct register_form *form,
			bool taken,
			int status)
{
	const struct profile_group *group = &page_rules(request)->profile.groups[choice->group];
	struct field_problem problems[REGISTER_FIELD_COUNT], warnings[REGISTER_FIELD_COUNT];
	struct text consent[REGISTER_CONSENT_MAX];
	struct hash consent_hash;
	struct register_view v = {
		.page = page_view_of(request, page_text(request, T("Đăng ký dự thi")), ""),
		.group_name = group->name, .unit = unit_choice_shown(request, choice),
		.locality = group->place == GROUP_PLACE_LOCALITY,
		.again = unit_link(request, &(struct unit_link){ .group = choice->group }),
		.code_group = group->code, .code_unit = choice->unit->code,
		.written = choice->written, .problems = problems, .warnings = warnings,
		.taken = taken, .signed_in_as = entry->entered ? entry->name : TEXT_EMPTY,
		.consent = consent,
	};

	v.page.narrow = true;
	v.n_consent = register_consent(request, consent, &consent_hash);
	if (form)
		fill(&v, form);
	surge_fill(request, form, taken, &v);
	page_render(request, status, view_register, &v);
}
