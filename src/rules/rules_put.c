#include "rules/rules_put.h"

#include "base/time.h"
#include "rules/score.h"

#define PAGE_BYTES_MAX (1 << 20)
#define PENDING "Thể lệ sẽ được Ban Tổ chức công bố trước giờ khai mạc"

void rules_page_init(struct rules_page *page, struct arena *arena,
		     const struct profile *profile)
{
	bool is_cuoc_thi = text_starts_with(profile->title, TEXT("Cuộc thi"));

	*page = (struct rules_page){
		.arena = arena,
		.profile = profile,
		.contest = is_cuoc_thi ? "cuộc thi" : "hội thi",
	};
	buf_init(&page->buf, arena, PAGE_BYTES_MAX);
}

void rules_put(struct rules_page *page, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_text(&page->buf, text_vformat(page->arena, format, args));
	va_end(args);
}

void rules_put_pending(struct rules_page *page)
{
	if (page->is_pending)
		rules_put(page, "\n%s.\n", PENDING);
	page->is_pending = false;
}

void rules_put_article(struct rules_page *page, const char *title)
{
	rules_put_pending(page);
	rules_put(page, "\n## Điều %d. %s\n\n", ++page->article, title);
	page->clause = 0;
}

void rules_put_clause(struct rules_page *page)
{
	rules_put(page, "%d. ", ++page->clause);
}

void rules_put_dash(struct rules_page *page)
{
	rules_put(page, "   - ");
}

struct text rules_plain(struct arena *arena, struct text text)
{
	struct buf buf;

	buf_init(&buf, arena, 2 * text.len + 1);
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("\\`*_[]<>&#|~$", text.ptr[i]))
			buf_char(&buf, '\\');
		buf_char(&buf, text.ptr[i]);
	}
	return buf_done(&buf);
}

struct text rules_number(struct arena *arena, int64_t number)
{
	return score_format_number(arena, number);
}

struct text rules_count(struct arena *arena, int64_t number)
{
	if (number < 10)
		return text_format(arena, "%02lld", (long long)number);
	return rules_number(arena, number);
}

struct text rules_decimal(struct arena *arena, int64_t thousandths)
{
	struct text whole = rules_number(arena, thousandths / 1000);
	int64_t places = thousandths % 1000;
	int width = 3;

	if (places == 0)
		return whole;
	while (places % 10 == 0) {
		places /= 10;
		width--;
	}
	return text_format(arena, "%.*s,%0*lld", TEXT_ARGS(whole), width, (long long)places);
}

static struct text civil_date(struct arena *arena, const struct civil *civil)
{
	return text_format(arena, civil->month < 3 ? "%02d/%02d/%d" : "%02d/%d/%d", civil->day,
			   civil->month, civil->year);
}

static struct text civil_moment(struct arena *arena, const struct civil *civil)
{
	struct text date = civil_date(arena, civil);

	if (civil->second)
		return text_format(arena, "%02d giờ %02d phút %02d giây ngày %.*s", civil->hour,
				   civil->minute, civil->second, TEXT_ARGS(date));
	return text_format(arena, "%02d giờ %02d ngày %.*s", civil->hour, civil->minute,
			   TEXT_ARGS(date));
}

struct text rules_start(struct arena *arena, int64_t ms)
{
	struct civil civil = time_to_civil(ms);
	return civil_moment(arena, &civil);
}

struct text rules_end(struct arena *arena, int64_t ms)
{
	struct civil civil = time_to_civil(ms);

	if (civil.hour + civil.minute + civil.second == 0) {
		civil = time_to_civil(ms - TIME_DAY_MS);
		civil.hour = 24;
	}
	return civil_moment(arena, &civil);
}

struct text rules_date(struct arena *arena, int64_t ms)
{
	struct civil civil = time_to_civil(ms);
	return civil_date(arena, &civil);
}

struct text rules_iso_date(struct arena *arena, struct text iso)
{
	int64_t ms;
	return time_parse(iso, &ms) == 0 ? rules_date(arena, ms) : TEXT_EMPTY;
}

struct text rules_duration(struct arena *arena, int64_t s)
{
	struct buf buf;

	buf_init(&buf, arena, 128);
	if (s / 3600)
		buf_format(&buf, "%lld giờ", (long long)(s / 3600));
	if (s / 60 % 60)
		buf_format(&buf, "%s%lld phút", buf.len ? " " : "", (long long)(s / 60 % 60));
	if (s % 60)
		buf_format(&buf, "%s%lld giây", buf.len ? " " : "", (long long)(s % 60));
	return buf_done(&buf);
}
