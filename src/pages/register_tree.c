#include "pages/register_tree.h"

#include "exchange/contest_files.h"
#include "pages/invitation.h"
#include "pages/register_view.h"
#include "pages/route.h"

#include "views/views.h"

#define FOUND_MAX 30

/* What the functions below share. */
struct tree {
	struct request *request;
	const struct contest *contest;
	const struct unit_choice *choice;
	const struct profile_group *group;
	const struct contest_unit *here;	/* NULL the top */
	const unsigned char *holds;
	bool for_me, other;
	struct register_unit_view v;
};

static struct url link_under(const struct tree *tree, const struct contest_unit *unit, bool other)
{
	return unit_link(tree->request, &(struct unit_link){
		.group = tree->choice->group, .under = unit ? unit->code : TEXT_EMPTY,
		.other = other, .for_me = tree->for_me });
}

static struct url link_choose(const struct tree *tree, const struct contest_unit *unit)
{
	return unit_link(tree->request, &(struct unit_link){
		.group = tree->choice->group, .unit = unit->code, .for_me = tree->for_me });
}

/* "Phòng Kinh tế, UBND huyện Bù Đăng": the names above a unit, nearest first. */
static struct text names_above(const struct tree *tree, const struct contest_unit *unit)
{
	struct text names = TEXT_EMPTY;

	for (int i = unit->parent; i >= 0; i = tree->contest->units[i].parent)
		names = text_format(tree->request->arena, "%.*s%s%.*s", TEXT_ARGS(names),
				    names.len ? ", " : "", TEXT_ARGS(tree->contest->units[i].name));
	return names;
}

static void fill_found(struct tree *tree)
{
	struct request *request = tree->request;
	struct register_unit_view *v = &tree->v;
	int found[FOUND_MAX + 1];

	v->typed = form_value(&request->query, "q");
	v->searched = text_trim(v->typed).len > 0;
	v->found = arena_array(request->arena, FOUND_MAX, sizeof(*v->found));
	if (!v->searched || !v->found)
		return;
	int n = contest_unit_search(request->arena, tree->contest, v->typed, tree->group->place,
				    found, FOUND_MAX + 1);
	v->found_more = n > FOUND_MAX;
	v->n_found = n > FOUND_MAX ? FOUND_MAX : n;
	for (int i = 0; i < v->n_found; i++) {
		const struct contest_unit *unit = &tree->contest->units[found[i]];
		v->found[i] = (struct unit_row_view){ link_choose(tree, unit), unit->name,
						      names_above(tree, unit), false };
	}
}

static void fill_crumbs(struct tree *tree)
{
	struct register_unit_view *v = &tree->v;
	const struct contest_unit *unit = tree->here;

	v->crumbs = arena_array(tree->request->arena, UNIT_LEVEL_MAX + 2, sizeof(*v->crumbs));
	if (!unit || !v->crumbs)
		return;
	v->here = unit->name;
	v->n_crumbs = unit->level <= UNIT_LEVEL_MAX ? unit->level : 0;
	for (int i = v->n_crumbs - 1; i >= 0; i--) {
		unit = &tree->contest->units[unit->parent];
		v->crumbs[i].url = link_under(tree, unit, tree->other);
		v->crumbs[i].name = unit->name;
	}
	if (contest_unit_is_open(tree->here, tree->group->place))
		v->choose_here = link_choose(tree, tree->here);
}

static void fill_rows(struct tree *tree)
{
	const struct contest *contest = tree->contest;
	struct register_unit_view *v = &tree->v;
	int here = tree->here ? (int)(tree->here - contest->units) : -1;

	v->rows = arena_array(tree->request->arena, (size_t)contest->n_units + 1, sizeof(*v->rows));
	for (int i = 0; v->rows && i < contest->n_units; i++) {
		const struct contest_unit *unit = &contest->units[i];
		if (unit->parent != here || !tree->holds[i])
			continue;
		bool branch = tree->other || (tree->holds[i] & BRANCH_BELOW);
		v->rows[v->n_rows++] = (struct unit_row_view){
			branch ? link_under(tree, unit, tree->other) : link_choose(tree, unit),
			unit->name, TEXT_EMPTY, branch };
	}
}

static void fill_other(struct tree *tree)
{
	struct register_unit_view *v = &tree->v;

	v->other = tree->other;
	v->other_url = link_under(tree, tree->here, true);
	v->back_url = link_under(tree, tree->here, false);
	v->written = form_value(&tree->request->query, "donvi");
	v->written_problem = TEXT_EMPTY;
	if (form_has(&tree->request->query, "donvi") && tree->choice->written.len == 0)
		v->written_problem = page_text1(tree->request,
						T("Hãy ghi tên đơn vị bằng chữ, không quá %d ký "
						  "tự."),
						LANG_INT(UNIT_WRITTEN_CHARS_MAX));
}

/* The node whose branches are shown: the one asked for, or the unit that was
 * named but that nobody chooses. */
static const struct contest_unit *node(const struct tree *tree)
{
	const struct contest_unit *unit =
		contest_unit_by_code(tree->contest, form_value(&tree->request->query, "tren"));

	if (!unit)
		unit = tree->choice->unit;
	return unit && tree->holds[unit - tree->contest->units] ? unit : NULL;
}

void unit_tree_show(struct request *request, const struct unit_choice *choice, int status)
{
	const struct profile_group *group = &page_rules(request)->profile.groups[choice->group];
	struct tree tree = {
		.request = request, .contest = request->contest, .choice = choice, .group = group,
		.holds = unit_branches(request->arena, request->contest, group->place),
		.for_me = choice->for_me,
		.other = form_has(&request->query, "khac") || form_has(&request->query, "donvi"),
	};
	bool locality = group->place == GROUP_PLACE_LOCALITY;

	if (!tree.holds) {
		page_problem(request, 503);
		return;
	}
	tree.here = node(&tree);
	tree.v = (struct register_unit_view){
		.page = page_view_of(request, locality ? page_text(request, T("Chọn nơi ở"))
						       : page_text(request, T("Chọn đơn vị")), ""),
		.group_name = group->name, .locality = locality, .for_me = tree.for_me,
		.no_such_unit = choice->no_such_unit, .code_group = group->code,
		.code_under = tree.here ? tree.here->code : TEXT_EMPTY,
		.invitation = invitation_carried(request),
		.change_group = unit_link(request, &(struct unit_link){ .group = -1,
									 .for_me = tree.for_me }),
		.top = link_under(&tree, NULL, tree.other),
		.here = TEXT_EMPTY, .choose_here = { TEXT_EMPTY }, .typed = TEXT_EMPTY,
	};
	fill_found(&tree);
	fill_crumbs(&tree);
	fill_rows(&tree);
	fill_other(&tree);
	tree.v.page.is_private = tree.v.page.narrow = true;
	page_render(request, status, view_register_unit, &tree.v);
}
