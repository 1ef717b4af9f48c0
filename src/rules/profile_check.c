#include "rules/profile_read.h"

#include "base/time.h"

#include <assert.h>

static_assert(offsetof(struct profile_round, code) == 0, "read by check_unique");
static_assert(offsetof(struct profile_group, code) == 0, "read by check_unique");
static_assert(offsetof(struct profile_bank, code) == 0, "read by check_unique");
static_assert(offsetof(struct profile_topic, code) == 0, "read by check_unique");
static_assert(offsetof(struct profile_prize, level) == 0, "read by check_unique");
static_assert(offsetof(struct profile_block, code) == 0, "read by check_unique");

/* Items that begin with a text which none other of the list may have. */
static void check_unique(struct reader *reader, const char *list, const char *name,
			 const void *items, size_t item_bytes, int n)
{
	for (int i = 1; i < n; i++) {
		struct text text, other;
		memcpy(&text, (const char *)items + (size_t)i * item_bytes, sizeof(text));
		for (int j = 0; j < i && text.len; j++) {
			memcpy(&other, (const char *)items + (size_t)j * item_bytes, sizeof(other));
			if (!text_equal(text, other))
				continue;
			profile_problem_at(reader,
					   text_format(reader->arena, "%s[%d].%s", list, i, name),
					   "trùng với %s[%d].%s", list, j, name);
			break;
		}
	}
}

static void check_all_unique(struct reader *reader)
{
	const struct profile *p = reader->profile;

	check_unique(reader, "rounds", "code", p->rounds, sizeof(p->rounds[0]), p->n_rounds);
	check_unique(reader, "groups", "code", p->groups, sizeof(p->groups[0]), p->n_groups);
	check_unique(reader, "banks", "code", p->banks, sizeof(p->banks[0]), p->n_banks);
	check_unique(reader, "paper.topics", "code", p->topics, sizeof(p->topics[0]), p->n_topics);
	check_unique(reader, "prize.individual", "level", p->prizes, sizeof(p->prizes[0]),
		     p->n_prizes);
	check_unique(reader, "prize.collective.blocks", "code", p->blocks, sizeof(p->blocks[0]),
		     p->n_blocks);
}

/* ---- time ---- */

static bool is_known(int64_t moment)
{
	return moment != TIME_NONE;
}

static bool is_late(int64_t moment, int64_t limit)
{
	return is_known(moment) && is_known(limit) && moment > limit;
}

static void check_dates(struct reader *reader)
{
	const struct profile *p = reader->profile;

	if (is_known(p->launch_at) && is_known(p->open_at) && p->open_at <= p->launch_at)
		profile_problem_at(reader, TEXT("contest.open_at"), "phải sau contest.launch_at");
	if (is_known(p->open_at) && is_known(p->close_at) && p->close_at <= p->open_at)
		profile_problem_at(reader, TEXT("contest.close_at"), "phải sau contest.open_at");
	if (is_late(p->close_at, p->result_at))
		profile_problem_at(reader, TEXT("contest.result_at"),
				   "không được trước contest.close_at");
	else if (is_known(p->close_at) && is_known(p->result_at) && p->time_limit_s > 0 &&
		 p->at_close == AT_CLOSE_FINISH &&
		 p->close_at + p->time_limit_s * TIME_SECOND_MS > p->result_at)
		profile_problem_at(reader, TEXT("contest.result_at"),
				   "không được trước lúc bài cuối cùng hết giờ "
				   "(contest.close_at cộng paper.time_limit_s)");
}

/* A document of after the results cannot be what the contest rests on. */
static void check_document_date(struct reader *reader, struct text path, struct text date)
{
	int64_t day;

	if (date.len && time_parse(date, &day) == 0 && is_late(day, reader->profile->result_at))
		profile_problem_at(reader, path, "không được sau contest.result_at");
}

static void check_document_dates(struct reader *reader)
{
	const struct profile *p = reader->profile;

	for (int i = 0; i < p->n_legal_bases; i++)
		check_document_date(reader,
				    text_format(reader->arena, "contest.legal_basis[%d].date", i),
				    p->legal_bases[i].date);
	check_document_date(reader, TEXT("rules.decision_date"), p->decision_date);
}

