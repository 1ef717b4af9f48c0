/* Withdrawing consent, and erasing. Each is one transaction, after which nobody is
 * signed in as this person anywhere. */
#include "pages/my_data.h"
#include "pages/my_data_view.h"
#include "pages/password_form.h"
#include "pages/route.h"
#include "pages/security.h"
#include "store/act.h"
#include "store/person.h"

#include "views/views.h"

struct end_job {
	/* in */
	const struct site *site;
	struct arena *arena;
	int64_t person, entry;
	int64_t now;			/* machine clock */
	struct act act;
	/* out */
	struct hold hold;
};

static void write_end(struct request *request, const char *name, struct text kind,
		      int (*fn)(void *ctx, struct db *db), request_fn *then)
{
	const struct my_data *data = request->page;
	struct end_job *args = arena_alloc(request->arena, sizeof(*args));

	if (!args) {
		page_problem(request, 503);
		return;
	}
	*args = (struct end_job){
		.site = request->site, .arena = request->arena, .person = request->session.person,
		.entry = data->sitting.entry.id, .now = request->arrived_at,
		.act = { .actor = TEXT("person"), .kind = kind, .subject = data->sitting.entry.code,
			 .before = TEXT_EMPTY, .after = TEXT_EMPTY, .reason = TEXT_EMPTY },
	};
	page_write_door(request, name, args->entry, fn, args, then);
}

static void show_end(struct request *request, bool erased)
{
	struct text title = erased ? page_text(request, T("Đã xóa dữ liệu của bạn"))
				   : page_text(request, T("Đã rút lại sự đồng ý"));

	security_note_entry(request, erased ? "erased" : "withdrawn",
			    ((const struct my_data *)request->page)->sitting.entry.code);
	request->session.person = 0;
	struct my_data_end_view v = { .page = page_view_of(request, title, ""),
				      .was_erased = erased };
	v.page.is_private = v.page.narrow = true;
	page_render(request, 200, view_my_data_end, &v);
	request->reply.cookie = COOKIE_SIGN_OUT;
}

/* --- withdrawing */

/* STORE_NONE: it had ended before. */
static int withdraw(void *ctx, struct db *db)
{
	struct end_job *job = ctx;
	int ended = q_entry_end_put(db, job->entry, ENTRY_WITHDRAWN, -1, job->now);

	if (ended <= 0)
		return ended;
	if (q_epoch_next(db, job->person) < 0 || q_devices_end(db, job->person, job->now) < 0)
		return STORE_FAILED;
	return act_add(db, job->arena, job->now, &job->act);
}

static void after_withdraw(struct request *request)
{
	if (page_write_failed(request))
		return;
	if (request->job->result == STORE_NONE)
		reply_see_other(request, page_path(request, "/du-lieu"));
	else
		show_end(request, false);
}

void page_withdraw_post(struct request *request)
{
	const struct my_data *data = request->page;

	if (page_lead_to_entry(request, &data->sitting.entry))
		return;
	if (!form_has(&request->form, "rutlai")) {
		const struct my_data_problems problems = {
			.withdraw = page_text(request,
				T("Hãy đánh dấu vào ô này nếu bạn muốn rút lại.")),
		};
		my_data_show(request, &problems, 422);
		return;
	}
	write_end(request, "withdraw", TEXT("person.withdraw"), withdraw, after_withdraw);
}

/* --- erasing */

/* STORE_NONE: it is held (job->hold), or there is nobody any more. */
static int erase(void *ctx, struct db *db)
{
	struct end_job *job = ctx;
	int64_t now = job->now + job->site->clock.shift_ms;

	if (hold_load(job->site, job->arena, db, job->person, now, &job->hold) < 0)
		return STORE_FAILED;
	if (hold_refuses(&job->hold, now))
		return STORE_NONE;
	int erased = person_erase(db, job->person, job->now);
	return erased <= 0 ? erased : act_add(db, job->arena, job->now, &job->act);
}

static void after_erase(struct request *request)
{
	if (page_write_failed(request))
		return;
	if (request->job->result == STORE_NONE)	/* the page says why */
		reply_see_other(request, page_path(request, "/du-lieu"));
	else
		show_end(request, true);
}

static void refuse_password(struct request *request)
{
	const struct my_data *data = request->page;
	const struct my_data_problems problems = { .password = data->password.problem };

	if (problems.password.len)
		my_data_show(request, &problems, data->password.status);
}

static void after_password(struct request *request)
{
	struct my_data *data = request->page;

	if (own_password_is_right(request, &data->password, "erase-failed"))
		write_end(request, "erase", TEXT("person.erase"), erase, after_erase);
	else
		refuse_password(request);
}

void page_erase_post(struct request *request)
{
	struct my_data *data = request->page;

	if (page_lead_to_entry(request, &data->sitting.entry))
		return;
	if (hold_refuses(&data->hold, request->now)) {
		my_data_show(request, NULL, 409);
	} else if (!form_has(&request->form, "xoa")) {
		const struct my_data_problems problems = {
			.erase = page_text(request, T("Hãy đánh dấu vào ô này nếu bạn muốn xóa.")),
			.password = password_again(request),
		};
		my_data_show(request, &problems, 422);
	} else if (!own_password_try(request, &data->password, after_password)) {
		refuse_password(request);
	}
}
