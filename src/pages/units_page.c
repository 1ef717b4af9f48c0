#include "pages/units_page.h"

#include "base/time.h"
#include "pages/figures.h"
#include "pages/page.h"
#include "pages/participation.h"
#include "pages/problem.h"
#include "pages/route.h"
#include "pages/units_view.h"
#include "rules/phase.h"
#include "rules/score.h"

#include "views/views.h"

#include "store_queries.h"

#define LATE_AFTER_MS (10 * TIME_MINUTE_MS)
#define ISO_DATE_CHARS 10

struct units_page {
	struct q_snapshots *snapshots;	/* newest first */
	int n_snapshots;
	const struct q_snapshots *shown;	/* NULL: none yet, or no such day */
	struct q_snapshot_rows *rows;
	int n_rows;
};

static struct text iso_day(const struct request *request, int64_t ms)
{
	return text_part(time_format_iso(request->arena, ms), 0, ISO_DATE_CHARS);
}

int page_units_load(struct request *request, struct db *db)
{
	struct units_page *page = arena_alloc(request->arena, sizeof(*page));

	request->page = page;
	if (!page)
		return STORE_FAILED;
	page->n_snapshots = q_snapshots(db, request->arena, request->contest->id, &page->snapshots);
	if (page->n_snapshots <= 0)
		return page->n_snapshots;
	if (request->part.len == 0)
		page->shown = &page->snapshots[0];
	for (int i = 0; request->part.len && i < page->n_snapshots; i++)
		if (text_equal(iso_day(request, page->snapshots[i].due_at), request->part))
			page->shown = &page->snapshots[i];
	if (!page->shown)
		return 0;
	page->n_rows = q_snapshot_rows(db, request->arena, page->shown->id, &page->rows);
	return page->n_rows;
}

static struct participation sum_up(const struct request *request, const struct units_page *page)
{
	struct participation_count *counts =
		arena_array(request->arena, (size_t)page->n_rows + 1, sizeof(*counts));
	int n = counts ? page->n_rows : 0;

	for (int i = 0; i < n; i++)
		counts[i] = (struct participation_count){ page->rows[i].unit, page->rows[i].people,
							  page->rows[i].papers };
	return participation_sum(request->arena, request->contest, counts, n);
}

static void put_snapshot(const struct request *request, const struct units_page *page,
			 const struct participation *sums, struct units_view *v)
{
	const struct q_snapshots *shown = page->shown;

	v->has_snapshot = true;
	v->is_latest = shown == &page->snapshots[0];
	v->as_of = figure_moment(request, shown->due_at);
	if (shown->taken_at > shown->due_at + LATE_AFTER_MS)
		v->taken_late = figure_moment(request, shown->taken_at);
	v->people = score_format_number(request->arena, shown->people);
	v->papers = score_format_number(request->arena, shown->papers);
	v->units = score_format_number(request->arena, sums->n_chosen_units);
	v->snapshots = arena_array(request->arena, (size_t)page->n_snapshots,
				   sizeof(*v->snapshots));
	for (int i = 0; v->snapshots && i < page->n_snapshots; i++)
		v->snapshots[v->n_snapshots++] = (struct snapshot_link){
			time_format_vn(request->arena, page->snapshots[i].due_at, TIME_STYLE_DATE),
			iso_day(request, page->snapshots[i].due_at),
			score_format_number(request->arena, page->snapshots[i].people),
			&page->snapshots[i] == shown,
		};
}

/* The tables: all blocks, or what is below the unit asked for. False when there is
 * no such unit. */
static bool put_tables(const struct request *request, const struct participation *sums,
		       struct units_view *v)
{
	struct text code = form_value(&request->query, "dv");
	const struct contest_unit *unit = contest_unit_by_code(request->contest, code);
	struct participation_shower shower = {
		.request = request, .sums = sums,
		.base = page_path(request, request->part.len ? "/don-vi/" : "/don-vi"),
	};

	if (request->part.len)
		shower.base = text_format(request->arena, "%.*s%.*s", TEXT_ARGS(shower.base),
					  TEXT_ARGS(request->part));
	if (code.len == 0) {
		participation_show_all(&shower, v);
		return true;
	}
	if (!unit)
		return false;
	participation_show_unit(&shower, (int)(unit - request->contest->units), v);
	return true;
}

void page_units_show(struct request *request)
{
	const struct units_page *page = request->page;

	if (page_hides_contest(request))
		return;
	const struct profile *profile = &page_rules(request)->profile;
	struct units_view v = {
		.page = page_view_of(request, page_text(request, T("Đơn vị dự thi")), "units"),
		.daily_at = time_format_vn(request->arena, phase_first_snapshot(profile), TIME_STYLE_MINUTE),
		.first_at = TEXT_EMPTY, .taken_late = TEXT_EMPTY, .unit = TEXT_EMPTY,
		.unit_rate = TEXT_EMPTY,
	};
	if (page->shown) {
		struct participation sums = sum_up(request, page);
		put_snapshot(request, page, &sums, &v);
		if (!put_tables(request, &sums, &v)) {
			page_problem(request, 404);
			return;
		}
	} else if (request->part.len) {
		page_problem(request, 404);
		return;
	} else if (request->now < phase_first_snapshot(profile)) {
		v.first_at = figure_moment(request, phase_first_snapshot(profile));
	}
	page_render(request, 200, view_units, &v);
	page_is_public(request, page_next_change(request));
}
