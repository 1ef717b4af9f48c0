#include "jobs/suspicions.h"

#include "jobs/pace.h"
#include "store/store.h"

#include "store_queries.h"

#define SAME_MAX 2000	/* that are shown */

struct same {
	struct text index, code;
};

struct shared {
	struct text phone, code;
	int group;
	int64_t place;
};

struct looking {
	const struct ranking_order *order;
	struct pace pace;
	struct q_ranking_latest ranking;
	const struct rules_in_force *rules;	/* of the ranking */
	struct same *same;
	struct shared *places;
	int n_same, cap_same, n_places, cap_places;
	int last_place, group;		/* whose places are looked at */
	struct pace_slice *slice;
	bool is_over;
};

static int add_same(void *ctx, const struct q_same_people *row)
{
	struct looking *l = ctx;
	struct arena *arena = l->order->arena;

	l->is_over = pace_row(l->slice, row->person);
	if (!row->same)
		return l->is_over;
	l->same = ranking_make_room(arena, l->same, l->n_same, &l->cap_same, sizeof(*l->same));
	if (!l->same)
		return STORE_FAILED;
	l->same[l->n_same++] = (struct same){ text_copy(arena, row->name_birth_index),
					      text_copy(arena, row->code) };
	return l->is_over;
}

static int look_at_people(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct looking *l = ctx;

	l->slice = slice;
	l->is_over = false;
	int result = q_same_people(db, l->order->contest->id, slice->from, add_same, l);
	return result < 0 ? result : l->is_over;
}

static int add_place(void *ctx, const struct q_places_by_phone *row)
{
	struct looking *l = ctx;
	struct arena *arena = l->order->arena;

	if (row->place > l->last_place)
		return 1;
	l->is_over = pace_row(l->slice, row->number + 1);
	if (row->phone_index.len == 0)
		return l->is_over;
	l->places = ranking_make_room(arena, l->places, l->n_places, &l->cap_places,
				      sizeof(*l->places));
	if (!l->places)
		return STORE_FAILED;
	l->places[l->n_places++] = (struct shared){
		text_copy(arena, row->phone_index), text_copy(arena, row->code), l->group,
		row->place,
	};
	return l->is_over;
}

static int look_at_places(void *ctx, struct db *db, struct pace_slice *slice)
{
	struct looking *l = ctx;
	int64_t group = contest_ids_of(l->order->contest, l->rules)->groups[l->group];

	l->slice = slice;
	l->is_over = false;
	int result = q_places_by_phone(db, l->ranking.id, group, slice->from, add_place, l);
	return result < 0 ? result : l->is_over;
}

static int find_ranking(void *ctx, struct db *db)
{
	struct looking *l = ctx;
	return q_ranking_latest(db, l->order->arena, ranking_round(l->order), &l->ranking);
}

static int by_name(const void *a, const void *b)
{
	const struct same *x = a, *y = b;
	int order = text_compare(x->index, y->index);
	return order ? order : text_compare(x->code, y->code);
}

static int by_phone(const void *a, const void *b)
{
	const struct shared *x = a, *y = b;
	int order = text_compare(x->phone, y->phone);
	return order ? order : text_compare(x->code, y->code);
}

static int look(struct looking *l)
{
	int result = pace_read(&l->pace, "suspicions", look_at_people, l);

	if (result >= 0)
		result = store_read(l->order->site->store, "suspicions", find_ranking, l, NULL);
	if (result <= 0)
		return result;
	l->rules = contest_rules_version(l->order->contest, l->ranking.rules_version);
	if (!l->rules)
		return STORE_FAILED;
	l->last_place = profile_last_prize_place(&l->rules->profile);
	for (l->group = 0; l->group < l->rules->profile.n_groups; l->group++)
		if (pace_read(&l->pace, "suspicions", look_at_places, l) < 0)
			return STORE_FAILED;
	return 0;
}

static void sort(struct looking *l)
{
	if (l->n_same)
		qsort(l->same, (size_t)l->n_same, sizeof(*l->same), by_name);
	if (l->n_places)
		qsort(l->places, (size_t)l->n_places, sizeof(*l->places), by_phone);
	if (l->n_same > SAME_MAX)
		l->n_same = SAME_MAX;
}

/* How many rows from `at` on have the same name and birth date. */
static int count_same(const struct looking *l, int at)
{
	int n = 1;

	while (at + n < l->n_same && text_equal(l->same[at + n].index, l->same[at].index))
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

	while (at + n < l->n_places && text_equal(l->places[at + n].phone, l->places[at].phone))
		n++;
	return n;
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
				   TEXT_ARGS(l->rules->profile.groups[l->places[k].group].code),
				   (long long)l->places[k].place);
		buf_char(out, '\n');
	}
}

int suspicions_write(const struct ranking_order *order, struct buf *out)
{
	struct looking l = { .order = order,
			     .pace = pace_begin(order->site, PACE_LOOK, order->stop) };
	int result = look(&l);

	pace_end(&l.pace);
	if (result < 0)
		return result;
	sort(&l);
	write_same(&l, out);
	write_places(&l, out);
	return 0;
}
