#include "rules/rules_text.h"

#include "base/time.h"
#include "rules/person.h"
#include "rules/phase.h"
#include "rules/rules_text_parts.h"

#include <assert.h>

static void put_legal_basis(struct rules_page *page, const struct legal_basis *basis)
{
	struct arena *arena = page->arena;

	rules_put(page, "- Căn cứ %.*s (", TEXT_ARGS(rules_plain(arena, basis->title)));
	if (basis->no.len)
		rules_put(page, "số %.*s ", TEXT_ARGS(rules_plain(arena, basis->no)));
	if (basis->date.len)
		rules_put(page, "ngày %.*s ", TEXT_ARGS(rules_iso_date(arena, basis->date)));
	rules_put(page, "của %.*s).\n", TEXT_ARGS(rules_plain(arena, basis->issuer)));
}

static void put_head(struct rules_page *page)
{
	const struct profile *p = page->profile;
	struct arena *arena = page->arena;

	rules_put(page, "# THỂ LỆ\n\n**%.*s**\n", TEXT_ARGS(rules_plain(arena, p->title)));
	if (p->decision_no.len && p->decision_date.len)
		rules_put(page, "\n*(Theo Quyết định số %.*s ngày %.*s của Ban Tổ chức)*\n",
			  TEXT_ARGS(rules_plain(arena, p->decision_no)),
			  TEXT_ARGS(rules_iso_date(arena, p->decision_date)));
	page->is_pending = profile_undecided(p, NULL, 0) > 0;
	rules_put_pending(page);
	if (p->theme.len)
		rules_put(page, "\nChủ đề: %.*s.\n", TEXT_ARGS(rules_plain(arena, p->theme)));
	if (p->slogan.len)
		rules_put(page, "\nKhẩu hiệu: “%.*s”.\n", TEXT_ARGS(rules_plain(arena, p->slogan)));
	rules_put(page, "\nĐơn vị tổ chức: %.*s.\n", TEXT_ARGS(rules_plain(arena, p->organizer)));
	if (p->n_legal_bases > 0)
		rules_put(page, "\n");
	for (int i = 0; i < p->n_legal_bases; i++)
		put_legal_basis(page, &p->legal_bases[i]);
}

static void put_age(struct rules_page *page)
{
	int min_age = page->profile->min_age;

	if (min_age == PROFILE_UNDECIDED) {
		page->is_pending = true;
		return;
	}
	rules_put_clause(page);
	if (min_age == 0)
		rules_put(page, "Không giới hạn độ tuổi.");
	else
		rules_put(page, "Thí sinh phải đủ %d tuổi vào ngày bắt đầu bài thi.", min_age);
	if (min_age < PERSON_GUARDIAN_AGE)
		rules_put(page, " Người chưa đủ %d tuổi dự thi khi có sự đồng ý của cha, mẹ hoặc "
				"người giám hộ.", PERSON_GUARDIAN_AGE);
	rules_put(page, "\n");
}

static void put_who(struct rules_page *page)
{
	const struct profile *p = page->profile;

	rules_put_article(page, "Đối tượng dự thi");
	rules_put_clause(page);
	rules_put(page, "Đối tượng dự thi gồm:\n");
	for (int i = 0; i < p->n_groups; i++) {
		bool is_unit = p->groups[i].place == GROUP_PLACE_UNIT;
		rules_put_dash(page);
		rules_put(page, "%.*s: %.*s. %s.\n",
			  TEXT_ARGS(rules_plain(page->arena, p->groups[i].name)),
			  TEXT_ARGS(rules_plain(page->arena, p->groups[i].who)),
			  is_unit ? "Khi đăng ký chọn cơ quan, đơn vị nơi công tác; kết quả được "
				    "tính cho cơ quan, đơn vị đó" :
				    "Khi đăng ký chọn địa bàn nơi cư trú; kết quả không tính cho "
				    "cơ quan, đơn vị nào");
	}
	put_age(page);
	rules_put_clause(page);
	rules_put(page, "Mỗi người chỉ đăng ký một lần, trong một nhóm, bằng thông tin của chính "
			"mình.\n");
	rules_put_clause(page);
	rules_put(page, "Người và đơn vị có tên trong danh sách không được dự thi do Ban Tổ chức "
			"lập (như thành viên Ban Tổ chức, Tổ Thư ký, người ra đề, người quản trị "
			"kỹ thuật của %s) không được dự thi; bài thi của họ không được công "
			"nhận.\n",
		  page->contest);
}

