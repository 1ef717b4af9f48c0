/* JSON documents (RFC 8259), read into a tree of our own.
 *
 * json_read checks the whole document: UTF-8, no name twice in an object, no
 * NUL inside a text, at most JSON_DEPTH_MAX levels, no more bytes than the
 * caller allows. The outermost value is an object or an array; a byte order
 * mark before it is passed over. The tree and its texts live in the arena, are
 * only read, and do not need the document any more. Jansson does the parsing;
 * nothing outside json.c knows that. Threads share nothing. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/text.h"

#define JSON_DEPTH_MAX 32

enum json_kind {
	JSON_KIND_NULL,
	JSON_KIND_BOOL,
	JSON_KIND_INT,		/* written without fraction and exponent */
	JSON_KIND_DECIMAL,	/* any other number */
	JSON_KIND_TEXT,
	JSON_KIND_ARRAY,
	JSON_KIND_OBJECT,
};

struct json_value {
	enum json_kind kind;
	int number;		/* values are counted from 0 as they occur */
	struct text name;	/* of a member of an object; else "" */
	union {
		bool truth;
		int64_t integer;
		double decimal;
		struct text text;
		struct {	/* of an array or object, in document order */
			const struct json_value *items;
			int n_items;
		};
	};
};

enum json_fault {
	JSON_FAULT_SYNTAX = 1,
	JSON_FAULT_END,		/* the document ends too early, or goes on after its end */
	JSON_FAULT_UTF8,
	JSON_FAULT_DUPLICATE,	/* a name occurs twice in an object */
	JSON_FAULT_NUMBER,	/* does not fit 64 bits */
	JSON_FAULT_NUL,
	JSON_FAULT_DEPTH,
	JSON_FAULT_SIZE,
};

struct json_error {
	enum json_fault fault;
	int line;		/* from 1 */
	int column;		/* in characters; just behind the fault */
};

/* Answers
 *   0  *ret_root is the outermost value
 *   1  not such a document: *ret_error says what and where
 *  -1  memory is out */
int json_read(struct arena *arena, struct text document, size_t limit_bytes,
	      const struct json_value **ret_root, struct json_error *ret_error) MUST_CHECK;

/* NULL when `object` has no member of that name, or is no object. */
const struct json_value *json_member(const struct json_value *object, const char *name);

/* A number in thousandths. Answers 0 done, 1 when it is no number, has more
 * than three places or more than twelve digits before them. */
int json_thousandths(const struct json_value *value, int64_t *ret) MUST_CHECK;

#endif
