#include "pages/page.h"

#include "base/time.h"
#include "base/unicode.h"
#include "pages/route.h"
#include "rules/person.h"

#include "store_queries.h"

#include <assert.h>

#define PAGE_BYTES_MAX (2 << 20)
#define PAGE_BYTES_USUAL (40 << 10)	/* what is allotted at once: a paper of 30 questions */

static const struct form_field *find_field(const struct form *form, const char *name_z)
{
	struct text name = text_from_z(name_z);

	for (int i = 0; i < form->n; i++)
		if (text_equal(form->fields[i].name, name))
			return &form->fields[i];
	return NULL;
}

struct text form_value(const struct form *form, const char *name)
{
	const struct form_field *field = find_field(form, name);
	return field ? field->value : TEXT_EMPTY;
}

bool form_has(const struct form *form, const char *name)
{
	return find_field(form, name) != NULL;
}

void reply_see_other(struct request *request, struct text path)
{
	request->reply.status = 303;
	request->reply.location = path;
	request->reply.cache = CACHE_PRIVATE;
}

void reply_html(struct request *request, int status, struct text body)
{
	request->reply.status = status;
	request->reply.type = TEXT("text/html; charset=utf-8");
	request->reply.body = body;
}

void request_read(struct request *request, int (*load)(struct request *request, struct db *db),
		  request_fn *then)
{
	request->host->read(request, load, then);
}

void request_write(struct request *request, struct store_job *job, request_fn *then)
{
	request->job = job;
	request->host->write(request, job, then);
}

void request_hash(struct request *request, struct text password, struct text like,
		  struct text *ret_encoded, request_fn *then)
{
	request->host->hash(request, password, like, ret_encoded, then);
}

void page_begin(const struct request *request, struct html *out, struct buf *buf)
{
	buf_init(buf, request->arena, PAGE_BYTES_MAX);
	(void)buf_reserve(buf, PAGE_BYTES_USUAL);
	out->out = buf;
	out->lang = request->lang;
}

void page_end(struct request *request, int status, const struct buf *buf)
{
	reply_html(request, status, buf_done(buf));
}

void page_is_public(struct request *request, int64_t fresh_until)
{
	request->reply.cache = CACHE_PUBLIC;
	request->reply.fresh_until =
		fresh_until == INT64_MAX ? INT64_MAX
					 : fresh_until - request->site->clock.shift_ms;
}

struct text page_path(const struct request *request, const char *rest)
{
	return text_format(request->arena, "/%.*s%s", TEXT_ARGS(request->contest->code), rest);
}

struct text page_text(const struct request *request, struct text message)
{
	return lang_text(request->lang, message);
}

struct text page_text1(const struct request *request, struct text message, struct lang_arg a)
{
	return lang_fill(request->arena, lang_text(request->lang, message), &a, 1);
}

struct text page_text2(const struct request *request, struct text message, struct lang_arg a,
		       struct lang_arg b)
{
	struct lang_arg args[] = { a, b };
	return lang_fill(request->arena, lang_text(request->lang, message), args, 2);
}

void problem_list_add(struct problem_list *list, const char *field, struct text problem)
{
	if (problem.len == 0)
		return;
	assert(list->n < FIELD_PROBLEMS_MAX);
	list->items[list->n++] = (struct field_problem){ text_from_z(field), problem };
}

struct text page_duration(const struct request *request, int64_t seconds)
{
	if (seconds < 60)
		return page_text1(request, T("%d giây"), LANG_INT(seconds));
	return page_text1(request, T("%d phút"), LANG_INT((seconds + 59) / 60));
}

const struct rules_in_force *page_rules(const struct request *request)
{
	return contest_rules(request->contest, request->now);
}

int64_t page_next_change(const struct request *request)
{
	const struct profile *profile = &page_rules(request)->profile;
	int64_t next = INT64_MAX;

	const int64_t moments[] = { profile->launch_at, profile->open_at, profile->close_at,
				    profile->result_at };
	for (size_t i = 0; i < ARRAY_LEN(moments); i++)
		if (moments[i] > request->now && moments[i] < next)
			next = moments[i];
	for (int i = 0; i < profile->n_rounds; i++) {
		const struct profile_round *round = &profile->rounds[i];
		if (round->open_at > request->now && round->open_at < next)
			next = round->open_at;
		if (round->close_at > request->now && round->close_at < next)
			next = round->close_at;
	}
	for (int i = 0; i < request->contest->n_rules; i++)
		if (request->contest->rules[i].effective_at > request->now &&
		    request->contest->rules[i].effective_at < next)
			next = request->contest->rules[i].effective_at;
	return next;
}

