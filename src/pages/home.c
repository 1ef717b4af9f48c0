#include "pages/home.h"

#include "base/time.h"
#include "exchange/contest_files.h"
#include "pages/article.h"
#include "pages/figures.h"
#include "pages/home_view.h"
#include "pages/page.h"
#include "pages/problem.h"
#include "rules/score.h"

#include "views/views.h"

#include "store_queries.h"

#define NEWS_SHOWN 3

struct home {
	bool has_snapshot;
	struct q_snapshots snapshot;
	int64_t units;
};

void page_root_show(struct request *request)
{
	const struct contest *contest =
		contest_acquire(request->site->contests, TEXT_EMPTY, request->now);

	if (contest) {
		reply_see_other(request, text_format(request->arena, "/%.*s",
						     TEXT_ARGS(contest->code)));
		contest_release(contest);
		return;
	}
	struct home_view v = {
		.page = page_view_of(request, page_text(request, T("Hội thi trực tuyến")), "home"),
		.is_before = true,
	};
	page_render(request, 200, view_home, &v);
}

int page_home_load(struct request *request, struct db *db)
{
	struct home *home = arena_alloc(request->arena, sizeof(*home));
	struct q_snapshots *snapshots;
	struct q_snapshot_rows *rows;

	request->page = home;
	if (!home)
		return STORE_FAILED;
	int n = q_snapshots(db, request->arena, request->contest->id, &snapshots);
	if (n <= 0)
		return n;
	home->has_snapshot = true;
	home->snapshot = snapshots[0];
	n = q_snapshot_rows(db, request->arena, snapshots[0].id, &rows);
	for (int i = 0; i < n; i++) {
		const struct contest_unit *unit =
			contest_unit_by_id(request->contest, rows[i].unit);
		home->units += unit && unit->kind == UNIT_KIND_UNIT;
	}
	return n;
}

static struct text round_state(const struct request *request, const struct profile_round *round)
{
	if (request->now < round->open_at)
		return T("Sắp mở");
	return request->now < round->close_at ? T("Đang mở") : T("Đã kết thúc");
}

static void put_rounds(const struct request *request, struct home_view *v)
{
	const struct rules_in_force *rules = page_rules(request);
	const struct contest_ids *ids = contest_ids_of(request->contest, rules);
	const struct profile *profile = &rules->profile;

	v->rounds = arena_array(request->arena, (size_t)profile->n_rounds, sizeof(*v->rounds));
	for (int i = 0; v->rounds && i < profile->n_rounds; i++) {
		const struct profile_round *round = &profile->rounds[i];
		struct home_round row = {
			.name = round->name, .open_at = figure_start(request, round->open_at),
			.close_at = figure_moment(request, round->close_at),
			.state = round_state(request, round), .code = round->code,
			.is_open = request->now >= round->open_at &&
				   request->now < round->close_at,
			.has_results =
				contest_publication(request->contest, ids->rounds[i]) != NULL,
		};
		v->rounds[i] = row;
	}
	v->n_rounds = v->rounds && profile->n_rounds > 1 ? profile->n_rounds : 0;
}

static struct text basis_number(const struct request *request, const struct legal_basis *basis)
{
	struct text date = figure_date(request->arena, basis->date);

	if (basis->no.len && date.len)
		return page_text2(request, T("số %s ngày %s"), LANG_TEXT(basis->no),
				  LANG_TEXT(date));
	if (basis->no.len)
		return page_text1(request, T("số %s"), LANG_TEXT(basis->no));
	return date.len ? page_text1(request, T("ngày %s"), LANG_TEXT(date)) : TEXT_EMPTY;
}

static void put_people(const struct request *request, struct home_view *v)
{
	const struct profile *profile = &page_rules(request)->profile;

	v->groups = arena_array(request->arena, (size_t)profile->n_groups + 1, sizeof(*v->groups));
	v->bases = arena_array(request->arena, (size_t)profile->n_legal_bases + 1,
			       sizeof(*v->bases));
	if (!v->groups || !v->bases)
		return;
	for (int i = 0; i < profile->n_groups; i++)
		v->groups[v->n_groups++] = (struct home_group){ profile->groups[i].name,
								profile->groups[i].who };
	for (int i = 0; i < profile->n_legal_bases; i++) {
		const struct legal_basis *basis = &profile->legal_bases[i];
		v->bases[v->n_bases++] = (struct home_basis){
			basis->title, basis_number(request, basis), basis->issuer,
		};
	}
}

