#include "rules/profile.h"

#include "rules/profile_read.h"

#include <assert.h>

static void add_problem(struct reader *reader, struct text path, int order, struct text reason)
{
	struct profile_problems *problems = reader->problems;

	if (problems->n == PROFILE_PROBLEMS_MAX)
		return;
	reader->orders[problems->n] = order;
	problems->items[problems->n++] = (struct profile_problem){ path, reason };
}

void profile_problem(struct reader *reader, const struct spot *spot, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_problem(reader, spot->path, spot->order, text_vformat(reader->arena, format, args));
	va_end(args);
}

/* The item of an array whose index the path begins with: "[12]…". Cuts it off. */
static const struct json_value *item_on_path(const struct json_value *array, struct text *path)
{
	struct text rest = text_part(*path, 1, path->len);
	struct text index_text = text_cut(&rest, ']');
	int64_t index = -1;

	*path = rest;
	if (array->kind != JSON_KIND_ARRAY || text_to_int64(index_text, &index) != 0 ||
	    index < 0 || index >= array->n_items)
		return NULL;
	return &array->items[index];
}

/* Where the value of a path stands, or else what it is missing from. */
static int order_of_path(struct reader *reader, struct text path)
{
	const struct json_value *value = reader->root;

	while (path.len) {
		const struct json_value *next;
		if (path.ptr[0] == '[') {
			next = item_on_path(value, &path);
		} else {
			size_t from = path.ptr[0] == '.', len = 0;
			while (from + len < path.len && path.ptr[from + len] != '.' &&
			       path.ptr[from + len] != '[')
				len++;
			struct text name = text_part(path, from, len);
			next = json_member(value, text_z(reader->arena, name));
			path = text_part(path, from + len, path.len);
		}
		if (!next)
			break;
		value = next;
	}
	return value->number;
}

void profile_problem_at(struct reader *reader, struct text path, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_problem(reader, path, order_of_path(reader, path),
		    text_vformat(reader->arena, format, args));
	va_end(args);
}

/* By where they stand; those of one place stay in the order they were found. */
static void sort_problems(struct reader *reader)
{
	struct profile_problems *problems = reader->problems;

	for (int i = 1; i < problems->n; i++) {
		struct profile_problem problem = problems->items[i];
		int order = reader->orders[i];
		int at = i;
		for (; at > 0 && reader->orders[at - 1] > order; at--) {
			problems->items[at] = problems->items[at - 1];
			reader->orders[at] = reader->orders[at - 1];
		}
		problems->items[at] = problem;
		reader->orders[at] = order;
	}
}

static const char *json_reason(enum json_fault fault)
{
	switch (fault) {
	case JSON_FAULT_SYNTAX:
		return "sai cú pháp JSON";
	case JSON_FAULT_END:
		return "JSON kết thúc quá sớm hoặc còn chữ thừa ở cuối";
	case JSON_FAULT_UTF8:
		return "không phải UTF-8";
	case JSON_FAULT_DUPLICATE:
		return "một tên xuất hiện hai lần trong cùng một đối tượng";
	case JSON_FAULT_NUMBER:
		return "số quá lớn";
	case JSON_FAULT_NUL:
		return "có ký tự NUL";
	case JSON_FAULT_DEPTH:
		return "lồng nhau quá sâu";
	case JSON_FAULT_SIZE:
		return "tệp quá lớn";
	}
	assert(false && "a fault");
	return "";
}

static void add_json_error(struct reader *reader, const struct json_error *error)
{
	struct text path = text_format(reader->arena, "line %d column %d", error->line,
				       error->column);
	add_problem(reader, path, 0, text_from_z(json_reason(error->fault)));
}

int profile_parse(struct arena *arena, struct text json, enum profile_stage stage,
		  struct profile *ret_profile, struct profile_problems *ret_problems)
{
	struct reader *reader = arena_alloc(arena, sizeof(*reader));
	struct profile *profile = arena_alloc(arena, sizeof(*profile));
	struct profile_problems *problems = arena_alloc(arena, sizeof(*problems));
	struct json_error error;

	if (!reader || !profile || !problems)
		return -1;
	reader->arena = arena;
	reader->stage = stage;
	reader->profile = profile;
	reader->problems = problems;
	int result = json_read(arena, json, PROFILE_BYTES_MAX, &reader->root, &error);
	if (result < 0)
		return -1;
	if (result == 0) {
		profile_read(reader);
		profile_check(reader);
		sort_problems(reader);
	} else {
		add_json_error(reader, &error);
	}
	if (arena_failed(arena))
		return -1;
	*ret_problems = *problems;
	if (problems->n > 0)
		return 1;
	*ret_profile = *profile;
	return 0;
}

static int list_undecided(const struct member *members, const struct profile *profile,
			  struct text *ret_paths, int max, int n)
{
	for (const struct member *m = members; m->path; m++) {
		if (m->kind == MEMBER_OBJECT) {
			n = list_undecided(m->members, profile, ret_paths, max, n);
			continue;
		}
		if ((m->need != NEED_RULE && m->need != NEED_RULE_OPEN) ||
		    !profile_value_is_undecided(m, profile))
			continue;
		if (n < max)
			ret_paths[n] = text_from_z(m->path);
		n++;
	}
	return n;
}

int profile_undecided(const struct profile *profile, struct text *ret_paths, int max)
{
	return list_undecided(profile_root.members, profile, ret_paths, max, 0);
}

int profile_last_prize_place(const struct profile *profile)
{
	int place = 0;

	for (int i = 0; i < profile->n_prizes; i++)
		place += profile->prizes[i].quantity;
	return place;
}

const struct profile_round *profile_round_by_code(const struct profile *profile, struct text code)
{
	for (int i = 0; i < profile->n_rounds; i++)
		if (text_equal(profile->rounds[i].code, code))
			return &profile->rounds[i];
	return NULL;
}

const struct profile_group *profile_group_by_code(const struct profile *profile, struct text code)
{
	for (int i = 0; i < profile->n_groups; i++)
		if (text_equal(profile->groups[i].code, code))
			return &profile->groups[i];
	return NULL;
}
