#include "exchange/contest_files.h"

#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define UNITS_HEAD "code,parent,name,short_name,kind,block,headcount,official_code,aliases\n"
#define BANK_HEAD "code,topic,difficulty,body,a,b,c,d,key,basis\n"
#define PEOPLE_HEAD "full_name,birth,unit,phone,reason\n"

static struct arena *arena;
static struct csv_problems problems;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(64 << 20);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena = arena_free(arena);
	return 0;
}

static const struct profile profile = {
	.blocks = { { { "tinh", 4 }, { "Tỉnh", 5 } }, { { "xa", 2 }, { "Xã", 3 } } },
	.n_blocks = 2,
};

static void assert_text(struct text text, const char *expected)
{
	if (!text_equal_z(text, expected))
		fail_msg("“%.*s” is not “%s”", TEXT_ARGS(text), expected);
}

static void assert_problem(int i, int line, int column, const char *part)
{
	assert_true(i < problems.n);
	const struct csv_problem *problem = &problems.items[i];
	if (problem->line != line || problem->column != column ||
	    text_find(problem->reason, text_from_z(part), 0) < 0)
		fail_msg("%d:%d “%.*s” is not %d:%d “%s”", problem->line, problem->column,
			 TEXT_ARGS(problem->reason), line, column, part);
}

static void assert_one(int answer, int line, int column, const char *part)
{
	assert_int_equal(answer, 1);
	assert_problem(0, line, column, part);
	assert_int_equal(problems.n_all, 1);
}

static int read_units(const char *rows)
{
	struct unit_rows units;
	struct text file = text_format(arena, UNITS_HEAD "%s", rows);
	return contest_read_units(arena, file, &profile, &units, &problems);
}

static void reads_units(void **state)
{
	struct unit_rows units;
	(void)state;

	int answer = contest_read_units(arena, TEXT(UNITS_HEAD
		"G,,Sở ngành,,group,,0,,\n"
		"SNV,G,Sở Nội vụ,SNV,unit,tinh,4,123,so noi vu|snv\n"
		"SNV-VP,SNV,Văn phòng,,unit,,9,,\n"
		"DP,G,Huyện,,locality,,,,\n"
		"DP-1,DP,Xã,,locality,,,25195,\n"), &profile, &units, &problems);
	assert_int_equal(answer, 0);
	assert_int_equal(units.n, 5);
	assert_int_equal(units.items[0].parent, -1);
	assert_int_equal(units.items[0].kind, UNIT_KIND_GROUP);
	assert_int_equal(units.items[2].parent, 1);
	assert_int_equal(units.items[2].level, 2);
	assert_int_equal(units.items[1].block, 0);
	assert_int_equal(units.items[1].headcount, 4);
	assert_text(units.items[1].aliases, "so noi vu|snv");
	assert_int_equal(units.items[2].block, -1);
	assert_int_equal(units.items[4].kind, UNIT_KIND_LOCALITY);
	assert_text(units.items[4].official_code, "25195");
}

static void checks_unit_values(void **state)
{
	(void)state;
	assert_one(read_units(""), 1, 0, "có 0 dòng");
	assert_one(read_units("snv,,Sở,,unit,,4,,\n"), 2, 1, "“snv” không hợp lệ");
	assert_one(read_units("AAAAAAAAAABBBBBBBBBBCCCCC,,Sở,,unit,,4,,\n"), 2, 1, "nhiều nhất 24");
	assert_one(read_units(",,Sở,,unit,,4,,\n"), 2, 1, "để trống");
	assert_one(read_units("A,,,,unit,,4,,\n"), 2, 3, "để trống");
	assert_one(read_units("A,,Sở,,agency,,4,,\n"), 2, 5, "“agency” phải là");
	assert_one(read_units("A,,Sở,,unit,huyen,4,,\n"), 2, 6, "khối “huyen”");
	assert_one(read_units("A,,Sở,,unit,,,,\n"), 2, 7, "để trống");
	assert_one(read_units("A,,Sở,,unit,,-1,,\n"), 2, 7, "“-1”");
	assert_one(read_units("A,,Sở,,unit,,4.5,,\n"), 2, 7, "“4.5”");
	assert_one(read_units("A,,Sở,,unit,,99999999999999999999,,\n"), 2, 7, "số nguyên");
	assert_one(read_units("A,,Sở,,group,,3,,\n"), 2, 7, "nhóm");
	assert_one(read_units("A,,Xã,,locality,,3,,\n"), 2, 7, "địa bàn");
	assert_one(read_units("A,,Xã,,locality,xa,,,\n"), 2, 6, "không thuộc khối");
}

