#include "pages/me_move.h"

#include "pages/exclusion.h"
#include "pages/me.h"
#include "pages/register_store.h"
#include "pages/register_view.h"
#include "pages/route.h"

#include "views/views.h"

void register_move_show(struct request *request, const struct unit_choice *choice,
			const struct page_entry *entry)
{
	if (page_lead_to_entry(request, entry))
		return;
	if (!choice->complete) {
		unit_choice_show(request, choice, entry, 200);
		return;
	}
	const struct profile_group *group = &page_rules(request)->profile.groups[choice->group];
	struct register_move_view v = {
		.page = page_view_of(request, page_text(request, T("Đổi nhóm hoặc đơn vị")), "me"),
		.group_name = group->name, .unit = unit_choice_shown(request, choice),
		.code_group = group->code, .code_unit = choice->unit->code,
		.written = choice->written,
		.again = unit_link(request, &(struct unit_link){ .group = -1, .for_me = true }),
	};
	v.page.is_private = v.page.narrow = true;
	page_render(request, 200, view_register_move, &v);
}

struct move_job {
	/* in */
	struct arena *arena;
	const struct contest *contest;
	const struct profile *profile;
	const struct contest_ids *ids;
	struct text phone_index;
	int64_t person, entry, unit;
	int group;
	struct text written;
	/* out */
	bool no_room;
};

/* STORE_NONE: a paper was begun. */
static int move(void *ctx, struct db *db)
{
	struct move_job *job = ctx;
	int room = phone_has_room(job->arena, db, job->contest, job->profile, job->ids, job->group,
				  job->phone_index, job->person);

	if (room < 0)
		return room;
	job->no_room = room == 0;
	if (job->no_room)
		return STORE_ONE;
	return q_entry_move(db, job->entry, job->ids->groups[job->group], job->unit, job->written);
}

static void after_move(struct request *request)
{
	const struct move_job *job = request->job->ctx;

	if (page_write_failed(request))
		return;
	if (job->no_room)
		register_refuse(request, 409, page_text(request, T("Đổi nhóm hoặc đơn vị")),
				page_text(request,
					T("Số điện thoại của bạn đã có người khác dùng để dự thi "
					  "ở nhóm này, nên bạn chưa đổi được.")));
	else if (request->job->result == STORE_NONE)
		reply_see_other(request, page_path(request, "/toi?loi=da-thi"));
	else
		reply_see_other(request, page_path(request, "/toi?da-doi"));
}

static void write(struct request *request, const struct page_entry *entry,
		  const struct unit_choice *choice)
{
	const struct rules_in_force *rules = page_rules(request);
	struct move_job *args = arena_alloc(request->arena, sizeof(*args));
	struct identity_indexes indexes;

	if (!args) {
		page_problem(request, 503);
		return;
	}
	identity_of_person(request->site->keys, request->arena, entry->name, entry->birth_iso,
			   entry->phone, &indexes);
	if (exclusion_match(request->contest, &indexes, choice->unit->id)) {
		register_refuse(request, 403, page_text(request, T("Đổi nhóm hoặc đơn vị")),
				page_text(request,
					T("Theo thể lệ, đơn vị bạn chọn không thuộc đối tượng dự "
					  "thi.")));
		return;
	}
	*args = (struct move_job){
		.arena = request->arena, .contest = request->contest, .profile = &rules->profile,
		.ids = contest_ids_of(request->contest, rules), .phone_index = indexes.phone,
		.person = request->session.person, .entry = entry->id, .unit = choice->unit->id,
		.group = choice->group, .written = choice->written,
	};
	page_write_door(request, "move", entry->id, move, args, after_move);
}

void page_me_post(struct request *request)
{
	const struct me *me = request->page;
	const struct page_entry *entry = &me->sitting.entry;
	struct unit_choice choice;

	if (page_lead_to_entry(request, entry))
		return;
	unit_choice_read(request, &request->form, &choice);
	choice.for_me = true;
	if (!choice.complete)
		unit_choice_show(request, &choice, entry, 422);
	else if (me->sitting.n_papers)
		reply_see_other(request, page_path(request, "/toi?loi=da-thi"));
	else
		write(request, entry, &choice);
}
