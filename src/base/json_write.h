/* Writing a JSON document (RFC 8259) for people and programs: a member a line,
 * indented by tabs. Texts are well-formed UTF-8. Nothing here fails but the buffer,
 * whose arena says so. */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

#include "base/text.h"

struct json_writer {
	struct buf *out;
	int depth;
	bool not_first;		/* in the innermost object or array */
};

/* `name` is NULL in an array and for the outermost value. */
void json_open_object(struct json_writer *json, const char *name);
void json_close_object(struct json_writer *json);
void json_open_array(struct json_writer *json, const char *name);
void json_close_array(struct json_writer *json);
void json_put_text(struct json_writer *json, const char *name, struct text value);
void json_put_int(struct json_writer *json, const char *name, int64_t value);
void json_put_bool(struct json_writer *json, const char *name, bool value);
void json_put_null(struct json_writer *json, const char *name);

#endif