/* ---- content and form ---- */

static struct text topic_name(struct rules_page *page, struct text code)
{
	const struct profile *p = page->profile;

	for (int i = 0; i < p->n_topics; i++)
		if (text_equal(p->topics[i].code, code))
			return rules_plain(page->arena, p->topics[i].name);
	return code;
}

static void put_stratum(struct rules_page *page, const struct profile_stratum *stratum)
{
	static const char *const difficulties[] = {
		"", ", mức dễ", ", mức trung bình", ", mức khó",
	};

	rules_put_dash(page);
	rules_put(page, "%.*s câu", TEXT_ARGS(rules_count(page->arena, stratum->count)));
	if (stratum->topic.len)
		rules_put(page, " về %.*s", TEXT_ARGS(topic_name(page, stratum->topic)));
	assert(stratum->difficulty >= 0 && stratum->difficulty <= 3);
	rules_put(page, "%s;\n", difficulties[stratum->difficulty]);
}

static const char *bank_sentence(const struct profile *p)
{
	int n_equal = 0, n_pairs = 0;

	for (int i = 1; i < p->n_groups; i++)
		for (int j = 0; j < i; j++, n_pairs++)
			n_equal += text_equal(p->groups[i].bank, p->groups[j].bank);
	if (n_pairs == 0)
		return NULL;
	if (n_equal == n_pairs)
		return "Các nhóm thi chung một ngân hàng câu hỏi.";
	return n_equal ? "Có nhóm thi chung, có nhóm thi ngân hàng câu hỏi riêng." :
			 "Mỗi nhóm có ngân hàng câu hỏi riêng.";
}

static void put_content(struct rules_page *page)
{
	const struct profile *p = page->profile;
	const char *banks = bank_sentence(p);

	rules_put_article(page, "Nội dung thi");
	rules_put_clause(page);
	rules_put(page, p->n_topics ? "Nội dung thi gồm: " :
				      "Nội dung thi theo tên gọi và chủ đề của %s", page->contest);
	for (int i = 0; i < p->n_topics; i++)
		rules_put(page, "%s%.*s", i ? "; " : "",
			  TEXT_ARGS(rules_plain(page->arena, p->topics[i].name)));
	rules_put(page, ".\n");
	rules_put_clause(page);
	rules_put(page, "Câu hỏi của mỗi bài thi được rút ngẫu nhiên từ ngân hàng câu hỏi của "
			"%s.%s%s",
		  page->contest, banks ? " " : "", banks ? banks : "");
	if (p->n_strata == PROFILE_UNDECIDED)
		page->is_pending = true;
	rules_put(page, "%s\n", p->n_strata > 0 ? " Mỗi bài thi gồm:" : "");
	for (int i = 0; i < p->n_strata; i++)
		put_stratum(page, &p->strata[i]);
	if (p->n_questions != PROFILE_UNDECIDED && p->n_strata > 0) {
		rules_put_dash(page);
		rules_put(page, "Tổng cộng %d câu.\n", p->n_questions);
	}
}

static void put_shuffle(struct rules_page *page)
{
	int questions = page->profile->shuffle_questions, options = page->profile->shuffle_options;

	if (questions == PROFILE_UNDECIDED || options == PROFILE_UNDECIDED) {
		page->is_pending = true;
		return;
	}
	if (!questions && !options)
		return;
	rules_put_clause(page);
	rules_put(page, "Thứ tự %s được xáo trộn riêng cho từng bài thi.\n",
		  questions && options ? "câu hỏi và thứ tự phương án trả lời" :
		  questions ? "câu hỏi" : "phương án trả lời");
}

static void put_feedback(struct rules_page *page)
{
	switch (page->profile->feedback) {
	case FEEDBACK_SCORE:
		rules_put_clause(page);
		rules_put(page, "Ngay sau khi nộp bài, thí sinh được biết điểm và thời gian làm "
				"bài.\n");
		return;
	case FEEDBACK_NONE:
		rules_put_clause(page);
		rules_put(page, "Sau khi nộp bài, thí sinh được xác nhận đã nhận bài; điểm được "
				"công bố cùng kết quả.\n");
		return;
	case FEEDBACK_UNDECIDED:
		page->is_pending = true;
		return;
	}
}

