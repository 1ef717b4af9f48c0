#include "rules/profile_read.h"

#include "base/time.h"

#include <assert.h>

#define YEAR_MIN 2000
#define YEAR_MAX 2100

static_assert(sizeof(enum rank_key) == sizeof(int), "enums are stored through int");

/* ---- storing ---- */

static void store_int(const struct member *member, void *base, int64_t value)
{
	int stored = (int)value;
	if (member->at != NOT_STORED)
		memcpy((char *)base + member->at, &stored, sizeof(stored));
}

static void store_int64(const struct member *member, void *base, int64_t value)
{
	memcpy((char *)base + member->at, &value, sizeof(value));
}

static void store_text(const struct member *member, void *base, struct text value)
{
	memcpy((char *)base + member->at, &value, sizeof(value));
}

static void store_count(const struct member *member, void *base, int count)
{
	memcpy((char *)base + member->count_at, &count, sizeof(count));
}

static void store_word(const struct member *member, void *base, int i, int value)
{
	memcpy((char *)base + member->at + (size_t)i * member->item_bytes, &value, sizeof(value));
}

void profile_value_default(const struct member *member, void *base)
{
	switch (member->kind) {
	case MEMBER_INT:
	case MEMBER_BOOL:
	case MEMBER_MILLI:
	case MEMBER_WORD:
	case MEMBER_CLOCK:
		store_int(member, base, member->fallback);
		return;
	case MEMBER_INT64:
		store_int64(member, base, member->fallback);
		return;
	case MEMBER_TEXT:
	case MEMBER_CODE:
	case MEMBER_FILE:
	case MEMBER_SITE:
	case MEMBER_DATE:
		store_text(member, base, TEXT_EMPTY);
		return;
	case MEMBER_OBJECTS:
		store_count(member, base, 0);
		return;
	case MEMBER_WORDS:
		for (int i = 0; i < (int)member->fallback; i++)
			store_word(member, base, i, member->words[i].value);
		store_count(member, base, (int)member->fallback);
		return;
	case MEMBER_MOMENT:
	case MEMBER_OBJECT:
		break;
	}
	assert(false && "a member with a default");
}

void profile_value_undecide(const struct member *member, void *base)
{
	switch (member->kind) {
	case MEMBER_INT:
	case MEMBER_BOOL:
	case MEMBER_MILLI:
	case MEMBER_CLOCK:
		store_int(member, base, PROFILE_UNDECIDED);
		return;
	case MEMBER_WORD:
		store_int(member, base, 0);
		return;
	case MEMBER_INT64:
		store_int64(member, base, PROFILE_UNDECIDED);
		return;
	case MEMBER_MOMENT:
		store_int64(member, base, TIME_NONE);
		return;
	case MEMBER_TEXT:
	case MEMBER_CODE:
	case MEMBER_FILE:
	case MEMBER_SITE:
	case MEMBER_DATE:
		store_text(member, base, TEXT_EMPTY);
		return;
	case MEMBER_OBJECTS:
	case MEMBER_WORDS:
		store_count(member, base, member->undecided_count);
		return;
	case MEMBER_OBJECT:
		break;
	}
	assert(false && "a member with a value");
}

bool profile_value_is_undecided(const struct member *member, const void *base)
{
	const char *at = (const char *)base + member->at;
	struct text text;
	int64_t int64;
	int number;

	switch (member->kind) {
	case MEMBER_INT:
	case MEMBER_BOOL:
	case MEMBER_MILLI:
	case MEMBER_CLOCK:
		memcpy(&number, at, sizeof(number));
		return number == PROFILE_UNDECIDED;
	case MEMBER_WORD:
		memcpy(&number, at, sizeof(number));
		return number == 0;
	case MEMBER_INT64:
	case MEMBER_MOMENT:
		memcpy(&int64, at, sizeof(int64));
		return int64 == (member->kind == MEMBER_MOMENT ? TIME_NONE : PROFILE_UNDECIDED);
	case MEMBER_TEXT:
	case MEMBER_CODE:
	case MEMBER_FILE:
	case MEMBER_SITE:
	case MEMBER_DATE:
		memcpy(&text, at, sizeof(text));
		return text.len == 0;
	case MEMBER_OBJECTS:
	case MEMBER_WORDS:
		memcpy(&number, (const char *)base + member->count_at, sizeof(number));
		return number == member->undecided_count;
	case MEMBER_OBJECT:
		break;
	}
	assert(false && "a member with a value");
	return false;
}

