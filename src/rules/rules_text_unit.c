#include "rules/rules_text_parts.h"

/* Groups whose people count for units, as "Nhóm 1, Nhóm 3". */
static struct text unit_groups(struct rules_page *page)
{
	const struct profile *p = page->profile;
	struct buf buf;

	buf_init(&buf, page->arena, 4096);
	for (int i = 0; i < p->n_groups; i++) {
		if (p->groups[i].place != GROUP_PLACE_UNIT)
			continue;
		if (buf.len)
			buf_z(&buf, ", ");
		buf_text(&buf, rules_plain(page->arena, p->groups[i].name));
	}
	return buf_done(&buf);
}

static void put_blocks(struct rules_page *page)
{
	const struct profile *p = page->profile;

	rules_put_clause(page);
	rules_put(page, "Các đơn vị được xếp hạng riêng theo từng khối, trong từng đợt thi:\n");
	for (int i = 0; i < p->n_blocks; i++) {
		rules_put_dash(page);
		rules_put(page, "%.*s%s\n", TEXT_ARGS(rules_plain(page->arena, p->blocks[i].name)),
			  i + 1 < p->n_blocks ? ";" : ".");
	}
}

static void put_terms(struct rules_page *page)
{
	struct text groups = unit_groups(page);

	rules_put_clause(page);
	rules_put(page, "Cách hiểu các số liệu:\n");
	rules_put_dash(page);
	rules_put(page, "Số người dự thi: số người của %.*s có bài thi được tính và đã chọn đơn vị "
			"đó hoặc một đơn vị trực thuộc; mỗi người tính một lần;\n",
			TEXT_ARGS(groups));
	rules_put_dash(page);
	rules_put(page, "Quân số: tổng số cán bộ, công chức, viên chức, người lao động của đơn vị "
			"và các đơn vị trực thuộc, do Ban Tổ chức xác nhận;\n");
	rules_put_dash(page);
	rules_put(page, "Tỷ lệ tham gia: số người dự thi chia cho quân số, tính theo phần trăm, "
			"nhiều nhất là 100 %%;\n");
	rules_put_dash(page);
	rules_put(page, "Điểm trung bình: tổng điểm các bài được tính chia cho tích của số người "
			"dự thi và điểm tối đa của một bài, tính theo phần trăm.\n");
}

/* The formula, with an example computed from the same weights. */
static void put_formula(struct rules_page *page)
{
	struct arena *arena = page->arena;
	int64_t rate = page->profile->unit_rate_weight_milli;
	int64_t mean = page->profile->unit_mean_score_weight_milli;

	if (rate == PROFILE_UNDECIDED || mean == PROFILE_UNDECIDED) {
		page->is_pending = true;
		return;
	}
	struct text rate_text = rules_decimal(arena, rate);
	struct text mean_text = rules_decimal(arena, mean);
	rules_put_clause(page);
	rules_put(page, "Chỉ số xếp hạng = %.*s × tỷ lệ tham gia + %.*s × điểm trung bình. Ví dụ: "
			"đơn vị có quân số 40, có 36 người dự thi thì tỷ lệ tham gia là 90 %%; nếu "
			"điểm trung bình là 80 %% thì chỉ số là %.*s × 90 + %.*s × 80 = %.*s.\n",
		  TEXT_ARGS(rate_text), TEXT_ARGS(mean_text), TEXT_ARGS(rate_text),
		  TEXT_ARGS(mean_text), TEXT_ARGS(rules_decimal(arena, rate * 90 + mean * 80)));
}

static void put_gates(struct rules_page *page)
{
	const struct profile *p = page->profile;
	int rate = p->unit_min_rate_percent, headcount = p->unit_min_headcount;

	if (rate == PROFILE_UNDECIDED || headcount == PROFILE_UNDECIDED)
		page->is_pending = true;
	rules_put_clause(page);
	rules_put(page, "Chỉ xếp hạng đơn vị có quân số được xác nhận");
	if (headcount > 0)
		rules_put(page, ", từ %.*s người trở lên",
			  TEXT_ARGS(rules_number(page->arena, headcount)));
	if (rate > 0)
		rules_put(page, ", và có tỷ lệ tham gia từ %d %% trở lên", rate);
	rules_put(page, ".\n");
}

void rules_text_units(struct rules_page *page)
{
	const struct profile *p = page->profile;

	rules_put_article(page, "Xếp hạng tập thể");
	if (p->n_blocks == 0 && p->unit_rate_weight_milli == PROFILE_UNDECIDED) {
		page->is_pending = true;
		return;
	}
	if (p->n_blocks == 0) {
		rules_put_clause(page);
		rules_put(page, "Không xếp hạng tập thể.\n");
		return;
	}
	put_blocks(page);
	put_terms(page);
	put_formula(page);
	put_gates(page);
	rules_put_clause(page);
	rules_put(page, "Các đơn vị được xếp theo chỉ số từ cao xuống thấp; bằng chỉ số thì lần "
			"lượt xét tỷ lệ tham gia, điểm trung bình, số người dự thi, cao hơn xếp "
			"trên. Các số phần trăm được làm tròn đến chữ số thập phân thứ tư. Bằng "
			"nhau ở tất cả thì đồng hạng.\n");
}