static void checks_unit_places(void **state)
{
	(void)state;
	assert_one(read_units("A,,Sở,,unit,,1,,\nA,,Sở 2,,unit,,1,,\n"), 3, 1, "đã có ở dòng 2");
	assert_one(read_units("A,X,Sở,,unit,,1,,\n"), 2, 2, "không có đơn vị mã “X”");
	assert_one(read_units("A,A,Sở,,unit,,1,,\n"), 2, 2, "chính nó");
	assert_one(read_units("A,B,Sở,,unit,,1,,\nB,,Sở,,unit,,1,,\n"), 2, 2, "dòng trước");
	assert_one(read_units("A,,Xã,,locality,,,,\nB,A,Sở,,unit,,1,,\n"), 3, 2, "địa bàn");
	assert_one(read_units("A,,Sở,,unit,,1,,\nB,A,Xã,,locality,,,,\n"), 3, 2, "đơn vị");
	assert_one(read_units("A,,Sở,,unit,,1,,\nB,A,Nhóm,,group,,,,\n"), 3, 2, "nhóm");
}

static void limits_unit_levels(void **state)
{
	struct buf file;
	(void)state;

	buf_init(&file, arena, 1 << 16);
	buf_z(&file, "L0,,Sở,,unit,,1,,\n");
	for (int i = 1; i <= UNIT_LEVEL_MAX; i++)
		buf_format(&file, "L%d,L%d,Phòng,,unit,,1,,\n", i, i - 1);
	assert_int_equal(read_units(text_z(arena, buf_done(&file))), 0);
	buf_z(&file, "L16,L15,Phòng,,unit,,1,,\nL17,L16,Phòng,,unit,,1,,\n");
	assert_one(read_units(text_z(arena, buf_done(&file))), 18, 2, "sâu hơn 16 cấp");
}

static void tells_all_at_once(void **state)
{
	(void)state;
	assert_int_equal(read_units("a,,,,x,y,z,,\nB,NO,Sở,,unit,,1,,\nB,,Sở,,unit,,1,,\n"), 1);
	assert_problem(0, 2, 1, "không hợp lệ");
	assert_problem(1, 2, 3, "để trống");
	assert_problem(2, 2, 5, "“x”");
	assert_problem(3, 2, 6, "“y”");
	assert_problem(4, 3, 2, "“NO”");
	assert_problem(5, 4, 1, "dòng 3");
	assert_int_equal(problems.n_all, 6);
	/* A line that could not be read is no missing parent. */
	assert_one(read_units("A,,Sở,,unit,,1,\nB,A,Phòng,,unit,,1,,\n"), 2, 0, "có 8 ô");
}

static int read_bank(const char *rows)
{
	struct question_rows bank;
	struct text file = text_format(arena, BANK_HEAD "%s", rows);
	return contest_read_bank(arena, file, &bank, &problems);
}

static void reads_bank(void **state)
{
	struct question_rows bank;
	(void)state;

	int answer = contest_read_bank(arena, TEXT(BANK_HEAD
		"Q1,cds,1,\"Ai, khi nào?\",A,B,C,D,A,Luật\n"
		"Q2,cds,3,Đâu?,< 5,> 5,5,\"5,0\",d,\n"), &bank, &problems);
	assert_int_equal(answer, 0);
	assert_int_equal(bank.n, 2);
	assert_text(bank.items[0].body, "Ai, khi nào?");
	assert_text(bank.items[0].basis, "Luật");
	assert_int_equal(bank.items[0].key, 0);
	assert_int_equal(bank.items[1].key, 3);
	assert_int_equal(bank.items[1].difficulty, 3);
	assert_text(bank.items[1].options[3], "5,0");
}

