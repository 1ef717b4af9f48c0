#include "exchange/csv.h"

#include "base/unicode.h"

#include <assert.h>

#define QUOTE_CHARS_MAX 40

void csv_problem_add(struct csv_problems *problems, int line, int column, struct text reason)
{
	if (problems->n < CSV_PROBLEMS_MAX)
		problems->items[problems->n++] = (struct csv_problem){ line, column, reason };
	problems->n_all++;
}

void csv_problem_format(struct csv_problems *problems, struct arena *arena, int line, int column,
			const char *format, ...)
{
	struct text reason = TEXT_EMPTY;
	va_list args;

	if (problems->n < CSV_PROBLEMS_MAX) {
		va_start(args, format);
		reason = text_vformat(arena, format, args);
		va_end(args);
	}
	csv_problem_add(problems, line, column, reason);
}

void csv_problems_sort(struct csv_problems *problems)
{
	/* By insertion: there are few, and those of one place keep their order. */
	for (int i = 1; i < problems->n; i++) {
		struct csv_problem moved = problems->items[i];
		int at = i;
		for (; at > 0; at--) {
			const struct csv_problem *before = &problems->items[at - 1];
			if (before->line < moved.line ||
			    (before->line == moved.line && before->column <= moved.column))
				break;
			problems->items[at] = *before;
		}
		problems->items[at] = moved;
	}
}

struct text csv_quote(struct text value)
{
	size_t at = 0;

	for (int chars = 0; at < value.len && chars < QUOTE_CHARS_MAX; chars++) {
		if (value.ptr[at] == '\n' || value.ptr[at] == '\r')
			break;
		(void)text_next_char(value, &at);
	}
	return text_part(value, 0, at);
}

/* The file is copied once; fields are parts of the copy, and doubled quotes are
 * made single in place. */
struct reader {
	struct arena *arena;
	struct csv_problems *problems;
	char *ptr;
	size_t len;
	size_t at;
	int line;
	int n_columns;
	int header_fields;	/* of the header; 0 before it was read */
	int targets[CSV_COLUMNS_MAX];	/* field of the line → column, -1 none */
	bool mapped;		/* the header named every column once */
};

struct record {
	int line;
	int n;			/* fields, also those past CSV_COLUMNS_MAX */
	bool blank;		/* no field has a value */
	bool broken;		/* a problem was found in it */
	struct text fields[CSV_COLUMNS_MAX];
};

#define problem(reader, record, line, column, ...) do { \
	(record)->broken = true; \
	csv_problem_format((reader)->problems, (reader)->arena, line, column, __VA_ARGS__); \
} while (0)

static bool at_line_end(const struct reader *reader)
{
	char c = reader->ptr[reader->at];
	if (c == '\n')
		return true;
	return c == '\r' && reader->at + 1 < reader->len && reader->ptr[reader->at + 1] == '\n';
}

/* Whether the field ends here: at a comma, a line end or the end of the file. */
static bool at_field_end(const struct reader *reader)
{
	return reader->at == reader->len || reader->ptr[reader->at] == ',' || at_line_end(reader);
}

static struct text read_plain(struct reader *reader, struct record *record)
{
	size_t from = reader->at;
	bool quote = false, lone = false;

	for (; !at_field_end(reader); reader->at++) {
		quote |= reader->ptr[reader->at] == '"';
		lone |= reader->ptr[reader->at] == '\r';
	}
	if (quote)
		problem(reader, record, reader->line, record->n,
			"có dấu nháy kép (\") giữa ô không được bọc trong nháy; hãy bọc cả ô trong "
			"nháy và viết mỗi dấu nháy bên trong thành hai");
	if (lone)
		problem(reader, record, reader->line, record->n,
			"có ký tự CR đứng một mình; dòng phải kết thúc bằng LF hoặc CRLF");
	return text_from_bytes(reader->ptr + from, reader->at - from);
}

static struct text read_quoted(struct reader *reader, struct record *record)
{
	int opened = reader->line;
	size_t from = ++reader->at, to = from;

