#include "pages/register_surge.h"

#include "pages/door_limits.h"
#include "pages/invitation.h"
#include "pages/work.h"

static bool is_on(const struct request *request)
{
	return contest_surge(request->contest, request->now);
}

static struct text worked_in_vain(const struct request *request)
{
	return page_text(request,
		T("Phép tính của máy đã hết hạn hoặc đã dùng rồi. Máy sẽ tính lại: đợi ít giây "
		  "rồi bấm Đăng ký, hoặc ghi mã mời."));
}

static struct text problem(const struct request *request, const struct register_form *form)
{
	switch (work_check(request->site->keys, form->proof, request->session.device,
			   request->contest->id, request->arrived_at)) {
	case WORK_FINE:
		return TEXT_EMPTY;
	case WORK_ABSENT:
		break;
	case WORK_WRONG:
	case WORK_EXPIRED:
		return worked_in_vain(request);
	}
	if (text_trim(form->invitation).len)
		return page_text(request,
			T("Mã mời này không phải của đơn vị, địa phương bạn đã chọn. Hãy xem lại "
			  "mã, hoặc chọn lại đơn vị."));
	return page_text(request,
		T("Đang có rất nhiều người đăng ký, nên cần mã mời của đơn vị, địa phương, hoặc "
		  "đợi máy của bạn tính xong rồi bấm Đăng ký."));
}

void surge_read(const struct request *request, const struct unit_choice *choice,
		struct register_form *form)
{
	form->invitation = form_value(&request->form, "moi");
	form->proof = form_value(&request->form, "cong");
	if (!is_on(request))
		return;
	struct text code = invitation_carried(request);
	form->invited = code.len && invitation_fits(request->arena, request->site->keys,
						    request->contest, choice->unit, code);
	if (form->invited)
		return;
	form->problems[REGISTER_INVITATION] = problem(request, form);
	if (form->problems[REGISTER_INVITATION].len)
		form->proof = TEXT_EMPTY;
}

bool surge_admits(const struct request *request, struct register_form *form,
		  struct text person_index)
{
	if (!is_on(request) || form->invited || limit_work(request, form->proof, person_index))
		return true;
	form->problems[REGISTER_INVITATION] = worked_in_vain(request);
	form->proof = TEXT_EMPTY;
	return false;
}

void surge_fill(const struct request *request, const struct register_form *form, bool taken,
		struct register_view *v)
{
	v->invitation = form ? form->invitation : invitation_carried(request);
	v->proof = form && !taken ? form->proof : TEXT_EMPTY;
	v->invitation_problem = form ? form->problems[REGISTER_INVITATION] : TEXT_EMPTY;
	v->surge = is_on(request);
	v->challenge = TEXT_EMPTY;
	v->work_bits = WORK_BITS;
	if (v->surge)
		v->challenge = work_challenge(request->arena, request->site->keys,
					      request->session.device, request->contest->id,
					      request->arrived_at);
}
