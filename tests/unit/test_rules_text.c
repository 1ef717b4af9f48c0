#include "rules/rules_text.h"

#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PENDING "Thể lệ sẽ được Ban Tổ chức công bố trước giờ khai mạc"

static struct arena *arena;

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

static const char document_start[] =
	"{'format':1,"
	"'contest':{'code':'thu','title':'Cuộc thi *thử* 2024','short_title':'Thử',"
	"'organizer':'Sở A','contact':'Tổ Thư ký','site':'https://thi.gov.vn',"
	"'legal_basis':[{'no':'1/KH','date':'2024-02-05','issuer':'UBND tỉnh','title':'Kế hoạch "
	"X'}],'launch_at':'2024-09-09T00:00:00+07:00','open_at':'2024-09-20T00:00:00+07:00',"
	"'close_at':'2024-10-04T24:00:00+07:00','result_at':'2024-10-08T08:30:00+07:00'},"
	"'rounds':["
	"{'code':'r1','name':'Đợt 1','open_at':'2024-09-20T00:00+07:00',"
	"'close_at':'2024-09-26T23:59:59+07:00'},"
	"{'code':'r2','name':'Đợt 2','open_at':'2024-09-27T10:00+07:00',"
	"'close_at':'2024-10-05T00:00+07:00'}],"
	"'groups':["
	"{'code':'g1','name':'Nhóm 1','who':'cán bộ','bank':'b1','place':'unit'},"
	"{'code':'g2','name':'Nhóm 2','who':'người dân','bank':'b2','place':'locality'}],"
	"'banks':[{'code':'b1','file':'a.csv'},{'code':'b2','file':'b.csv'}],"
	"'consent':{'version':'1','purpose':'tổ chức cuộc thi'}";

static const char decision[] =
	",'rules':{'decision_no':'70/QĐ-BTC','decision_date':'2024-09-20'}";

static struct profile parsed(const char *rest)
{
	struct profile profile;
	struct profile_problems problems;
	struct text document = text_format(arena, "%s%s}", document_start, rest);
	struct buf json;

	/* Documents are written with ' for ". */
	buf_init(&json, arena, 1 << 20);
	for (size_t i = 0; i < document.len; i++)
		buf_char(&json, document.ptr[i] == '\'' ? '"' : document.ptr[i]);

	if (profile_parse(arena, buf_done(&json), PROFILE_FOR_ANNOUNCE, &profile, &problems) != 0)
		fail_msg("%.*s: %.*s", TEXT_ARGS(problems.items[0].path),
			 TEXT_ARGS(problems.items[0].reason));
	return profile;
}

static struct text printed(const char *rest)
{
	struct profile profile = parsed(text_z(arena, text_format(arena, "%s%s", decision, rest)));
	struct text text = rules_text_markdown(arena, &profile);
	assert_false(arena_failed(arena));
	assert_true(text_is_utf8(text));
	return text;
}

static bool has(struct text text, const char *part)
{
	return text_find(text, text_from_z(part), 0) >= 0;
}

static void assert_has(struct text text, const char *part)
{
	if (!has(text, part))
		fail_msg("“%s” is missing in:\n%.*s", part, TEXT_ARGS(text));
}

