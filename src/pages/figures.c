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
	if (request->lang == LANG_VI)
		return time_format_vn(request->arena, ms, TIME_STYLE_FULL);
	if (ms != time_day_start(ms))
		return time_format_vn(request->arena, ms, TIME_STYLE_DAY_AND_TIME);
	return text_format(request->arena, "24:00 %.*s",
			   TEXT_ARGS(time_format_vn(request->arena, ms - 1, TIME_STYLE_DATE)));
}

struct text figure_start(const struct request *request, int64_t ms)
{
	if (ms != time_day_start(ms))
		return figure_moment(request, ms);
	struct text date = time_format_vn(request->arena, ms, TIME_STYLE_DATE);
	return text_format(request->arena, "00:00 %s%.*s",
			   request->lang == LANG_VI ? "ngày " : "", TEXT_ARGS(date));
}

struct text figure_exact_span(struct arena *arena, int64_t ms)
{
	int64_t whole = ms < 0 ? 0 : ms;
	return text_format(arena, "%.*s,%03d", TEXT_ARGS(time_format_span(arena, whole)),
			   (int)(whole % TIME_SECOND_MS));
}
