#include "pages/door.h"

#include "pages/page.h"

static bool trap_is_filled(const struct request *request)
{
	return form_value(&request->form, "trangweb").len > 0;
}

bool door_is_doubtful(const struct request *request)
{
	return trap_is_filled(request) || request->form_age_ms < DOOR_FORM_LEAST_MS ||
	       request->form_age_ms > DOOR_FORM_MOST_MS;
}

struct text door_doubt_text(const struct request *request)
{
	if (request->form_age_ms > DOOR_FORM_MOST_MS)
		return page_text(request, T("Trang đã mở quá lâu. Hãy xem lại thông tin rồi gửi lần nữa."));
	return page_text(request, T("Hãy xem lại thông tin rồi gửi lần nữa."));
}
