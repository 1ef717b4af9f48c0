#include "pages/phone_help.h"

#include "pages/page.h"
#include "pages/phone_help_view.h"
#include "pages/problem.h"

#include "views/views.h"

void page_phone_help_show(struct request *request)
{
	struct phone_help_view v = {
		.page = page_view_of(request, page_text(request, T("Có người đã dùng số của tôi")), ""),
	};

	if (page_hides_contest(request))
		return;
	v.page.narrow = true;
	page_is_public(request, page_next_change(request));
	page_render(request, 200, view_phone_help, &v);
}
