/* What the files of the template compiler share; see tmpl.h for what it does.
 *
 *   tmpl.c        all files together: header, source, checks across files
 *   tmpl_unit.c   one file: walks over fixed text and tags
 *   tmpl_tags.c   the tags: declarations, values, calls
 *   tmpl_blocks.c the tags that branch and repeat
 *   tmpl_text.c   the tags that print messages and addresses of assets
 *   tmpl_expr.c   reading names, literals and expressions inside tags
 *   tmpl_html.c   follows the HTML of the fixed text
 *   tmpl_attr.c   the inside of tags and attributes
 *   tmpl_url.c    follows an address inside an attribute
 *   tmpl_names.c  what is known about names of HTML
 *   tmpl_place.c  comparing the places where branches end
 *   tmpl_lint.c   accessibility: ids, labels, alternative texts
 *   tmpl_emit.c   writing C
 */
#ifndef TOOLS_TMPL_INNER_H
#define TOOLS_TMPL_INNER_H

#include "tools/tmpl.h"

#define MAX_FILES 512
#define MAX_SOURCE_BYTES (2 << 20)
#define MAX_OUTPUT_BYTES (256u << 20)
#define MAX_OPEN 24
#define MAX_ATTRS 24
#define MAX_BLOCKS 16
#define MAX_ARGS 32
#define MAX_ERRORS 20
#define MAX_NOTES 2000

/* Where the text of a template has come to. */
enum place_kind {
	PLACE_TEXT,	/* text of an element or of the document */
	PLACE_PLAIN,	/* in <title> or <textarea> */
	PLACE_RAW,	/* in <script> or <iframe>, which stay empty */
	PLACE_TAG,	/* in a start tag, between attributes */
	PLACE_VALUE,	/* in a quoted attribute value */
};

/* How far an address in an attribute has come. */
enum url_pos {
	URL_START,
	URL_SLASH,	/* after the first "/" */
	URL_PATH,
	URL_QUERY,
	URL_FRAGMENT,
	URL_NAME,	/* in a scheme or in a relative path */
	URL_SLASHES,	/* after "https:" */
	URL_HOST,
	URL_OPAQUE,	/* after "mailto:" */
	URL_WHOLE,	/* after a value that is the whole address */
	URL_ENDED,	/* branches ended in different parts of it */
};

enum attr_kind {
	ATTR_PLAIN,
	ATTR_URL,
	ATTR_SCRIPT_URL,	/* src of a script: nothing but assets and fixed text */
	ATTR_FIXED,		/* takes no values */
	ATTR_NUMBER,		/* takes numbers only */
	ATTR_FORBIDDEN,
};

struct attr {
	struct text name;	/* lower case */
	struct text value;	/* as it stands in the template, tags and all */
	bool always;		/* false: only in some branches */
};

struct place {
	enum place_kind kind;
	char quote;
	enum attr_kind attr_kind;
	enum url_pos url;
	char scheme[8];			/* what an address begins with */
	size_t scheme_len;		/* stays at 8 when it is longer */
	bool spaced;			/* in a tag: white space stands before */
	bool at_edge;			/* right after a tag beside which white space says nothing */
	struct text open[MAX_OPEN];	/* names of the open elements */
	int open_line[MAX_OPEN];
	size_t n_open;
	struct text tag;		/* name of the tag that is being read */
	int tag_line;
	struct attr attrs[MAX_ATTRS];	/* the last one may still be open */
	size_t n_attrs;
};

/* The branches that lead to a spot in a template. */
struct branch {
	const struct branch *parent;
	int block;
	int number;
	bool loop;
};

struct block {
	bool is_loop;
	bool has_else;
	bool ended_one;		/* `end` is set */
	int line;
	int id;			/* different for each block of the file */
	int number;		/* of the next branch */
	struct text item;	/* of a loop */
	struct place start, end;
	const struct branch *outside;
};

enum note_kind {
	NOTE_ID,
	NOTE_LABEL,	/* what a label is for */
	NOTE_CONTROL,	/* the id of a form control that needs a label */
	NOTE_CALL,	/* the name of a called part */
	NOTE_MESSAGE,
	NOTE_PLURAL,
};

struct note {
	enum note_kind kind;
	int line;
	struct text text;
	const struct branch *branch;
};

enum unit_kind { UNIT_NONE, UNIT_PAGE, UNIT_PART, UNIT_LAYOUT };

