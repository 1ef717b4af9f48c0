#include "pages/my_data.h"

#include "base/time.h"
#include "pages/figures.h"
#include "pages/my_data_view.h"
#include "pages/register_unit.h"
#include "pages/route.h"
#include "store/person.h"

#include "views/views.h"

#define SECTIONS_MAX 8
#define FACTS_SPARE 12		/* besides those that there is one of each row */

static struct my_section *add_section(struct request *request, struct my_data_view *v,
				      struct text title, int rows)
{
	struct my_section *section = &v->sections[v->n_sections++];

	section->title = page_text(request, title);
	section->facts = arena_array(request->arena, (size_t)rows + FACTS_SPARE,
				     sizeof(*section->facts));
	return section;
}

static void add(struct my_section *section, struct text label, struct text value)
{
	if (section->facts && value.len)
		section->facts[section->n_facts++] = (struct my_fact){ label, value };
}

static struct text day_after(const struct request *request, int days)
{
	return time_format_vn(request->arena,
			      page_rules(request)->profile.result_at + days * TIME_DAY_MS,
			      TIME_STYLE_DATE);
}

static struct text until_retention(const struct request *request)
{
	const struct profile *profile = &page_rules(request)->profile;
	return page_text2(request, T("Đến ngày %s; nếu đoạt giải, đến ngày %s. Sau đó được xóa."),
			  LANG_TEXT(day_after(request, profile->retention_days)),
			  LANG_TEXT(day_after(request, profile->retention_winner_days)));
}

static struct text you_and_organizer(const struct request *request)
{
	return page_text1(request, T("Bạn và những người giúp việc Ban Tổ chức của %s."),
			  LANG_TEXT(page_rules(request)->profile.organizer));
}

static bool is_shortened(const struct my_data *data)
{
	return data->has_guardian &&
	       !(data->guardian.publish_guardian && data->guardian.publish_child);
}

static void put_who(struct request *request, const struct my_data *data, struct my_data_view *v)
{
	const struct page_entry *entry = &data->sitting.entry;
	struct my_section *s = add_section(request, v, T("Bạn là ai"), 0);
	struct text published = is_shortened(data)
		? person_initials(request->arena, entry->name) : entry->name;
	struct birth birth;

	add(s, page_text(request, T("Họ và tên")), entry->name);
	if (person_birth_from_iso(entry->birth_iso, &birth) == 0)
		add(s, page_text(request, T("Ngày sinh")),
		    person_format_birth(request->arena, &birth));
	add(s, page_text(request, T("Số điện thoại")),
	    person_format_phone(request->arena, entry->phone));
	s->why = page_text(request,
		T("Nhận biết bạn, phân biệt người trùng tên, xét độ tuổi; số điện thoại để đăng "
		  "nhập và để liên hệ trao giải."));
	s->who = page_text2(request,
		T("Bạn và những người giúp việc Ban Tổ chức của %s. Nếu bạn đoạt giải, mọi người "
		  "thấy tên “%s”; ngày sinh và số điện thoại không công bố."),
			    LANG_TEXT(page_rules(request)->profile.organizer),
			    LANG_TEXT(published));
	s->until = until_retention(request);
}

static struct text unit_of(const struct request *request, const struct page_entry *entry)
{
	const struct unit_choice choice = { .unit = entry->unit, .written = entry->unit_written };
	return entry->unit ? unit_choice_shown(request, &choice) : entry->unit_written;
}

static void put_entry(struct request *request, const struct my_data *data, struct my_data_view *v)
{
	const struct page_entry *entry = &data->sitting.entry;
	struct my_section *s = add_section(request, v, T("Lần đăng ký này"), 0);

	add(s, page_text(request, T("Mã dự thi")), entry->code);
	if (entry->group >= 0)
		add(s, page_text(request, T("Nhóm")),
		    page_rules(request)->profile.groups[entry->group].name);
	add(s, page_text(request, T("Đơn vị hoặc nơi ở")), unit_of(request, entry));
	add(s, page_text(request, T("Đăng ký lúc")),
	    my_data_moment(request, data->sitting.entry.registered_at));
	s->why = page_text(request, T("Xếp hạng trong nhóm và tính kết quả của đơn vị."));
	s->who = page_text1(request,
		T("Bạn và những người giúp việc Ban Tổ chức của %s. Nếu bạn đoạt giải, mọi người "
		  "thấy đơn vị hoặc nơi ở."), LANG_TEXT(page_rules(request)->profile.organizer));
	s->until = page_text(request,
		T("Giữ lâu dài; khi họ tên đã xóa thì không còn biết là của ai."));
}

