#include "exchange/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const abc[] = { "a", "b", "c" };

struct read {
	struct arena *arena;
	struct csv_table table;
	struct csv_problems problems;
	int answer;
};

static struct read read_with(struct text file, const char *const *columns, int n)
{
	struct read read = { .arena = arena_new(16 << 20) };
	assert_non_null(read.arena);
	read.answer = csv_read(read.arena, file, columns, n, &read.table, &read.problems);
	return read;
}

static struct read read_abc(const char *file)
{
	return read_with(text_from_z(file), abc, 3);
}

static void assert_text(struct text text, const char *expected)
{
	if (!text_equal_z(text, expected))
		fail_msg("“%.*s” is not “%s”", TEXT_ARGS(text), expected);
}

static void assert_row(const struct read *read, int row, int line, const char *a, const char *b,
		       const char *c)
{
	assert_true(row < read->table.n_rows);
	const struct csv_row *got = &read->table.rows[row];
	assert_int_equal(got->line, line);
	assert_text(got->fields[0], a);
	assert_text(got->fields[1], b);
	assert_text(got->fields[2], c);
}

static void assert_problem(const struct read *read, int i, int line, int column, const char *part)
{
	assert_true(i < read->problems.n);
	const struct csv_problem *problem = &read->problems.items[i];
	assert_int_equal(problem->line, line);
	assert_int_equal(problem->column, column);
	if (text_find(problem->reason, text_from_z(part), 0) < 0)
		fail_msg("“%.*s” lacks “%s”", TEXT_ARGS(problem->reason), part);
}

/* The file has this one problem. */
static void assert_only(const char *file, int line, int column, const char *part)
{
	struct read read = read_abc(file);
	assert_int_equal(read.answer, 1);
	assert_int_equal(read.problems.n_all, 1);
	assert_problem(&read, 0, line, column, part);
	arena_free(read.arena);
}

static void reads_fields(void **state)
{
	(void)state;
	struct read read = read_abc("a,b,c\r\n1, 2 ,\"3\"\r\n\"x, \"\"y\"\"\nz\",,\"\"\r\n4,5,6");
	assert_int_equal(read.answer, 0);
	assert_int_equal(read.table.n_rows, 3);
	assert_row(&read, 0, 2, "1", "2", "3");
	assert_row(&read, 1, 3, "x, \"y\"\nz", "", "");
	assert_row(&read, 2, 5, "4", "5", "6");
	arena_free(read.arena);
}

static void reads_columns_in_any_order(void **state)
{
	(void)state;
	struct read read = read_abc("\xef\xbb\xbf\n C ,a,\"b\"\n3,1,2\n\n,,\n  \n6,4,5\n");
	assert_int_equal(read.answer, 0);
	assert_int_equal(read.table.n_rows, 2);
	assert_row(&read, 0, 3, "1", "2", "3");
	assert_int_equal(read.table.rows[0].places[0], 2);
	assert_int_equal(read.table.rows[0].places[2], 1);
	assert_row(&read, 1, 7, "4", "5", "6");
	arena_free(read.arena);
}

static void composes(void **state)
{
	(void)state;
	struct read read = read_abc("a,b,c\nho\xcc\x80" "a,\"Hu\xcc\x81\",x\n");
	assert_int_equal(read.answer, 0);
	assert_row(&read, 0, 2, "hòa", "Hú", "x");
	arena_free(read.arena);
}

static void tells_what_is_broken(void **state)
{
	(void)state;
	assert_only("", 1, 0, "không có gì");
	assert_only("\n ,,\n", 1, 0, "không có gì");
	assert_only("a,b,c\n1,2\"x,3\n", 2, 2, "nháy kép");
	assert_only("a,b,c\n1, \"2\",3\n", 2, 2, "nháy kép");
	assert_only("a,b,c\n1,2,\"3\n4,5,6\n7", 2, 3, "không được đóng");
	assert_only("a,b,c\n1,\"2\"x,3\n4,5,6\n", 2, 2, "sau dấu nháy");
	assert_only("a,b,c\n1,2\n", 2, 0, "có 2 ô, dòng đầu có 3 cột");
	assert_only("a,b,c\n1,2,3,4\n", 2, 0, "có 4 ô");
	assert_only("a,b,c\n1,\xff,3\n", 2, 2, "UTF-8");
	assert_only("a,b,c\n\"x\ny\n\xc3\x28\",2,3\n", 4, 1, "UTF-8");
	assert_only("a,b,c\n1,2\rx,3\n", 2, 2, "CR");
	assert_only("a;b;c\n1;2,5;3\n", 1, 0, "chấm phẩy");
	assert_only("\xff\xfe" "a,b,c\n", 1, 0, "UTF-16");
}

