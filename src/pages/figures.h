/* Numbers, percentages and moments as public pages write them: the Vietnamese
 * way in both languages. Texts live in the arena. */
#ifndef PAGES_FIGURES_H
#define PAGES_FIGURES_H

#include "pages/request.h"

/* Millionths as percent: 21200 as "2,12 %" (places 2) or "2,1200" with no sign
 * (figure_points, places 4). Rounded half up; `ppm` is not negative. The space is
 * one that does not break. */
struct text figure_percent(struct arena *arena, int64_t ppm);
struct text figure_points(struct arena *arena, int64_t ppm);

/* part ÷ whole in millionths, rounded half up; 0 when the whole is 0. */
int64_t figure_ppm(int64_t part, int64_t whole);

/* "2024-09-20" as "20/09/2024"; anything else as it is. */
struct text figure_date(struct arena *arena, struct text iso);

/* "08:00 ngày 20/09/2024", in English "08:00 20/09/2024". Midnight ends the day
 * before ("24:00 ngày 04/10/2024") … */
struct text figure_moment(const struct request *request, int64_t ms);
/* … but begins a day where something begins ("00:00 ngày 05/10/2024"). */
struct text figure_start(const struct request *request, int64_t ms);

/* "12:34,567": a duration to the thousandth. */
struct text figure_exact_span(struct arena *arena, int64_t ms);

#endif
