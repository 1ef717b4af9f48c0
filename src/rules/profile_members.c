#include "rules/profile_read.h"

#define TEXT_CHARS_MAX 300
#define PURPOSE_CHARS_MAX 2000
#define CODE_CHARS_MAX 20

/* Rows of the tables below. `at` is an offset or NOT_STORED. */
#define INT(p, n, a, lo, hi, d) \
	{ .path = p, .kind = MEMBER_INT, .need = n, .at = a, .min = lo, .max = hi, .fallback = d }
#define INT64(p, n, a, lo, hi, d) \
	{ .path = p, .kind = MEMBER_INT64, .need = n, .at = a, .min = lo, .max = hi, .fallback = d }
#define BOOL(p, n, a, d) \
	{ .path = p, .kind = MEMBER_BOOL, .need = n, .at = a, .fallback = d }
#define MILLI(p, n, a, d) \
	{ .path = p, .kind = MEMBER_MILLI, .need = n, .at = a, .max = 1000, .fallback = d }
#define WORD(p, n, a, w, d) \
	{ .path = p, .kind = MEMBER_WORD, .need = n, .at = a, .words = w, .fallback = d }
#define CLOCK(p, n, a, d) \
	{ .path = p, .kind = MEMBER_CLOCK, .need = n, .at = a, .fallback = d }
#define MOMENT(p, a) \
	{ .path = p, .kind = MEMBER_MOMENT, .need = NEED_ALWAYS, .at = a }
#define LINE(p, n, a, hi) \
	{ .path = p, .kind = MEMBER_TEXT, .need = n, .at = a, .min = 1, .max = hi }
#define CODE(p, n, a, hi) \
	{ .path = p, .kind = MEMBER_CODE, .need = n, .at = a, .min = 1, .max = hi }
#define FILE_NAME(p, n, a) \
	{ .path = p, .kind = MEMBER_FILE, .need = n, .at = a, .min = 1, .max = 100 }
#define SITE(p, n, a) \
	{ .path = p, .kind = MEMBER_SITE, .need = n, .at = a, .min = 1, .max = 200 }
#define DATE(p, n, a) \
	{ .path = p, .kind = MEMBER_DATE, .need = n, .at = a }
#define OBJECT(p, n, m) \
	{ .path = p, .kind = MEMBER_OBJECT, .need = n, .members = m }
#define OBJECTS(p, n, array, count, lo, type, undecided, m)                        \
	{                                                                          \
		.path = p, .kind = MEMBER_OBJECTS, .need = n,                      \
		.at = offsetof(struct profile, array), .min = lo,                  \
		.max = ARRAY_LEN(((struct profile *)0)->array),                    \
		.count_at = offsetof(struct profile, count),                       \
		.item_bytes = sizeof(type), .undecided_count = undecided,          \
		.members = m                                                       \
	}
#define END { .path = NULL }

#define AT(field) offsetof(struct profile, field)

static const struct word exclusion_words[] = {
	{ "barred", 1 },
	{ "may_play_unranked", WORD_PLANNED },
	{ NULL, 0 },
};

static const struct word place_words[] = {
	{ "unit", GROUP_PLACE_UNIT },
	{ "locality", GROUP_PLACE_LOCALITY },
	{ NULL, 0 },
};

static const struct word at_close_words[] = {
	{ "cut", AT_CLOSE_CUT },
	{ "finish", AT_CLOSE_FINISH },
	{ NULL, 0 },
};

static const struct word period_words[] = {
	{ "round", ATTEMPT_PERIOD_ROUND },
	{ "contest", ATTEMPT_PERIOD_CONTEST },
	{ "week", ATTEMPT_PERIOD_WEEK },
	{ "day", ATTEMPT_PERIOD_DAY },
	{ NULL, 0 },
};

static const struct word counting_words[] = {
	{ "best", ATTEMPT_COUNTING_BEST },
	{ "only", ATTEMPT_COUNTING_ONLY },
	{ "last", ATTEMPT_COUNTING_LAST },
	{ "earliest_correct", WORD_PLANNED },
	{ "sum_rounds", WORD_PLANNED },
	{ NULL, 0 },
};

static const struct word target_words[] = {
	{ "none", PREDICTION_NONE },
	{ "participants", PREDICTION_PARTICIPANTS },
	{ "all_correct_people", PREDICTION_ALL_CORRECT_PEOPLE },
	{ "all_correct_attempts", PREDICTION_ALL_CORRECT_ATTEMPTS },
	{ "percent", WORD_PLANNED },
	{ NULL, 0 },
};

