/* Finding a unit: by typing, down the tree, or by writing its name. */
#ifndef PAGES_REGISTER_TREE_H
#define PAGES_REGISTER_TREE_H

#include "pages/register_unit.h"

/* What can be chosen at a node of the tree; 0 nothing. */
#define BRANCH_ITSELF 1
#define BRANCH_BELOW 2

/* The same for each unit of the contest. NULL: memory is out. */
unsigned char *unit_branches(struct arena *arena, const struct contest *contest,
			     enum group_place place);

/* The page for a choice whose group is known. */
void unit_tree_show(struct request *request, const struct unit_choice *choice, int status);

#endif
