/* sqlc: makes typed C functions from SQL files, so that a query's text, its
 * parameters and its columns stand in one place and call sites are checked by
 * the C compiler.
 *
 *   sqlc --header queries.h --source queries.c FILE.sql …
 *
 * A query is a head of comment lines and its SQL up to the next head:
 *
 *   -- query paper_of_start: what a second click on Start finds
 *   -- in entry int64, round int64
 *   -- out one id int64, answers text
 *   SELECT id, answers FROM paper WHERE entry_id = $1 AND round_id = $2
 *
 * Types are int64, text and blob (both struct text in C). Columns are never
 * NULL. "out" is "none" (changes only: the function answers how many rows
 * changed), "one" (answers 0 or 1), "many" (an array in the arena, answers how
 * many) or "each" (a callback a row, for results of any size). Parameters come
 * as arguments, or as a struct q_NAME_in when there are more than six.
 *
 * The dialect both engines share is enforced where text can tell: no "::", no
 * LIKE, no CURRENT_TIMESTAMP, no random(), no avg(, no string in double quotes,
 * and the parameters used are exactly $1 … $n. */
#include "base/text.h"

#include <stdarg.h>

#define QUERIES_MAX 500
#define FIELDS_MAX 48
#define ARGUMENTS_MAX 6
#define FILE_BYTES_MAX (1 << 20)

enum type { TYPE_INT64, TYPE_TEXT, TYPE_BLOB };
enum shape { SHAPE_NONE, SHAPE_ONE, SHAPE_MANY, SHAPE_EACH };

struct field {
	struct text name;
	enum type type;
};

struct query {
	struct text name;
	struct text comment;
	struct field in[FIELDS_MAX];
	int n_in;
	struct field out[FIELDS_MAX];
	int n_out;
	enum shape shape;
	struct buf sql;
	const char *file;
	int line;
};

static struct arena *arena;
static struct query queries[QUERIES_MAX];
static int n_queries;
static int n_errors;

static void complain(const char *file, int line, const char *format, ...) PRINTF(3, 4);

static void complain(const char *file, int line, const char *format, ...)
{
	va_list args;
	fprintf(stderr, "%s:%d: ", file, line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	n_errors++;
}

static struct text read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *bytes = arena_alloc(arena, FILE_BYTES_MAX);
	size_t len = file && bytes ? fread(bytes, 1, FILE_BYTES_MAX, file) : 0;

	if (!file || !bytes || ferror(file) || len == FILE_BYTES_MAX) {
		fprintf(stderr, "sqlc: cannot read %s\n", path);
		exit(1);
	}
	fclose(file);
	return text_from_bytes(bytes, len);
}