static const struct word scope_words[] = {
	{ "group_round", PREDICTION_SCOPE_GROUP_ROUND },
	{ "round", PREDICTION_SCOPE_ROUND },
	{ "group", WORD_PLANNED },
	{ "contest", WORD_PLANNED },
	{ NULL, 0 },
};

static const struct word distance_words[] = {
	{ "absolute", PREDICTION_DISTANCE_ABSOLUTE },
	{ "no_overshoot", PREDICTION_DISTANCE_NO_OVERSHOOT },
	{ NULL, 0 },
};

static const struct word rank_key_words[] = {
	{ "score", RANK_KEY_SCORE },
	{ "prediction_error", RANK_KEY_PREDICTION_ERROR },
	{ "elapsed_ms", RANK_KEY_ELAPSED_MS },
	{ "submitted_at", RANK_KEY_SUBMITTED_AT },
	{ "started_at", RANK_KEY_STARTED_AT },
	{ "n_perfect", RANK_KEY_N_PERFECT },
	{ "manual_draw", WORD_PLANNED },
	{ NULL, 0 },
};

static const struct word feedback_words[] = {
	{ "score", FEEDBACK_SCORE },
	{ "none", FEEDBACK_NONE },
	{ "key", WORD_PLANNED },
	{ NULL, 0 },
};

static const struct member legal_basis[] = {
	LINE("no", NEED_DEFAULT, offsetof(struct legal_basis, no), 60),
	DATE("date", NEED_DEFAULT, offsetof(struct legal_basis, date)),
	LINE("issuer", NEED_ALWAYS, offsetof(struct legal_basis, issuer), TEXT_CHARS_MAX),
	LINE("title", NEED_ALWAYS, offsetof(struct legal_basis, title), TEXT_CHARS_MAX),
	END,
};

static const struct member contest[] = {
	CODE("contest.code", NEED_ALWAYS, AT(code), 40),
	LINE("contest.title", NEED_ALWAYS, AT(title), TEXT_CHARS_MAX),
	LINE("contest.short_title", NEED_ALWAYS, AT(short_title), 80),
	LINE("contest.theme", NEED_DEFAULT, AT(theme), TEXT_CHARS_MAX),
	LINE("contest.slogan", NEED_DEFAULT, AT(slogan), TEXT_CHARS_MAX),
	LINE("contest.organizer", NEED_ALWAYS, AT(organizer), TEXT_CHARS_MAX),
	LINE("contest.contact", NEED_ALWAYS, AT(contact), TEXT_CHARS_MAX),
	SITE("contest.site", NEED_DEFAULT, AT(site)),
	OBJECTS("contest.legal_basis", NEED_DEFAULT, legal_bases, n_legal_bases, 0,
		struct legal_basis, 0, legal_basis),
	MOMENT("contest.launch_at", AT(launch_at)),
	MOMENT("contest.open_at", AT(open_at)),
	MOMENT("contest.close_at", AT(close_at)),
	MOMENT("contest.result_at", AT(result_at)),
	END,
};

static const struct member rules[] = {
	LINE("rules.decision_no", NEED_RULE_OPEN, AT(decision_no), 60),
	DATE("rules.decision_date", NEED_RULE_OPEN, AT(decision_date)),
	END,
};

static const struct member round_members[] = {
	CODE("code", NEED_ALWAYS, offsetof(struct profile_round, code), CODE_CHARS_MAX),
	LINE("name", NEED_ALWAYS, offsetof(struct profile_round, name), 100),
	MOMENT("open_at", offsetof(struct profile_round, open_at)),
	MOMENT("close_at", offsetof(struct profile_round, close_at)),
	END,
};

static const struct member group[] = {
	CODE("code", NEED_ALWAYS, offsetof(struct profile_group, code), CODE_CHARS_MAX),
	LINE("name", NEED_ALWAYS, offsetof(struct profile_group, name), 100),
	LINE("who", NEED_ALWAYS, offsetof(struct profile_group, who), TEXT_CHARS_MAX),
	CODE("bank", NEED_ALWAYS, offsetof(struct profile_group, bank), CODE_CHARS_MAX),
	WORD("place", NEED_ALWAYS, offsetof(struct profile_group, place), place_words, 0),
	END,
};

