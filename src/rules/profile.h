/* The contest profile: one JSON document that drives the engine and prints the
 * thể lệ, so that the two cannot disagree.
 *
 * profile_parse reads and checks everything and reports every mistake at once.
 * Rule values may be null ("undecided") until the contest opens; dates, names,
 * groups, banks and blocks may not. A profile that was parsed without problems can be
 * trusted by all other code: no later check repeats these. The format, with
 * every member, its range and its default, is in docs/profile.md. */
#ifndef RULES_PROFILE_H
#define RULES_PROFILE_H

#include "base/text.h"

#define PROFILE_BYTES_MAX 262144
#define PROFILE_ROUNDS_MAX 16
#define PROFILE_PEOPLE_PER_PHONE_MAX 10
#define PROFILE_GROUPS_MAX 4
#define PROFILE_BANKS_MAX 16
#define PROFILE_LEGAL_BASES_MAX 16
#define PROFILE_BLOCKS_MAX 8
#define PROFILE_TOPICS_MAX 16
#define PROFILE_STRATA_MAX 32
#define PROFILE_RANK_KEYS_MAX 8
#define PROFILE_PRIZES_MAX 16
#define PROFILE_QUESTIONS_MAX 100
#define PROFILE_OPTIONS 4

/* A number that the organizers have not decided yet (null in the JSON), or the
 * length of such a list. In the enums below, the member with value 0 says the
 * same. */
#define PROFILE_UNDECIDED (-1)

struct legal_basis {
	struct text no;		/* "254/KH-UBND" */
	struct text date;	/* ISO date as written, "" when the document has none */
	struct text issuer;
	struct text title;
};

/* One sitting window; contests have one, or one a week. */
struct profile_round {
	struct text code;	/* [a-z0-9-]{1,20}, unique */
	struct text name;
	int64_t open_at;	/* ms; papers can be started from here … */
	int64_t close_at;	/* … to before here */
};

enum group_place {
	GROUP_PLACE_UNIT = 1,	/* chooses an agency; counts for it */
	GROUP_PLACE_LOCALITY,	/* chooses a commune; never counts for a unit */
};

struct profile_group {
	struct text code;	/* [a-z0-9-]{1,20}, unique */
	struct text name;
	struct text who;	/* who belongs here, in words */
	struct text bank;	/* code of a bank */
	enum group_place place;
};

struct profile_bank {
	struct text code;	/* [a-z0-9-]{1,20}, unique */
	struct text file;	/* name in the contest's folder */
};

/* What the thể lệ calls a topic of the banks. */
struct profile_topic {
	struct text code;	/* as in the bank files */
	struct text name;
};

/* How many questions of a topic and difficulty a paper draws. */
struct profile_stratum {
	struct text topic;	/* code; "" any topic */
	int difficulty;		/* 1 to 3; 0 any */
	int count;
};

enum at_close {
	AT_CLOSE_UNDECIDED,
	AT_CLOSE_CUT,		/* an open paper ends with the round */
	AT_CLOSE_FINISH,	/* … may use its whole time limit */
};

enum attempt_period {
	ATTEMPT_PERIOD_UNDECIDED,
	ATTEMPT_PERIOD_ROUND,
	ATTEMPT_PERIOD_CONTEST,
	ATTEMPT_PERIOD_WEEK,	/* Monday to Sunday, Vietnamese time */
	ATTEMPT_PERIOD_DAY,	/* Vietnamese calendar day */
};

enum attempt_counting {
	ATTEMPT_COUNTING_UNDECIDED,
	ATTEMPT_COUNTING_BEST,	/* highest score; equal: shorter, then earlier */
	ATTEMPT_COUNTING_ONLY,	/* there is only one: the limit must be 1 */
	ATTEMPT_COUNTING_LAST,
};

enum prediction_target {
	PREDICTION_UNDECIDED,
	PREDICTION_NONE,		/* the paper has no prediction */
	PREDICTION_PARTICIPANTS,	/* people with a counted paper */
	PREDICTION_ALL_CORRECT_PEOPLE,	/* people whose counted paper is perfect */
	PREDICTION_ALL_CORRECT_ATTEMPTS,/* perfect submitted papers */
};

enum prediction_scope {
	PREDICTION_SCOPE_UNDECIDED,
	PREDICTION_SCOPE_GROUP_ROUND,
	PREDICTION_SCOPE_ROUND,		/* all groups of the round together */
};

enum prediction_distance {
	PREDICTION_DISTANCE_UNDECIDED,
	PREDICTION_DISTANCE_ABSOLUTE,
	PREDICTION_DISTANCE_NO_OVERSHOOT, /* any guess above the true number
					     ranks behind all that are not */
};

enum rank_key {
	RANK_KEY_SCORE = 1,		/* more is better */
	RANK_KEY_PREDICTION_ERROR,	/* less; papers without one come last */
	RANK_KEY_ELAPSED_MS,		/* less */
	RANK_KEY_SUBMITTED_AT,		/* earlier */
	RANK_KEY_STARTED_AT,		/* earlier */
	RANK_KEY_N_PERFECT,		/* more perfect papers of the same person */
};

enum feedback {
	FEEDBACK_UNDECIDED,
	FEEDBACK_SCORE,		/* score and time right after submitting */
	FEEDBACK_NONE,		/* only that the paper was received */
};

