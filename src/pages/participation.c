#include "pages/participation.h"

#include "exchange/contest_files.h"
#include "pages/figures.h"
#include "pages/page.h"
#include "rules/score.h"

#define TABLES_MAX (PROFILE_BLOCKS_MAX + 2)

struct participation participation_sum(struct arena *arena, const struct contest *contest,
				       const struct participation_count *counts, int n)
{
	struct participation sums = {
		arena_array(arena, (size_t)contest->n_units + 1, sizeof(*sums.nodes)), 0,
	};

	if (!sums.nodes)
		return sums;
	for (int i = 0; i < n; i++) {
		const struct contest_unit *unit = contest_unit_by_id(contest, counts[i].unit);
		if (!unit)
			continue;
		struct participation_node *node = &sums.nodes[unit - contest->units];
		node->own_people = counts[i].people;
		node->own_papers = counts[i].papers;
		sums.n_chosen_units += unit->kind == UNIT_KIND_UNIT && counts[i].people > 0;
	}
	/* Children stand after their parent, so each is complete when it is added. */
	for (int i = contest->n_units - 1; i >= 0; i--) {
		struct participation_node *node = &sums.nodes[i];
		node->people += node->own_people;
		node->papers += node->own_papers;
		node->headcount += contest->units[i].headcount;
		if (contest->units[i].parent < 0)
			continue;
		struct participation_node *parent = &sums.nodes[contest->units[i].parent];
		parent->people += node->people;
		parent->papers += node->papers;
		parent->headcount += node->headcount;
	}
	return sums;
}

/* ---- rows ---- */

/* A row before it is written: sorted first. */
struct ranked_row {
	int unit;
	bool own;		/* only those who chose the unit itself */
	int64_t people, papers;
	int64_t rate_ppm;	/* -1 no headcount */
	bool over_full;
};

static int by_rate(const void *left, const void *right)
{
	const struct ranked_row *a = left, *b = right;

	if (a->rate_ppm != b->rate_ppm)
		return a->rate_ppm < b->rate_ppm ? 1 : -1;
	if (a->people != b->people)
		return a->people < b->people ? 1 : -1;
	return (a->unit > b->unit) - (a->unit < b->unit);
}

static struct ranked_row row_of(const struct participation_shower *shower, int unit, bool own)
{
	const struct participation_node *node = &shower->sums->nodes[unit];
	int64_t headcount = own ? 0 : node->headcount;
	struct ranked_row row = {
		.unit = unit, .own = own, .people = own ? node->own_people : node->people,
		.papers = own ? node->own_papers : node->papers, .rate_ppm = -1,
	};

	if (headcount > 0) {
		row.over_full = row.people > headcount;
		row.rate_ppm = row.over_full ? 1000000 : figure_ppm(row.people, headcount);
	}
	return row;
}

static struct url link_to(const struct participation_shower *shower, int unit)
{
	const struct participation_node *node = &shower->sums->nodes[unit];
	struct url url = { TEXT_EMPTY };
	struct buf buf;

	if (node->people == node->own_people)
		return url;
	buf_init(&buf, shower->request->arena, 1024);
	buf_text(&buf, shower->base);
	buf_z(&buf, "?dv=");
	url_add_query(&buf, shower->request->contest->units[unit].code);
	return url_parse(buf_done(&buf), &url) == 0 ? url : (struct url){ TEXT_EMPTY };
}

static struct text row_name(const struct participation_shower *shower,
			    const struct ranked_row *row, bool full_name)
{
	const struct contest_unit *unit = &shower->request->contest->units[row->unit];

	if (row->own)
		return page_text(shower->request, T("Chọn thẳng đơn vị này"));
	return full_name ? unit->shown : unit->name;
}

static void write_rows(const struct participation_shower *shower, struct ranked_row *rows, int n,
		       bool full_names, struct participation_table *table)
{
	struct arena *arena = shower->request->arena;

	qsort(rows, (size_t)n, sizeof(*rows), by_rate);
	table->rows = arena_array(arena, (size_t)n + 1, sizeof(*table->rows));
	for (int i = 0; table->rows && i < n; i++) {
		const struct ranked_row *row = &rows[i];
		table->rows[table->n_rows++] = (struct participation_row){
			.name = row_name(shower, row, full_names),
			.link = row->own ? (struct url){ TEXT_EMPTY } : link_to(shower, row->unit),
			.people = score_format_number(arena, row->people),
			.papers = score_format_number(arena, row->papers),
			.rate = row->rate_ppm < 0 ? TEXT_EMPTY
						  : figure_percent(arena, row->rate_ppm),
			.over_full = row->over_full,
		};
		table->has_rate |= row->rate_ppm >= 0;
		table->has_over_full |= row->over_full;
	}
}

/* ---- the whole ---- */

enum part {
	PART_NONE = -1,		/* counted in a unit above, or a heading */
	PART_OTHER = PROFILE_BLOCKS_MAX,
	PART_PLACES,
};

static int block_of(const struct profile *profile, const struct contest_unit *unit)
{
	for (int i = 0; i < profile->n_blocks; i++)
		if (unit->block.len && text_equal(profile->blocks[i].code, unit->block))
			return i;
	return PART_NONE;
}

static bool is_below_block(const struct contest *contest, const struct profile *profile, int unit)
{
	for (int i = contest->units[unit].parent; i >= 0; i = contest->units[i].parent)
		if (block_of(profile, &contest->units[i]) >= 0)
			return true;
	return false;
}