static void tells_of_nul(void **state)
{
	(void)state;
	struct read read = read_with(TEXT("a,b,c\n1,x\0y,3\n"), abc, 3);
	assert_int_equal(read.answer, 1);
	assert_problem(&read, 0, 2, 2, "NUL");
	arena_free(read.arena);
}

static void checks_the_header(void **state)
{
	(void)state;
	struct read read = read_abc("a,x,A,\n1,2,3,4\n5,6\n");
	assert_int_equal(read.answer, 1);
	assert_int_equal(read.problems.n_all, 6);
	assert_problem(&read, 0, 1, 0, "thiếu cột “b”");
	assert_problem(&read, 1, 1, 0, "thiếu cột “c”");
	assert_problem(&read, 2, 1, 2, "không có cột tên “x”");
	assert_problem(&read, 3, 1, 3, "cột “a” có hai lần");
	assert_problem(&read, 4, 1, 4, "không có tên");
	assert_problem(&read, 5, 3, 0, "có 2 ô");
	assert_int_equal(read.table.n_rows, 0);
	arena_free(read.arena);
}

static void tells_all_at_once(void **state)
{
	(void)state;
	struct read read = read_abc("a,b,c\n1\n2,x\"y,3\n4,5,6\n7,8,9,10\n\xff,\xfe,1\n");
	assert_int_equal(read.answer, 1);
	assert_int_equal(read.problems.n_all, 5);
	assert_problem(&read, 4, 6, 2, "UTF-8");
	assert_int_equal(read.table.n_rows, 1);
	assert_row(&read, 0, 4, "4", "5", "6");
	arena_free(read.arena);
}

static void keeps_the_first_problems(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct buf file;
	(void)state;

	buf_init(&file, arena, 1 << 16);
	buf_z(&file, "a,b,c\n");
	for (int i = 0; i < 300; i++)
		buf_z(&file, "1,2\n");
	struct read read = read_with(buf_done(&file), abc, 3);
	assert_int_equal(read.answer, 1);
	assert_int_equal(read.problems.n, CSV_PROBLEMS_MAX);
	assert_int_equal(read.problems.n_all, 300);
	assert_problem(&read, CSV_PROBLEMS_MAX - 1, 201, 0, "có 2 ô");
	arena_free(read.arena);
	arena_free(arena);
}

static void quotes_shortly(void **state)
{
	(void)state;
	assert_text(csv_quote(TEXT("một\nhai")), "một");
	assert_int_equal(text_count_chars(csv_quote(TEXT("ơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơơ"))), 40);
	assert_text(csv_quote(TEXT_EMPTY), "");
}

static void assert_written(const char *field, const char *expected)
{
	struct arena *arena = arena_new(1 << 16);
	struct buf out;
	buf_init(&out, arena, 1 << 12);
	csv_write_field(&out, true, text_from_z(field));
	assert_text(buf_done(&out), expected);
	arena_free(arena);
}

static void guards_formulas(void **state)
{
	(void)state;
	assert_written("=1+2", "'=1+2");
	assert_written("=A1,\"x\"", "\"'=A1,\"\"x\"\"\"");
	assert_written("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0");
	assert_written("-2+3", "'-2+3");
	assert_written("@SUM(A1)", "'@SUM(A1)");
	assert_written("\t=1", "\"'\t=1\"");
	assert_written("\r=1", "\"'\r=1\"");
	assert_written(" =1", "\"' =1\"");
	assert_written("＝1", "'＝1");
	assert_written("-5", "-5");
	assert_written("-1,5", "\"-1,5\"");
	assert_written("-3.5%", "-3.5%");
	assert_written("+84912345678", "+84912345678");
	assert_written("-", "'-");
	assert_written("--1", "'--1");
	assert_written("-1..2", "'-1..2");
	assert_written("H'Bia Niê", "H'Bia Niê");
	assert_written("", "");
	assert_written("a\nb", "\"a\nb\"");
}