static void checks_bank(void **state)
{
	(void)state;
	assert_one(read_bank(""), 1, 0, "có 0 câu");
	assert_one(read_bank("Q 1,cds,1,x,a,b,c,d,A,\n"), 2, 1, "không hợp lệ");
	assert_one(read_bank("Q,CDS,1,x,a,b,c,d,A,\n"), 2, 2, "“CDS”");
	assert_one(read_bank("Q,,1,x,a,b,c,d,A,\n"), 2, 2, "để trống");
	assert_one(read_bank("Q,cds,4,x,a,b,c,d,A,\n"), 2, 3, "từ 1 đến 3");
	assert_one(read_bank("Q,cds,1, ,a,b,c,d,A,\n"), 2, 4, "để trống");
	assert_one(read_bank("Q,cds,1,x,a,,c,d,A,\n"), 2, 6, "để trống");
	assert_one(read_bank("Q,cds,1,x,a,b,c,a,A,\n"), 2, 8, "phương án A");
	/* The same letters, composed and not. */
	assert_one(read_bank("Q,cds,1,x,\xc3\xa1,a\xcc\x81,c,d,A,\n"), 2, 6, "phương án A");
	assert_one(read_bank("Q,cds,1,x,a,b,c,d,E,\n"), 2, 9, "“E”");
	assert_one(read_bank("Q,cds,1,x,a,b,c,d,,\n"), 2, 9, "A, B, C hoặc D");
	assert_one(read_bank("Q,cds,1,x,a,b,c,d,AB,\n"), 2, 9, "“AB”");
	assert_one(read_bank("Q,cds,1,x,a,b,c,d,A,\nQ,cds,1,y,a,b,c,d,A,\n"), 3, 1, "dòng 2");
	assert_one(read_bank("Q,cds,1,Ai đó?,a,b,c,d,A,\nR,cds,1,AI  đo,c,A.,x,y,B,\n"), 3, 4, "dòng 2");
	/* Another right option makes another question. */
	assert_int_equal(read_bank("Q,cds,1,Câu nào đúng?,a,b,c,d,A,\nR,cds,1,Câu nào đúng?,e,f,g,h,B,\n"),
			 0);
}

static const struct unit_row some_units[] = {
	{ .code = { "SNV", 3 }, .kind = UNIT_KIND_UNIT },
	{ .code = { "G", 1 }, .kind = UNIT_KIND_GROUP },
	{ .code = { "DP", 2 }, .kind = UNIT_KIND_LOCALITY },
};

static int64_t now(void)
{
	struct civil civil = { .year = 2024, .month = 9, .day = 20, .hour = 8 };
	return time_from_civil(&civil);
}

static int read_people(const char *rows, struct exclusion_rows *ret)
{
	struct unit_rows units = { (struct unit_row *)some_units, ARRAY_LEN(some_units) };
	struct text file = text_format(arena, PEOPLE_HEAD "%s", rows);
	return contest_read_exclusions(arena, file, &units, now(), ret, &problems);
}

static void reads_exclusions(void **state)
{
	struct exclusion_rows people;
	(void)state;

	assert_int_equal(read_people("Lê  Thị Hương,5/8/1976,SNV,0162 123 4567,BTC\n,,DP,,cả\nA B,1979,,,\n",
				     &people), 0);
	assert_int_equal(people.n, 3);
	assert_text(people.items[0].full_name, "Lê Thị Hương");
	assert_text(people.items[0].birth, "1976-08-05");
	assert_text(people.items[0].phone, "+84321234567");
	assert_int_equal(people.items[0].unit, 0);
	assert_text(people.items[0].reason, "BTC");
	assert_text(people.items[1].full_name, "");
	assert_int_equal(people.items[1].unit, 2);
	assert_text(people.items[2].birth, "1979");
	assert_int_equal(people.items[2].unit, -1);
	assert_text(people.items[2].phone, "");
	assert_int_equal(read_people("", &people), 0);
	assert_int_equal(people.n, 0);
}

static void checks_exclusions(void **state)
{
	struct exclusion_rows people;
	(void)state;

	assert_one(read_people(",,,,x\n", &people), 2, 1, "họ tên hoặc đơn vị");
	assert_one(read_people("A@B,,,,x\n", &people), 2, 1, "không phải họ tên");
	assert_one(read_people("A B,31/2/1990,,,\n", &people), 2, 2, "ngày sinh");
	assert_one(read_people("A B,2025,,,\n", &people), 2, 2, "tương lai");
	assert_one(read_people("A B,1850,,,\n", &people), 2, 2, "120 năm");
	assert_one(read_people("A B,1979,XX,,\n", &people), 2, 3, "“XX”");
	assert_one(read_people(",,G,,\n", &people), 2, 3, "nhóm");
	assert_one(read_people("A B,,,0271 123,\n", &people), 2, 4, "điện thoại");
	/* A name alone would exclude nobody. */
	assert_one(read_people("A B,,SNV,,x\n", &people), 2, 1, "ngày sinh hoặc số điện thoại");
	assert_int_equal(read_people("A B,,,0912345678,x\n", &people), 0);
	assert_one(read_people(",1990,SNV,,\n", &people), 2, 2, "cả đơn vị");
	assert_one(read_people(",,SNV,0912345678,\n", &people), 2, 4, "cả đơn vị");
}