/* Which table a unit stands in; its row there is of the unit alone when *ret_own. */
static int part_of(const struct contest *contest, const struct profile *profile, int index,
		   bool *ret_own)
{
	const struct contest_unit *unit = &contest->units[index];
	int parent_kind = unit->parent < 0 ? UNIT_KIND_GROUP : contest->units[unit->parent].kind;
	int block = block_of(profile, unit);

	*ret_own = unit->kind == UNIT_KIND_GROUP;
	if (block >= 0)
		return block;
	if (unit->kind == UNIT_KIND_LOCALITY)
		return parent_kind == UNIT_KIND_LOCALITY ? PART_NONE : PART_PLACES;
	if (is_below_block(contest, profile, index))
		return PART_NONE;
	return *ret_own || parent_kind == UNIT_KIND_GROUP ? PART_OTHER : PART_NONE;
}

static struct text places_heading(const struct request *request)
{
	const struct profile *profile = &page_rules(request)->profile;

	for (int i = 0; i < profile->n_groups; i++)
		if (profile->groups[i].place == GROUP_PLACE_LOCALITY)
			return page_text1(request, T("%s theo địa bàn"),
					  LANG_TEXT(profile->groups[i].name));
	return page_text(request, T("Người dân theo địa bàn"));
}

static void add_table(struct participation_shower *shower, int part, struct units_view *v)
{
	const struct request *request = shower->request;
	const struct contest *contest = request->contest;
	const struct profile *profile = &page_rules(request)->profile;
	struct ranked_row *rows = arena_array(request->arena, (size_t)contest->n_units + 1,
					      sizeof(*rows));
	struct participation_table table = { .note = TEXT_EMPTY, .is_place = part == PART_PLACES };
	int n = 0, n_all = 0;

	for (int i = 0; rows && i < contest->n_units; i++) {
		bool own;
		if (part_of(contest, profile, i, &own) != part)
			continue;
		struct ranked_row row = row_of(shower, i, own);
		n_all++;
		if (row.people > 0)
			rows[n++] = row;
	}
	if (n == 0)
		return;
	if (part == PART_PLACES)
		table.heading = places_heading(request);
	else if (part == PART_OTHER)
		table.heading = page_text(request, T("Đơn vị ngoài các khối xếp hạng"));
	else
		table.heading = profile->blocks[part].name;
	if (part < PART_OTHER)
		table.note = page_text2(request,
					T("%d trong số %d đơn vị của khối có người dự thi."),
					LANG_INT(n), LANG_INT(n_all));
	write_rows(shower, rows, n, true, &table);
	v->tables[v->n_tables++] = table;
}

void participation_show_all(struct participation_shower *shower, struct units_view *v)
{
	const struct profile *profile = &page_rules(shower->request)->profile;

	v->tables = arena_array(shower->request->arena, TABLES_MAX, sizeof(*v->tables));
	if (!v->tables || !shower->sums->nodes)
		return;
	for (int i = 0; i < profile->n_blocks; i++)
		add_table(shower, i, v);
	add_table(shower, PART_OTHER, v);
	add_table(shower, PART_PLACES, v);
}

/* ---- one unit ---- */

static void put_crumbs(struct participation_shower *shower, int unit, struct units_view *v)
{
	const struct contest *contest = shower->request->contest;
	int level = contest->units[unit].level;

	v->crumbs = arena_array(shower->request->arena, (size_t)level + 2, sizeof(*v->crumbs));
	if (!v->crumbs)
		return;
	if (url_parse(shower->base, &v->crumbs[0].link) != 0)
		v->crumbs[0].link = (struct url){ TEXT_EMPTY };
	v->crumbs[0].name = page_text(shower->request, T("Tất cả đơn vị"));
	v->n_crumbs = level + 1;
	int at = level;
	for (int i = contest->units[unit].parent; i >= 0 && at > 0; i = contest->units[i].parent)
		v->crumbs[at--] = (struct crumb){ contest->units[i].name, link_to(shower, i) };
}

void participation_show_unit(struct participation_shower *shower, int unit, struct units_view *v)
{
	const struct request *request = shower->request;
	const struct contest *contest = request->contest;
	struct ranked_row *rows = arena_array(request->arena, (size_t)contest->n_units + 1,
					      sizeof(*rows));
	struct participation_table table = {
		.heading = page_text(request, T("Đơn vị trực thuộc")), .note = TEXT_EMPTY,
		.is_place = contest->units[unit].kind == UNIT_KIND_LOCALITY,
	};
	int n = 0;

	v->unit = contest->units[unit].shown;
	v->tables = arena_array(request->arena, 1, sizeof(*v->tables));
	if (!rows || !v->tables || !shower->sums->nodes)
		return;
	put_crumbs(shower, unit, v);
	struct ranked_row whole = row_of(shower, unit, false);
	v->unit_people = score_format_number(request->arena, whole.people);
	v->unit_papers = score_format_number(request->arena, whole.papers);
	if (whole.rate_ppm >= 0)
		v->unit_rate = figure_percent(request->arena, whole.rate_ppm);
	if (shower->sums->nodes[unit].own_people > 0)
		rows[n++] = row_of(shower, unit, true);
	for (int i = unit + 1; i < contest->n_units; i++)
		if (contest->units[i].parent == unit && shower->sums->nodes[i].people > 0)
			rows[n++] = row_of(shower, i, false);
	if (table.is_place)
		table.heading = page_text(request, T("Theo địa bàn"));
	write_rows(shower, rows, n, false, &table);
	v->tables[v->n_tables++] = table;
}
