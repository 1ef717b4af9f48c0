#include "pages/password_form.h"

#include "pages/page.h"

static struct text words(const struct request *request, enum password_verdict verdict)
{
	static const struct text all[] = {
		[PASSWORD_FINE] = { "", 0 },
		[PASSWORD_EMPTY] = T("Hãy đặt mật khẩu."),
		[PASSWORD_SHORT] = T("Mật khẩu cần ít nhất %d ký tự."),
		[PASSWORD_LONG] = T("Mật khẩu dài quá %d ký tự."),
		[PASSWORD_ONESELF] = T("Mật khẩu không được là họ tên hay ngày sinh của bạn, "
				       "kể cả khi thêm số ở cuối."),
		[PASSWORD_CONTEST] = T("Mật khẩu không được là tên hội thi hay tên đơn vị tổ "
				       "chức, kể cả khi thêm số ở cuối."),
		[PASSWORD_COMMON] = T("Rất nhiều người dùng mật khẩu này nên kẻ xấu sẽ thử "
				      "trước tiên. Hãy ghép vài từ không liên quan với nhau."),
		[PASSWORD_REPEATED] = T("Mật khẩu chỉ lặp lại vài ký tự. Hãy ghép vài từ "
					"không liên quan với nhau."),
		[PASSWORD_RUN] = T("Mật khẩu chỉ gồm các ký tự liền nhau như 1234 hay qwerty. "
				   "Hãy ghép vài từ không liên quan với nhau."),
		[PASSWORD_PHONE] = T("Mật khẩu không được là số điện thoại."),
		[PASSWORD_YEARS] = T("Mật khẩu không được chỉ gồm các năm."),
	};

	if (verdict == PASSWORD_SHORT || verdict == PASSWORD_LONG)
		return page_text1(request, all[verdict],
				  LANG_INT(verdict == PASSWORD_SHORT ? PASSWORD_CHARS_MIN
								     : PASSWORD_CHARS_MAX));
	return all[verdict].len ? page_text(request, all[verdict]) : TEXT_EMPTY;
}

struct text password_problem(const struct request *request, struct text password)
{
	const struct profile *profile = &page_rules(request)->profile;
	return words(request, password_judge(request->arena, password, profile));
}

struct text password_problem_of(const struct request *request, struct text password,
				const struct password_owner *owner)
{
	return words(request, password_judge_owner(request->arena, password, owner));
}

struct text password_again(const struct request *request)
{
	return page_text(request, T("Mật khẩu cần ghi lại."));
}