static void assert_no_news(const char *file, const char *part)
{
	struct news_file news;
	struct text reason = TEXT_EMPTY;
	assert_int_equal(contest_read_news(arena, text_from_z(file), &news, &reason), 1);
	if (text_find(reason, text_from_z(part), 0) < 0)
		fail_msg("“%.*s” lacks “%s”", TEXT_ARGS(reason), part);
}

static void reads_news(void **state)
{
	struct news_file news;
	struct text reason;
	(void)state;

	struct text file = TEXT("\xef\xbb\xbf" "title: Mở: hôm nay\r\ndate: 2024-09-20\r\n"
				"summary:  Tóm tắt\r\n\r\n## Ba\r\n\r\nBốn\r\n");
	assert_int_equal(contest_read_news(arena, file, &news, &reason), 0);
	assert_text(news.title, "Mở: hôm nay");
	assert_text(news.date, "2024-09-20");
	assert_text(news.summary, "Tóm tắt");
	assert_text(news.body, "## Ba\r\n\r\nBốn");
	assert_no_news("title: a\ndate: 2024-09-20\n\nx", "thiếu dòng “summary");
	assert_no_news("title: a\ntitle: b\n\nx", "dòng 2: đã có");
	assert_no_news("title: a\nauthor: b\n\nx", "dòng 2: tên phải");
	assert_no_news("title: a\nhello\n\nx", "dòng 2: phải có dạng");
	assert_no_news("title:\n", "dòng 1: không được");
	assert_no_news("title: a\ndate: 2024-02-30\nsummary: s\n\nx", "yyyy-mm-dd");
	assert_no_news("title: a\ndate: 20/9/2024\nsummary: s\n\nx", "yyyy-mm-dd");
	assert_no_news("title: a\ndate: 2024-09-20\nsummary: s\n\n\n", "không có nội dung");
	assert_no_news("title: a\ndate: 2024-09-20\nsummary: s", "không có nội dung");
	assert_no_news("title: \xff", "UTF-8");
	assert_no_news("", "title");
}

static void reads_the_example(void **state)
{
	(void)state;
	const char *root = getenv("HOITHI_SOURCE_ROOT");
	if (!root)
		skip();
	struct profile blocks = { .blocks = { { { "tinh", 4 }, TEXT_EMPTY }, { { "huyen", 5 }, TEXT_EMPTY },
					      { { "xa", 2 }, TEXT_EMPTY } }, .n_blocks = 3 };
	struct text path = text_format(arena, "%s/examples/binh-phuoc-2024/units.csv", root);
	FILE *file = fopen(text_z(arena, path), "rb");
	assert_non_null(file);
	static char bytes[1 << 20];
	size_t len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	struct unit_rows units;
	assert_int_equal(contest_read_units(arena, text_from_bytes(bytes, len), &blocks, &units,
					    &problems), 0);
	assert_true(units.n > 600);
}

static void survives_lack_of_memory(void **state)
{
	struct exclusion_rows people;
	(void)state;

	for (int n = 1; n < 60; n++) {
		tear_down(NULL);
		set_up(NULL);
		/* The first block of the arena is there before memory runs out. */
		struct text file = text_format(arena, "%s", PEOPLE_HEAD "Lê Thị Hương,1976,SNV,0912345678,x\n");
		struct unit_rows units = { (struct unit_row *)some_units, ARRAY_LEN(some_units) };
		mem_fail_nth(n, true);
		int answer = contest_read_exclusions(arena, file, &units, now(), &people, &problems);
		mem_fail_nth(0, false);
		if (!arena_failed(arena)) {
			assert_int_equal(answer, 0);
			return;
		}
		assert_int_equal(answer, -1);
	}
	fail();
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_units),	  TEST(checks_unit_values), TEST(checks_unit_places),
		TEST(limits_unit_levels), TEST(tells_all_at_once),  TEST(reads_bank),
		TEST(checks_bank),	  TEST(reads_exclusions),   TEST(checks_exclusions),
		TEST(reads_news),	  TEST(reads_the_example),  TEST(survives_lack_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