static const struct member bank[] = {
	CODE("code", NEED_ALWAYS, offsetof(struct profile_bank, code), CODE_CHARS_MAX),
	FILE_NAME("file", NEED_ALWAYS, offsetof(struct profile_bank, file)),
	END,
};

static const struct member practice[] = {
	CODE("practice.bank", NEED_ALWAYS, AT(practice_bank), CODE_CHARS_MAX),
	INT("practice.n_questions", NEED_ALWAYS, AT(practice_questions), 1, PROFILE_QUESTIONS_MAX,
	    0),
	END,
};

static const struct member eligibility[] = {
	INT("eligibility.min_age", NEED_RULE, AT(min_age), 0, 120, 0),
	END,
};

static const struct member exclusion[] = {
	WORD("exclusion.mode", NEED_DEFAULT, NOT_STORED, exclusion_words, 1),
	END,
};

static const struct member topic[] = {
	CODE("code", NEED_ALWAYS, offsetof(struct profile_topic, code), CODE_CHARS_MAX),
	LINE("name", NEED_ALWAYS, offsetof(struct profile_topic, name), 100),
	END,
};

static const struct member stratum[] = {
	CODE("topic", NEED_DEFAULT, offsetof(struct profile_stratum, topic), CODE_CHARS_MAX),
	INT("difficulty", NEED_DEFAULT, offsetof(struct profile_stratum, difficulty), 1, 3, 0),
	INT("count", NEED_ALWAYS, offsetof(struct profile_stratum, count), 1,
	    PROFILE_QUESTIONS_MAX, 0),
	END,
};

static const struct member paper[] = {
	INT("paper.n_questions", NEED_RULE, AT(n_questions), 1, PROFILE_QUESTIONS_MAX, 30),
	OBJECTS("paper.topics", NEED_DEFAULT, topics, n_topics, 0, struct profile_topic, 0, topic),
	OBJECTS("paper.draw", NEED_RULE, strata, n_strata, 0, struct profile_stratum,
		PROFILE_UNDECIDED, stratum),
	BOOL("paper.shuffle_q", NEED_RULE, AT(shuffle_questions), 1),
	BOOL("paper.shuffle_a", NEED_RULE, AT(shuffle_options), 1),
	INT("paper.points_per_q", NEED_RULE, AT(points_per_question), 1, 1000, 1),
	INT64("paper.time_limit_s", NEED_RULE, AT(time_limit_s), 60, 14400, 1800),
	WORD("paper.at_close", NEED_RULE, AT(at_close), at_close_words, AT_CLOSE_CUT),
	END,
};

static const struct member attempt[] = {
	INT("attempt.limit", NEED_RULE, AT(attempt_limit), 0, 1000, 2),
	WORD("attempt.period", NEED_RULE, AT(attempt_period), period_words, ATTEMPT_PERIOD_ROUND),
	WORD("attempt.counting", NEED_RULE, AT(attempt_counting), counting_words,
	     ATTEMPT_COUNTING_BEST),
	END,
};

static const struct member prediction[] = {
	WORD("prediction.target", NEED_RULE, AT(prediction_target), target_words,
	     PREDICTION_ALL_CORRECT_PEOPLE),
	WORD("prediction.scope", NEED_RULE, AT(prediction_scope), scope_words,
	     PREDICTION_SCOPE_GROUP_ROUND),
	WORD("prediction.distance", NEED_RULE, AT(prediction_distance), distance_words,
	     PREDICTION_DISTANCE_ABSOLUTE),
	END,
};

static const struct member rank[] = {
	{
		.path = "rank.keys", .kind = MEMBER_WORDS, .need = NEED_RULE,
		.at = AT(rank_keys), .min = 1, .max = PROFILE_RANK_KEYS_MAX,
		.count_at = AT(n_rank_keys), .item_bytes = sizeof(enum rank_key),
		.words = rank_key_words,
		.fallback = 4,	/* its first words, in their order */
	},
	END,
};

static const struct member prize_level[] = {
	LINE("level", NEED_ALWAYS, offsetof(struct profile_prize, level), 60),
	INT("quantity", NEED_ALWAYS, offsetof(struct profile_prize, quantity), 1, 10000, 0),
	INT64("value_vnd", NEED_DEFAULT, offsetof(struct profile_prize, value_vnd), 0,
	      100000000000, 0),
	END,
};

