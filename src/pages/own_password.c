#include "pages/own_password.h"

#include "pages/account.h"
#include "pages/door_limits.h"
#include "pages/route.h"
#include "pages/security.h"
#include "rules/password.h"

#include "store_queries.h"

int own_password_load(struct request *request, struct db *db, const struct page_entry *entry,
		      struct own_password *ret)
{
	struct q_person_get row;
	int result = q_person_get(db, request->arena, request->session.person, &row);

	if (result <= 0)
		return STORE_FAILED;
	*ret = (struct own_password){
		/* A phone may have been taken back. */
		.who = entry->phone.len ? entry->phone : entry->code,
		.kept = row.password_hash,
	};
	return result;
}

/* False, for the caller to pass on. */
static bool refuse(struct own_password *own, struct text problem, int status)
{
	own->problem = problem;
	own->status = status;
	return false;
}

bool own_password_try(struct request *request, struct own_password *own, request_fn *then)
{
	struct text password = password_read(request->arena, form_value(&request->form, "matkhau"));
	struct text wait = account_wait(request, own->who);

	if (wait.len)
		return refuse(own, page_text1(request,
			T("Đã sai nhiều lần: hãy thử lại sau %s."), LANG_TEXT(wait)), 429);
	if (password.len == 0 || text_count_chars(password) > PASSWORD_CHARS_MAX)
		return refuse(own, page_text(request, T("Hãy ghi mật khẩu.")), 422);
	if (limit_try(request, own->who))
		return refuse(own, TEXT_EMPTY, 0);
	request_hash(request, password, own->kept, &own->encoded, then);
	return true;
}

bool own_password_is_right(struct request *request, struct own_password *own, const char *failed)
{
	if (request->hash_result != HASH_DONE) {
		limit_try_undone(request, own->who);
		page_problem(request, 503);
		return refuse(own, TEXT_EMPTY, 0);
	}
	if (!account_password_is(own->kept, own->encoded)) {
		security_note(request, failed, own->who);
		return refuse(own, page_text(request, T("Mật khẩu không đúng.")), 422);
	}
	limit_try_undone(request, own->who);
	return true;
}