static void put_form(struct rules_page *page)
{
	const struct profile *p = page->profile;
	struct arena *arena = page->arena;

	rules_put_article(page, "Hình thức thi");
	rules_put_clause(page);
	rules_put(page, "Thi trắc nghiệm trực tuyến, bằng điện thoại hoặc máy tính có kết nối "
			"mạng");
	if (p->site.len)
		rules_put(page, ", tại địa chỉ <%.*s>", TEXT_ARGS(p->site));
	rules_put(page, ".\n");
	rules_put_clause(page);
	if (p->n_questions == PROFILE_UNDECIDED)
		page->is_pending = true;
	else
		rules_put(page, "Mỗi bài thi có %d câu hỏi. ", p->n_questions);
	rules_put(page, "Mỗi câu hỏi có %d phương án trả lời, trong đó có một phương án đúng.\n",
		  PROFILE_OPTIONS);
	if (p->time_limit_s == PROFILE_UNDECIDED) {
		page->is_pending = true;
	} else {
		rules_put_clause(page);
		rules_put(page, "Thời gian làm bài là %.*s, tính theo đồng hồ máy chủ từ khi thí "
				"sinh bắt đầu; đồng hồ không dừng khi thí sinh rời trang.\n",
			  TEXT_ARGS(rules_duration(arena, p->time_limit_s)));
	}
	put_shuffle(page);
	put_feedback(page);
	if (p->practice_bank.len) {
		rules_put_clause(page);
		rules_put(page, "Thí sinh được thi thử với %d câu hỏi riêng; thi thử không tính "
				"điểm và không tính lượt.\n", p->practice_questions);
	}
}

/* ---- time and attempts ---- */

static void put_span(struct rules_page *page, int64_t from, int64_t to)
{
	rules_put(page, "từ %.*s đến %.*s", TEXT_ARGS(rules_start(page->arena, from)),
		  TEXT_ARGS(rules_end(page->arena, to)));
}

static void put_time(struct rules_page *page)
{
	const struct profile *p = page->profile;
	int minute = p->snapshot_minute_of_day;

	rules_put_article(page, "Thời gian");
	rules_put_clause(page);
	rules_put(page, "Phát động: từ %.*s.\n", TEXT_ARGS(rules_start(page->arena, p->launch_at)));
	rules_put_clause(page);
	rules_put(page, "Thi chính thức: ");
	put_span(page, p->open_at, p->close_at);
	rules_put(page, "%s\n", p->n_rounds > 1 ? ", gồm các đợt:" : ".");
	for (int i = 0; p->n_rounds > 1 && i < p->n_rounds; i++) {
		rules_put_dash(page);
		rules_put(page, "%.*s: ", TEXT_ARGS(rules_plain(page->arena, p->rounds[i].name)));
		put_span(page, p->rounds[i].open_at, p->rounds[i].close_at);
		rules_put(page, "%s\n", i + 1 < p->n_rounds ? ";" : ".");
	}
	rules_put_clause(page);
	rules_put(page, "Công bố kết quả: %.*s.\n",
			TEXT_ARGS(rules_start(page->arena, p->result_at)));
	rules_put_clause(page);
	rules_put(page, "Số người dự thi của từng đơn vị được công bố lúc %02d giờ %02d hằng "
			"ngày.\n",
		  minute / 60, minute % 60);
}

static const char *period_text(enum attempt_period period)
{
	switch (period) {
	case ATTEMPT_PERIOD_ROUND:
		return "trong mỗi đợt thi";
	case ATTEMPT_PERIOD_CONTEST:
		return "trong toàn bộ thời gian thi chính thức";
	case ATTEMPT_PERIOD_WEEK:
		return "trong mỗi tuần (từ 00 giờ 00 thứ Hai đến 24 giờ 00 Chủ nhật)";
	case ATTEMPT_PERIOD_DAY:
		return "trong mỗi ngày (từ 00 giờ 00 đến 24 giờ 00)";
	case ATTEMPT_PERIOD_UNDECIDED:
		break;
	}
	return NULL;
}

