#include "tools/tmpl_inner.h"

static struct block *innermost(struct unit *unit, const char *tag, int line)
{
	if (unit->n_blocks)
		return &unit->blocks[unit->n_blocks - 1];
	unit_error(unit, line, "{{%s}} without {{if}} or {{each}}", tag);
	unit->has_failed = true;
	return NULL;
}

/* Goes into the next branch of a block: its code runs instead of that of the
 * other branches, or any number of times. */
static void enter(struct unit *unit, struct block *block, bool loop)
{
	struct branch *branch = arena_alloc(unit->arena, sizeof(*branch));

	if (!branch)
		return;
	*branch = (struct branch){ block->outside, block->id, block->number++, loop };
	unit->branch = branch;
	unit->place = block->start;
	if (loop)	/* it may begin where it has ended */
		unit->place.at_edge = false;
}

static struct block *push(struct unit *unit, bool is_loop, int line)
{
	if (unit->n_blocks == MAX_BLOCKS) {
		unit_error(unit, line, "more than %d blocks in each other", MAX_BLOCKS);
		unit->has_failed = true;
		return NULL;
	}
	struct block *block = &unit->blocks[unit->n_blocks++];
	block->is_loop = is_loop;
	block->has_else = block->ended_one = false;
	block->line = line;
	block->number = 0;
	block->item = TEXT_EMPTY;
	block->start = unit->place;
	block->outside = unit->branch;
	block->id = ++unit->blocks_made;
	return block;
}

static void join(struct unit *unit, struct block *block, const struct place *place, int line)
{
	if (place_merge(&block->end, place))
		return;
	struct text here = place_describe(unit->arena, place);
	struct text there = place_describe(unit->arena, &block->end);
	unit_error(unit, line, "the branches of the block of line %d end in different places: "
		   "%.*s, and %.*s", block->line, TEXT_ARGS(there), TEXT_ARGS(here));
	unit->has_failed = true;
}

/* Ends the branch that is open. */
static void leave(struct unit *unit, struct block *block, int line)
{
	emit_fixed(unit);
	if (block->ended_one) {
		join(unit, block, &unit->place, line);
		return;
	}
	block->end = unit->place;
	block->ended_one = true;
	/* After a loop we are where we were before, however often it ran. */
	if (block->is_loop)
		join(unit, block, &block->start, line);
}

void tag_if(struct unit *unit, struct text rest, int line)
{
	if (!expr_check(unit, rest, line))
		rest = TEXT("0");
	emit(unit, line, "if (HTML_IS(%.*s)) {", TEXT_ARGS(rest));
	struct block *block = push(unit, false, line);
	if (block)
		enter(unit, block, false);
}

void tag_elif(struct unit *unit, struct text rest, int line)
{
	struct block *block = innermost(unit, "elif", line);

	if (!block)
		return;
	if (block->is_loop || block->has_else)
		unit_error(unit, line, "{{elif}} follows {{if}} or {{elif}}");
	if (!expr_check(unit, rest, line))
		return;
	leave(unit, block, line);
	emit(unit, line, "} else if (HTML_IS(%.*s)) {", TEXT_ARGS(rest));
	enter(unit, block, false);
}

void tag_else(struct unit *unit, struct text rest, int line)
{
	struct block *block = innermost(unit, "else", line);

	if (!block)
		return;
	if (block->has_else || rest.len)
		unit_error(unit, line, rest.len ? "write {{elif …}}" : "a second {{else}}");
	leave(unit, block, line);
	block->has_else = true;
	if (block->is_loop)
		emit(unit, line, "} if (%.*s_count <= 0) {", TEXT_ARGS(block->item));
	else
		emit(unit, line, "} else {");
	enter(unit, block, false);
}

void tag_end(struct unit *unit, struct text rest, int line)
{
	struct block *block = innermost(unit, "end", line);

	if (!block)
		return;
	if (rest.len)
		unit_error(unit, line, "{{end}} stands alone");
	leave(unit, block, line);
	if (!block->has_else)
		join(unit, block, &block->start, line);
	unit->place = block->end;
	unit->branch = block->outside;
	unit->n_blocks--;
	emit(unit, line, block->is_loop ? "} }" : "}");
}

static bool is_taken(const struct unit *unit, struct text item)
{
	for (size_t i = 0; i < unit->n_blocks; i++)
		if (text_equal(unit->blocks[i].item, item))
			return true;
	return name_in_list(" v out body body_view t tn call flag asset if each end else elif ",
			    item);
}

/* {{each item in list, count}} */
void tag_each(struct unit *unit, struct text rest, int line)
{
	struct text parts[2] = { TEXT("v"), TEXT("0") };
	struct text item = take_name(&rest);

	if (!item.len || !text_equal_z(take_word(&rest), "in"))
		unit_error(unit, line, "write {{each item in list, count}}");
	else if (is_taken(unit, item))
		unit_error(unit, line, "the name %.*s is taken", TEXT_ARGS(item));
	else if (expr_split(unit, rest, line, parts, 2) == 1)
		unit_error(unit, line, "the count is missing: {{each item in list, count}}");
	if (unit->place.kind == PLACE_TAG)
		unit_error(unit, line, "{{each}} cannot stand between attributes");
	emit(unit, line, "{ const int64_t %.*s_count = (int64_t)(%.*s); "
	     "for (int64_t %.*s_no = 1; %.*s_no <= %.*s_count; %.*s_no++) { "
	     "const __typeof__(*(%.*s)) *%.*s UNUSED = &(%.*s)[%.*s_no - 1];",
	     TEXT_ARGS(item), TEXT_ARGS(parts[1]), TEXT_ARGS(item), TEXT_ARGS(item),
	     TEXT_ARGS(item), TEXT_ARGS(item), TEXT_ARGS(parts[0]), TEXT_ARGS(item),
	     TEXT_ARGS(parts[0]), TEXT_ARGS(item));
	struct block *block = push(unit, true, line);
	if (!block)
		return;
	block->item = item;
	enter(unit, block, true);
}
