#include "rules/profile_read.h"

const char *profile_member_name(const struct member *member)
{
	const char *dot = strrchr(member->path, '.');
	return dot ? dot + 1 : member->path;
}

static struct text member_path(struct reader *reader, struct text object, const char *name)
{
	if (object.len == 0)
		return text_from_z(name);
	return text_format(reader->arena, "%.*s.%s", TEXT_ARGS(object), name);
}

static void undecide_members(const struct member *members, void *base)
{
	for (const struct member *m = members; m->path; m++) {
		if (m->kind == MEMBER_OBJECT)
			undecide_members(m->members, base);
		else
			profile_value_undecide(m, base);
	}
}

static void undecide(const struct member *member, void *base)
{
	if (member->kind == MEMBER_OBJECT)
		undecide_members(member->members, base);
	else
		profile_value_undecide(member, base);
}

static bool is_in_table(const struct member *members, struct text name)
{
	for (const struct member *m = members; m->path; m++)
		if (text_equal_z(name, profile_member_name(m)))
			return true;
	return false;
}

static void read_members(struct reader *reader, const struct member *members,
			 const struct spot *object, void *base);

static void read_object(struct reader *reader, const struct member *member,
			const struct spot *spot, void *base)
{
	if (spot->value && spot->value->kind != JSON_KIND_OBJECT) {
		profile_problem(reader, spot, "phải là một đối tượng {…}");
		undecide_members(member->members, base);
		return;
	}
	read_members(reader, member->members, spot, base);
}

static void read_objects(struct reader *reader, const struct member *member,
			 const struct spot *spot, void *base)
{
	if (spot->value->kind != JSON_KIND_ARRAY) {
		profile_problem(reader, spot, "phải là một danh sách […]");
		profile_value_undecide(member, base);
		return;
	}
	int n = spot->value->n_items;
	if (n < member->min || n > member->max)
		profile_problem(reader, spot, "phải có từ %d đến %d mục", (int)member->min,
				(int)member->max);
	if (n > member->max)
		n = (int)member->max;
	for (int i = 0; i < n; i++) {
		const struct json_value *item = &spot->value->items[i];
		struct spot at = {
			text_format(reader->arena, "%.*s[%d]", TEXT_ARGS(spot->path), i),
			item, item->number,
		};
		read_object(reader, member, &at,
			    (char *)base + member->at + (size_t)i * member->item_bytes);
	}
	memcpy((char *)base + member->count_at, &n, sizeof(n));
}

static void read_absent(struct reader *reader, const struct member *member,
			const struct spot *spot, void *base)
{
	bool is_late = member->need == NEED_RULE_OPEN && reader->stage == PROFILE_FOR_OPEN;

	if (member->need == NEED_ALWAYS || is_late) {
		profile_problem(reader, spot, "thiếu tham số bắt buộc này");
		undecide(member, base);
	} else if (member->need == NEED_RULE_OPEN) {
		undecide(member, base);
	} else if (member->need != NEED_SECTION) {
		if (member->kind == MEMBER_OBJECT)
			read_members(reader, member->members, spot, base);
		else
			profile_value_default(member, base);
	}
}

static void read_null(struct reader *reader, const struct member *member,
		      const struct spot *spot, void *base)
{
	if (member->need != NEED_RULE && member->need != NEED_RULE_OPEN)
		profile_problem(reader, spot, "không được để null");
	else if (reader->stage == PROFILE_FOR_OPEN)
		profile_problem(reader, spot,
				"chưa quyết định (null), phải có giá trị trước giờ mở thi");
	undecide(member, base);
}

static void read_member(struct reader *reader, const struct member *member,
			const struct spot *object, void *base)
{
	const char *name = profile_member_name(member);
	const struct json_value *value = object->value ? json_member(object->value, name) : NULL;
	struct spot spot = {
		member_path(reader, object->path, name), value,
		value ? value->number : object->order,
	};

	if (!value)
		read_absent(reader, member, &spot, base);
	else if (value->kind == JSON_KIND_NULL)
		read_null(reader, member, &spot, base);
	else if (member->kind == MEMBER_OBJECT)
		read_object(reader, member, &spot, base);
	else if (member->kind == MEMBER_OBJECTS)
		read_objects(reader, member, &spot, base);
	else if (!profile_value_read(reader, member, &spot, base))
		profile_value_undecide(member, base);
}

static void read_members(struct reader *reader, const struct member *members,
			 const struct spot *object, void *base)
{
	for (const struct member *m = members; m->path; m++)
		read_member(reader, m, object, base);
	for (int i = 0; object->value && i < object->value->n_items; i++) {
		const struct json_value *value = &object->value->items[i];
		if (!is_in_table(members, value->name))
			profile_refuse_member(reader, object->path, value);
	}
}

void profile_read(struct reader *reader)
{
	struct spot root = { TEXT_EMPTY, reader->root, reader->root->number };
	read_object(reader, &profile_root, &root, reader->profile);
}