static const struct member block[] = {
	CODE("code", NEED_ALWAYS, offsetof(struct profile_block, code), CODE_CHARS_MAX),
	LINE("name", NEED_ALWAYS, offsetof(struct profile_block, name), 100),
	END,
};

static const struct member formula[] = {
	MILLI("prize.collective.formula.rate", NEED_RULE, AT(unit_rate_weight_milli), 500),
	MILLI("prize.collective.formula.mean_score", NEED_RULE, AT(unit_mean_score_weight_milli),
	      500),
	END,
};

static const struct member collective[] = {
	OBJECTS("prize.collective.blocks", NEED_DEFAULT, blocks, n_blocks, 0, struct profile_block,
		0, block),
	OBJECT("prize.collective.formula", NEED_RULE, formula),
	INT("prize.collective.min_rate", NEED_RULE, AT(unit_min_rate_percent), 0, 100, 50),
	INT("prize.collective.min_headcount", NEED_RULE, AT(unit_min_headcount), 0, 1000000, 5),
	END,
};

static const struct member prize[] = {
	OBJECTS("prize.individual", NEED_RULE, prizes, n_prizes, 0, struct profile_prize,
		PROFILE_UNDECIDED, prize_level),
	OBJECT("prize.collective", NEED_RULE, collective),
	END,
};

static const struct member publish[] = {
	CLOCK("publish.participation", NEED_DEFAULT, AT(snapshot_minute_of_day), 11 * 60),
	END,
};

static const struct member feedback[] = {
	WORD("feedback.after_submit", NEED_RULE, AT(feedback), feedback_words, FEEDBACK_SCORE),
	END,
};

static const struct member consent[] = {
	LINE("consent.version", NEED_ALWAYS, AT(consent_version), 20),
	LINE("consent.purpose", NEED_ALWAYS, AT(consent_purpose), PURPOSE_CHARS_MAX),
	END,
};

static const struct member people_per_phone[] = {
	INT("auth.people_per_phone.unit", NEED_DEFAULT, AT(people_per_phone[GROUP_PLACE_UNIT]), 1,
	    PROFILE_PEOPLE_PER_PHONE_MAX, 1),
	INT("auth.people_per_phone.locality", NEED_DEFAULT,
	    AT(people_per_phone[GROUP_PLACE_LOCALITY]), 1, PROFILE_PEOPLE_PER_PHONE_MAX, 4),
	END,
};

static const struct member auth[] = {
	OBJECT("auth.people_per_phone", NEED_DEFAULT, people_per_phone),
	BOOL("auth.surge", NEED_DEFAULT, AT(surge), 0),
	END,
};

static const struct member retention[] = {
	INT("retention.days", NEED_DEFAULT, AT(retention_days), 1, 3650, 90),
	INT("retention.winner_days", NEED_DEFAULT, AT(retention_winner_days), 1, 3650, 365),
	END,
};

static const struct member document[] = {
	INT("format", NEED_ALWAYS, NOT_STORED, 1, 1, 1),
	OBJECT("contest", NEED_ALWAYS, contest),
	OBJECT("rules", NEED_RULE, rules),
	OBJECTS("rounds", NEED_ALWAYS, rounds, n_rounds, 1, struct profile_round, 0, round_members),
	OBJECTS("groups", NEED_ALWAYS, groups, n_groups, 1, struct profile_group, 0, group),
	OBJECTS("banks", NEED_ALWAYS, banks, n_banks, 1, struct profile_bank, 0, bank),
	OBJECT("practice", NEED_SECTION, practice),
	OBJECT("eligibility", NEED_DEFAULT, eligibility),
	OBJECT("exclusion", NEED_DEFAULT, exclusion),
	OBJECT("paper", NEED_RULE, paper),
	OBJECT("attempt", NEED_RULE, attempt),
	OBJECT("prediction", NEED_RULE, prediction),
	OBJECT("rank", NEED_RULE, rank),
	OBJECT("prize", NEED_RULE, prize),
	OBJECT("publish", NEED_DEFAULT, publish),
	OBJECT("feedback", NEED_RULE, feedback),
	OBJECT("auth", NEED_DEFAULT, auth),
	OBJECT("consent", NEED_ALWAYS, consent),
	OBJECT("retention", NEED_DEFAULT, retention),
	END,
};

const struct member profile_root = {
	.path = "", .kind = MEMBER_OBJECT, .need = NEED_ALWAYS, .members = document,
};