static void check_round(struct reader *reader, int i)
{
	const struct profile *p = reader->profile;
	const struct profile_round *round = &p->rounds[i];
	int64_t before = i > 0 ? p->rounds[i - 1].close_at : TIME_NONE;
	struct text open_at = text_format(reader->arena, "rounds[%d].open_at", i);
	struct text close_at = text_format(reader->arena, "rounds[%d].close_at", i);
	bool has_open = is_known(round->open_at), has_close = is_known(round->close_at);

	if (i == 0 && has_open && is_known(p->open_at) && round->open_at != p->open_at)
		profile_problem_at(reader, open_at,
				   "đợt đầu phải mở đúng lúc contest.open_at");
	else if (is_late(p->open_at, round->open_at))
		profile_problem_at(reader, open_at, "không được trước contest.open_at");
	else if (is_late(before, round->open_at))
		profile_problem_at(reader, open_at,
				   "không được trước khi đợt trước đóng (rounds[%d].close_at)",
				   i - 1);
	if (has_open && has_close && round->close_at <= round->open_at)
		profile_problem_at(reader, close_at, "phải sau rounds[%d].open_at", i);
	else if (i == p->n_rounds - 1 && has_close && is_known(p->close_at) &&
		 round->close_at != p->close_at)
		profile_problem_at(reader, close_at,
				   "đợt cuối phải đóng đúng lúc contest.close_at");
	else if (is_late(round->close_at, p->close_at))
		profile_problem_at(reader, close_at, "không được sau contest.close_at");
}

/* ---- groups and banks ---- */

static bool has_bank(const struct profile *p, struct text code)
{
	for (int i = 0; i < p->n_banks; i++)
		if (text_equal(p->banks[i].code, code))
			return true;
	return false;
}

static void check_banks(struct reader *reader)
{
	const struct profile *p = reader->profile;

	for (int i = 0; i < p->n_groups; i++)
		if (p->groups[i].bank.len && !has_bank(p, p->groups[i].bank))
			profile_problem_at(reader,
					   text_format(reader->arena, "groups[%d].bank", i),
					   "không có ngân hàng câu hỏi này trong banks");
	for (int i = 1; i < p->n_banks; i++)
		for (int j = 0; j < i; j++)
			if (p->banks[i].file.len && text_equal(p->banks[i].file, p->banks[j].file))
				profile_problem_at(reader,
						   text_format(reader->arena, "banks[%d].file", i),
						   "trùng với banks[%d].file", j);
}

static void check_practice(struct reader *reader)
{
	const struct profile *p = reader->profile;

	if (p->practice_bank.len == 0)
		return;
	if (!has_bank(p, p->practice_bank))
		profile_problem_at(reader, TEXT("practice.bank"),
				   "không có ngân hàng câu hỏi này trong banks");
	for (int i = 0; i < p->n_groups; i++)
		if (text_equal(p->groups[i].bank, p->practice_bank)) {
			profile_problem_at(reader, TEXT("practice.bank"),
					   "thi thử không được dùng ngân hàng câu hỏi của "
					   "groups[%d]",
					   i);
			return;
		}
}

/* ---- the paper ---- */

static bool has_topic(const struct profile *p, struct text code)
{
	for (int i = 0; i < p->n_topics; i++)
		if (text_equal(p->topics[i].code, code))
			return true;
	return false;
}

/* Whether a question could fit both. */
static bool overlap(const struct profile_stratum *a, const struct profile_stratum *b)
{
	bool topics_meet = a->topic.len == 0 || b->topic.len == 0 || text_equal(a->topic, b->topic);
	bool difficulties_meet = a->difficulty == 0 || b->difficulty == 0 ||
				 a->difficulty == b->difficulty;
	return topics_meet && difficulties_meet;
}

static bool is_readable(const struct profile_stratum *stratum)
{
	return stratum->count != PROFILE_UNDECIDED && stratum->difficulty != PROFILE_UNDECIDED;
}

static void check_overlap(struct reader *reader, int i)
{
	const struct profile_stratum *strata = reader->profile->strata;

	for (int j = 0; j < i; j++)
		if (is_readable(&strata[i]) && is_readable(&strata[j]) &&
		    overlap(&strata[i], &strata[j])) {
			profile_problem_at(reader, text_format(reader->arena, "paper.draw[%d]", i),
					   "chồng lên paper.draw[%d]: một câu hỏi thuộc cả hai", j);
			return;
		}
}

