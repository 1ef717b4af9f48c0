#include "pages/figures.h"

#include "base/time.h"

#include <assert.h>

#define MILLION 1000000

int64_t figure_ppm(int64_t part, int64_t whole)
{
	assert(part >= 0 && whole >= 0);
	return whole == 0 ? 0 : (part * MILLION + whole / 2) / whole;
}

struct text figure_percent(struct arena *arena, int64_t ppm)
{
	int64_t hundredths = (ppm + 50) / 100;
	return text_format(arena, "%lld,%02lld\u00a0%%", (long long)(hundredths / 100),
			   (long long)(hundredths % 100));
}

struct text figure_points(struct arena *arena, int64_t ppm)
{
	return text_format(arena, "%lld,%04lld", (long long)(ppm / 10000),
			   (long long)(ppm % 10000));
}

struct text figure_date(struct arena *arena, struct text iso)
{
	int64_t ms;
	return time_parse(iso, &ms) == 0 ? time_format_vn(arena, ms, TIME_STYLE_DATE) : iso;
}

struct text figure_moment(const struct request *request, int64_t ms)
{
	return time_format_vn(request->arena, ms,
			      request->lang == LANG_EN ? TIME_STYLE_DAY_AND_TIME : TIME_STYLE_FULL);
}

struct text figure_start(const struct request *request, int64_t ms)
{
	if (ms != time_day_start(ms) || request->lang == LANG_EN)
		return figure_moment(request, ms);
	return text_format(request->arena, "00:00 ngày %.*s",
			   TEXT_ARGS(time_format_vn(request->arena, ms, TIME_STYLE_DATE)));
}

struct text figure_exact_span(struct arena *arena, int64_t ms)
{
	int64_t whole = ms < 0 ? 0 : ms;
	return text_format(arena, "%.*s,%03d", TEXT_ARGS(time_format_span(arena, whole)),
			   (int)(whole % TIME_SECOND_MS));
}
