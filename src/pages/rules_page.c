#include "pages/rules_page.h"

#include "base/time.h"
#include "exchange/markdown.h"
#include "pages/figures.h"
#include "pages/page.h"
#include "pages/problem.h"
#include "pages/route.h"
#include "pages/rules_page_view.h"
#include "rules/rules_text.h"

#include "views/views.h"

/* The version asked for; the one in force when none is; NULL there is no such. */
static const struct rules_in_force *asked_for(const struct request *request)
{
	struct text typed = form_value(&request->query, "ban");
	int64_t version;

	if (typed.len == 0)
		return page_rules(request);
	if (text_to_int64(typed, &version) != 0)
		return NULL;
	return contest_rules_version(request->contest, version);
}

static bool is_to_come(const struct request *request, const struct rules_in_force *rules)
{
	return rules->effective_at > request->now && rules != page_rules(request);
}

static void put_versions(const struct request *request, const struct rules_in_force *shown,
			 struct rules_page_view *v)
{
	const struct contest *contest = request->contest;

	v->versions = arena_array(request->arena, (size_t)contest->n_rules, sizeof(*v->versions));
	if (!v->versions || contest->n_rules < 2)
		return;
	for (int i = contest->n_rules - 1; i >= 0; i--) {
		const struct rules_in_force *rules = &contest->rules[i];
		v->versions[v->n_versions++] = (struct rules_version_row){
			.version = rules->version, .decision = rules->profile.decision_no,
			.from = figure_start(request, rules->effective_at),
			.is_shown = rules == shown, .is_in_force = rules == page_rules(request),
			.is_to_come = is_to_come(request, rules),
		};
	}
}

void page_rules_show(struct request *request)
{
	if (page_hides_contest(request))
		return;
	const struct rules_in_force *rules = asked_for(request);
	if (!rules) {
		page_problem(request, 404);
		return;
	}
	const struct profile *profile = &rules->profile;
	struct rules_page_view v = {
		.page = page_view_of(request, page_text(request, T("Thể lệ")), "rules"),
		.html = html_safe_unchecked(markdown_html(
			request->arena, rules_text_markdown(request->arena, profile), 0)),
		.version = rules->version, .decision_no = profile->decision_no,
		.decision_date = figure_date(request->arena, profile->decision_date),
		.from = figure_start(request, rules->effective_at),
		.is_in_force = rules == page_rules(request),
		.is_to_come = is_to_come(request, rules),
		.is_pending = profile_undecided(profile, NULL, 0) > 0,
	};
	v.page.narrow = true;
	put_versions(request, rules, &v);
	page_render(request, 200, view_rules, &v);
	page_is_public(request, page_next_change(request));
}
