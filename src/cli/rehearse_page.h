/* The page at the end of a rehearsal, in words for the people who decide. */
#ifndef CLI_REHEARSE_PAGE_H
#define CLI_REHEARSE_PAGE_H

#include "cli/rehearse_play.h"
#include "pages/contest.h"

struct rehearse_page {
	const struct rehearse_play *play;
	const struct contest *contest;
	const struct rules_in_force *rules;
	const struct profile_round *round;
	int64_t handed_in;	/* papers that the copy has from the crowd */
	bool other_disk;	/* the copy lies on another than the data */
	int64_t database_bytes;	/* of the copy at the end */
	const char *version;
};

/* Appends it as text. */
void rehearse_page_write(const struct rehearse_page *page, struct arena *arena, struct buf *out);

/* What a step is called to people: "lưu bài". */
const char *rehearse_step_name(enum step step);

#endif
