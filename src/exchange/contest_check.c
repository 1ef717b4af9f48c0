#include "exchange/contest_check.h"

void check_fail(const struct check *check, int column, const char *format, ...)
{
	struct text reason = TEXT_EMPTY;
	va_list args;

	if (check->problems->n < CSV_PROBLEMS_MAX) {
		va_start(args, format);
		reason = text_vformat(check->arena, format, args);
		va_end(args);
	}
	csv_problem_add(check->problems, check->row->line, check->row->places[column], reason);
}

struct text check_text(const struct check *check, int column, bool required, size_t chars_max)
{
	struct text value = check->row->fields[column];

	if (required && value.len == 0)
		check_fail(check, column, "không được để trống");
	if (text_count_chars(value) > chars_max)
		check_fail(check, column, "dài hơn %zu ký tự", chars_max);
	return value;
}

bool check_code(const struct check *check, int column, const char *allowed, size_t chars_max)
{
	struct text code = check->row->fields[column];

	if (code.len == 0) {
		check_fail(check, column, "không được để trống");
		return false;
	}
	for (size_t i = 0; i < code.len; i++)
		if (!strchr(allowed, code.ptr[i]) || i == chars_max) {
			struct text quote = csv_quote(code);
			check_fail(check, column,
				   "“%.*s” không hợp lệ: chỉ dùng các ký tự %s, nhiều nhất %zu",
				   TEXT_ARGS(quote), allowed, chars_max);
			return false;
		}
	return true;
}

int check_int(const struct check *check, int column, int min, int max)
{
	struct text value = check->row->fields[column];
	struct text quote = csv_quote(value);
	int64_t number;

	if (text_to_int64(value, &number) == 0 && number >= min && number <= max)
		return (int)number;
	if (value.len == 0)
		check_fail(check, column, "không được để trống: cần số nguyên từ %d đến %d", min,
			   max);
	else
		check_fail(check, column, "“%.*s” không phải số nguyên từ %d đến %d",
			   TEXT_ARGS(quote), min, max);
	return min;
}

int row_index_new(struct arena *arena, int n, struct row_index *ret)
{
	struct row_key *items = arena_array(arena, n ? (size_t)n : 1, sizeof(*items));
	if (!items)
		return -1;
	*ret = (struct row_index){ items, n };
	return 0;
}

static int compare_keys(const void *a, const void *b)
{
	const struct row_key *x = a, *y = b;
	int order = text_compare(x->key, y->key);
	return order ? order : (x->row > y->row) - (x->row < y->row);
}

void row_index_sort(struct row_index *index)
{
	qsort(index->items, (size_t)index->n, sizeof(*index->items), compare_keys);
}

int row_index_find(const struct row_index *index, struct text key)
{
	int from = 0, to = index->n;

	while (from < to) {
		int middle = from + (to - from) / 2;
		if (text_compare(index->items[middle].key, key) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	if (from == index->n || !text_equal(index->items[from].key, key))
		return -1;
	return index->items[from].row;
}