	for (;; reader->at++) {
		if (reader->at == reader->len) {
			problem(reader, record, opened, record->n,
				"dấu nháy kép mở ở đây không được đóng cho đến hết tệp");
			return TEXT_EMPTY;
		}
		char c = reader->ptr[reader->at];
		if (c == '"') {
			if (reader->at + 1 == reader->len || reader->ptr[reader->at + 1] != '"')
				break;
			reader->at++;
		}
		reader->line += c == '\n';
		reader->ptr[to++] = c;
	}
	reader->at++;
	if (!at_field_end(reader)) {
		problem(reader, record, reader->line, record->n,
			"sau dấu nháy kép đóng ô phải là dấu phẩy hoặc hết dòng");
		while (!at_field_end(reader))
			reader->at++;
	}
	return text_from_bytes(reader->ptr + from, to - from);
}

/* The line of the first bytes that are not UTF-8, when `text` begins at `line`. */
static int find_bad_line(struct text text, int line)
{
	for (struct text rest = text; rest.ptr; line++)
		if (!text_is_utf8(text_cut(&rest, '\n')))
			return line;
	return line;
}

/* The field's text as it is kept. */
static struct text clean_field(struct reader *reader, struct record *record, int line,
			       struct text raw)
{
	if (!text_is_utf8(raw)) {
		bool nul = memchr(raw.ptr, 0, raw.len) != NULL;
		problem(reader, record, find_bad_line(raw, line), record->n,
			nul ? "có byte NUL; tệp có thể là UTF-16, hãy lưu lại dạng CSV UTF-8"
			    : "không phải UTF-8; hãy lưu lại tệp dạng CSV UTF-8");
		return TEXT_EMPTY;
	}
	raw = text_trim(raw);
	return unicode_is_nfc(raw) ? raw : unicode_nfc(reader->arena, raw);
}

/* Reads a line of the file, or several where quotes span them; false at the end. */
static bool read_record(struct reader *reader, struct record *ret)
{
	ret->line = reader->line;
	ret->n = 0;
	ret->blank = true;
	ret->broken = false;
	if (reader->at == reader->len)
		return false;
	for (;;) {
		int line = reader->line;
		bool quoted = reader->at < reader->len && reader->ptr[reader->at] == '"';
		ret->n++;
		struct text raw = quoted ? read_quoted(reader, ret) : read_plain(reader, ret);
		struct text field = clean_field(reader, ret, line, raw);
		ret->blank &= field.len == 0;
		if (ret->n <= CSV_COLUMNS_MAX)
			ret->fields[ret->n - 1] = field;
		if (reader->at == reader->len)
			return true;
		if (reader->ptr[reader->at] != ',')
			break;
		reader->at++;
	}
	reader->at += reader->ptr[reader->at] == '\r' ? 2 : 1;
	reader->line++;
	return true;
}

static int find_column(const char *const *columns, int n_columns, struct text name)
{
	for (int i = 0; i < n_columns; i++)
		if (text_equal_ascii_case(name, text_from_z(columns[i])))
			return i;
	return -1;
}

/* Says which column each field of the lines goes to. False when there is no
 * sense in reading on. */
static bool read_header(struct reader *reader, const char *const *columns, struct record *record)
{
	int found[CSV_COLUMNS_MAX] = { 0 };
	int n = record->n < CSV_COLUMNS_MAX ? record->n : CSV_COLUMNS_MAX;

	reader->header_fields = record->n;
	if (n == 1 && reader->n_columns > 1 && text_find(record->fields[0], TEXT(";"), 0) >= 0) {
		problem(reader, record, record->line, 0,
			"các ô cách nhau bằng dấu chấm phẩy; hãy lưu lại với dấu phẩy");
		return false;
	}
	if (record->n > n)
		problem(reader, record, record->line, 0, "có %d cột, nhiều hơn %d", record->n,
			CSV_COLUMNS_MAX);
	for (int i = 0; i < n; i++) {
		struct text name = csv_quote(record->fields[i]);
		int column = find_column(columns, reader->n_columns, record->fields[i]);
		reader->targets[i] = column;
		if (column < 0 && name.len == 0)
			problem(reader, record, record->line, i + 1, "cột không có tên");
		else if (column < 0)
			problem(reader, record, record->line, i + 1, "không có cột tên “%.*s”",
				TEXT_ARGS(name));
		else if (found[column]++)
			problem(reader, record, record->line, i + 1, "cột “%s” có hai lần",
				columns[column]);
	}
	for (int i = 0; i < reader->n_columns; i++)
		if (!found[i])
			problem(reader, record, record->line, 0, "thiếu cột “%s”", columns[i]);
	reader->mapped = !record->broken;
	return true;
}

