#include "pages/register_unit.h"

#include "base/unicode.h"
#include "pages/invitation.h"
#include "pages/register_tree.h"
#include "pages/register_view.h"
#include "rules/person.h"

#include "views/views.h"

#define LINK_BYTES_MAX 4096
#define CODE_CHARS_MAX 64

unsigned char *unit_branches(struct arena *arena, const struct contest *contest,
			     enum group_place place)
{
	unsigned char *holds = arena_array(arena, (size_t)contest->n_units + 1, 1);

	for (int i = contest->n_units - 1; holds && i >= 0; i--) {
		if (contest_unit_is_open(&contest->units[i], place))
			holds[i] |= BRANCH_ITSELF;
		if (holds[i] && contest->units[i].parent >= 0)
			holds[contest->units[i].parent] |= BRANCH_BELOW;
	}
	return holds;
}

/* How well a unit goes with a group. */
enum fit {
	FIT_NOT,
	FIT_BRANCH,	/* there is something to choose under it */
	FIT_WHOLE,
};

static enum fit fit(const struct request *request, const struct profile_group *group,
		    const struct contest_unit *unit, struct text written)
{
	const struct contest *contest = request->contest;

	if (contest_unit_is_open(unit, group->place))
		return FIT_WHOLE;
	const unsigned char *holds = unit_branches(request->arena, contest, group->place);
	if (!holds || !holds[unit - contest->units])
		return FIT_NOT;
	return written.len ? FIT_WHOLE : FIT_BRANCH;
}

/* The group in which the unit fits best; -1 when there are several, or none. */
static int group_of_unit(const struct request *request, const struct contest_unit *unit,
			 struct text written)
{
	const struct profile *profile = &page_rules(request)->profile;
	enum fit best = FIT_BRANCH;
	int found = -1, n = 0;

	for (int i = 0; i < profile->n_groups; i++) {
		enum fit one = fit(request, &profile->groups[i], unit, written);
		if (one > best)
			n = 0;
		if (one < best)
			continue;
		best = one;
		found = i;
		n++;
	}
	return n == 1 ? found : -1;
}

/* Codes are in capitals; on paper and in links people change that. */
static const struct contest_unit *find_unit(const struct request *request, struct text code)
{
	char upper[CODE_CHARS_MAX];

	if (code.len == 0 || code.len > sizeof(upper))
		return NULL;
	for (size_t i = 0; i < code.len; i++)
		upper[i] = code.ptr[i] >= 'a' && code.ptr[i] <= 'z'
			? (char)(code.ptr[i] - 'a' + 'A') : code.ptr[i];
	return contest_unit_by_code(request->contest, text_from_bytes(upper, code.len));
}

/* One line in NFC; empty when it holds no letter or is too long. */
static struct text read_written(const struct request *request, struct text typed)
{
	struct text nfc = unicode_nfc(request->arena, typed);
	struct buf buf;
	bool letters = false, space = false;

	buf_init(&buf, request->arena, nfc.len + 1);
	for (size_t at = 0; at < nfc.len;) {
		size_t from = at;
		enum unicode_class class = unicode_classify(text_next_char(nfc, &at));
		if (class == UNICODE_CONTROL || class == UNICODE_INVISIBLE)
			continue;
		if (class == UNICODE_SPACE) {
			space = buf.len > 0;
			continue;
		}
		if (space)
			buf_char(&buf, ' ');
		space = false;
		letters |= class == UNICODE_LATIN || class == UNICODE_LETTER;
		buf_add(&buf, nfc.ptr + from, at - from);
	}
	struct text done = buf_done(&buf);
	return letters && text_count_chars(done) <= UNIT_WRITTEN_CHARS_MAX ? done : TEXT_EMPTY;
}

void unit_choice_read(const struct request *request, const struct form *form,
		      struct unit_choice *ret)
{
	const struct profile *profile = &page_rules(request)->profile;
	const struct profile_group *group =
		profile_group_by_code(profile, form_value(form, "nhom"));
	struct text code = form_value(form, "dv");

