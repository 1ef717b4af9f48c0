/* What an organizer may want to look at before publishing: the same name and birth
 * date entered with several phones, and places that win a prize whose people share a
 * phone. Neither is forbidden, so it blocks nobody and is stored nowhere. */
#ifndef JOBS_SUSPICIONS_H
#define JOBS_SUSPICIONS_H

#include "jobs/ranking.h"

/* Writes what there is about the order's contest and the newest ranking of its round,
 * in Vietnamese and by mã dự thi only; nothing when there is nothing. Answers 0 done,
 * negative as the store (what was written by then is not whole). */
int suspicions_write(const struct ranking_order *order, struct buf *out) MUST_CHECK;

#endif
