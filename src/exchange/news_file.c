#include "exchange/contest_files.h"

#include "base/time.h"
#include "base/unicode.h"

struct head {
	const char *name;
	struct text value;
	bool seen;
};

/* A line of `*rest` without its end, LF or CRLF. */
static struct text take_line(struct text *rest)
{
	struct text line = text_cut(rest, '\n');
	if (text_ends_with(line, TEXT("\r")))
		line.len--;
	return line;
}

/* "name: value" into the member of that name; the reason why not, or "". */
static const char *read_line(struct text line, struct head *heads, int n_heads)
{
	struct text value = line;
	struct text name = text_trim(text_cut(&value, ':'));

	if (!value.ptr)
		return "phải có dạng “tên: nội dung”";
	for (int i = 0; i < n_heads; i++) {
		if (!text_equal_z(name, heads[i].name))
			continue;
		if (heads[i].seen)
			return "đã có ở dòng trước";
		heads[i].seen = true;
		heads[i].value = text_trim(value);
		return heads[i].value.len ? "" : "không được để trống";
	}
	return "tên phải là title, date hoặc summary";
}

static bool is_day(struct text text)
{
	int64_t ms;
	return text.len == strlen("2024-10-04") && time_parse(text, &ms) == 0;
}

/* Reads up to the empty line and checks. */
static int read_head(struct arena *arena, struct text *rest, struct head *heads, int n_heads,
		     struct text *ret_reason)
{
	for (int line = 1; rest->ptr; line++) {
		struct text head = take_line(rest);
		if (text_trim(head).len == 0)
			break;
		const char *reason = read_line(head, heads, n_heads);
		if (*reason) {
			*ret_reason = text_format(arena, "dòng %d: %s", line, reason);
			return 1;
		}
	}
	for (int i = 0; i < n_heads; i++)
		if (!heads[i].seen) {
			*ret_reason = text_format(arena, "thiếu dòng “%s: …” ở đầu tệp",
						  heads[i].name);
			return 1;
		}
	return 0;
}

static int refuse(struct arena *arena, const char *reason, struct text *ret_reason)
{
	*ret_reason = text_copy(arena, text_from_z(reason));
	return arena_failed(arena) ? -1 : 1;
}

int contest_read_news(struct arena *arena, struct text file, struct news_file *ret,
		      struct text *ret_reason)
{
	enum { TITLE, DATE, SUMMARY, HEADS };
	struct head heads[HEADS] = {
		[TITLE] = { .name = "title" }, [DATE] = { .name = "date" },
		[SUMMARY] = { .name = "summary" },
	};

	if (file.len > NEWS_BYTES_MAX)
		return refuse(arena, "tệp lớn hơn 256 KiB", ret_reason);
	if (!text_is_utf8(file))
		return refuse(arena, "tệp không phải UTF-8", ret_reason);
	if (text_starts_with(file, TEXT("\xef\xbb\xbf")))
		file = text_part(file, 3, file.len);
	struct text rest = unicode_nfc(arena, file);
	if (arena_failed(arena))
		return -1;
	if (read_head(arena, &rest, heads, HEADS, ret_reason))
		return arena_failed(arena) ? -1 : 1;
	if (!is_day(heads[DATE].value))
		return refuse(arena, "“date” phải là ngày viết yyyy-mm-dd", ret_reason);
	if (text_count_chars(heads[TITLE].value) > NEWS_TITLE_CHARS_MAX)
		return refuse(arena, "“title” dài hơn 200 ký tự", ret_reason);
	if (text_count_chars(heads[SUMMARY].value) > NEWS_SUMMARY_CHARS_MAX)
		return refuse(arena, "“summary” dài hơn 500 ký tự", ret_reason);
	if (!rest.ptr || text_trim(rest).len == 0)
		return refuse(arena, "không có nội dung sau dòng trống", ret_reason);
	*ret = (struct news_file){ .title = heads[TITLE].value, .date = heads[DATE].value,
				   .summary = heads[SUMMARY].value, .body = text_trim(rest) };
	return 0;
}