/* A value, and what the text says because of it. */
static const struct {
	const char *rest, *part;
} says[] = {
	{ "", "# THỂ LỆ\n\n**Cuộc thi \\*thử\\* 2024**" },
	{ "", "Quyết định số 70/QĐ-BTC ngày 20/9/2024" },
	{ "", "Căn cứ Kế hoạch X (số 1/KH ngày 05/02/2024 của UBND tỉnh)" },
	{ "", "Phát động: từ 00 giờ 00 ngày 09/9/2024." },
	{ "", "từ 00 giờ 00 ngày 20/9/2024 đến 24 giờ 00 ngày 04/10/2024, gồm các đợt" },
	{ "", "Đợt 1: từ 00 giờ 00 ngày 20/9/2024 đến 23 giờ 59 phút 59 giây ngày 26/9/2024;" },
	{ "", "Công bố kết quả: 08 giờ 30 ngày 08/10/2024." },
	{ "", "công bố lúc 11 giờ 00 hằng ngày" },
	{ "", "tại địa chỉ <https://thi.gov.vn>" },
	{ "", "Mỗi nhóm có ngân hàng câu hỏi riêng." },
	{ "", "Mỗi bài thi có 30 câu hỏi." },
	{ "", "Điểm tối đa của một bài thi là 30 điểm." },
	{ "", "Thời gian làm bài là 30 phút" },
	{ "", "nhiều nhất 02 lượt trong mỗi đợt thi" },
	{ "", "bắt đầu lúc 23 giờ 45 ngày 04/10/2024 thì bài kết thúc chậm nhất lúc 24 giờ 00 ngày "
	      "04/10/2024" },
	{ "", "Không giới hạn độ tuổi. Người chưa đủ 16 tuổi" },
	{ "", "được lưu 90 ngày" },
	{ "", "người đoạt giải được lưu 365 ngày" },
	{ "", "Không xếp hạng tập thể." },
	{ "", "không ấn định số giải cá nhân" },
	{ ",'eligibility':{'min_age':18}", "phải đủ 18 tuổi vào ngày bắt đầu bài thi.\n" },
	{ ",'paper':{'n_questions':50,'points_per_q':25}", "là 1.250 điểm" },
	{ ",'paper':{'time_limit_s':5490}", "là 1 giờ 31 phút 30 giây" },
	{ ",'paper':{'at_close':'finish'}", "chậm nhất lúc 00 giờ 15 ngày 05/10/2024" },
	{ ",'paper':{'shuffle_q':false}", "Thứ tự phương án trả lời được xáo trộn" },
	{ ",'paper':{'topics':[{'code':'a','name':'An toàn'}],'draw':[{'topic':'a',"
	  "'difficulty':3,'count':30}]}", "30 câu về An toàn, mức khó" },
	{ ",'attempt':{'limit':0}", "Không giới hạn số lượt thi" },
	{ ",'attempt':{'limit':12,'period':'week'}",
	  "12 lượt trong mỗi tuần (từ 00 giờ 00 thứ Hai" },
	{ ",'attempt':{'limit':1,'counting':'only'}", "là bài thi duy nhất của thí sinh" },
	{ ",'attempt':{'counting':'last'}", "là bài bắt đầu sau cùng" },
	{ ",'prize':{'individual':[{'level':'Giải Nhất','quantity':3,'value_vnd':5000000}]}",
	  "Giải Nhất: 03 giải, mỗi giải 5.000.000 đồng." },
	{ ",'prize':{'individual':[{'level':'Giải Nhất','quantity':3,'value_vnd':5000000}]}",
	  "12 giải, tổng giá trị 60.000.000 đồng" },
	{ ",'prize':{'collective':{'blocks':[{'code':'x','name':'Khối X'}],'formula':"
	  "{'rate':0.625,'mean_score':0.375}}}",
	  "0,625 × tỷ lệ tham gia + 0,375 × điểm trung bình" },
	{ ",'prize':{'collective':{'blocks':[{'code':'x','name':'Khối X'}],'formula':"
	  "{'rate':0.625,'mean_score':0.375}}}", "= 86,25." },
	{ ",'prize':{'collective':{'blocks':[{'code':'x','name':'Khối X'}],'min_rate':40,"
	  "'min_headcount':1200}}",
	  "từ 1.200 người trở lên, và có tỷ lệ tham gia từ 40 % trở lên" },
	{ ",'retention':{'days':30,'winner_days':1500}", "được lưu 1.500 ngày" },
	{ ",'publish':{'participation':'07:05'}", "lúc 07 giờ 05 hằng ngày" },
	{ ",'feedback':{'after_submit':'none'}", "được xác nhận đã nhận bài" },
	{ ",'prediction':{'distance':'no_overshoot'}", "A dự đoán 1.100 (thiếu 100), B dự đoán "
	  "1.201 (thừa 1) thì A xếp trên B" },
	{ "", "A dự đoán 1.150 (sai số 50), B dự đoán 1.260 (sai số 60) thì A xếp trên B" },
};

static void prints_every_number_from_the_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(says); i++)
		assert_has(printed(says[i].rest), says[i].part);
	assert_false(has(printed(""), PENDING));
}

static void ranks_in_the_order_of_the_keys(void **state)
{
	(void)state;
	struct text text = printed(",'rank':{'keys':['score','elapsed_ms','prediction_error']}");

	assert_has(text, "Thứ 1: điểm cao hơn xếp trên;\n   - Thứ 2: thời gian làm bài ngắn hơn");
	assert_has(text, "- Thứ 3: sai số của câu dự đoán nhỏ hơn xếp trên.\n");
	assert_has(text, "A và B bằng nhau ở các tiêu chí trước đó");
	text = printed(",'rank':{'keys':['score','elapsed_ms']},'prediction':{'target':'none'}");
	assert_false(has(text, "dự đoán"));
}

static void articles_count_from_one_to_eleven(void **state)
{
	(void)state;
	struct text text = printed(",'prize':null,'rank':null");
	ptrdiff_t at = 0;

	for (int i = 1; i <= 11; i++) {
		struct text heading = text_format(arena, "\n## Điều %d. ", i);
		ptrdiff_t next = text_find(text, heading, (size_t)at);
		assert_true(next > at);
		at = next;
	}
	assert_int_equal(text_find(text, TEXT("## Điều 12"), 0), -1);
}