	*ret = (struct unit_choice){ .group = group ? (int)(group - profile->groups) : -1,
				     .for_me = form_has(form, "cho") };
	ret->written = read_written(request, form_value(form, "donvi"));
	ret->unit = find_unit(request, code);
	ret->no_such_unit = code.len && !ret->unit;
	if (!ret->unit)
		return;
	if (!group || fit(request, group, ret->unit, ret->written) == FIT_NOT)
		ret->group = group_of_unit(request, ret->unit, ret->written);
	ret->complete = ret->group >= 0 && fit(request, &profile->groups[ret->group], ret->unit,
					       ret->written) == FIT_WHOLE;
}

struct text unit_choice_shown(const struct request *request, const struct unit_choice *choice)
{
	if (choice->written.len == 0)
		return choice->unit->shown;
	return text_format(request->arena, "%.*s (%.*s)", TEXT_ARGS(choice->written),
			   TEXT_ARGS(choice->unit->shown));
}

static void add_parameter(struct buf *buf, const char *name, struct text value)
{
	if (value.len == 0)
		return;
	buf_char(buf, text_find(buf_done(buf), TEXT("?"), 0) < 0 ? '?' : '&');
	buf_z(buf, name);
	buf_char(buf, '=');
	url_add_query(buf, value);
}

struct url unit_link(const struct request *request, const struct unit_link *link)
{
	const struct profile *profile = &page_rules(request)->profile;
	struct url url = { TEXT_EMPTY };
	struct buf buf;

	buf_init(&buf, request->arena, LINK_BYTES_MAX);
	buf_char(&buf, '/');
	url_add_segment(&buf, request->contest->code);
	buf_z(&buf, "/dang-ky");
	if (buf_done(&buf).len == 0)
		return url;
	if (link->for_me)
		add_parameter(&buf, "cho", TEXT("toi"));
	if (link->group >= 0)
		add_parameter(&buf, "nhom", profile->groups[link->group].code);
	add_parameter(&buf, "dv", link->unit);
	add_parameter(&buf, "tren", link->under);
	add_parameter(&buf, "donvi", link->written);
	if (link->other)
		add_parameter(&buf, "khac", TEXT("1"));
	if (!link->for_me)
		add_parameter(&buf, "moi", invitation_carried(request));
	if (url_parse(buf_done(&buf), &url) != 0)
		arena_fail(request->arena);
	return url;
}

void register_refuse(struct request *request, int status, struct text title, struct text why)
{
	const struct profile *profile = &page_rules(request)->profile;
	struct register_group_view v = {
		.page = page_view_of(request, title, ""), .refusal = why,
		.contact = profile->contact, .practice = profile->practice_bank.len > 0,
		.signed_in_as = TEXT_EMPTY, .unit = TEXT_EMPTY,
	};

	v.page.is_private = v.page.narrow = true;
	page_render(request, status, view_register_group, &v);
}

static void show_groups(struct request *request, const struct unit_choice *choice,
			const struct page_entry *entry, int status)
{
	const struct profile *profile = &page_rules(request)->profile;
	bool for_me = choice->for_me;
	struct group_row_view rows[PROFILE_GROUPS_MAX];
	struct register_group_view v = {
		.page = page_view_of(request, for_me ? page_text(request, T("Đổi nhóm hoặc đơn vị"))
						     : page_text(request, T("Đăng ký dự thi")), ""),
		.refusal = TEXT_EMPTY, .contact = profile->contact, .for_me = for_me,
		.signed_in_as = entry->entered && !for_me ? entry->name : TEXT_EMPTY,
		.no_such_unit = choice->no_such_unit, .groups = rows,
		.unit = choice->unit ? choice->unit->shown : TEXT_EMPTY,
	};

	for (int i = 0; i < profile->n_groups; i++) {
		const struct profile_group *group = &profile->groups[i];
		if (choice->unit && fit(request, group, choice->unit, choice->written) == FIT_NOT)
			continue;
		rows[v.n_groups++] = (struct group_row_view){
			unit_link(request, &(struct unit_link){
				.group = i, .written = choice->written, .for_me = for_me,
				.unit = choice->unit ? choice->unit->code : TEXT_EMPTY }),
			group->name, group->who };
	}
	v.page.narrow = true;
	v.page.is_private = for_me;
	page_render(request, status, view_register_group, &v);
}

void unit_choice_show(struct request *request, const struct unit_choice *choice,
		      const struct page_entry *entry, int status)
{
	if (choice->group < 0)
		show_groups(request, choice, entry, status);
	else
		unit_tree_show(request, choice, status);
}
