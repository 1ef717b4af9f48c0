#include "jobs/suspicions.h"

#include "store/store.h"

#include "store_queries.h"

#define SAME_MAX 2000	/* as the query has it */

struct looking {
	const struct ranking_order *order;
	const struct rules_in_force *rules;	/* of the ranking */
	struct q_same_people *same;
	struct q_places_by_phone *places;
	int n_same, n_places;
};

static int look(void *ctx, struct db *db)
{
	struct looking *l = ctx;
	const struct ranking_order *order = l->order;
	struct q_ranking_latest ranking;

	l->n_same = q_same_people(db, order->arena, order->contest->id, &l->same);
	int result = q_ranking_latest(db, order->arena, ranking_round(order), &ranking);
	if (l->n_same < 0 || result <= 0)
		return l->n_same < 0 ? l->n_same : result;
	l->rules = contest_rules_version(order->contest, ranking.rules_version);
	if (!l->rules)
		return STORE_FAILED;
	l->n_places = q_places_by_phone(db, order->arena, ranking.id,
					profile_last_prize_place(&l->rules->profile), &l->places);
	return l->n_places;
}

/* How many rows from `at` on have the same name and birth date. */
static int count_same(const struct looking *l, int at)
{
	int n = 1;

	while (at + n < l->n_same &&
	       text_equal(l->same[at + n].name_birth_index, l->same[at].name_birth_index))
		n++;
	return n;
}

static void write_same(const struct looking *l, struct buf *out)
{
	if (l->n_same)
		buf_z(out, "cần xem: cùng họ tên và ngày sinh, khác số điện thoại\n");
	for (int i = 0, n; i < l->n_same; i += n) {
		n = count_same(l, i);
		buf_z(out, " ");
		for (int k = i; k < i + n; k++)
			buf_format(out, " %.*s", TEXT_ARGS(l->same[k].code));
		buf_char(out, '\n');
	}
	if (l->n_same == SAME_MAX)
		buf_z(out, "  … còn nữa\n");
}

static int count_phone(const struct looking *l, int at)
{
	int n = 1;

	while (at + n < l->n_places &&
	       text_equal(l->places[at + n].phone_index, l->places[at].phone_index))
		n++;
	return n;
}

static struct text group_code(const struct looking *l, int64_t id)
{
	const struct contest_ids *ids = contest_ids_of(l->order->contest, l->rules);

	for (int g = 0; g < l->rules->profile.n_groups; g++)
		if (ids->groups[g] == id)
			return l->rules->profile.groups[g].code;
	return TEXT_EMPTY;
}

static void write_places(const struct looking *l, struct buf *out)
{
	bool any = false;

	for (int i = 0, n; i < l->n_places; i += n) {
		n = count_phone(l, i);
		if (n < 2)
			continue;
		if (!any)
			buf_z(out, "cần xem: các hạng có giải dùng chung một số điện thoại\n");
		any = true;
		buf_z(out, " ");
		for (int k = i; k < i + n; k++)
			buf_format(out, "%s %.*s (%.*s hạng %lld)", k > i ? "," : "",
				   TEXT_ARGS(l->places[k].code),
				   TEXT_ARGS(group_code(l, l->places[k].group_id)),
				   (long long)l->places[k].place);
		buf_char(out, '\n');
	}
}

int suspicions_write(const struct ranking_order *order, struct buf *out)
{
	struct looking l = { .order = order };
	int result = store_read(order->site->store, "suspicions", look, &l, NULL);

	if (result < 0)
		return result;
	write_same(&l, out);
	write_places(&l, out);
	return 0;
}