static bool read_type(struct text word, enum type *ret)
{
	static const char *const names[] = { "int64", "text", "blob" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (text_equal_z(word, names[i])) {
			*ret = (enum type)i;
			return true;
		}
	return false;
}

/* Reads "name type, name type". */
static void read_fields(struct query *query, struct text list, struct field *fields, int *n)
{
	list = text_trim(list);
	while (list.ptr && list.len) {
		struct text item = text_trim(text_cut(&list, ','));
		struct field field = { .name = text_cut(&item, ' ') };
		if (*n == FIELDS_MAX || !item.ptr || !read_type(text_trim(item), &field.type)) {
			complain(query->file, query->line, "'%.*s' has no known type",
				 TEXT_ARGS(field.name));
			return;
		}
		fields[(*n)++] = field;
	}
}

static void read_out(struct query *query, struct text rest)
{
	static const char *const shapes[] = { "none", "one", "many", "each" };
	struct text shape = text_cut(&rest, ' ');

	for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
		if (text_equal_z(shape, shapes[i])) {
			query->shape = (enum shape)i;
			if (rest.ptr)
				read_fields(query, rest, query->out, &query->n_out);
			return;
		}
	complain(query->file, query->line, "out is none, one, many or each");
}

static struct query *begin_query(const char *file, int line, struct text rest)
{
	if (n_queries == QUERIES_MAX) {
		complain(file, line, "too many queries");
		exit(1);
	}
	struct query *query = &queries[n_queries++];
	query->file = file;
	query->line = line;
	query->name = text_trim(text_cut(&rest, ':'));
	query->comment = rest.ptr ? text_trim(rest) : TEXT_EMPTY;
	if (query->comment.len == 0)
		complain(file, line, "query %.*s says nothing about itself", TEXT_ARGS(query->name));
	for (int i = 0; i < n_queries - 1; i++)
		if (text_equal(queries[i].name, query->name))
			complain(file, line, "a second query %.*s", TEXT_ARGS(query->name));
	buf_init(&query->sql, arena, FILE_BYTES_MAX);
	return query;
}

static void read_queries(const char *path)
{
	struct text rest = read_file(path);
	struct query *query = NULL;

	for (int line = 1; rest.ptr; line++) {
		struct text text = text_trim(text_cut(&rest, '\n'));
		if (text_starts_with(text, TEXT("-- query ")))
			query = begin_query(path, line, text_part(text, 9, text.len));
		else if (query && text_starts_with(text, TEXT("-- in ")))
			read_fields(query, text_part(text, 6, text.len), query->in, &query->n_in);
		else if (query && text_starts_with(text, TEXT("-- out ")))
			read_out(query, text_part(text, 7, text.len));
		else if (query && text.len && !text_starts_with(text, TEXT("--"))) {
			buf_text(&query->sql, text);
			buf_char(&query->sql, '\n');
		} else if (!query && text.len && !text_starts_with(text, TEXT("--")))
			complain(path, line, "SQL outside a query");
	}
}

static void check_dialect(const struct query *query)
{
	static const char *const banned[] = { "::", "LIKE", "CURRENT_TIMESTAMP", "random(",
					      "avg(", "\"", "SELECT *", ";" };
	struct text sql = buf_done(&query->sql);

	for (size_t i = 0; i < ARRAY_LEN(banned); i++)
		if (text_find(sql, text_from_z(banned[i]), 0) >= 0)
			complain(query->file, query->line, "%.*s uses %s", TEXT_ARGS(query->name),
				 banned[i]);
	for (int number = 1; number <= FIELDS_MAX; number++) {
		char name[16];
		bool used = false;
		snprintf(name, sizeof(name), "$%d", number);
		ptrdiff_t at = -1;
		while ((at = text_find(sql, text_from_z(name), (size_t)at + 1)) >= 0) {
			struct text next = text_part(sql, (size_t)at + strlen(name), 1);
			used |= next.len == 0 || next.ptr[0] < '0' || next.ptr[0] > '9';
		}
		if (used != (number <= query->n_in))
			complain(query->file, query->line, "%.*s: %s is %s", TEXT_ARGS(query->name),
				 name, used ? "not among its parameters" : "not used");
	}
}

static const char *c_type(enum type type)
{
	return type == TYPE_INT64 ? "int64_t " : "struct text ";
}

static bool has_struct_in(const struct query *query)
{
	return query->n_in > ARGUMENTS_MAX;
}

static bool needs_arena(const struct query *query)
{
	if (query->shape == SHAPE_MANY)
		return true;
	for (int i = 0; query->shape == SHAPE_ONE && i < query->n_out; i++)
		if (query->out[i].type != TYPE_INT64)
			return true;
	return false;
}

static void print_struct(FILE *out, const char *suffix, const struct query *query,
			 const struct field *fields, int n)
{
	fprintf(out, "struct q_%.*s%s {\n", TEXT_ARGS(query->name), suffix);
	for (int i = 0; i < n; i++)
		fprintf(out, "\t%s%.*s;\n", c_type(fields[i].type), TEXT_ARGS(fields[i].name));
	fprintf(out, "};\n");
}

static void print_prototype(FILE *out, const struct query *query)
{
	fprintf(out, "int q_%.*s(struct db *db", TEXT_ARGS(query->name));
	if (needs_arena(query))
		fprintf(out, ", struct arena *arena");
	if (has_struct_in(query))
		fprintf(out, ", const struct q_%.*s_in *in", TEXT_ARGS(query->name));
	for (int i = 0; !has_struct_in(query) && i < query->n_in; i++)
		fprintf(out, ", %s%.*s", c_type(query->in[i].type), TEXT_ARGS(query->in[i].name));
	if (query->shape == SHAPE_ONE)
		fprintf(out, ", struct q_%.*s *ret", TEXT_ARGS(query->name));
	if (query->shape == SHAPE_MANY)
		fprintf(out, ", struct q_%.*s **ret", TEXT_ARGS(query->name));
	if (query->shape == SHAPE_EACH)
		fprintf(out, ", int (*row)(void *ctx, const struct q_%.*s *row), void *ctx",
			TEXT_ARGS(query->name));
	fprintf(out, ")");
}

static void print_header(FILE *out)
{
	fprintf(out, "/* Made by tools/sqlc.c from src/store/sql. */\n#ifndef STORE_QUERIES_H\n"
		     "#define STORE_QUERIES_H\n\n#include \"store/db.h\"\n\n");
	for (int i = 0; i < n_queries; i++) {
		struct query *query = &queries[i];
		fprintf(out, "/* %.*s */\n", TEXT_ARGS(query->comment));
		if (has_struct_in(query))
			print_struct(out, "_in", query, query->in, query->n_in);
		if (query->shape != SHAPE_NONE)
			print_struct(out, "", query, query->out, query->n_out);
		print_prototype(out, query);
		fprintf(out, " MUST_CHECK;\n\n");
	}
	fprintf(out, "#endif\n");
}

static void print_sql_literal(FILE *out, struct text sql)
{
	while (sql.ptr && sql.len) {
		struct text line = text_cut(&sql, '\n');
		fprintf(out, "\t\t\"%.*s\\n\"\n", TEXT_ARGS(line));
	}
}

/* The function that copies a row's values into its struct. */
static void print_reader(FILE *out, const struct query *query)
{
	fprintf(out, "static void read_%.*s(const struct db_value *v, struct q_%.*s *row)\n{\n",
		TEXT_ARGS(query->name), TEXT_ARGS(query->name));
	for (int i = 0; i < query->n_out; i++)
		fprintf(out, "\trow->%.*s = v[%d].%s;\n", TEXT_ARGS(query->out[i].name), i,
			query->out[i].type == TYPE_INT64 ? "number" : "text");
	fprintf(out, "}\n\n");
	if (query->shape == SHAPE_EACH) {
		fprintf(out,
			"struct each_%.*s {\n\tint (*row)(void *, const struct q_%.*s *);\n"
			"\tvoid *ctx;\n};\n\n"
			"static int row_%.*s(void *ctx, const struct db_value *v)\n{\n"
			"\tstruct each_%.*s *each = ctx;\n\tstruct q_%.*s row;\n"
			"\tread_%.*s(v, &row);\n\treturn each->row(each->ctx, &row);\n}\n\n",
			TEXT_ARGS(query->name), TEXT_ARGS(query->name), TEXT_ARGS(query->name),
			TEXT_ARGS(query->name), TEXT_ARGS(query->name), TEXT_ARGS(query->name));
		return;
	}
	fprintf(out,
		"static void put_%.*s(void *to, const struct db_value *v)\n{\n"
		"\tread_%.*s(v, to);\n}\n\n",
		TEXT_ARGS(query->name), TEXT_ARGS(query->name));
}

static void print_arguments(FILE *out, const struct query *query)
{
	fprintf(out, "\tconst struct db_value args[] = {\n");
	for (int i = 0; i < query->n_in; i++)
		fprintf(out, "\t\t%s(%s%.*s),\n",
			query->in[i].type == TYPE_INT64  ? "DB_INT64"
			: query->in[i].type == TYPE_TEXT ? "DB_TEXT"
							 : "DB_BLOB",
			has_struct_in(query) ? "in->" : "", TEXT_ARGS(query->in[i].name));
	if (query->n_in == 0)
		fprintf(out, "\t\t{ 0 },\n");
	fprintf(out, "\t};\n");
}

static void print_body(FILE *out, int number)
{
	const struct query *query = &queries[number];
	int n = query->n_in;

	print_prototype(out, query);
	fprintf(out, "\n{\n");
	print_arguments(out, query);
	switch (query->shape) {
	case SHAPE_NONE:
		fprintf(out, "\treturn db_change(db, %d, args, %d);\n", number, n);
		break;
	case SHAPE_ONE:
		fprintf(out, "\treturn db_one(db, %d, args, %d, %s, put_%.*s, ret);\n", number, n,
			needs_arena(query) ? "arena" : "NULL", TEXT_ARGS(query->name));
		break;
	case SHAPE_MANY:
		fprintf(out, "\treturn db_many(db, %d, args, %d, arena, sizeof(**ret), put_%.*s, (void **)ret);\n",
			number, n, TEXT_ARGS(query->name));
		break;
	case SHAPE_EACH:
		fprintf(out,
			"\tstruct each_%.*s each = { row, ctx };\n"
			"\treturn db_each(db, %d, args, %d, row_%.*s, &each);\n",
			TEXT_ARGS(query->name), number, n, TEXT_ARGS(query->name));
		break;
	}
	fprintf(out, "}\n\n");
}

static void print_source(FILE *out)
{
	fprintf(out, "/* Made by tools/sqlc.c from src/store/sql. */\n#include \"store_queries.h\"\n\n"
		     "const struct db_query db_queries[] = {\n");
	for (int i = 0; i < n_queries; i++) {
		const struct query *query = &queries[i];
		fprintf(out, "\t{ \"%.*s\",\n", TEXT_ARGS(query->name));
		print_sql_literal(out, buf_done(&query->sql));
		fprintf(out, "\t\t, %d, \"", query->n_out);
		for (int k = 0; k < query->n_out; k++)
			fputc("itb"[query->out[k].type], out);
		fprintf(out, "\" },\n");
	}
	fprintf(out, "};\n\nconst int db_n_queries = %d;\n\n", n_queries);
	for (int i = 0; i < n_queries; i++) {
		if (queries[i].shape != SHAPE_NONE)
			print_reader(out, &queries[i]);
		print_body(out, i);
	}
}

static void write_file(const char *path, void (*print)(FILE *))
{
	FILE *file = fopen(path, "w");
	if (!file) {
		fprintf(stderr, "sqlc: cannot write %s\n", path);
		exit(1);
	}
	print(file);
	if (fclose(file) != 0)
		exit(1);
}

int main(int argc, char **argv)
{
	if (argc < 6 || strcmp(argv[1], "--header") || strcmp(argv[3], "--source")) {
		fprintf(stderr, "usage: sqlc --header OUT.h --source OUT.c FILE.sql …\n");
		return 2;
	}
	arena = arena_new((size_t)argc * FILE_BYTES_MAX * 2);
	if (!arena)
		return 1;
	for (int i = 5; i < argc; i++)
		read_queries(argv[i]);
	for (int i = 0; i < n_queries; i++)
		check_dialect(&queries[i]);
	if (n_errors)
		return 1;
	write_file(argv[2], print_header);
	write_file(argv[4], print_source);
	arena = arena_free(arena);
	return 0;
}