static void put_attempts(struct rules_page *page)
{
	const struct profile *p = page->profile;
	const char *period = period_text(p->attempt_period);

	rules_put_article(page, "Số lượt thi");
	if (p->attempt_limit == 0) {
		rules_put_clause(page);
		rules_put(page, "Không giới hạn số lượt thi khi đợt thi đang mở.\n");
	} else if (p->attempt_limit == PROFILE_UNDECIDED || !period) {
		page->is_pending = true;
	} else {
		rules_put_clause(page);
		rules_put(page, "Mỗi thí sinh được thi nhiều nhất %.*s lượt %s.\n",
			  TEXT_ARGS(rules_count(page->arena, p->attempt_limit)), period);
	}
	rules_put_clause(page);
	rules_put(page, "Lượt thi được tính từ khi thí sinh bắt đầu bài thi, dù có nộp bài hay "
			"không.\n");
}

/* What happens to a paper that is open when its round closes, with an example
 * whose end comes from the same function that ends papers. */
static void put_at_close(struct rules_page *page)
{
	const struct profile *p = page->profile;
	struct arena *arena = page->arena;
	const struct profile_round *round = &p->rounds[p->n_rounds - 1];

	if (p->at_close == AT_CLOSE_UNDECIDED) {
		page->is_pending = true;
		return;
	}
	rules_put_clause(page);
	rules_put(page, p->at_close == AT_CLOSE_CUT ?
			"Bài đang làm khi đợt thi đóng kết thúc ngay lúc đợt thi đóng." :
			"Thí sinh đã bắt đầu trước khi đợt thi đóng được làm bài đến hết thời gian "
			"làm bài của mình.");
	int64_t minutes = p->time_limit_s / 120;
	if (p->time_limit_s == PROFILE_UNDECIDED) {
		page->is_pending = true;
	} else if (minutes > 0 &&
		   round->close_at - minutes * TIME_MINUTE_MS >= round->open_at) {
		int64_t started_at = round->close_at - minutes * TIME_MINUTE_MS;
		rules_put(page, " Ví dụ: người bắt đầu lúc %.*s thì bài kết thúc chậm nhất lúc "
				"%.*s.",
			  TEXT_ARGS(rules_start(arena, started_at)),
			  TEXT_ARGS(rules_end(arena, phase_deadline(p, round, started_at))));
	}
	rules_put(page, "\n");
}

static void put_running_papers(struct rules_page *page)
{
	rules_put_article(page, "Bài đang làm khi hết giờ");
	rules_put_clause(page);
	rules_put(page, "Khi hết thời gian làm bài mà thí sinh chưa nộp, hệ thống tự nộp các câu "
			"trả lời đã được lưu; bài đó tính là dùng hết thời gian.\n");
	put_at_close(page);
	rules_put_clause(page);
	rules_put(page, "Bài đã nộp không được sửa.\n");
}

/* ---- prizes, data, the rest ---- */

static void put_prizes(struct rules_page *page)
{
	const struct profile *p = page->profile;
	int64_t quantity = 0, value_vnd = 0, times = (int64_t)p->n_groups * p->n_rounds;

	rules_put_article(page, "Giải thưởng");
	if (p->n_prizes == PROFILE_UNDECIDED)
		page->is_pending = true;
	if (p->n_prizes > 0) {
		rules_put_clause(page);
		rules_put(page, "Giải cá nhân, cho mỗi nhóm trong mỗi đợt thi:\n");
	}
	for (int i = 0; i < p->n_prizes; i++) {
		const struct profile_prize *prize = &p->prizes[i];
		rules_put_dash(page);
		rules_put(page, "%.*s: %.*s giải",
			  TEXT_ARGS(rules_plain(page->arena, prize->level)),
			  TEXT_ARGS(rules_count(page->arena, prize->quantity)));
		if (prize->value_vnd)
			rules_put(page, ", mỗi giải %.*s đồng",
				  TEXT_ARGS(rules_number(page->arena, prize->value_vnd)));
		rules_put(page, "%s\n", i + 1 < p->n_prizes ? ";" : ".");
		quantity += prize->quantity * times;
		value_vnd += prize->value_vnd * prize->quantity * times;
	}
	if (p->n_prizes > 0) {
		rules_put_clause(page);
		rules_put(page, "Tổng số giải cá nhân: %.*s giải",
			  TEXT_ARGS(rules_count(page->arena, quantity)));
		if (value_vnd)
			rules_put(page, ", tổng giá trị %.*s đồng",
				  TEXT_ARGS(rules_number(page->arena, value_vnd)));
		rules_put(page, ".\n");
	}
	rules_put_clause(page);
	rules_put(page, "%sBan Tổ chức quyết định trao giải%s trên cơ sở kết quả xếp hạng theo Thể "
			"lệ này.\n",
		  p->n_prizes == 0 ? "Thể lệ này không ấn định số giải cá nhân. " : "",
		  p->n_blocks ? " cá nhân và giải tập thể" : "");
}

