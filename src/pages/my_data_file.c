/* The same as a file for programs: times in ISO 8601, no number of ours. */
#include "pages/my_data.h"

#include "base/json_write.h"
#include "base/time.h"
#include "pages/route.h"
#include "store/person.h"

#define FILE_BYTES_MAX (1 << 20)

struct data_file {
	const struct request *request;
	const struct my_data *data;
	struct json_writer json;
};

/* A moment of the contest's clock; null for -1. */
static void put_moment(struct data_file *f, const char *name, int64_t ms)
{
	if (ms < 0)
		json_put_null(&f->json, name);
	else
		json_put_text(&f->json, name, time_format_iso(f->request->arena, ms));
}

static void put_machine(struct data_file *f, const char *name, int64_t ms)
{
	put_moment(f, name, ms < 0 ? ms : ms + f->request->site->clock.shift_ms);
}

static void put_entry(struct data_file *f)
{
	const struct page_entry *entry = &f->data->sitting.entry;
	const struct profile *profile = &page_rules(f->request)->profile;

	json_put_text(&f->json, "contest", f->request->contest->code);
	json_put_text(&f->json, "entry_code", entry->code);
	json_put_text(&f->json, "name", entry->name);
	json_put_text(&f->json, "birth", entry->birth_iso);
	json_put_text(&f->json, "phone", entry->phone);
	json_put_text(&f->json, "group",
		      entry->group >= 0 ? profile->groups[entry->group].code : TEXT_EMPTY);
	json_put_text(&f->json, "unit", entry->unit ? entry->unit->shown : TEXT_EMPTY);
	json_put_text(&f->json, "unit_written", entry->unit_written);
	put_machine(f, "registered_at", f->data->sitting.entry.registered_at);
}

static void put_consent(struct data_file *f)
{
	const struct my_data *data = f->data;
	bool withdrawn = data->has_ended && data->end.kind == ENTRY_WITHDRAWN;

	json_open_object(&f->json, "consent");
	json_put_text(&f->json, "version", data->consent.version);
	json_put_text(&f->json, "sha256",
		      text_hex(f->request->arena, data->consent.hash.ptr, data->consent.hash.len));
	put_machine(f, "agreed_at", data->consent.at_ms);
	put_machine(f, "withdrawn_at", withdrawn ? data->end.ended_at : -1);
	json_open_array(&f->json, "sentences");
	for (int i = 0; i < data->n_sentences; i++)
		json_put_text(&f->json, NULL, data->sentences[i]);
	json_close_array(&f->json);
	json_close_object(&f->json);
}

static void put_guardian(struct data_file *f)
{
	const struct my_data *data = f->data;

	if (!data->has_guardian) {
		json_put_null(&f->json, "guardian");
		return;
	}
	json_open_object(&f->json, "guardian");
	json_put_text(&f->json, "name", data->guardian_name);
	put_machine(f, "agreed_at", data->guardian.agreed_at);
	json_put_bool(&f->json, "guardian_agrees_to_full_name", data->guardian.publish_guardian);
	json_put_bool(&f->json, "contestant_agrees_to_full_name", data->guardian.publish_child);
	json_close_object(&f->json);
}

static void put_paper(struct data_file *f, int i)
{
	const struct sitting *sitting = &f->data->sitting;
	const struct profile *profile = &sitting->rules->profile;
	const struct q_papers_of_entry *row = &sitting->papers[i];
	int round = sitting->attempts[i].round;
	bool submitted = row->state == 1;

	json_open_object(&f->json, NULL);
	json_put_text(&f->json, "round", round >= 0 ? profile->rounds[round].code : TEXT_EMPTY);
	json_put_int(&f->json, "attempt", row->attempt);
	put_moment(f, "started_at", row->started_at);
	put_moment(f, "submitted_at", submitted ? row->submitted_at : -1);
	if (submitted)
		json_put_int(&f->json, "elapsed_ms", row->elapsed_ms);
	if (submitted && profile->feedback == FEEDBACK_SCORE)
		json_put_int(&f->json, "score_points", row->score_points);
	if (row->prediction >= 0)
		json_put_int(&f->json, "prediction", row->prediction);
	json_put_text(&f->json, "receipt", row->receipt);
	json_put_bool(&f->json, "annulled", row->annulled);
	json_close_object(&f->json);
}

static void put_door(struct data_file *f)
{
	const struct my_data *data = f->data;

	put_machine(f, "recovery_slip_made_at", data->has_slip ? data->slip.made_at : -1);
	json_open_array(&f->json, "browsers");
	for (int i = 0; i < data->n_devices; i++) {
		json_open_object(&f->json, NULL);
		json_put_text(&f->json, "browser", data->devices[i].browser);
		json_put_bool(&f->json, "shared", data->devices[i].shared);
		put_machine(f, "signed_in_at", data->devices[i].signed_in_at);
		put_machine(f, "ended_at", data->devices[i].ended_at);
		json_close_object(&f->json);
	}
	json_close_array(&f->json);
	json_open_array(&f->json, "password_resets");
	for (int i = 0; i < data->n_resets; i++) {
		json_open_object(&f->json, NULL);
		json_put_text(&f->json, "by", data->resets[i].actor);
		put_machine(f, "until", data->resets[i].until_ms);
		put_machine(f, "used_at", data->resets[i].used_at);
		json_close_object(&f->json);
	}
	json_close_array(&f->json);
}

static void put_elsewhere(struct data_file *f)
{
	const struct my_data *data = f->data;

	json_open_array(&f->json, "other_contests");
	for (int i = 0; i < data->n_elsewhere; i++) {
		json_open_object(&f->json, NULL);
		json_put_text(&f->json, "contest", data->elsewhere[i].contest_code);
		json_put_text(&f->json, "entry_code", data->elsewhere[i].entry_code);
		put_machine(f, "registered_at", data->elsewhere[i].registered_at);
		json_close_object(&f->json);
	}
	json_close_array(&f->json);
}

void page_my_data_file(struct request *request)
{
	const struct my_data *data = request->page;
	struct buf out;

	if (page_lead_to_entry(request, &data->sitting.entry))
		return;
	buf_init(&out, request->arena, FILE_BYTES_MAX);
	struct data_file f = { request, data, { .out = &out } };
	json_open_object(&f.json, NULL);
	put_moment(&f, "made_at", request->now);
	put_entry(&f);
	put_consent(&f);
	put_guardian(&f);
	json_open_array(&f.json, "papers");
	for (int i = 0; i < data->sitting.n_papers; i++)
		put_paper(&f, i);
	json_close_array(&f.json);
	put_door(&f);
	put_elsewhere(&f);
	json_close_object(&f.json);
	request->reply.status = 200;
	request->reply.type = TEXT("application/json; charset=utf-8");
	request->reply.file_name = TEXT("du-lieu-cua-toi.json");
	request->reply.body = buf_done(&out);
}
