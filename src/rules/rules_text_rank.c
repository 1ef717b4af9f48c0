#include "rules/rules_text.h"

#include "rules/rules_text_parts.h"
#include "rules/score.h"

#include <assert.h>

static bool has_prediction(const struct profile *profile)
{
	return profile->prediction_target != PREDICTION_UNDECIDED &&
	       profile->prediction_target != PREDICTION_NONE;
}

/* ---- the prediction ---- */

/* What is asked for: "có bao nhiêu **người** … trong …". */
static void put_question(struct rules_page *page, struct text whose, struct text where)
{
	const struct profile *p = page->profile;
	struct text all = p->n_questions == PROFILE_UNDECIDED ?
		TEXT("tất cả các câu") :
		text_format(page->arena, "tất cả %d câu", p->n_questions);

	switch (p->prediction_target) {
	case PREDICTION_PARTICIPANTS:
		rules_put(page, "có bao nhiêu **người** %.*s dự thi trong %.*s?", TEXT_ARGS(whose),
			  TEXT_ARGS(where));
		return;
	case PREDICTION_ALL_CORRECT_PEOPLE:
		rules_put(page, "có bao nhiêu **người** %.*s trả lời đúng %.*s trong %.*s?",
			  TEXT_ARGS(whose), TEXT_ARGS(all), TEXT_ARGS(where));
		return;
	case PREDICTION_ALL_CORRECT_ATTEMPTS:
		rules_put(page, "có bao nhiêu **lượt thi** của người %.*s trả lời đúng %.*s trong "
				"%.*s?",
			  TEXT_ARGS(whose), TEXT_ARGS(all), TEXT_ARGS(where));
		return;
	case PREDICTION_UNDECIDED:
	case PREDICTION_NONE:
		break;
	}
	assert(false && "a prediction");
}

static const char *definition(enum prediction_target target)
{
	switch (target) {
	case PREDICTION_PARTICIPANTS:
		return "Con số đúng là số người có bài thi được tính; mỗi người đếm một lần, "
		       "dù thi nhiều lượt.";
	case PREDICTION_ALL_CORRECT_PEOPLE:
		return "Con số đúng là số người mà bài thi được tính đúng tất cả các câu; "
		       "mỗi người đếm một lần, không đếm theo lượt thi.";
	case PREDICTION_ALL_CORRECT_ATTEMPTS:
		return "Con số đúng là số bài đã nộp đúng tất cả các câu, đếm theo lượt thi: một "
		       "người có nhiều bài như vậy thì đếm đủ từng bài.";
	case PREDICTION_UNDECIDED:
	case PREDICTION_NONE:
		break;
	}
	assert(false && "a prediction");
	return "";
}

static void put_definition(struct rules_page *page)
{
	rules_put(page,
		  "%s Con số này được đếm sau khi chốt dữ liệu và sau khi hủy các bài vi phạm. "
		  "Dự đoán là một số nguyên từ 0 đến %.*s.",
		  definition(page->profile->prediction_target),
		  TEXT_ARGS(rules_number(page->arena, PREDICTION_MAX)));
}

static bool is_second_to_score(const struct profile *profile)
{
	return profile->n_rank_keys > 1 && profile->rank_keys[0] == RANK_KEY_SCORE &&
	       profile->rank_keys[1] == RANK_KEY_PREDICTION_ERROR;
}

/* When the prediction decides, by its place among the keys. */
static const char *use_of_prediction(const struct profile *profile)
{
	if (is_second_to_score(profile))
		return "để xếp hạng khi bằng điểm";
	if (profile->n_rank_keys > 0 && profile->rank_keys[0] != RANK_KEY_PREDICTION_ERROR)
		return "để xếp hạng khi bằng nhau ở các tiêu chí trước đó";
	return "để xếp hạng";
}