static uint64_t random_state;

static unsigned random_below(unsigned bound)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(random_state >> 33) % bound;
}

/* Text that the reader leaves as it is: in NFC, no white space at the ends. */
static struct text random_field(struct arena *arena)
{
	static const char *const pieces[] = {
		"a", "Z", "ế", "đ", "\"", "\"\"", ",", "\n", "\r\n", " ", "\t", ";", "0", "𝄞", "'", "\r",
	};
	struct buf out;
	buf_init(&out, arena, 256);
	for (unsigned n = random_below(8); n; n--)
		buf_z(&out, pieces[random_below(ARRAY_LEN(pieces))]);
	return text_trim(buf_done(&out));
}

static void reads_what_it_writes(void **state)
{
	(void)state;
	random_state = 7;
	for (int round = 0; round < 300; round++) {
		struct arena *arena = arena_new(4 << 20);
		struct text fields[20][3];
		struct buf out;
		buf_init(&out, arena, 1 << 16);
		buf_z(&out, "a,b,c\r\n");
		for (int i = 0; i < 20; i++) {
			for (int j = 0; j < 3; j++) {
				fields[i][j] = j ? random_field(arena) : text_format(arena, "%d", i);
				csv_write_field(&out, j == 0, fields[i][j]);
			}
			csv_write_end(&out);
		}
		struct read read = read_with(buf_done(&out), abc, 3);
		assert_int_equal(read.answer, 0);
		assert_int_equal(read.table.n_rows, 20);
		for (int i = 0; i < 20; i++)
			for (int j = 0; j < 3; j++)
				assert_true(text_equal(read.table.rows[i].fields[j], fields[i][j]));
		arena_free(read.arena);
		arena_free(arena);
	}
}

static void survives_lack_of_memory(void **state)
{
	static const char file[] = "a,b,c\nho\xcc\x80" "a,2,3\n1,2\n\"x\"\"y\",5,6\n";
	(void)state;

	for (int n = 1; n < 50; n++) {
		struct csv_table table;
		struct csv_problems problems;
		mem_fail_nth(0, false);
		struct arena *arena = arena_new(1 << 20);
		mem_fail_nth(n, true);
		int answer = csv_read(arena, text_from_z(file), abc, 3, &table,
				      &problems);
		mem_fail_nth(0, false);
		bool failed = arena_failed(arena);
		arena_free(arena);
		assert_int_equal(answer, failed ? -1 : 1);
		if (!failed)
			return;
	}
	fail();
}

static void stops_at_the_arena_limit(void **state)
{
	struct csv_table table;
	struct csv_problems problems;
	struct arena *arena = arena_new(32768);
	(void)state;

	struct text file = TEXT("a,b,c\n1,2,3\n1,2,3\n1,2,3\n");
	char big[8192];
	memset(big, '\n', sizeof(big));
	memcpy(big, file.ptr, file.len);
	memcpy(big + 4000, "1,2,3\n", 6);
	assert_int_equal(csv_read(arena, text_from_bytes(big, sizeof(big)), abc, 3, &table, &problems),
			 -1);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_fields),
		cmocka_unit_test(reads_columns_in_any_order),
		cmocka_unit_test(composes),
		cmocka_unit_test(tells_what_is_broken),
		cmocka_unit_test(tells_of_nul),
		cmocka_unit_test(checks_the_header),
		cmocka_unit_test(tells_all_at_once),
		cmocka_unit_test(keeps_the_first_problems),
		cmocka_unit_test(quotes_shortly),
		cmocka_unit_test(guards_formulas),
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(survives_lack_of_memory),
		cmocka_unit_test(stops_at_the_arena_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
