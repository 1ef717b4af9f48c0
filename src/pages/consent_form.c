#include "pages/consent_form.h"

#include "base/unicode.h"

#include "store_queries.h"

static const char *const field_ids[CONSENT_FIELD_COUNT] = {
	[CONSENT_GUARDIAN] = "daidien", [CONSENT_BY_GUARDIAN] = "dongydd", [CONSENT_BY_SELF] = "dongy",
};

bool consent_needs_guardian(const struct request *request, const struct birth *birth)
{
	return person_may_be_under(birth, PERSON_GUARDIAN_AGE, request->now);
}

static void read_guardian(const struct request *request, struct text name,
			  struct consent_form *form)
{
	struct arena *arena = request->arena;
	struct text read, *problem = &form->problems[CONSENT_GUARDIAN];

	if (text_trim(form->guardian_typed).len == 0) {
		*problem = page_text(request, T("Hãy ghi họ và tên người đại diện."));
	} else if (person_read_name(arena, form->guardian_typed, &read) == NAME_REFUSED) {
		*problem = page_text1(request,
			T("Họ và tên chỉ gồm chữ cái, dấu cách, gạch nối, dấu nháy; không quá %d "
			  "ký tự."),
				      LANG_INT(PERSON_NAME_CHARS_MAX));
	} else if (name.len && text_equal(unicode_fold(arena, read), unicode_fold(arena, name))) {
		*problem = page_text(request,
			T("Đây là họ tên của thí sinh. Hãy ghi họ tên của cha, mẹ hoặc người giám "
			  "hộ."));
	} else {
		form->guardian = read;
	}
}

void consent_form_read(const struct request *request, bool minor, struct text name,
		       struct consent_form *ret)
{
	const struct form *form = &request->form;

	*ret = (struct consent_form){
		.minor = minor, .guardian_typed = form_value(form, "daidien"),
		.guardian = TEXT_EMPTY, .by_guardian = form_has(form, "dongydd"),
		.by_self = form_has(form, "dongy"), .publish_guardian = form_has(form, "congbodd"),
		.publish_child = form_has(form, "congbo"),
	};
	if (!ret->by_self)
		ret->problems[CONSENT_BY_SELF] = page_text(request,
			T("Bạn cần đồng ý thì Ban Tổ chức mới được nhận thông tin của bạn."));
	if (!minor)
		return;
	read_guardian(request, name, ret);
	if (!ret->by_guardian)
		ret->problems[CONSENT_BY_GUARDIAN] = page_text(request,
			T("Người đại diện cần đồng ý thì bạn mới dự thi được."));
}

bool consent_form_is_wrong(const struct consent_form *form)
{
	for (int i = 0; i < CONSENT_FIELD_COUNT; i++)
		if (form->problems[i].len)
			return true;
	return false;
}

void consent_form_problems(const struct consent_form *form, struct problem_list *ret)
{
	for (int i = 0; i < CONSENT_FIELD_COUNT; i++)
		problem_list_add(ret, field_ids[i], form->problems[i]);
}

void consent_form_show(struct request *request, const struct consent_form *form, struct text name,
		       struct consent_view *ret)
{
	struct hash hash;

	*ret = (struct consent_view){
		.sentences = arena_array(request->arena, CONSENT_SENTENCES_MAX,
					 sizeof(*ret->sentences)),
		.minor = form->minor, .guardian = form->guardian_typed,
		.guardian_problem = form->problems[CONSENT_GUARDIAN],
		.by_guardian = form->by_guardian, .by_self = form->by_self,
		.by_guardian_problem = form->problems[CONSENT_BY_GUARDIAN],
		.by_self_problem = form->problems[CONSENT_BY_SELF],
		.publish_guardian = form->publish_guardian, .publish_child = form->publish_child,
		.initials = person_initials(request->arena, name),
	};
	if (ret->sentences)
		ret->n_sentences = consent_sentences(request->arena, &page_rules(request)->profile,
						     request->lang, form->minor, ret->sentences,
						     &hash);
}

void consent_record_of(struct request *request, const struct consent_form *form, int64_t entry,
		       struct consent_record *ret)
{
	const struct profile *profile = &page_rules(request)->profile;
	struct text sentences[CONSENT_SENTENCES_MAX];
	struct hash hash;

	(void)consent_sentences(request->arena, profile, request->lang, form->minor, sentences, &hash);
	*ret = (struct consent_record){
		.version = profile->consent_version,
		.hash = text_copy(request->arena, hash_text(&hash)), .guardian_sealed = TEXT_EMPTY,
		.publish_guardian = form->publish_guardian, .publish_child = form->publish_child,
	};
	if (form->minor)
		ret->guardian_sealed = keys_seal(request->site->keys, KEY_PERSONAL, request->arena,
						 "guardian.name", entry, form->guardian);
}

int consent_write_guardian(struct db *db, int64_t entry, const struct consent_record *record,
			   int64_t now)
{
	if (record->guardian_sealed.len == 0)
		return q_guardian_delete(db, entry);
	return q_guardian_put(db, entry, record->guardian_sealed, now, record->publish_guardian,
			      record->publish_child);
}

int consent_write(struct db *db, int64_t entry, const struct consent_record *record, int64_t now)
{
	if (consent_write_guardian(db, entry, record, now) < 0)
		return STORE_FAILED;
	return q_entry_consent_put(db, entry, record->version, record->hash, now);
}
