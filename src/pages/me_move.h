/* Another group or unit for someone who is registered, until their first paper:
 *   GET  /{contest}/dang-ky?cho=toi&…   choosing, as in step 1 of registering
 *   POST /{contest}/toi                 doing it */
#ifndef PAGES_ME_MOVE_H
#define PAGES_ME_MOVE_H

#include "pages/register_unit.h"

void register_move_show(struct request *request, const struct unit_choice *choice,
			const struct page_entry *entry);

/* With what me_load has loaded. */
void page_me_post(struct request *request);

#endif