struct text rules_text_prediction(struct arena *arena, const struct profile *profile,
				  const struct profile_group *group,
				  const struct profile_round *round)
{
	struct rules_page page;

	if (!has_prediction(profile))
		return TEXT_EMPTY;
	rules_page_init(&page, arena, profile);
	struct text group_name = rules_plain(arena, group->name);
	struct text round_name = rules_plain(arena, round->name);
	struct text whose = TEXT("thuộc tất cả các nhóm");
	if (profile->prediction_scope == PREDICTION_SCOPE_GROUP_ROUND || profile->n_groups == 1)
		whose = text_format(arena, "thuộc %.*s", TEXT_ARGS(group_name));
	rules_put(&page, "Câu dự đoán (%s): ", use_of_prediction(profile));
	put_question(&page, whose, round_name);
	rules_put(&page, "\n\n");
	put_definition(&page);
	rules_put(&page, "\n");
	return buf_done(&page.buf);
}

static void put_distance(struct rules_page *page)
{
	struct arena *arena = page->arena;
	const char *equal = is_second_to_score(page->profile) ? "A và B bằng điểm nhau; " :
			    page->profile->rank_keys[0] == RANK_KEY_PREDICTION_ERROR ? "" :
			    "A và B bằng nhau ở các tiêu chí trước đó; ";
	struct text truth = rules_number(arena, 1200);

	if (page->profile->prediction_distance == PREDICTION_DISTANCE_ABSOLUTE) {
		rules_put_clause(page);
		rules_put(page, "Sai số dự đoán là khoảng cách giữa dự đoán và con số đúng; đoán "
				"thừa hay thiếu như nhau. Ví dụ: con số đúng là %.*s; %sA dự đoán "
				"%.*s (sai số 50), B dự đoán %.*s (sai số 60) thì A xếp trên B. "
				"Nếu B dự đoán %.*s (sai số 50) thì hai người bằng nhau ở tiêu chí "
				"này và xét tiêu chí tiếp theo, nếu có.\n",
			  TEXT_ARGS(truth), equal, TEXT_ARGS(rules_number(arena, 1150)),
			  TEXT_ARGS(rules_number(arena, 1260)),
			  TEXT_ARGS(rules_number(arena, 1250)));
	} else if (page->profile->prediction_distance == PREDICTION_DISTANCE_NO_OVERSHOOT) {
		rules_put_clause(page);
		rules_put(page, "Sai số dự đoán là khoảng cách giữa dự đoán và con số đúng; mọi dự "
				"đoán lớn hơn con số đúng xếp sau mọi dự đoán không lớn hơn. Ví "
				"dụ: con số đúng là %.*s; %sA dự đoán %.*s (thiếu 100), B dự đoán "
				"%.*s (thừa 1) thì A xếp trên B.\n",
			  TEXT_ARGS(truth), equal, TEXT_ARGS(rules_number(arena, 1100)),
			  TEXT_ARGS(rules_number(arena, 1201)));
	} else {
		page->is_pending = true;
	}
}

static void put_prediction(struct rules_page *page)
{
	const struct profile *p = page->profile;

	if (p->prediction_target == PREDICTION_NONE)
		return;
	if (p->prediction_target == PREDICTION_UNDECIDED) {
		page->is_pending = true;
		return;
	}
	rules_put_clause(page);
	if (p->prediction_scope == PREDICTION_SCOPE_UNDECIDED) {
		page->is_pending = true;
		rules_put(page, "Cuối bài thi có một câu dự đoán, không tính điểm.");
	} else {
		bool by_group = p->prediction_scope == PREDICTION_SCOPE_GROUP_ROUND;
		rules_put(page, "Cuối bài thi có một câu dự đoán, không tính điểm: ");
		put_question(page, by_group ? TEXT("cùng nhóm với thí sinh") :
					      TEXT("thuộc tất cả các nhóm"), TEXT("đợt thi"));
	}
	rules_put(page, " ");
	put_definition(page);
	rules_put(page, " Bài không có dự đoán xếp sau các bài có dự đoán khi xét tiêu chí này.\n");
	if (p->n_rank_keys > 0)
		put_distance(page);
}

/* ---- points and places ---- */