static void leaves_out_what_is_undecided(void **state)
{
	(void)state;
	static const struct {
		const char *rest, *gone;
	} rows[] = {
		{ ",'paper':{'n_questions':null}", " 30 câu" },
		{ ",'paper':{'time_limit_s':null}", "Thời gian làm bài là" },
		{ ",'paper':{'points_per_q':null}", "Điểm tối đa của một bài thi là" },
		{ ",'paper':{'shuffle_a':null}", "xáo trộn" },
		{ ",'paper':{'at_close':null}", "khi đợt thi đóng" },
		{ ",'attempt':{'limit':null}", "nhiều nhất 0" },
		{ ",'attempt':{'period':null}", "nhiều nhất 0" },
		{ ",'attempt':{'counting':null}", "bài được tính để xếp hạng là" },
		{ ",'prediction':{'target':null}", "có một câu dự đoán" },
		{ ",'prediction':{'scope':null}", "có bao nhiêu" },
		{ ",'prediction':{'distance':null}", "Ví dụ: con số đúng" },
		{ ",'rank':{'keys':null}", "Thứ 1" },
		{ ",'eligibility':{'min_age':null}", "tuổi" },
		{ ",'prize':null", "Không xếp hạng tập thể" },
		{ ",'prize':{'collective':{'blocks':[{'code':'x','name':'X'}],'min_rate':null}}",
		  "từ 50 %" },
		{ ",'feedback':null", "được biết điểm" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct text text = printed(rows[i].rest);
		assert_has(text, PENDING);
		if (has(text, rows[i].gone) || has(text, "-1"))
			fail_msg("%s: still says %s\n%.*s",
					rows[i].rest, rows[i].gone, TEXT_ARGS(text));
	}
	struct profile draft = parsed("");
	struct text text = rules_text_markdown(arena, &draft);
	assert_has(text, PENDING);
	assert_false(has(text, "Quyết định số"));
}

static void asks_for_what_is_counted(void **state)
{
	(void)state;
	static const struct {
		const char *rest;
		const char *parts[3];
	} rows[] = {
		{ "", { "Câu dự đoán (để xếp hạng khi bằng điểm): có bao nhiêu **người** thuộc "
			"Nhóm 2 trả lời đúng tất cả 30 câu trong Đợt 1?\n",
			"mỗi người đếm một lần, không đếm theo lượt thi", "từ 0 đến 9.999.999" } },
		{ ",'prediction':{'scope':'round'}",
		  { "**người** thuộc tất cả các nhóm trả lời đúng", "sau khi chốt dữ liệu",
		    "sau khi hủy các bài vi phạm" } },
		{ ",'prediction':{'target':'participants'}",
		  { "**người** thuộc Nhóm 2 dự thi trong Đợt 1?",
		    "có bài thi được tính", "một lần" } },
		{ ",'prediction':{'target':'all_correct_attempts'}",
		  { "**lượt thi** của người thuộc Nhóm 2 trả lời đúng tất cả 30 câu",
		    "đếm theo lượt thi",
		    "số nguyên" } },
		{ ",'rank':{'keys':['score','elapsed_ms','prediction_error']}",
		  { "(để xếp hạng khi bằng nhau ở các tiêu chí trước đó)", "", "" } },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct profile profile = parsed(rows[i].rest);
		struct text text = rules_text_prediction(arena, &profile, &profile.groups[1],
							 &profile.rounds[0]);
		for (size_t j = 0; j < ARRAY_LEN(rows[i].parts); j++)
			assert_has(text, rows[i].parts[j]);
	}
	struct profile none = parsed(",'prediction':{'target':null}");
	struct text text = rules_text_prediction(arena, &none, &none.groups[0], &none.rounds[0]);
	assert_int_equal(text.len, 0);
}

static void is_empty_when_the_arena_is_full(void **state)
{
	(void)state;
	struct profile profile = parsed("");
	struct arena *small = arena_new(2048);

	assert_non_null(small);
	assert_int_equal(rules_text_markdown(small, &profile).len, 0);
	assert_true(arena_failed(small));
	small = arena_free(small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_every_number_from_the_values),
		cmocka_unit_test(ranks_in_the_order_of_the_keys),
		cmocka_unit_test(articles_count_from_one_to_eleven),
		cmocka_unit_test(leaves_out_what_is_undecided),
		cmocka_unit_test(asks_for_what_is_counted),
		cmocka_unit_test(is_empty_when_the_arena_is_full),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