static struct text yes_or_no(const struct request *request, int64_t value)
{
	return value ? page_text(request, T("Có")) : page_text(request, T("Không"));
}

static void put_guardian(struct request *request, const struct my_data *data,
			 struct my_data_view *v)
{
	if (!data->has_guardian)
		return;
	struct my_section *s = add_section(request, v, T("Người đại diện"), 0);
	add(s, page_text(request, T("Họ và tên người đại diện")), data->guardian_name);
	add(s, page_text(request, T("Đồng ý lúc")),
	    my_data_moment(request, data->guardian.agreed_at));
	add(s, page_text(request, T("Người đại diện đồng ý công bố đủ họ tên")),
	    yes_or_no(request, data->guardian.publish_guardian));
	add(s, page_text(request, T("Thí sinh đồng ý công bố đủ họ tên")),
	    yes_or_no(request, data->guardian.publish_child));
	s->why = page_text(request, T("Chứng minh rằng người đại diện đã đồng ý cho bạn dự thi."));
	s->who = you_and_organizer(request);
	s->until = until_retention(request);
}

static void put_consent(struct request *request, const struct my_data *data,
			struct my_data_view *v)
{
	struct my_section *s = add_section(request, v, T("Sự đồng ý của bạn"), 0);

	add(s, page_text(request, T("Bản đồng ý số")), data->consent.version);
	add(s, page_text(request, T("Đồng ý lúc")), my_data_moment(request, data->consent.at_ms));
	add(s, page_text(request, T("Mã băm SHA-256 của các câu đã đồng ý")),
	    text_hex(request->arena, data->consent.hash.ptr, data->consent.hash.len));
	add(s, page_text(request, T("Rút lại lúc")), v->withdrawn_at);
	s->why = page_text(request, T("Chứng minh bạn đã đồng ý với điều gì, lúc nào."));
	s->who = you_and_organizer(request);
	s->until = page_text(request,
		T("Giữ lâu dài; khi họ tên đã xóa thì không còn biết là của ai."));
}

/* "đăng nhập …; kết thúc …" */
static struct text and_then(const struct request *request, struct text before, struct text after)
{
	return text_format(request->arena, "%.*s; %.*s", TEXT_ARGS(before), TEXT_ARGS(after));
}

static struct text paper_told(const struct request *request, const struct q_papers_of_entry *row,
			      bool with_score)
{
	struct text told = page_text1(request, T("bắt đầu %s"),
				      LANG_TEXT(figure_moment(request, row->started_at)));

	if (row->state == 1)
		told = and_then(request, told, page_text1(request, T("nộp %s"),
			LANG_TEXT(figure_moment(request, row->submitted_at))));
	if (row->state == 1 && with_score)
		told = and_then(request, told, page_text1(request, T("%d điểm"),
							  LANG_INT(row->score_points)));
	return told;
}

