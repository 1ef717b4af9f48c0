#include "exchange/contest_files.h"

#include "exchange/contest_check.h"
#include "rules/person.h"

enum column { FULL_NAME, BIRTH, UNIT, PHONE, REASON, COLUMNS };

static const char *const columns[COLUMNS] = {
	[FULL_NAME] = "full_name", [BIRTH] = "birth", [UNIT] = "unit", [PHONE] = "phone",
	[REASON] = "reason",
};

/* Reasons quote no name, date or phone: they may end in a log. */
static void read_birth(const struct check *check, int64_t now, struct exclusion_row *ret)
{
	struct birth birth;

	ret->birth = TEXT_EMPTY;
	switch (person_read_birth(check->row->fields[BIRTH], now, &birth)) {
	case BIRTH_FINE:
		ret->birth = person_birth_iso(check->arena, &birth);
		return;
	case BIRTH_EMPTY:
		return;
	case BIRTH_NO_DATE:
		check_fail(check, BIRTH, "ngày sinh phải là ngày/tháng/năm hoặc năm (bốn chữ số)");
		return;
	case BIRTH_FUTURE:
		check_fail(check, BIRTH, "ngày sinh ở tương lai");
		return;
	case BIRTH_TOO_OLD:
		check_fail(check, BIRTH, "ngày sinh cách nay hơn 120 năm");
		return;
	}
}

static void read_phone(const struct check *check, struct exclusion_row *ret)
{
	ret->phone = TEXT_EMPTY;
	switch (person_read_phone(check->arena, check->row->fields[PHONE], &ret->phone)) {
	case PHONE_FINE:
	case PHONE_EMPTY:
	case PHONE_CONVERTED:
		return;
	case PHONE_NO_MOBILE:
		check_fail(check, PHONE, "không phải số điện thoại di động Việt Nam");
		return;
	}
}

static int read_unit(const struct check *check, const struct row_index *index,
		     const struct unit_rows *units)
{
	struct text code = check->row->fields[UNIT];
	struct text quote = csv_quote(code);

	if (code.len == 0 || !units)
		return -1;
	int unit = row_index_find(index, code);
	if (unit < 0)
		check_fail(check, UNIT, "không có đơn vị mã “%.*s”", TEXT_ARGS(quote));
	else if (units->items[unit].kind == UNIT_KIND_GROUP)
		check_fail(check, UNIT, "“%.*s” là nhóm (group), không ai chọn được",
			   TEXT_ARGS(quote));
	return unit;
}

static void read_row(const struct check *check, const struct row_index *index,
		     const struct unit_rows *units, int64_t now, struct exclusion_row *ret)
{
	const struct text *fields = check->row->fields;

	ret->full_name = TEXT_EMPTY;
	if (fields[FULL_NAME].len &&
	    person_read_name(check->arena, fields[FULL_NAME], &ret->full_name) == NAME_REFUSED)
		check_fail(check, FULL_NAME, "không phải họ tên, hoặc dài hơn %d ký tự",
			   PERSON_NAME_CHARS_MAX);
	read_birth(check, now, ret);
	read_phone(check, ret);
	ret->unit = read_unit(check, index, units);
	ret->reason = check_text(check, REASON, false, EXCLUSION_REASON_CHARS_MAX);
	if (fields[FULL_NAME].len) {
		/* A name alone is met by nobody, for namesakes are many. */
		if (ret->full_name.len && !fields[BIRTH].len && !fields[PHONE].len)
			check_fail(check, FULL_NAME,
				   "có họ tên thì phải có thêm ngày sinh hoặc số điện thoại");
		return;
	}
	if (fields[UNIT].len == 0)
		check_fail(check, FULL_NAME, "phải có họ tên hoặc đơn vị");
	if (fields[BIRTH].len)
		check_fail(check, BIRTH, "loại cả đơn vị thì không ghi ngày sinh");
	if (fields[PHONE].len)
		check_fail(check, PHONE, "loại cả đơn vị thì không ghi số điện thoại");
}

static int index_units(struct arena *arena, const struct unit_rows *units, struct row_index *ret)
{
	if (row_index_new(arena, units->n, ret) < 0)
		return -1;
	for (int i = 0; i < units->n; i++)
		ret->items[i] = (struct row_key){ units->items[i].code, i };
	row_index_sort(ret);
	return 0;
}

int contest_read_exclusions(struct arena *arena, struct text file, const struct unit_rows *units,
			    int64_t now, struct exclusion_rows *ret,
			    struct csv_problems *ret_problems)
{
	struct check check = { arena, ret_problems, NULL };
	struct csv_table table;
	struct row_index index = { 0 };

	if (csv_read(arena, file, columns, COLUMNS, &table, ret_problems) < 0)
		return -1;
	if (table.n_rows > CONTEST_EXCLUSIONS_MAX) {
		csv_problem_format(ret_problems, arena, 1, 0, "có %d dòng, nhiều nhất %d",
				   table.n_rows, CONTEST_EXCLUSIONS_MAX);
		return arena_failed(arena) ? -1 : 1;
	}
	struct exclusion_row *rows = arena_array(arena, (size_t)table.n_rows + 1, sizeof(*rows));
	if (!rows || (units && index_units(arena, units, &index) < 0))
		return -1;
	for (int i = 0; i < table.n_rows; i++) {
		check.row = &table.rows[i];
		read_row(&check, &index, units, now, &rows[i]);
	}
	if (arena_failed(arena))
		return -1;
	csv_problems_sort(ret_problems);
	if (ret_problems->n_all)
		return 1;
	*ret = (struct exclusion_rows){ rows, table.n_rows };
	return 0;
}
