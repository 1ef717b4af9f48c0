/* The articles of the thể lệ that stand in files of their own. */
#ifndef RULES_RULES_TEXT_PARTS_H
#define RULES_RULES_TEXT_PARTS_H

#include "rules/rules_put.h"

/* rules_text_rank.c: points, the paper that counts, places, the prediction. */
void rules_text_individual(struct rules_page *page);

/* rules_text_unit.c: index, gates and places of units. */
void rules_text_units(struct rules_page *page);

#endif
