#include "pages/register_form.h"

#include "pages/password_form.h"

static void read_name(const struct request *request, struct register_form *form)
{
	switch (person_read_name(request->arena, form->name_typed, &form->name)) {
	case NAME_FINE:
		return;
	case NAME_ODD:
		form->warnings[REGISTER_NAME] = page_text(
			request,
			T("Họ tên trông khác thường. Nếu đúng là họ tên của bạn, cứ để "
			  "nguyên."));
		return;
	case NAME_REFUSED:
		break;
	}
	form->problems[REGISTER_NAME] = text_trim(form->name_typed).len == 0
		? page_text(request, T("Hãy ghi họ và tên."))
		: page_text1(request,
			T("Họ và tên chỉ gồm chữ cái, dấu cách, gạch nối, dấu nháy; không quá %d "
			  "ký tự."),
			     LANG_INT(PERSON_NAME_CHARS_MAX));
}

/* Whoever is old enough by the end of the contest may register; the start of a
 * paper asks again. */
static struct text too_young(const struct request *request, const struct birth *birth)
{
	const struct profile *profile = &page_rules(request)->profile;

	if (profile->min_age <= 0 || person_is_aged(birth, profile->min_age, profile->close_at - 1))
		return TEXT_EMPTY;
	return page_text1(request, T("Hội thi dành cho người từ đủ %d tuổi."),
			  LANG_INT(profile->min_age));
}

static void read_birth(const struct request *request, struct register_form *form)
{
	struct birth birth;

	switch (person_read_birth(form->birth_typed, request->now, &birth)) {
	case BIRTH_FINE:
		form->birth_iso = person_birth_iso(request->arena, &birth);
		form->birth_read = person_format_birth(request->arena, &birth);
		form->problems[REGISTER_BIRTH] = too_young(request, &birth);
		if (birth.month == 0)
			form->warnings[REGISTER_BIRTH] = page_text1(
				request,
				T("Bạn chỉ ghi năm sinh %d. Nếu nhớ ngày và tháng, hãy "
				  "ghi đủ; nếu không, cứ để nguyên."),
				LANG_INT(birth.year));
		return;
	case BIRTH_EMPTY:
		form->problems[REGISTER_BIRTH] = page_text(request, T("Hãy ghi ngày sinh."));
		return;
	case BIRTH_NO_DATE:
		form->problems[REGISTER_BIRTH] = page_text(
			request,
			T("Ngày sinh chưa đúng. Ghi ngày, tháng và năm bốn chữ số, ví dụ "
			  "05081966 hoặc 5/8/1966."));
		return;
	case BIRTH_FUTURE:
		form->problems[REGISTER_BIRTH] = page_text(request, T("Ngày sinh ở sau hôm nay."));
		return;
	case BIRTH_TOO_OLD:
		form->problems[REGISTER_BIRTH] = page_text(request,
			T("Năm sinh quá xa, hãy xem lại."));
		return;
	}
}

static void read_phone(const struct request *request, struct register_form *form)
{
	switch (person_read_phone(request->arena, form->phone_typed, &form->phone)) {
	case PHONE_FINE:
		break;
	case PHONE_CONVERTED:
		form->warnings[REGISTER_PHONE] = page_text1(
			request,
			T("Số 11 chữ số đã được đổi thành %s theo đầu số mới. Hãy kiểm "
			  "tra lại."),
			LANG_TEXT(person_format_phone(request->arena, form->phone)));
		break;
	case PHONE_EMPTY:
		form->problems[REGISTER_PHONE] = page_text(request, T("Hãy ghi số điện thoại."));
		return;
	case PHONE_NO_MOBILE:
		form->problems[REGISTER_PHONE] = page_text(
			request,
			T("Đây không phải số di động Việt Nam. Ghi 10 chữ số, ví dụ 0912 "
			  "345 678."));
		return;
	}
	form->phone_read = person_format_phone(request->arena, form->phone);
}

static void read_password(const struct request *request, struct register_form *form)
{
	const struct password_owner owner = { form->name, form->birth_iso };

	form->password = password_read(request->arena, form_value(&request->form, "matkhau"));
	form->problems[REGISTER_PASSWORD] = password_problem(request, form->password);
	if (form->problems[REGISTER_PASSWORD].len == 0)
		form->problems[REGISTER_PASSWORD] =
			password_problem_of(request, form->password, &owner);
}

void register_form_read_who(const struct request *request, struct register_form *form)
{
	form->name_typed = form_value(&request->form, "hoten");
	form->birth_typed = form_value(&request->form, "ngaysinh");
	read_name(request, form);
	read_birth(request, form);
}

void register_form_read(struct request *request, struct register_form *ret)
{
	*ret = (struct register_form){
		.phone_typed = form_value(&request->form, "sdt"),
		.invitation = TEXT_EMPTY, .proof = TEXT_EMPTY,
		.consents = form_has(&request->form, "dongy"),
		.confirmed = form_has(&request->form, "xacnhan"),
		.shared = form_has(&request->form, "maychung"),
	};
	register_form_read_who(request, ret);
	read_phone(request, ret);
	read_password(request, ret);
	if (!ret->consents)
		ret->problems[REGISTER_CONSENT] = page_text(
			request,
			T("Bạn cần đồng ý thì Ban Tổ chức mới được nhận thông tin của "
			  "bạn."));
}

static bool any(const struct text texts[REGISTER_FIELD_COUNT])
{
	for (int i = 0; i < REGISTER_FIELD_COUNT; i++)
		if (texts[i].len)
			return true;
	return false;
}

bool register_form_is_wrong(const struct register_form *form)
{
	return any(form->problems);
}

bool register_form_is_odd(const struct register_form *form)
{
	return any(form->warnings);
}
