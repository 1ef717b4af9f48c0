#include "pages/consent.h"
#include "pages/door.h"
#include "pages/password_form.h"
#include "pages/register_form.h"
#include "pages/register_surge.h"

#include "views/views.h"

static const char *const field_ids[REGISTER_FIELD_COUNT] = {
	[REGISTER_NAME] = "hoten", [REGISTER_BIRTH] = "ngaysinh", [REGISTER_PHONE] = "sdt",
	[REGISTER_PASSWORD] = "matkhau", [REGISTER_CONSENT] = "dongy",
	[REGISTER_INVITATION] = "moi",
};

static void list(const struct text texts[REGISTER_FIELD_COUNT], struct problem_list *ret)
{
	for (int i = 0; i < REGISTER_FIELD_COUNT; i++)
		problem_list_add(ret, field_ids[i], texts[i]);
}

static void fill_problems(const struct request *request, const struct register_form *form,
			  struct register_view *v)
{
	struct text problems[REGISTER_FIELD_COUNT];

	memcpy(problems, form->problems, sizeof(problems));
	if (register_form_is_wrong(form) && problems[REGISTER_PASSWORD].len == 0)
		problems[REGISTER_PASSWORD] = password_again(request);
	v->name_problem = problems[REGISTER_NAME];
	v->birth_problem = problems[REGISTER_BIRTH];
	v->phone_problem = problems[REGISTER_PHONE];
	v->password_problem = problems[REGISTER_PASSWORD];
	v->consent_problem = problems[REGISTER_CONSENT];
	list(problems, &v->problems);
}

static void fill(const struct request *request, const struct register_form *form,
		 struct register_view *v)
{
	v->name = form->name_typed;
	v->birth = form->birth_typed;
	v->phone = form->phone_typed;
	v->birth_read = form->birth_read;
	v->phone_read = form->phone_read;
	v->consents = form->consents;
	v->door.shared = form->shared;
	if (form->doubtful)
		v->doubt = door_doubt_text(request);
	fill_problems(request, form, v);
	list(form->warnings, &v->warnings);
}

void register_form_show(struct request *request, const struct unit_choice *choice,
			const struct page_entry *entry, const struct register_form *form,
			bool taken,
			int status)
{
	const struct profile *profile = &page_rules(request)->profile;
	const struct profile_group *group = &profile->groups[choice->group];
	struct text consent[CONSENT_SENTENCES_MAX];
	struct hash consent_hash;
	struct register_view v = {
		.page = page_view_of(request, page_text(request, T("Đăng ký dự thi")), ""),
		.group_name = group->name, .unit = unit_choice_shown(request, choice),
		.locality = group->place == GROUP_PLACE_LOCALITY,
		.again = unit_link(request, &(struct unit_link){ .group = choice->group }),
		.code_group = group->code, .code_unit = choice->unit->code,
		.written = choice->written,
		.problems = { .title = T("Chưa đăng ký được, hãy sửa:") },
		.taken = taken, .signed_in_as = entry->entered ? entry->name : TEXT_EMPTY,
		.consent = consent, .doubt = TEXT_EMPTY, .door = { .trap = TEXT_EMPTY },
		.per_unit = profile->people_per_phone[GROUP_PLACE_UNIT],
		.per_family = profile->people_per_phone[GROUP_PLACE_LOCALITY],
	};

	v.page.narrow = true;
	v.n_consent = consent_sentences(request->arena, &page_rules(request)->profile,
					request->lang, false, consent, &consent_hash);
	if (form)
		fill(request, form, &v);
	surge_fill(request, form, taken, &v);
	page_render(request, status, view_register, &v);
}