/* Whether the record makes a row. */
static bool check_record(struct reader *reader, struct record *record)
{
	if (record->n != reader->header_fields)
		problem(reader, record, record->line, 0, "có %d ô, dòng đầu có %d cột", record->n,
			reader->header_fields);
	return reader->mapped && !record->broken;
}

static bool add_row(struct reader *reader, const struct record *record, struct csv_table *table,
		    int *cap)
{
	if (table->n_rows == *cap) {
		int grown = *cap ? *cap * 2 : 64;
		struct csv_row *rows = arena_grow(reader->arena, table->rows,
						  (size_t)*cap * sizeof(*rows),
						  (size_t)grown * sizeof(*rows));
		if (!rows)
			return false;
		table->rows = rows;
		*cap = grown;
	}
	struct csv_row *row = &table->rows[table->n_rows++];
	row->line = record->line;
	for (int i = 0; i < record->n; i++) {
		row->fields[reader->targets[i]] = record->fields[i];
		row->places[reader->targets[i]] = i + 1;
	}
	return true;
}

/* All lines after the header; false when memory is out. */
static bool read_rows(struct reader *reader, struct csv_table *table)
{
	struct record record;
	int cap = 0;

	while (read_record(reader, &record) && !arena_failed(reader->arena)) {
		if (record.blank && !record.broken)
			continue;
		if (!check_record(reader, &record))
			continue;
		if (table->n_rows == CSV_ROWS_MAX) {
			csv_problem_format(reader->problems, reader->arena, record.line, 0,
					   "tệp có hơn %d dòng", CSV_ROWS_MAX);
			break;
		}
		if (!add_row(reader, &record, table, &cap))
			return false;
	}
	return !arena_failed(reader->arena);
}

static bool begin(struct reader *reader, struct text file)
{
	if (text_starts_with(file, TEXT("\xef\xbb\xbf")))
		file = text_part(file, 3, file.len);
	if (file.len > CSV_BYTES_MAX) {
		csv_problem_format(reader->problems, reader->arena, 1, 0, "tệp lớn hơn %d MiB",
				   CSV_BYTES_MAX >> 20);
		return false;
	}
	if (text_starts_with(file, TEXT("\xff\xfe")) || text_starts_with(file, TEXT("\xfe\xff"))) {
		csv_problem_format(reader->problems, reader->arena, 1, 0,
				   "tệp là UTF-16; hãy lưu lại dạng CSV UTF-8");
		return false;
	}
	reader->ptr = arena_alloc(reader->arena, file.len ? file.len : 1);
	if (reader->ptr && file.len)
		memcpy(reader->ptr, file.ptr, file.len);
	reader->len = file.len;
	return reader->ptr != NULL;
}

int csv_read(struct arena *arena, struct text file, const char *const *columns, int n_columns,
	     struct csv_table *ret, struct csv_problems *ret_problems)
{
	struct reader reader = { .arena = arena, .problems = ret_problems, .line = 1,
				 .n_columns = n_columns };
	struct csv_table table = { NULL, 0 };
	struct record header;

	assert(n_columns >= 1 && n_columns <= CSV_COLUMNS_MAX);
	ret_problems->n = ret_problems->n_all = 0;
	if (begin(&reader, file)) {
		while (read_record(&reader, &header) && header.blank && !header.broken)
			;
		if (header.n == 0)
			csv_problem_format(ret_problems, arena, 1, 0, "tệp không có gì");
		else if (read_header(&reader, columns, &header) && !read_rows(&reader, &table))
			return -1;
	}
	if (arena_failed(arena))
		return -1;
	*ret = table;
	csv_problems_sort(ret_problems);
	return ret_problems->n_all ? 1 : 0;
}