/* One template file. */
struct unit {
	struct arena *arena;
	const struct tmpl_options *options;
	struct text file;
	struct text source;
	enum unit_kind kind;
	struct text name, header, type, layout;
	bool has_body;
	bool has_doctype;

	size_t at;		/* offset in the source */
	int line;		/* of that offset */
	struct place place;
	size_t value_start;	/* offset of the attribute value being read */
	struct block blocks[MAX_BLOCKS];
	size_t n_blocks;
	int blocks_made;
	const struct branch *branch;

	struct buf fixed;	/* fixed text that is not yet in `code` */
	struct buf code;
	struct note notes[MAX_NOTES];
	size_t n_notes;
	struct tmpl_error errors[MAX_ERRORS];
	size_t n_errors;
	bool has_failed;	/* an error after which the file is not read on */
	int level;		/* of a part: how deep its calls go */
};

/* tmpl_unit.c */
void unit_compile(struct unit *unit);
void unit_error(struct unit *unit, int line, const char *format, ...) PRINTF(3, 4);
void unit_note(struct unit *unit, enum note_kind kind, int line, struct text text);
void unit_advance(struct unit *unit, size_t len);

/* tmpl_tags.c. `tag` is what stands between the braces. */
void tag_compile(struct unit *unit, struct text tag, int line);
bool tag_leaves_no_line(struct text tag);
bool tag_text_may_stand(struct unit *unit, int line, const char *what);

/* tmpl_blocks.c */
void tag_if(struct unit *unit, struct text rest, int line);
void tag_elif(struct unit *unit, struct text rest, int line);
void tag_else(struct unit *unit, struct text rest, int line);
void tag_end(struct unit *unit, struct text rest, int line);
void tag_each(struct unit *unit, struct text rest, int line);

/* tmpl_text.c */
void tag_t(struct unit *unit, struct text rest, int line);
void tag_tn(struct unit *unit, struct text rest, int line);
void tag_asset(struct unit *unit, struct text rest, int line);

/* tmpl_expr.c */
struct text take_word(struct text *rest);
struct text take_name(struct text *rest);
bool take_literal(struct text *rest, struct text *ret_raw);
struct text literal_value(struct unit *unit, struct text raw, int line);
bool expr_check(struct unit *unit, struct text expr, int line);
size_t expr_split(struct unit *unit, struct text list, int line, struct text *ret, size_t max);

/* tmpl_html.c. Reads fixed text of the source up to offset `end`. */
void html_feed(struct unit *unit, size_t end);
bool html_reference(struct unit *unit, size_t end);
void html_element_opened(struct unit *unit, bool self_closed);
bool html_keeps_space(const struct place *place);
bool html_in(const struct place *place, const char *name);
struct text html_rest(const struct unit *unit, size_t end);

/* tmpl_attr.c */
void attr_feed_tag(struct unit *unit, size_t end);
void attr_feed_value(struct unit *unit, size_t end);
void attr_add_flag(struct unit *unit, struct text name, int line);
const struct attr *attr_find(const struct place *place, const char *name);

/* tmpl_url.c. Each answers NULL or what is wrong. */
const char *url_feed(struct place *place, char c);
const char *url_end(const struct place *place);
const char *url_why_no_value(const struct place *place);

/* tmpl_names.c */
bool name_is_void(struct text element);
const char *name_why_refused(struct text element);
bool name_is_svg(struct text element);
bool name_is_plain_text(struct text element);
bool name_is_raw(struct text element);
bool name_ends_paragraph(struct text element);
bool name_is_block(struct text element);
bool name_is_heading(struct text element);
bool name_not_in_itself(struct text element);
const char *name_children(struct text element);
const char *name_parents(struct text element);
bool name_in_list(const char *list, struct text name);
enum attr_kind name_attr_kind(struct text element, struct text attr);
const char *name_keeps_space(struct text element);

/* tmpl_place.c */
bool place_merge(struct place *into, const struct place *other);
struct text place_describe(struct arena *arena, const struct place *place);

/* tmpl_lint.c */
void lint_tag(struct unit *unit);
void lint_unit(struct unit *unit);

/* tmpl_emit.c */
void emit_fixed(struct unit *unit);
void emit_line(struct unit *unit, int line);
void emit(struct unit *unit, int line, const char *format, ...) PRINTF(3, 4);
void emit_value(struct unit *unit, int line, const char *list, struct text expr);
void emit_prototype(struct buf *buf, const struct unit *unit);
void emit_function(struct buf *buf, const struct unit *unit);
void emit_message(struct buf *buf, const struct unit *unit, const struct note *note);

#endif