static void check_draw(struct reader *reader)
{
	const struct profile *p = reader->profile;
	int sum = 0;
	bool can_sum = p->n_strata > 0 && p->n_questions != PROFILE_UNDECIDED;

	for (int i = 0; i < p->n_strata; i++) {
		const struct profile_stratum *stratum = &p->strata[i];
		if (stratum->topic.len && p->n_topics > 0 && !has_topic(p, stratum->topic))
			profile_problem_at(reader,
					   text_format(reader->arena, "paper.draw[%d].topic", i),
					   "không có chủ đề này trong paper.topics");
		check_overlap(reader, i);
		can_sum = can_sum && stratum->count != PROFILE_UNDECIDED;
		sum += stratum->count;
	}
	if (can_sum && sum != p->n_questions)
		profile_problem_at(reader, TEXT("paper.draw"),
				   "tổng các count là %d, phải bằng paper.n_questions là %d", sum,
				   p->n_questions);
}

/* ---- counting, ranking, prizes ---- */

static void check_attempt(struct reader *reader)
{
	const struct profile *p = reader->profile;

	if (p->attempt_counting == ATTEMPT_COUNTING_ONLY && p->attempt_limit != PROFILE_UNDECIDED &&
	    p->attempt_limit != 1)
		profile_problem_at(reader, TEXT("attempt.counting"),
				   "only chỉ dùng được khi attempt.limit là 1");
}

static void check_rank(struct reader *reader)
{
	const struct profile *p = reader->profile;
	bool has_key = false;

	for (int i = 0; i < p->n_rank_keys; i++) {
		has_key = has_key || p->rank_keys[i] == RANK_KEY_PREDICTION_ERROR;
		for (int j = 0; j < i; j++)
			if (p->rank_keys[i] == p->rank_keys[j])
				profile_problem_at(reader,
						   text_format(reader->arena, "rank.keys[%d]", i),
						   "trùng với rank.keys[%d]", j);
	}
	if (p->n_rank_keys == 0 || p->prediction_target == PREDICTION_UNDECIDED)
		return;
	if (has_key && p->prediction_target == PREDICTION_NONE)
		profile_problem_at(reader, TEXT("rank.keys"),
				   "có prediction_error nhưng prediction.target là none");
	if (!has_key && p->prediction_target != PREDICTION_NONE)
		profile_problem_at(reader, TEXT("rank.keys"),
				   "phải có prediction_error, vì bài thi có câu dự đoán "
				   "(hoặc đặt prediction.target là none)");
}

static void check_collective(struct reader *reader)
{
	const struct profile *p = reader->profile;
	int rate = p->unit_rate_weight_milli, mean = p->unit_mean_score_weight_milli;
	bool has_units = false;

	for (int i = 0; i < p->n_groups; i++)
		has_units = has_units || p->groups[i].place != GROUP_PLACE_LOCALITY;
	if (p->n_blocks > 0 && p->n_groups > 0 && !has_units)
		profile_problem_at(reader, TEXT("prize.collective.blocks"),
				   "không có nhóm nào chọn đơn vị (groups[].place là unit) để xếp "
				   "hạng");
	if (rate != PROFILE_UNDECIDED && mean != PROFILE_UNDECIDED && rate + mean != 1000)
		profile_problem_at(reader, TEXT("prize.collective.formula"),
				   "tổng rate và mean_score phải bằng 1");
}

static void check_retention(struct reader *reader)
{
	const struct profile *p = reader->profile;

	if (p->retention_winner_days != PROFILE_UNDECIDED &&
	    p->retention_days != PROFILE_UNDECIDED &&
	    p->retention_winner_days < p->retention_days)
		profile_problem_at(reader, TEXT("retention.winner_days"),
				   "không được ít hơn retention.days");
}

void profile_check(struct reader *reader)
{
	check_all_unique(reader);
	check_dates(reader);
	check_document_dates(reader);
	for (int i = 0; i < reader->profile->n_rounds; i++)
		check_round(reader, i);
	check_banks(reader);
	check_practice(reader);
	check_draw(reader);
	check_attempt(reader);
	check_rank(reader);
	check_collective(reader);
	check_retention(reader);
}