static void put_points(struct rules_page *page)
{
	const struct profile *p = page->profile;
	int points = p->points_per_question;

	if (points == PROFILE_UNDECIDED) {
		page->is_pending = true;
		return;
	}
	rules_put_clause(page);
	rules_put(page, "Mỗi câu trả lời đúng được %d điểm; câu sai hoặc bỏ trống được 0 điểm, "
			"không bị trừ điểm.", points);
	if (p->n_questions == PROFILE_UNDECIDED)
		page->is_pending = true;
	else
		rules_put(page, " Điểm tối đa của một bài thi là %.*s điểm.",
			  TEXT_ARGS(rules_number(page->arena, (int64_t)points * p->n_questions)));
	rules_put(page, "\n");
}

static const char *counting_text(const struct profile *profile)
{
	switch (profile->attempt_counting) {
	case ATTEMPT_COUNTING_BEST:
		return "Nếu thí sinh thi nhiều lượt trong một đợt thi, bài được tính để xếp hạng "
		       "là bài có điểm cao nhất; bằng điểm thì lấy bài làm nhanh hơn, rồi đến bài "
		       "nộp sớm hơn.";
	case ATTEMPT_COUNTING_ONLY:
		if (profile->attempt_period == ATTEMPT_PERIOD_WEEK ||
		    profile->attempt_period == ATTEMPT_PERIOD_DAY)
			return "Bài được tính để xếp hạng trong mỗi đợt thi là bài bắt đầu sớm "
			       "nhất.";
		return "Bài được tính để xếp hạng là bài thi duy nhất của thí sinh.";
	case ATTEMPT_COUNTING_LAST:
		return "Nếu thí sinh thi nhiều lượt trong một đợt thi, bài được tính để xếp hạng "
		       "là bài bắt đầu sau cùng.";
	case ATTEMPT_COUNTING_UNDECIDED:
		break;
	}
	return NULL;
}

static const char *key_text(enum rank_key key)
{
	switch (key) {
	case RANK_KEY_SCORE:
		return "điểm cao hơn xếp trên";
	case RANK_KEY_PREDICTION_ERROR:
		return "sai số của câu dự đoán nhỏ hơn xếp trên";
	case RANK_KEY_ELAPSED_MS:
		return "thời gian làm bài ngắn hơn xếp trên, tính đến phần nghìn giây theo đồng hồ "
		       "máy chủ; bài do hệ thống tự nộp tính là dùng hết thời gian";
	case RANK_KEY_SUBMITTED_AT:
		return "thời điểm nộp bài sớm hơn xếp trên";
	case RANK_KEY_STARTED_AT:
		return "thời điểm bắt đầu làm bài sớm hơn xếp trên";
	case RANK_KEY_N_PERFECT:
		return "có nhiều bài đúng tất cả các câu hơn trong đợt thi xếp trên";
	}
	assert(false && "a key");
	return "";
}

static void put_keys(struct rules_page *page)
{
	const struct profile *p = page->profile;

	if (p->n_rank_keys == 0) {
		page->is_pending = true;
		return;
	}
	rules_put_clause(page);
	rules_put(page, "Thí sinh được xếp hạng riêng trong từng nhóm, từng đợt thi, lần lượt theo "
			"các tiêu chí sau; chỉ khi bằng nhau ở tiêu chí trước mới xét tiêu chí "
			"sau:\n");
	for (int i = 0; i < p->n_rank_keys; i++) {
		rules_put_dash(page);
		rules_put(page, "Thứ %d: %s%s\n", i + 1, key_text(p->rank_keys[i]),
			  i + 1 < p->n_rank_keys ? ";" : ".");
	}
	rules_put_clause(page);
	rules_put(page, "Thí sinh bằng nhau ở tất cả các tiêu chí thì đồng hạng, và các hạng kế "
			"tiếp được bỏ qua tương ứng (ví dụ: 1, 2, 2, 4).\n");
}

void rules_text_individual(struct rules_page *page)
{
	const char *counting = counting_text(page->profile);

	rules_put_article(page, "Cách tính điểm và xếp hạng cá nhân");
	put_points(page);
	if (counting) {
		rules_put_clause(page);
		rules_put(page, "%s\n", counting);
	} else {
		page->is_pending = true;
	}
	put_keys(page);
	put_prediction(page);
}
