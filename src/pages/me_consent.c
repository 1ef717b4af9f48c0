#include "pages/me_consent.h"

#include "pages/route.h"
#include "store/act.h"

/* Who agreed for them before, to be agreed to or changed. */
static struct text guardian_before(const struct request *request, const struct sitting *sitting)
{
	struct text name;

	if (!sitting->has_guardian ||
	    keys_unseal(request->site->keys, KEY_PERSONAL, request->arena, "guardian.name",
			sitting->entry.id, sitting->guardian.name_sealed, &name) != 0)
		return TEXT_EMPTY;
	return name;
}

void me_consent_fill(struct request *request, const struct me *me,
		     const struct consent_form *posted, struct me_view *v)
{
	const struct sitting *sitting = &me->sitting;
	const struct consent_form first = {
		.minor = sitting->minor, .guardian_typed = guardian_before(request, sitting),
	};

	v->consent_due = sitting->consent_due && !me->sitting.has_ended;
	if (!v->consent_due)
		return;
	if (posted)
		consent_form_problems(posted, &v->problems);
	consent_form_show(request, posted ? posted : &first, sitting->entry.name, &v->consent);
}

struct consent_job {
	struct arena *arena;
	int64_t entry, now;
	struct consent_record record;
	struct act act;
};

static int write_consent(void *ctx, struct db *db)
{
	const struct consent_job *job = ctx;

	if (consent_write(db, job->entry, &job->record, job->now) < 0)
		return STORE_FAILED;
	return act_add(db, job->arena, job->now, &job->act);
}

static void after_consent(struct request *request)
{
	if (!page_write_failed(request))
		reply_see_other(request, page_path(request, "/toi?da-dong-y"));
}

static void write(struct request *request, const struct page_entry *entry,
		  const struct consent_form *form)
{
	struct consent_job *args = arena_alloc(request->arena, sizeof(*args));

	if (!args) {
		page_problem(request, 503);
		return;
	}
	*args = (struct consent_job){
		.arena = request->arena, .entry = entry->id, .now = request->arrived_at,
		.act = { .actor = TEXT("person"), .kind = TEXT("person.consent"),
			 .subject = entry->code, .before = entry->consent_version,
			 .after = page_rules(request)->profile.consent_version,
			 .reason = TEXT_EMPTY },
	};
	consent_record_of(request, form, entry->id, &args->record);
	page_write_door(request, "consent", entry->id, write_consent, args, after_consent);
}

void page_consent_post(struct request *request)
{
	const struct me *me = request->page;
	const struct page_entry *entry = &me->sitting.entry;
	struct consent_form form;

	if (page_lead_to_entry(request, entry))
		return;
	if (!me->sitting.consent_due || me->sitting.has_ended) {
		reply_see_other(request, page_path(request, "/toi"));
		return;
	}
	consent_form_read(request, me->sitting.minor, entry->name, &form);
	if (consent_form_is_wrong(&form))
		me_show(request, &(struct me_posted){ .consent = &form }, 422);
	else
		write(request, entry, &form);
}