/* ---- numbers and words ---- */

static bool read_number(struct reader *reader, const struct member *member,
			const struct spot *spot, int64_t *ret)
{
	const struct json_value *value = spot->value;

	if (value->kind != JSON_KIND_INT) {
		profile_problem(reader, spot, "phải là số nguyên");
		return false;
	}
	if (value->integer < member->min || value->integer > member->max) {
		if (member->min == member->max)
			profile_problem(reader, spot, "phải là %lld", (long long)member->min);
		else
			profile_problem(reader, spot, "phải từ %lld đến %lld",
					(long long)member->min, (long long)member->max);
		return false;
	}
	*ret = value->integer;
	return true;
}

static bool read_milli(struct reader *reader, const struct member *member,
		       const struct spot *spot, void *base)
{
	int64_t milli;

	if (json_thousandths(spot->value, &milli) != 0 || milli < member->min ||
	    milli > member->max) {
		profile_problem(reader, spot, "phải là số từ 0 đến 1, nhiều nhất ba chữ số thập "
					      "phân");
		return false;
	}
	store_int(member, base, milli);
	return true;
}

/* The value of a word, 0 when it is none, and the problem is noted. */
static int word_value(struct reader *reader, const struct member *member, const struct spot *spot)
{
	const struct json_value *value = spot->value;
	struct buf known;

	buf_init(&known, reader->arena, 1024);
	for (const struct word *word = member->words; word->name; word++) {
		if (value->kind == JSON_KIND_TEXT && text_equal_z(value->text, word->name)) {
			if (word->value != WORD_PLANNED)
				return word->value;
			profile_problem(reader, spot, "giá trị “%s” chưa được hỗ trợ", word->name);
			return 0;
		}
		if (word->value != WORD_PLANNED)
			buf_format(&known, "%s%s", known.len ? ", " : "", word->name);
	}
	profile_problem(reader, spot, "phải là một trong các từ: %.*s",
			TEXT_ARGS(buf_done(&known)));
	return 0;
}

static bool read_words(struct reader *reader, const struct member *member,
		       const struct spot *spot, void *base)
{
	const struct json_value *list = spot->value;
	bool is_right = true;

	if (list->kind != JSON_KIND_ARRAY) {
		profile_problem(reader, spot, "phải là một danh sách […]");
		return false;
	}
	if (list->n_items < member->min || list->n_items > member->max) {
		profile_problem(reader, spot, "phải có từ %d đến %d mục", (int)member->min,
				(int)member->max);
		return false;
	}
	for (int i = 0; i < list->n_items; i++) {
		struct spot item = {
			text_format(reader->arena, "%.*s[%d]", TEXT_ARGS(spot->path), i),
			&list->items[i], list->items[i].number,
		};
		int value = word_value(reader, member, &item);
		is_right = is_right && value;
		store_word(member, base, i, value);
	}
	store_count(member, base, list->n_items);
	return is_right;
}

/* ---- texts ---- */

static bool is_one_of(char c, const char *others)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr(others, c));
}

static bool has_only(struct text text, const char *others)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_one_of(text.ptr[i], others))
			return false;
	return true;
}

/* No control characters and no line or paragraph separators. */
static bool is_one_line(struct text text)
{
	for (size_t at = 0; at < text.len;) {
		uint32_t c = text_next_char(text, &at);
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
			return false;
	}
	return true;
}

