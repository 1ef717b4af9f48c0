#include "exchange/contest_files.h"

#include "exchange/contest_check.h"

#define CODE_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
#define OFFICIAL_CODE_CHARS_MAX 40

enum column {
	CODE, PARENT, NAME, SHORT_NAME, KIND, BLOCK, HEADCOUNT, OFFICIAL_CODE, ALIASES, COLUMNS
};

static const char *const columns[COLUMNS] = {
	[CODE] = "code", [PARENT] = "parent", [NAME] = "name", [SHORT_NAME] = "short_name",
	[KIND] = "kind", [BLOCK] = "block", [HEADCOUNT] = "headcount",
	[OFFICIAL_CODE] = "official_code", [ALIASES] = "aliases",
};

static bool read_kind(const struct check *check, enum unit_kind *ret)
{
	struct text kind = check->row->fields[KIND];
	struct text quote = csv_quote(kind);

	if (text_equal_z(kind, "group"))
		*ret = UNIT_KIND_GROUP;
	else if (text_equal_z(kind, "unit"))
		*ret = UNIT_KIND_UNIT;
	else if (text_equal_z(kind, "locality"))
		*ret = UNIT_KIND_LOCALITY;
	else {
		check_fail(check, KIND, "“%.*s” phải là group, unit hoặc locality",
			   TEXT_ARGS(quote));
		return false;
	}
	return true;
}

static int read_block(const struct check *check, const struct profile *profile)
{
	struct text code = check->row->fields[BLOCK];
	struct text quote = csv_quote(code);

	if (code.len == 0)
		return -1;
	for (int i = 0; i < profile->n_blocks; i++)
		if (text_equal(profile->blocks[i].code, code))
			return i;
	check_fail(check, BLOCK, "thể lệ không có khối “%.*s”", TEXT_ARGS(quote));
	return -1;
}

/* A locality's and a group's may be empty or 0. */
static int read_headcount(const struct check *check, enum unit_kind kind)
{
	struct text typed = check->row->fields[HEADCOUNT];

	if (kind == UNIT_KIND_UNIT)
		return check_int(check, HEADCOUNT, 0, UNIT_HEADCOUNT_MAX);
	if (typed.len && !text_equal_z(typed, "0"))
		check_fail(check, HEADCOUNT, kind == UNIT_KIND_GROUP
			   ? "nhóm (group) không có biên chế của riêng mình: để 0"
			   : "địa bàn (locality) không có biên chế: để trống");
	return 0;
}

/* All of a row that needs no other row. */
static void read_row(const struct check *check, const struct profile *profile, struct unit_row *ret)
{
	check_code(check, CODE, CODE_LETTERS, UNIT_CODE_CHARS_MAX);
	ret->code = check->row->fields[CODE];
	ret->parent = -1;
	ret->name = check_text(check, NAME, true, UNIT_NAME_CHARS_MAX);
	ret->short_name = check_text(check, SHORT_NAME, false, UNIT_SHORT_NAME_CHARS_MAX);
	ret->block = read_block(check, profile);
	if (read_kind(check, &ret->kind)) {
		ret->headcount = read_headcount(check, ret->kind);
		if (ret->kind == UNIT_KIND_LOCALITY && check->row->fields[BLOCK].len)
			check_fail(check, BLOCK,
				   "địa bàn (locality) không thuộc khối nào: để trống");
	}
	ret->official_code = check_text(check, OFFICIAL_CODE, false, OFFICIAL_CODE_CHARS_MAX);
	ret->aliases = check_text(check, ALIASES, false, UNIT_ALIASES_CHARS_MAX);
}

static void check_kinds(const struct check *check, const struct unit_row *unit,
			const struct unit_row *parent)
{
	static const char *const reasons[] = {
		[UNIT_KIND_GROUP] = "nhóm (group) chỉ đứng dưới nhóm",
		[UNIT_KIND_UNIT] = "đơn vị (unit) không đứng dưới địa bàn",
		[UNIT_KIND_LOCALITY] = "địa bàn (locality) không đứng dưới đơn vị",
	};

	if (parent->kind != UNIT_KIND_GROUP && parent->kind != unit->kind)
		check_fail(check, PARENT, "%s", reasons[unit->kind]);
}

static void link_parent(const struct check *check, const struct row_index *index,
			struct unit_row *units, int row)
{
	struct text code = check->row->fields[PARENT];
	struct text quote = csv_quote(code);
	struct unit_row *unit = &units[row];

	if (code.len == 0)
		return;
	int parent = row_index_find(index, code);
	if (parent < 0)
		check_fail(check, PARENT, "không có đơn vị mã “%.*s”", TEXT_ARGS(quote));
	else if (parent == row)
		check_fail(check, PARENT, "đơn vị không thể là cấp trên của chính nó");
	else if (parent > row)
		check_fail(check, PARENT, "cấp trên “%.*s” phải đứng ở dòng trước",
			   TEXT_ARGS(quote));
	else {
		unit->parent = parent;
		unit->level = units[parent].level + 1;
		check_kinds(check, unit, &units[parent]);
		if (unit->level == UNIT_LEVEL_MAX + 1)
			check_fail(check, PARENT, "sâu hơn %d cấp", UNIT_LEVEL_MAX + 1);
	}
}

/* What needs all rows: codes once, parents. */
static int link_rows(struct check *check, const struct csv_table *table, struct unit_row *units)
{
	struct row_index index;

	if (row_index_new(check->arena, table->n_rows, &index) < 0)
		return -1;
	for (int i = 0; i < table->n_rows; i++)
		index.items[i] = (struct row_key){ units[i].code, i };
	row_index_sort(&index);
	for (int i = 0; i < table->n_rows; i++) {
		check->row = &table->rows[i];
		int first = row_index_find(&index, units[i].code);
		if (first < i && units[i].code.len)
			check_fail(check, CODE, "mã này đã có ở dòng %d", table->rows[first].line);
		link_parent(check, &index, units, i);
	}
	return 0;
}

int contest_read_units(struct arena *arena, struct text file, const struct profile *profile,
		       struct unit_rows *ret, struct csv_problems *ret_problems)
{
	struct check check = { arena, ret_problems, NULL };
	struct csv_table table;
	int answer = csv_read(arena, file, columns, COLUMNS, &table, ret_problems);

	if (answer < 0)
		return -1;
	if (table.n_rows > CONTEST_UNITS_MAX || (answer == 0 && table.n_rows == 0)) {
		csv_problem_format(ret_problems, arena, 1, 0, "có %d dòng, cần từ 1 đến %d",
				   table.n_rows, CONTEST_UNITS_MAX);
		return arena_failed(arena) ? -1 : 1;
	}
	struct unit_row *units = arena_array(arena, (size_t)table.n_rows + 1, sizeof(*units));
	if (!units)
		return -1;
	for (int i = 0; i < table.n_rows; i++) {
		check.row = &table.rows[i];
		read_row(&check, profile, &units[i]);
	}
	/* Rows that could not be read would be missed as parents. */
	if (answer == 0 && link_rows(&check, &table, units) < 0)
		return -1;
	if (arena_failed(arena))
		return -1;
	csv_problems_sort(ret_problems);
	if (ret_problems->n_all)
		return 1;
	*ret = (struct unit_rows){ units, table.n_rows };
	return 0;
}