static void put_personal_data(struct rules_page *page)
{
	const struct profile *p = page->profile;
	struct arena *arena = page->arena;

	rules_put_article(page, "Dữ liệu cá nhân và thời hạn lưu");
	rules_put_clause(page);
	rules_put(page, "Khi đăng ký, thí sinh cung cấp họ tên, ngày sinh, số điện thoại, nhóm và "
			"đơn vị hoặc địa bàn. Mục đích sử dụng: %.*s.\n",
		  TEXT_ARGS(rules_plain(arena, p->consent_purpose)));
	rules_put_clause(page);
	rules_put(page, "Dữ liệu chỉ được xử lý khi thí sinh đồng ý (bản đồng ý số %.*s). Thí sinh "
			"có quyền xem, đề nghị sửa, rút lại sự đồng ý và đề nghị xóa dữ liệu của "
			"mình theo quy định của pháp luật về bảo vệ dữ liệu cá nhân.\n",
		  TEXT_ARGS(rules_plain(arena, p->consent_version)));
	rules_put_clause(page);
	rules_put(page, "Dữ liệu cá nhân được lưu %.*s ngày kể từ thời điểm công bố kết quả nêu "
			"tại Điều 4; của người đoạt giải được lưu %.*s ngày. Hết thời hạn, dữ liệu "
			"bị xóa, chỉ còn số liệu thống kê không gắn với cá nhân.\n",
		  TEXT_ARGS(rules_number(arena, p->retention_days)),
		  TEXT_ARGS(rules_number(arena, p->retention_winner_days)));
	rules_put_clause(page);
	rules_put(page, "Danh sách đoạt giải chỉ công bố họ tên và đơn vị hoặc địa bàn.");
	if (p->min_age != PROFILE_UNDECIDED && p->min_age < PERSON_GUARDIAN_AGE)
		rules_put(page, " Với người chưa đủ %d tuổi, họ tên được viết tắt bằng chữ cái "
				"đầu, trừ khi người đó và người đại diện cùng đồng ý công bố đủ "
				"họ tên.", PERSON_GUARDIAN_AGE);
	rules_put(page, "\n");
}

static void put_general(struct rules_page *page)
{
	rules_put_article(page, "Điều khoản chung");
	rules_put_clause(page);
	rules_put(page, "Thí sinh tự làm bài; không thi hộ, không nhờ người khác thi hộ, không "
			"dùng thông tin của người khác. Ban Tổ chức hủy bài thi vi phạm Thể lệ, có "
			"ghi rõ lý do.\n");
	rules_put_clause(page);
	rules_put(page, "Mọi thắc mắc, khiếu nại gửi về: %.*s.\n",
		  TEXT_ARGS(rules_plain(page->arena, page->profile->contact)));
	rules_put_clause(page);
	rules_put(page, "Thể lệ này được lập từ chính các tham số mà phần mềm của %s áp dụng. Mọi "
			"sửa đổi, bổ sung do Ban Tổ chức quyết định và được công bố trước khi áp "
			"dụng.\n",
		  page->contest);
	rules_put_pending(page);
}

struct text rules_text_markdown(struct arena *arena, const struct profile *profile)
{
	struct rules_page page;

	rules_page_init(&page, arena, profile);
	put_head(&page);
	put_who(&page);
	put_content(&page);
	put_form(&page);
	put_time(&page);
	rules_text_individual(&page);
	put_attempts(&page);
	put_running_papers(&page);
	rules_text_units(&page);
	put_prizes(&page);
	put_personal_data(&page);
	put_general(&page);
	return buf_done(&page.buf);
}
