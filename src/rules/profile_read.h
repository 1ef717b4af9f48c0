/* How profile_parse works inside; only the profile*.c files include this.
 *
 * profile_members.c holds the format as a table: every member of the document
 * with its range, its default and its place in struct profile. profile_read.c
 * walks table and document side by side, profile_value.c reads single values,
 * profile_unsupported.c knows the names that are planned but not there, and
 * profile_check.c looks for contradictions between values. Tables are walked
 * recursively: their depth is fixed, the document's does not count. */
#ifndef RULES_PROFILE_READ_H
#define RULES_PROFILE_READ_H

#include "base/json.h"
#include "rules/profile.h"

/* What may stand at a member. */
enum need {
	NEED_ALWAYS,	/* must be there, may not be null */
	NEED_DEFAULT,	/* absent: the default; may not be null */
	NEED_SECTION,	/* an object that may be left out with all in it */
	NEED_RULE,	/* absent: the default; null: undecided */
	NEED_RULE_OPEN,	/* absent or null: undecided */
};

/* What a member is, and the C type that it is stored in. */
enum member_kind {
	MEMBER_INT,	/* int */
	MEMBER_INT64,	/* int64_t */
	MEMBER_BOOL,	/* int, 0 or 1 */
	MEMBER_MILLI,	/* int, thousandths of the number */
	MEMBER_WORD,	/* an enum, by a list of words */
	MEMBER_CLOCK,	/* int, minute of the day, from "11:00" */
	MEMBER_MOMENT,	/* int64_t ms */
	MEMBER_TEXT,	/* struct text, one line */
	MEMBER_CODE,	/* struct text of [a-z0-9-] */
	MEMBER_FILE,	/* struct text, a file name */
	MEMBER_SITE,	/* struct text, an address */
	MEMBER_DATE,	/* struct text, an ISO date */
	MEMBER_OBJECT,	/* stored with what it stands in */
	MEMBER_OBJECTS,	/* array of structs and an int with their number */
	MEMBER_WORDS,	/* array of enums and an int with their number */
};

#define NOT_STORED SIZE_MAX

struct word {
	const char *name;	/* NULL ends a list of words */
	int value;		/* WORD_PLANNED: known, but not supported */
};

#define WORD_PLANNED (-1)

struct member {
	const char *path;	/* from the document's or the list item's start */
	enum member_kind kind;
	enum need need;
	size_t at;		/* offset in its struct, or NOT_STORED */
	int64_t min, max;	/* of numbers; characters of a text; items of a list */
	int64_t fallback;	/* value of an absent NEED_DEFAULT or NEED_RULE; else
				 * texts and lists are empty */
	const struct word *words;
	const struct member *members;	/* of an object, or of each object of a list;
					 * a NULL path ends them */
	size_t count_at;	/* of lists: offset of their number of items */
	size_t item_bytes;	/* of lists */
	int undecided_count;	/* of lists: number of items that says "undecided" */
};

/* The outermost object, stored in struct profile. */
extern const struct member profile_root;

struct reader {
	struct arena *arena;
	enum profile_stage stage;
	const struct json_value *root;
	struct profile *profile;
	struct profile_problems *problems;
	int orders[PROFILE_PROBLEMS_MAX];	/* where each problem stands */
};

/* A place in the document. */
struct spot {
	struct text path;
	const struct json_value *value;		/* NULL: nothing stands there */
	int order;	/* number of the value, or of what it is missing from */
};

/* profile.c */

/* Notes a problem, in Vietnamese. */
void profile_problem(struct reader *reader, const struct spot *spot, const char *format, ...)
	PRINTF(3, 4);

/* The same for the place of that path. */
void profile_problem_at(struct reader *reader, struct text path, const char *format, ...)
	PRINTF(3, 4);

/* profile_read.c */

/* The name of a member in its object. */
const char *profile_member_name(const struct member *member);

/* Reads the outermost object into reader->profile. What is missing or wrong is
 * left as if it were undecided. */
void profile_read(struct reader *reader);

/* profile_value.c */

/* Reads the value at `spot`, which is there and not null, into the struct at
 * `base`; false when it is wrong, and the problem is noted. Not for objects and
 * lists of objects. */
bool profile_value_read(struct reader *reader, const struct member *member,
			const struct spot *spot, void *base);

/* Stores the default, or "undecided"; for every kind but objects. */
void profile_value_default(const struct member *member, void *base);
void profile_value_undecide(const struct member *member, void *base);

bool profile_value_is_undecided(const struct member *member, const void *base);

/* profile_unsupported.c */

/* Notes the member `value`, which the table lacks, of the object at the path
 * `object` as unknown, or as planned. */
void profile_refuse_member(struct reader *reader, struct text object,
			   const struct json_value *value);

/* profile_check.c */

/* Notes contradictions between values. Those that are undecided, which includes
 * those that could not be read, contradict nothing. */
void profile_check(struct reader *reader);

#endif