static void put_papers(struct request *request, const struct my_data *data, struct my_data_view *v)
{
	const struct sitting *sitting = &data->sitting;
	const struct profile *profile = &sitting->rules->profile;
	struct my_section *s = add_section(request, v, T("Bài thi"), sitting->n_papers);

	for (int i = 0; i < sitting->n_papers; i++) {
		const struct attempt *attempt = &sitting->attempts[i];
		struct text label = page_text1(request, T("Lượt %d"), LANG_INT(attempt->number));
		if (profile->n_rounds > 1 && attempt->round >= 0)
			label = text_format(request->arena, "%.*s, %.*s",
					    TEXT_ARGS(profile->rounds[attempt->round].name),
					    TEXT_ARGS(label));
		add(s, label, paper_told(request, &sitting->papers[i],
					 profile->feedback == FEEDBACK_SCORE));
	}
	if (sitting->n_papers == 0)
		add(s, page_text(request, T("Số lượt")), page_text(request, T("Chưa có")));
	s->why = page_text(request,
		T("Chấm điểm và xếp hạng. Cùng với thời gian và điểm, hệ thống giữ đề đã phát, các "
		  "câu bạn chọn và số dự đoán."));
	s->who = page_text1(request,
		T("Bạn và những người giúp việc Ban Tổ chức của %s. Nếu bạn đoạt giải, mọi người "
		  "thấy điểm, số dự đoán và thời gian làm bài."),
			    LANG_TEXT(profile->organizer));
	s->until = page_text(request,
		T("Giữ lâu dài để kiểm lại được kết quả; khi họ tên đã xóa thì bài không còn mang "
		  "tên ai."));
}

static void add_device(struct request *request, struct my_section *s,
		       const struct q_devices_ever *device)
{
	struct text when = page_text1(request, T("đăng nhập %s"),
				      LANG_TEXT(my_data_moment(request, device->signed_in_at)));

	if (device->ended_at >= 0)
		when = and_then(request, when, page_text1(request, T("kết thúc %s"),
			LANG_TEXT(my_data_moment(request, device->ended_at))));
	if (device->shared)
		when = and_then(request, when, page_text(request, T("máy dùng chung")));
	add(s, device->browser.len ? device->browser : page_text(request, T("Trình duyệt")), when);
}

static void add_reset(struct request *request, struct my_section *s,
		      const struct q_resets_of *reset)
{
	struct text by = page_text2(request, T("do %s cấp, dùng được đến %s"),
				    LANG_TEXT(reset->actor),
				    LANG_TEXT(my_data_moment(request, reset->until_ms)));

	if (reset->used_at >= 0)
		by = and_then(request, by, page_text1(request, T("đã dùng %s"),
			LANG_TEXT(my_data_moment(request, reset->used_at))));
	add(s, page_text(request, T("Mã đặt lại mật khẩu")), by);
}

static void put_door(struct request *request, const struct my_data *data, struct my_data_view *v)
{
	struct my_section *s = add_section(request, v, T("Đăng nhập"),
					   data->n_devices + data->n_resets);

	add(s, page_text(request, T("Mật khẩu")),
	    page_text(request, T("Chỉ giữ dạng băm; không ai đọc được, kể cả Ban Tổ chức.")));
	if (data->has_slip)
		add(s, page_text(request, T("Phiếu dự thi lập lúc")),
		    my_data_moment(request, data->slip.made_at));
	for (int i = 0; i < data->n_devices; i++)
		add_device(request, s, &data->devices[i]);
	for (int i = 0; i < data->n_resets; i++)
		add_reset(request, s, &data->resets[i]);
	s->why = page_text(request, T("Để chỉ bạn vào được, và để bạn biết ai đã vào."));
	s->who = page_text(request,
		T("Chỉ bạn; ai đã cấp mã đặt lại mật khẩu thì Ban Tổ chức cũng biết."));
	s->until = until_retention(request);
}

static void put_elsewhere(struct request *request, const struct my_data *data,
			  struct my_data_view *v)
{
	if (data->n_elsewhere == 0)
		return;
	struct my_section *s = add_section(request, v, T("Hội thi khác bạn đã đăng ký"),
					   data->n_elsewhere);
	for (int i = 0; i < data->n_elsewhere; i++)
		add(s, data->elsewhere[i].contest_code, data->elsewhere[i].entry_code);
	s->why = page_text(request,
		T("Họ tên, ngày sinh, số điện thoại và mật khẩu dùng chung cho các hội thi này; "
		  "sửa hay xóa ở đây là sửa hay xóa ở tất cả."));
	s->who = page_text(request, T("Bạn và Ban Tổ chức của từng hội thi."));
	s->until = page_text(request, T("Theo thể lệ của từng hội thi."));
}

