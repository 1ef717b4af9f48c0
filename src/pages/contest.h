/* A contest as it is in force, in memory: rules, banks, units, pages. It is
 * loaded whole, never changed, and replaced when an act changed something. A
 * request holds a reference to the one it began with. */
#ifndef PAGES_CONTEST_H
#define PAGES_CONTEST_H

#include "base/hash.h"
#include "base/keys.h"
#include "rules/draw.h"
#include "rules/phase.h"
#include "rules/profile.h"

struct db;
struct store;

/* A profile with the moment from which it holds. */
struct rules_in_force {
	int64_t version;
	int64_t effective_at;	/* ms, contest clock */
	struct hash hash;	/* SHA-256 of the profile's text */
	struct text json;
	struct profile profile;
	/* What is asked for, as HTML; "" when nothing is. */
	struct text prediction_html[PROFILE_GROUPS_MAX][PROFILE_ROUNDS_MAX];
};

/* A question as it is shown. */
struct bank_question {
	struct text code;
	struct text body_html;
	struct text option_html[PROFILE_OPTIONS];	/* original order */
	struct text basis;
};

struct bank {
	int64_t id;		/* of this version */
	struct text code;
	int64_t version;
	struct hash file_hash;
	struct bank_item *items;
	struct bank_question *questions;	/* by the same number */
	int n;
};

struct contest_unit {
	int64_t id;
	struct text code;
	int parent;		/* index; -1 root */
	int kind;		/* enum unit_kind of exchange/contest_files.h */
	struct text block;	/* "" not ranked */
	struct text name;
	struct text short_name;
	struct text shown;	/* the name, with its parent's when it occurs twice */
	struct text official_code;
	struct text search_folded;
	int headcount;
	int level;
	int n_children;
};

struct article {
	struct text kind;	/* "guide", "faq", "news" */
	struct text slug;
	struct text title;
	struct text summary;
	struct text dated;	/* ISO date, "" none */
	struct text html;
};

struct exclusion {
	struct hash name_birth_index, name_year_index;
	struct hash phone_index;	/* of name and phone */
	bool has_name, has_phone;
	int64_t unit;		/* -1 none */
	struct text reason;
};

struct publication {
	int64_t round;		/* id */
	int64_t ranking;
	struct text decision_no;
	struct text decision_date;
	int64_t published_at;
};

/* Ids of the rounds and groups of a profile, by their number in it. */
struct contest_ids {
	int64_t rounds[PROFILE_ROUNDS_MAX];
	int64_t groups[PROFILE_GROUPS_MAX];
};

struct contest {
	struct arena *arena;
	_Atomic int references;
	int64_t id;
	struct text code;
	struct rules_in_force *rules;	/* by version */
	struct contest_ids *ids;	/* of each of the rules */
	int n_rules;
	struct bank *banks;
	int n_banks;
	struct contest_unit *units;	/* parents before children */
	int n_units;
	int64_t *unit_ids_sorted;	/* for contest_unit_by_id */
	int *unit_index_sorted;
	struct article *articles;
	int n_articles;
	struct exclusion *exclusions;
	int n_exclusions;
	struct publication *publications;	/* newest first */
	int n_publications;
	int surge_switch;	/* 1 on, 0 off, SURGE_PROFILE as the profile has it */
};

/* In table contest_switch. */
#define SURGE_SWITCH "surge"
#define SURGE_PROFILE (-1)

/* The rules that hold at `now`: the newest whose time has come, else the first. */
const struct rules_in_force *contest_rules(const struct contest *contest, int64_t now);
const struct rules_in_force *contest_rules_version(const struct contest *contest, int64_t version);
const struct contest_ids *contest_ids_of(const struct contest *contest,
					 const struct rules_in_force *rules);

/* The newest version of a bank by code, or any version by id; NULL none. */
const struct bank *contest_bank(const struct contest *contest, struct text code);
const struct bank *contest_bank_by_id(const struct contest *contest, int64_t id);

/* NULL when there is none. */
const struct contest_unit *contest_unit_by_id(const struct contest *contest, int64_t id);
const struct contest_unit *contest_unit_by_code(const struct contest *contest, struct text code);

/* Whether people may choose it, given where their group looks. */
bool contest_unit_is_open(const struct contest_unit *unit, enum group_place place);

/* Units that match what was typed, best first: every typed word must begin a
 * word of name, alias or parent. Writes at most `max` indexes. */
int contest_unit_search(struct arena *arena, const struct contest *contest, struct text typed,
			enum group_place place, int *ret, int max);

const struct article *contest_article(const struct contest *contest, const char *kind,
				      struct text slug);

/* The latest publication of a round, or of any round (0); NULL none. */
const struct publication *contest_publication(const struct contest *contest, int64_t round);

/* Whether registering needs a unit's mã mời or a proof of work. */
bool contest_surge(const struct contest *contest, int64_t now);

enum phase contest_phase(const struct contest *contest, int64_t now);

/* The contests of a site. */
struct contest_cache;

struct contest_cache *contest_cache_new(const struct keys *keys);
struct contest_cache *contest_cache_free(struct contest_cache *cache);

/* Reads all contests anew. 0 done, negative as the store; the old ones stay on
 * failure. */
int contest_cache_load(struct contest_cache *cache, struct db *db) MUST_CHECK;

/* A reference to give back; NULL when there is none of that code. An empty code
 * asks for the one that is on: open, else announced, else the newest. */
const struct contest *contest_acquire(struct contest_cache *cache, struct text code, int64_t now);
void contest_release(const struct contest *contest);

/* All contests, for jobs: each with a reference. Returns how many. */
#define CONTESTS_MAX 64
int contest_acquire_all(struct contest_cache *cache, const struct contest *ret[CONTESTS_MAX]);

#endif
