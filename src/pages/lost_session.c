#include "pages/lost_session.h"

#include "pages/page.h"
#include "pages/sign_in_view.h"

#include "views/views.h"

/* Fields of a paper's form, but for the token. */
static bool is_of_paper(struct text name)
{
	static const char *const names[] = { "rev", "no", "base", "baseflags", "basep", "p" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (text_equal_z(name, names[i]))
			return true;
	int64_t number;
	return name.len > 1 && (name.ptr[0] == 'a' || name.ptr[0] == 'f') &&
	       text_to_int64(text_part(name, 1, name.len), &number) == 0;
}

void lost_answers_read(const struct request *request, struct text part, struct lost_answers *ret)
{
	const struct form *form = &request->form;

	*ret = (struct lost_answers){ .part = TEXT_EMPTY };
	if (part.len == 0 || !form_has(form, "base"))
		return;
	ret->fields = arena_array(request->arena, (size_t)form->n + 1, sizeof(*ret->fields));
	for (int i = 0; ret->fields && i < form->n; i++)
		if (is_of_paper(form->fields[i].name))
			ret->fields[ret->n++] = (struct problem_field){
				form->fields[i].name, form->fields[i].value, false,
			};
	ret->part = part;
}

bool lost_session_show(struct request *request)
{
	struct lost_answers lost;

	lost_answers_read(request, request->part, &lost);
	if (!request->contest || lost.part.len == 0)
		return false;
	struct sign_in_view v = {
		.page = page_view_of(request, page_text(request, T("Đăng nhập lại")), ""),
		.who = TEXT_EMPTY, .next = TEXT_EMPTY, .who_problem = TEXT_EMPTY,
		.password_problem = TEXT_EMPTY, .part = lost.part,
		.carried = lost.fields, .n_carried = lost.n,
	};

	v.page.is_private = v.page.narrow = true;
	page_render(request, 401, view_sign_in, &v);
	return true;
}

void lost_session_offer(struct request *request, const struct lost_answers *lost)
{
	struct lost_view v = {
		.page = page_view_of(request, page_text(request, T("Gửi lại câu trả lời")), "sit"),
		.part = lost->part, .fields = lost->fields, .n_fields = lost->n,
	};

	v.page.token = request->host->token(request);
	v.page.is_private = v.page.narrow = true;
	page_render(request, 200, view_lost, &v);
}