struct profile_prize {
	struct text level;	/* "Giải Nhất" */
	int quantity;		/* a group and round */
	int64_t value_vnd;	/* 0: not announced */
};

/* A class of units that are ranked against each other. */
struct profile_block {
	struct text code;	/* as in units.csv */
	struct text name;
};

struct profile {
	/* contest */
	struct text code;	/* [a-z0-9-]{1,40}, the contest's part of its URLs */
	struct text title;
	struct text short_title;
	struct text theme;	/* "" when there is none */
	struct text slogan;	/* "" when there is none */
	struct text organizer;
	struct text contact;	/* whom to ask, one line */
	struct text site;	/* "https://…", where the contest is held; "" not told */
	struct legal_basis legal_bases[PROFILE_LEGAL_BASES_MAX];
	int n_legal_bases;
	int64_t launch_at;	/* ms, whole seconds, each later than the one before … */
	int64_t open_at;
	int64_t close_at;
	int64_t result_at;	/* … but for this one, which may be close_at */

	/* rules: which decision these values come from */
	struct text decision_no;	/* "" while undecided */
	struct text decision_date;	/* ISO date, "" while undecided */

	struct profile_round rounds[PROFILE_ROUNDS_MAX];	/* in time order; the first
						opens at open_at, the last closes at close_at */
	int n_rounds;
	struct profile_group groups[PROFILE_GROUPS_MAX];
	int n_groups;
	struct profile_bank banks[PROFILE_BANKS_MAX];
	int n_banks;
	struct text practice_bank;	/* code; "" for no practice */
	int practice_questions;

	/* eligibility and exclusion */
	int min_age;		/* full years on the day of the start; 0 no minimum */

	/* the door */
	int people_per_phone[GROUP_PLACE_LOCALITY + 1];	/* by enum group_place */
	int surge;		/* 1: registering needs a unit's invitation or a proof of
				 * work, unless the organizer switched it off */

	/* paper */
	int n_questions;
	struct profile_topic topics[PROFILE_TOPICS_MAX];
	int n_topics;
	struct profile_stratum strata[PROFILE_STRATA_MAX];	/* counts sum to n_questions;
						no question fits two */
	int n_strata;		/* 0: drawn freely; or undecided */
	int shuffle_questions;	/* 0, 1 or undecided */
	int shuffle_options;	/* 0, 1 or undecided */
	int points_per_question;
	int64_t time_limit_s;
	enum at_close at_close;

	/* attempts */
	int attempt_limit;	/* in a period; 0 unlimited */
	enum attempt_period attempt_period;
	enum attempt_counting attempt_counting;

	/* prediction */
	enum prediction_target prediction_target;
	enum prediction_scope prediction_scope;
	enum prediction_distance prediction_distance;

	enum rank_key rank_keys[PROFILE_RANK_KEYS_MAX];
	int n_rank_keys;	/* 0: undecided */

	struct profile_prize prizes[PROFILE_PRIZES_MAX];
	int n_prizes;		/* 0: none; or undecided */

	/* units: index = rate_weight · rate + mean_score_weight · mean score in
	 * percent, weights in thousandths that sum to 1000 */
	int unit_rate_weight_milli;
	int unit_mean_score_weight_milli;
	int unit_min_rate_percent;
	int unit_min_headcount;
	struct profile_block blocks[PROFILE_BLOCKS_MAX];
	int n_blocks;

	int snapshot_minute_of_day;	/* Vietnamese time; 660 is 11:00 */
	enum feedback feedback;

	/* consent and retention */
	struct text consent_version;	/* "1" */
	struct text consent_purpose;	/* what the data is for, in words */
	int retention_days;		/* personal data is kept so long after result_at */
	int retention_winner_days;
};

/* A mistake in the profile. */
struct profile_problem {
	struct text path;	/* "paper.n_questions", "rounds[1].open_at";
				 * "line 3 column 14" for broken JSON */
	struct text reason;	/* Vietnamese, for the organizer */
};

#define PROFILE_PROBLEMS_MAX 200	/* more are not kept */

struct profile_problems {
	struct profile_problem items[PROFILE_PROBLEMS_MAX];
	int n;
};

enum profile_stage {
	PROFILE_FOR_ANNOUNCE,	/* rule values may be null */
	PROFILE_FOR_OPEN,	/* none may be null */
};

/* Reads a profile; texts live in `arena`. Answers
 *   0  it is right; *ret_profile is filled, *ret_problems is empty
 *   1  it has problems: all of them are in *ret_problems, sorted as they occur
 *  -1  memory is out */
int profile_parse(struct arena *arena, struct text json, enum profile_stage stage,
		  struct profile *ret_profile, struct profile_problems *ret_problems) MUST_CHECK;

/* Paths of the values that are still null, in the order of docs/profile.md; they
 * are not owned by any arena. At most `max` are written. Returns how many there
 * are. */
int profile_undecided(const struct profile *profile, struct text *ret_paths, int max);

/* The last place that wins an individual prize; 0 when there is no prize. */
int profile_last_prize_place(const struct profile *profile);

/* NULL when there is none of that code. */
const struct profile_round *profile_round_by_code(const struct profile *profile, struct text code);
const struct profile_group *profile_group_by_code(const struct profile *profile, struct text code);

#endif