static bool is_site(struct text text)
{
	if (!text_starts_with(text, TEXT("https://")) && !text_starts_with(text, TEXT("http://")))
		return false;
	return text_find(text, TEXT("//"), 0) + 2 < (ptrdiff_t)text.len &&
	       has_only(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ:/.-_~%?=&");
}

static bool is_file_name(struct text text)
{
	return text.ptr[0] != '.' && has_only(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-");
}

static bool is_iso_date(struct text text)
{
	int64_t ms;
	return text.len == strlen("2024-10-04") && time_parse(text, &ms) == 0;
}

/* What is wrong with a text, NULL when nothing is. */
static const char *text_fault(const struct member *member, struct text text)
{
	if (member->kind == MEMBER_DATE)
		return is_iso_date(text) ? NULL : "phải là ngày có thật, dạng 2024-09-20";
	if (member->kind == MEMBER_CODE && !has_only(text, "-"))
		return "chỉ được có chữ thường không dấu, chữ số và dấu gạch nối";
	if (member->kind == MEMBER_FILE && !is_file_name(text))
		return "phải là tên tệp: chữ không dấu, chữ số, dấu chấm, gạch nối, gạch dưới";
	if (member->kind == MEMBER_SITE && !is_site(text))
		return "phải là địa chỉ bắt đầu bằng https://";
	if (!is_one_line(text))
		return "không được có ký tự điều khiển hay xuống dòng";
	if (text_trim(text).len != text.len)
		return "không được có khoảng trắng ở đầu hay cuối";
	return NULL;
}

static bool read_text(struct reader *reader, const struct member *member,
		      const struct spot *spot, void *base)
{
	if (spot->value->kind != JSON_KIND_TEXT) {
		profile_problem(reader, spot, "phải là chuỗi ký tự");
		return false;
	}
	struct text text = spot->value->text;
	int64_t n_chars = (int64_t)text_count_chars(text);
	if (member->kind != MEMBER_DATE && (n_chars < member->min || n_chars > member->max)) {
		profile_problem(reader, spot, "phải dài từ %d đến %d ký tự", (int)member->min,
				(int)member->max);
		return false;
	}
	const char *fault = text_fault(member, text);
	if (fault) {
		profile_problem(reader, spot, "%s", fault);
		return false;
	}
	store_text(member, base, text);
	return true;
}

static bool read_moment(struct reader *reader, const struct member *member,
			const struct spot *spot, void *base)
{
	const struct json_value *value = spot->value;
	int64_t ms = TIME_NONE;

	if (value->kind != JSON_KIND_TEXT || !text_ends_with(value->text, TEXT("+07:00")) ||
	    time_parse(value->text, &ms) != 0 || ms % TIME_SECOND_MS != 0) {
		profile_problem(reader, spot,
				"phải là thời điểm giờ Việt Nam, dạng 2024-10-04T24:00:00+07:00");
		return false;
	}
	int year = time_to_civil(ms).year;
	if (year < YEAR_MIN || year > YEAR_MAX) {
		profile_problem(reader, spot, "phải từ năm %d đến năm %d", YEAR_MIN, YEAR_MAX);
		return false;
	}
	store_int64(member, base, ms);
	return true;
}

static bool read_clock(struct reader *reader, const struct member *member,
		       const struct spot *spot, void *base)
{
	const struct json_value *value = spot->value;
	struct text text = value->kind == JSON_KIND_TEXT ? value->text : TEXT_EMPTY;
	int64_t hour = -1, minute = -1;

	if (text.len != 5 || text.ptr[2] != ':' ||
	    text_to_int64(text_part(text, 0, 2), &hour) != 0 ||
	    text_to_int64(text_part(text, 3, 2), &minute) != 0 || hour < 0 || hour > 23 ||
	    minute < 0 || minute > 59 || text.ptr[0] == '-' || text.ptr[3] == '-') {
		profile_problem(reader, spot, "phải là giờ trong ngày từ 00:00 đến 23:59");
		return false;
	}
	store_int(member, base, hour * 60 + minute);
	return true;
}

bool profile_value_read(struct reader *reader, const struct member *member,
			const struct spot *spot, void *base)
{
	int64_t number;

	switch (member->kind) {
	case MEMBER_INT:
		if (!read_number(reader, member, spot, &number))
			return false;
		store_int(member, base, number);
		return true;
	case MEMBER_INT64:
		if (!read_number(reader, member, spot, &number))
			return false;
		store_int64(member, base, number);
		return true;
	case MEMBER_BOOL:
		if (spot->value->kind != JSON_KIND_BOOL) {
			profile_problem(reader, spot, "phải là true hoặc false");
			return false;
		}
		store_int(member, base, spot->value->truth);
		return true;
	case MEMBER_MILLI:
		return read_milli(reader, member, spot, base);
	case MEMBER_WORD:
		number = word_value(reader, member, spot);
		store_int(member, base, number);
		return number != 0;
	case MEMBER_WORDS:
		return read_words(reader, member, spot, base);
	case MEMBER_CLOCK:
		return read_clock(reader, member, spot, base);
	case MEMBER_MOMENT:
		return read_moment(reader, member, spot, base);
	case MEMBER_TEXT:
	case MEMBER_CODE:
	case MEMBER_FILE:
	case MEMBER_SITE:
	case MEMBER_DATE:
		return read_text(reader, member, spot, base);
	case MEMBER_OBJECT:
	case MEMBER_OBJECTS:
		break;
	}
	assert(false && "a single value");
	return false;
}
