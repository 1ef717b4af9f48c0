#include "pages/results_unit.h"

#include "pages/figures.h"
#include "pages/page.h"
#include "rules/score.h"
#include "rules/unit_rank.h"

static struct text gate_text(const struct request *request, const struct profile *profile, int gate)
{
	switch ((enum unit_gate)gate) {
	case UNIT_GATE_PASSED:
		return TEXT_EMPTY;
	case UNIT_GATE_NO_HEADCOUNT:
		return page_text(request, T("Không đủ điều kiện: chưa có quân số được xác nhận"));
	case UNIT_GATE_MIN_HEADCOUNT:
		return page_text1(request, T("Không đủ điều kiện: quân số dưới %d người"),
				  LANG_INT(profile->unit_min_headcount));
	case UNIT_GATE_MIN_RATE:
		return page_text1(request, T("Không đủ điều kiện: tỷ lệ tham gia dưới %s"),
				  LANG_TEXT(text_format(request->arena, "%d\u00a0%%",
							profile->unit_min_rate_percent)));
	}
	return TEXT_EMPTY;
}

static struct unit_rank_row row_of(const struct request *request, const struct profile *profile,
				   const struct q_ranking_units *from)
{
	struct arena *arena = request->arena;
	const struct contest_unit *unit = contest_unit_by_id(request->contest, from->unit);

	return (struct unit_rank_row){
		.place = from->place, .name = unit ? unit->shown : TEXT("–"),
		.people = score_format_number(arena, from->people),
		.headcount = from->headcount ? score_format_number(arena, from->headcount)
					     : TEXT("–"),
		.rate = from->headcount ? figure_percent(arena, from->rate_ppm) : TEXT("–"),
		.mean = figure_percent(arena, from->mean_ppm),
		.index = figure_points(arena, from->index_ppm),
		.gate = gate_text(request, profile, (int)from->gate), .over_full = from->over_full,
	};
}

void results_put_units(const struct request *request, const struct results_page *page,
		       struct results_view *v)
{
	const struct profile *profile = &page->rules->profile;

	v->blocks = arena_array(request->arena, (size_t)profile->n_blocks + 1, sizeof(*v->blocks));
	for (int b = 0; v->blocks && b < profile->n_blocks; b++) {
		struct unit_rank_block *block = &v->blocks[v->n_blocks++];
		block->name = profile->blocks[b].name;
		block->rows = arena_array(request->arena, (size_t)page->n_units + 1,
					  sizeof(*block->rows));
		for (int i = 0; block->rows && i < page->n_units; i++) {
			if (!text_equal(page->units[i].block, profile->blocks[b].code))
				continue;
			block->rows[block->n_rows++] = row_of(request, profile, &page->units[i]);
			block->has_over_full |= page->units[i].over_full;
		}
	}
}