/* What the page counts down to. */
static void put_next(const struct request *request, struct home_view *v)
{
	const struct profile *profile = &page_rules(request)->profile;
	const struct profile_round *open = phase_open_round(profile, request->now);
	const struct profile_round *coming = phase_next_round(profile, request->now);
	struct text pattern = T("Khai mạc lúc %s"), when;
	int64_t at = profile->open_at;

	v->next = v->next_iso = TEXT_EMPTY;
	if (v->is_open && open) {
		at = open->close_at;
		pattern = T("Nhận bài đến %s");
	} else if (v->is_open && coming) {
		at = coming->open_at;
		pattern = T("Đợt thi tiếp theo mở lúc %s");
	} else if (!v->is_announced) {
		return;
	}
	v->opens_next = !(v->is_open && open);
	when = v->opens_next ? figure_start(request, at) : figure_moment(request, at);
	v->next = page_text1(request, pattern, LANG_TEXT(when));
	v->next_iso = time_format_iso(request->arena, at);
	v->now_ms = request->now;
	v->shift_ms = request->site->clock.shift_ms;
}

static void put_results(const struct request *request, struct home_view *v)
{
	const struct profile *profile = &page_rules(request)->profile;
	const struct publication *publication = contest_publication(request->contest, 0);

	v->is_late = v->is_closed && request->now >= profile->result_at;
	v->decision_no = v->decision_date = TEXT_EMPTY;
	if (!publication)
		return;
	v->decision_no = publication->decision_no;
	v->decision_date = figure_date(request->arena, publication->decision_date);
}

static void put_snapshot(const struct request *request, const struct home *home,
			 struct home_view *v)
{
	struct arena *arena = request->arena;

	v->has_snapshot = home && home->has_snapshot;
	if (!v->has_snapshot)
		return;
	v->people = score_format_number(arena, home->snapshot.people);
	v->papers = score_format_number(arena, home->snapshot.papers);
	v->units = score_format_number(arena, home->units);
	v->as_of = figure_moment(request, home->snapshot.due_at);
}

static struct text state_of(enum phase phase)
{
	switch (phase) {
	case PHASE_BEFORE:
		return TEXT_EMPTY;
	case PHASE_ANNOUNCED:
		return T("Sắp khai mạc");
	case PHASE_OPEN:
		return T("Đang diễn ra");
	case PHASE_CLOSED:
		return T("Đã kết thúc nhận bài");
	case PHASE_PUBLISHED:
		return T("Đã công bố kết quả");
	}
	return TEXT_EMPTY;
}

static bool has_article(const struct request *request, const char *kind)
{
	for (int i = 0; i < request->contest->n_articles; i++)
		if (text_equal_z(request->contest->articles[i].kind, kind))
			return true;
	return false;
}

static void fill(const struct request *request, enum phase phase, struct home_view *v)
{
	const struct profile *profile = &page_rules(request)->profile;

	v->is_announced = phase == PHASE_ANNOUNCED;
	v->is_open = phase == PHASE_OPEN;
	v->is_closed = phase == PHASE_CLOSED;
	v->is_published = phase == PHASE_PUBLISHED;
	v->state = state_of(phase);
	v->theme = profile->theme;
	v->slogan = profile->slogan;
	v->has_practice = profile->practice_bank.len > 0;
	v->is_pending = profile_undecided(profile, NULL, 0) > 0;
	v->may_enter = phase == PHASE_OPEN && phase_may_start(profile, request->now) == 0;
	v->rules_missing = phase == PHASE_OPEN && phase_may_start(profile, request->now) == 2;
	v->launch_at = time_format_vn(request->arena, profile->launch_at, TIME_STYLE_DATE);
	v->open_at = figure_start(request, profile->open_at);
	v->close_at = figure_moment(request, profile->close_at);
	v->result_at = figure_start(request, profile->result_at);
	v->has_guide = has_article(request, "guide");
	v->has_faq = has_article(request, "faq");
	put_next(request, v);
	put_rounds(request, v);
	put_people(request, v);
	put_results(request, v);
	put_snapshot(request, request->page, v);
}

/* Before the launch: that something will be here, and nothing else. */
static void show_before(struct request *request)
{
	struct home_view v = {
		.page = page_view_of(request, page_text(request, T("Hội thi trực tuyến")), "home"),
		.is_before = true,
	};

	page_view_forget_contest(&v.page);
	page_render(request, 200, view_home, &v);
	page_is_public(request, page_next_change(request));
}

void page_home_show(struct request *request)
{
	enum phase phase = contest_phase(request->contest, request->now);
	const struct profile *profile = &page_rules(request)->profile;

	if (phase == PHASE_BEFORE) {
		show_before(request);
		return;
	}
	struct home_view v = { .page = page_view_of(request, profile->title, "home") };
	int64_t next = page_next_change(request);
	fill(request, phase, &v);
	v.page.description =
		page_text2(request, T("Thi trực tuyến từ %s đến %s. Mời bạn tham gia."),
			   LANG_TEXT(v.open_at), LANG_TEXT(v.close_at));
	v.news = arena_array(request->arena, NEWS_SHOWN, sizeof(*v.news));
	if (v.news)
		v.n_news = article_news(request, v.news, NEWS_SHOWN, &next);
	page_render(request, 200, view_home, &v);
	page_is_public(request, next);
}