static struct text erase_refusal(const struct request *request, const struct my_data *data)
{
	const struct hold *hold = &data->hold;

	if (hold->paper_open && data->sitting.has_ended)
		return page_text(request,
			T("Bạn có một bài thi đang mở. Hãy đợi hết giờ làm bài vài phút, rồi mở "
			  "lại trang này để xóa."));
	if (hold->paper_open)
		return page_text(request,
			T("Bạn có một bài thi đang mở. Hãy nộp bài, hoặc đợi hết giờ làm bài "
			  "vài phút, rồi mở lại trang này để xóa."));
	if (request->now < hold->winner_until)
		return page_text2(request,
			T("Bạn có giải đã công bố, nên hồ sơ giải thưởng (họ tên, đơn vị) được giữ "
			  "đến ngày %s để đối chiếu, trao giải. Nếu cần trao đổi, hãy liên hệ: "
			  "%s."),
				  LANG_TEXT(time_format_vn(request->arena, hold->winner_until,
							   TIME_STYLE_DATE)),
				  LANG_TEXT(page_rules(request)->profile.contact));
	return TEXT_EMPTY;
}

static void fill_forms(struct request *request, const struct my_data *data,
		       const struct my_data_problems *problems, struct my_data_view *v)
{
	const struct page_entry *entry = &data->sitting.entry;
	struct birth birth;

	v->may_correct = data->hold.papers == 0 && !data->sitting.has_ended;
	v->may_withdraw = !data->sitting.has_ended;
	v->erase_refusal = erase_refusal(request, data);
	v->name = problems && problems->name_typed.len ? problems->name_typed : entry->name;
	v->birth = TEXT_EMPTY;
	if (problems && problems->birth_typed.len)
		v->birth = problems->birth_typed;
	else if (person_birth_from_iso(entry->birth_iso, &birth) == 0)
		v->birth = person_format_birth(request->arena, &birth);
	if (!problems)
		return;
	v->name_problem = problems->name;
	v->birth_problem = problems->birth;
	v->withdraw_problem = problems->withdraw;
	v->erase_problem = problems->erase;
	v->password_problem = problems->password;
	problem_list_add(&v->problems, "hoten", problems->name);
	problem_list_add(&v->problems, "ngaysinh", problems->birth);
	problem_list_add(&v->problems, "rutlai", problems->withdraw);
	problem_list_add(&v->problems, "xoa", problems->erase);
	problem_list_add(&v->problems, "matkhau", problems->password);
}

void my_data_show(struct request *request, const struct my_data_problems *problems, int status)
{
	struct my_data *data = request->page;
	struct my_data_view v = {
		.page = page_view_of(request, page_text(request, T("Dữ liệu của tôi")), "me"),
		.problems = { .title = T("Chưa thực hiện được, hãy xem lại:") },
		.was_corrected = form_has(&request->query, "da-sua"),
		.begun = form_has(&request->query, "da-thi"),
		.sections = arena_array(request->arena, SECTIONS_MAX, sizeof(*v.sections)),
		.sentences = data->sentences, .n_sentences = data->n_sentences,
		.withdrawn_at = TEXT_EMPTY,
	};

	if (!v.sections) {
		page_problem(request, 503);
		return;
	}
	if (data->sitting.has_ended && data->sitting.end.kind == ENTRY_WITHDRAWN)
		v.withdrawn_at = my_data_moment(request, data->sitting.end.ended_at);
	v.page.is_private = v.page.narrow = true;
	put_who(request, data, &v);
	put_entry(request, data, &v);
	put_guardian(request, data, &v);
	put_papers(request, data, &v);
	put_door(request, data, &v);
	put_elsewhere(request, data, &v);
	put_consent(request, data, &v);
	fill_forms(request, data, problems, &v);
	page_render(request, status, view_my_data, &v);
}

void page_my_data_show(struct request *request)
{
	const struct my_data *data = request->page;

	if (!page_lead_to_entry(request, &data->sitting.entry))
		my_data_show(request, NULL, 200);
}