struct page_view page_view_of(const struct request *request, struct text title, const char *section)
{
	const struct site *site = request->site;
	struct page_view view = {
		.title = title, .section = text_from_z(section),
		.token = request->host->token(request), .rehearsal = site->rehearsal,
		.english = request->lang == LANG_EN,
		.other_lang_query = request->lang == LANG_EN ? TEXT("vi") : TEXT("en"),
		.contest_title = TEXT_EMPTY, .contest_short = TEXT_EMPTY, .organizer = TEXT_EMPTY,
		.contact = TEXT_EMPTY, .code = TEXT_EMPTY, .description = TEXT_EMPTY,
		.absolute_url = TEXT_EMPTY, .image_url = TEXT_EMPTY,
	};

	if (request->contest) {
		const struct profile *profile = &page_rules(request)->profile;
		view.contest_title = profile->title;
		view.contest_short = profile->short_title;
		view.organizer = profile->organizer;
		view.contact = profile->contact;
		view.code = request->contest->code;
		view.description = profile->title;
		view.is_open = contest_phase(request->contest, request->now) == PHASE_OPEN;
	}
	if (site->public_url.len) {
		view.absolute_url = text_format(request->arena, "%.*s%.*s", TEXT_ARGS(site->public_url),
						TEXT_ARGS(request->path));
		view.image_url = text_format(request->arena, "%.*s/tai-nguyen/anh-chia-se.png",
					     TEXT_ARGS(site->public_url));
	}
	return view;
}

static int find_group(const struct request *request, int64_t id)
{
	const struct rules_in_force *rules = page_rules(request);
	const struct contest_ids *ids = contest_ids_of(request->contest, rules);

	for (int i = 0; i < rules->profile.n_groups; i++)
		if (ids->groups[i] == id)
			return i;
	return -1;
}

static int unseal_person(struct request *request, const struct q_session_person *row,
			 struct page_entry *entry)
{
	const struct keys *keys = request->site->keys;
	int64_t id = request->session.person;

	if (keys_unseal(keys, KEY_PERSONAL, request->arena, "person_data.name", id, row->name_sealed,
			&entry->name) != 0 ||
	    keys_unseal(keys, KEY_PERSONAL, request->arena, "person_data.birth", id, row->birth_sealed,
			&entry->birth_iso) != 0 ||
	    keys_unseal(keys, KEY_PERSONAL, request->arena, "person_data.phone", id, row->phone_sealed,
			&entry->phone) != 0)
		return STORE_FAILED;
	return 0;
}

int page_load_entry(struct request *request, struct db *db, struct page_entry *ret)
{
	const struct session *session = &request->session;
	struct q_session_person person;
	struct q_entry_of row;

	*ret = (struct page_entry){ .group = -1 };
	if (session->person == 0)
		return 0;
	int result = q_session_person(db, request->arena, session->person, session->device, &person);
	if (result <= 0 || person.epoch != session->epoch || person.device_ended_at >= 0)
		return result < 0 ? result : 0;
	ret->signed_in = true;
	if (unseal_person(request, &person, ret) < 0)
		return STORE_FAILED;
	result = q_entry_of(db, request->arena, request->contest->id, request->session.person, &row);
	if (result <= 0)
		return result;
	ret->entered = true;
	ret->id = row.id;
	ret->code = row.code;
	ret->group_id = row.group_id;
	ret->group = find_group(request, row.group_id);
	ret->unit = contest_unit_by_id(request->contest, row.unit);
	ret->unit_written = row.unit_written;
	ret->consent_version = row.consent_version;
	ret->registered_at = row.registered_at;
	return 0;
}

bool page_lead_to_entry(struct request *request, const struct page_entry *entry)
{
	if (entry->signed_in && entry->entered)
		return false;
	struct text path = page_path(request, entry->signed_in ? "/dang-ky" : "/dang-nhap");
	if (!entry->signed_in && request->method == METHOD_GET)
		path = text_format(request->arena, "%.*s?tiep=%.*s", TEXT_ARGS(path),
				   TEXT_ARGS(request->path));
	reply_see_other(request, path);
	return true;
}

void page_write_door(struct request *request, const char *name, int64_t key,
		     int (*fn)(void *ctx, struct db *db), void *ctx, request_fn *then)
{
	struct store_job *job = arena_alloc(request->arena, sizeof(*job));

	if (arena_failed(request->arena)) {
		page_problem(request, 503);
		return;
	}
	*job = (struct store_job){ .class = STORE_CLASS_DOOR, .kind = STORE_CALL, .name = name,
				   .key = key, .fn = fn, .ctx = ctx };
	request_write(request, job, then);
}

bool page_write_failed(struct request *request)
{
	if (request->job->result >= 0)
		return false;
	page_problem(request, 503);
	request->reply.retry_after_s = 3;
	return true;
}
