#include "rules/profile_read.h"

#define SHOWN_NAME_BYTES_MAX 60

/* Rule parameters that real contests use and this program does not have yet.
 * Whoever writes one is told so, rather than that there is no such thing. A
 * list's items are written "[]". */
static const char *const planned[] = {
	"contest.ceremony_at",
	"rules.version",
	"timezone",
	"rounds[].bank",
	"rounds[].bank_id",
	"rounds[].close_gap_min",
	"round.close_gap_min",
	"groups[].prize_set",
	"groups[].unit_required",
	"eligibility.residence",
	"exclusion.sources",
	"auth.method",
	"auth.one_account_key",
	"profile.fields",
	"profile.edit_policy",
	"unit.pick",
	"paper.bank_min",
	"paper.n_options",
	"paper.negative",
	"paper.require_all_answered",
	"paper.min_plausible_s",
	"attempt.practice",
	"attempt.autosave",
	"attempt.on_timeout",
	"attempt.resume",
	"prediction.position",
	"prediction.required",
	"prediction.attempt",
	"rank.scope",
	"prize.individual[].scope",
	"prize.individual[].certificate",
	"prize.one_per_person",
	"prize.max_share",
	"prize.collective.formula.n_people",
	"prize.collective.formula.headcount",
	"prize.collective.formula.n_perfect",
	"prize.collective.formula.prize_points",
	"prize.collective.formula.manual_points",
	"prize.collective.tie",
	"headcount.source",
	"headcount.lock_at",
	"rollup",
	"publish.leaderboard",
	"publish.winner_fields",
	"complaint.window_h",
	"complaint.channel",
	"complaint.final",
	"integrity.actions",
	"referral.enabled",
	"extra_sections",
	"retention.delete_pii_at",
};

/* "rounds[12].code" as "rounds[].code". */
static struct text without_indexes(struct reader *reader, struct text path)
{
	struct buf buf;
	bool in_index = false;

	buf_init(&buf, reader->arena, path.len + 1);
	for (size_t i = 0; i < path.len; i++) {
		if (path.ptr[i] == ']')
			in_index = false;
		if (!in_index)
			buf_char(&buf, path.ptr[i]);
		if (path.ptr[i] == '[')
			in_index = true;
	}
	return buf_done(&buf);
}

enum standing {
	STANDING_UNKNOWN,
	STANDING_PLANNED,
	STANDING_SECTION,	/* holds planned members */
};

static enum standing standing_of(struct text path)
{
	for (size_t i = 0; i < ARRAY_LEN(planned); i++) {
		struct text row = text_from_z(planned[i]);
		if (!text_starts_with(row, path))
			continue;
		if (row.len == path.len)
			return STANDING_PLANNED;
		if (row.ptr[path.len] == '.')
			return STANDING_SECTION;
	}
	return STANDING_UNKNOWN;
}

static void refuse(struct reader *reader, const struct spot *spot, enum standing standing)
{
	if (standing == STANDING_UNKNOWN)
		profile_problem(reader, spot, "không có tham số này");
	else
		profile_problem(reader, spot, "chưa được hỗ trợ");
}

/* The path of a member that no table names: it comes from outside, may be
 * anything, and is made fit to be shown. */
static struct text strange_path(struct reader *reader, struct text object, struct text name)
{
	struct buf buf;
	size_t at = 0;

	buf_init(&buf, reader->arena, object.len + 2 * SHOWN_NAME_BYTES_MAX);
	buf_text(&buf, object);
	if (object.len)
		buf_char(&buf, '.');
	while (at < name.len && at < SHOWN_NAME_BYTES_MAX) {
		size_t from = at;
		uint32_t c = text_next_char(name, &at);
		if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			buf_char(&buf, '?');
		else
			buf_add(&buf, name.ptr + from, at - from);
	}
	if (at < name.len)
		buf_z(&buf, "…");
	return buf_done(&buf);
}

void profile_refuse_member(struct reader *reader, struct text object,
			   const struct json_value *value)
{
	struct text path = strange_path(reader, object, value->name);
	struct spot spot = { path, value, value->number };
	enum standing standing = standing_of(without_indexes(reader, path));

	if (standing != STANDING_SECTION || value->kind != JSON_KIND_OBJECT ||
	    value->n_items == 0) {
		refuse(reader, &spot, standing);
		return;
	}
	for (int i = 0; i < value->n_items; i++) {
		const struct json_value *item = &value->items[i];
		struct text item_path = strange_path(reader, path, item->name);
		struct spot at = { item_path, item, item->number };
		refuse(reader, &at, standing_of(without_indexes(reader, item_path)));
	}
}
