#include "pages/problem.h"

#include "base/random.h"
#include "base/time.h"
#include "pages/lost_session.h"
#include "pages/page.h"
#include "pages/problem_view.h"
#include "pages/route.h"
#include "pages/security.h"
#include "pages/turn_view.h"

#include "views/views.h"

#define WAIT_S 4
#define WAIT_JITTER_S 8

struct problem {
	int status;
	struct text title, what, advice;
};

static const struct problem problems[] = {
	{ 400, T("Máy chủ không hiểu yêu cầu này"),
	  T("Yêu cầu gửi đến không đầy đủ hoặc không đúng dạng."),
	  T("Hãy quay lại trang trước, tải lại trang rồi thử lần nữa.") },
	{ 401, T("Bạn cần đăng nhập"),
	  T("Bạn chưa đăng nhập, hoặc lần đăng nhập trước đã hết hạn."),
	  T("Hãy đăng nhập rồi làm tiếp.") },
	{ 403, T("Biểu mẫu đã quá hạn"),
	  T("Trang được mở quá lâu, hoặc trình duyệt không giữ cookie của trang này."),
	  T("Hãy quay lại trang trước, tải lại trang rồi gửi lần nữa. Những gì chưa gửi vẫn "
	    "còn ở trang trước.") },
	{ 404, T("Không tìm thấy trang này"),
	  T("Địa chỉ có thể bị gõ nhầm, hoặc trang chưa được công bố."),
	  T("Hãy kiểm tra lại địa chỉ, hoặc về trang chủ.") },
	{ 405, T("Trang này không nhận yêu cầu kiểu đó"),
	  T("Địa chỉ này không mở được theo cách vừa gửi."),
	  T("Hãy quay lại trang trước và bấm lại nút ở đó.") },
	{ 408, T("Đường truyền quá chậm"),
	  T("Yêu cầu chưa đến đủ thì đã hết thời gian chờ."),
	  T("Hãy kiểm tra mạng rồi thử lại. Những câu đã lưu vẫn còn trên máy chủ.") },
	{ 413, T("Nội dung gửi lên quá lớn"),
	  T("Máy chủ không nhận nội dung lớn như vậy."),
	  T("Hãy quay lại, rút ngắn nội dung rồi gửi lần nữa.") },
	{ 414, T("Địa chỉ quá dài"), T("Địa chỉ trang dài hơn mức máy chủ nhận."),
	  T("Hãy mở lại từ trang chủ.") },
	{ 415, T("Không nhận kiểu nội dung này"),
	  T("Nội dung gửi lên không phải là biểu mẫu của trang."),
	  T("Hãy mở lại trang rồi gửi bằng nút trên trang.") },
	{ 429, T("Bạn thao tác quá nhanh"),
	  T("Máy chủ nhận quá nhiều yêu cầu trong thời gian ngắn."),
	  T("Hãy đợi một phút rồi thử lại.") },
	{ 431, T("Trình duyệt gửi kèm quá nhiều dữ liệu"),
	  T("Phần đầu của yêu cầu dài hơn mức máy chủ nhận, thường là do cookie."),
	  T("Hãy xóa cookie của trang này trong trình duyệt rồi mở lại.") },
	{ 500, T("Máy chủ gặp lỗi"),
	  T("Lỗi ở phía máy chủ, không phải do bạn. Những gì đã báo là đã lưu hoặc đã nộp thì "
	    "vẫn còn."),
	  T("Hãy thử lại sau ít phút. Nếu vẫn lỗi, hãy báo cho Ban Tổ chức mã dưới đây.") },
	{ 503, T("Hệ thống đang đông"),
	  T("Máy chủ đang phục vụ rất nhiều người. Những gì đã báo là đã lưu hoặc đã nộp thì "
	    "vẫn còn."),
	  T("Xin đợi trong giây lát.") },
};

static const struct problem other_problem = {
	0, T("Không thực hiện được"), T("Máy chủ không thực hiện được yêu cầu này."),
	T("Hãy quay lại trang trước rồi thử lần nữa."),
};

static const struct problem too_many = {
	429, T("Xin đợi một chút"), { "", 0 },
	T("Những gì bạn vừa điền vẫn còn trong trang này: đợi rồi bấm Gửi lại."),
};

static const struct problem *find_problem(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(problems); i++)
		if (problems[i].status == status)
			return &problems[i];
	return &other_problem;
}

void page_view_forget_contest(struct page_view *view)
{
	view->contest_title = view->contest_short = view->organizer = TEXT_EMPTY;
	view->contact = view->code = view->description = TEXT_EMPTY;
}

static bool is_announced(const struct request *request)
{
	return request->contest && contest_phase(request->contest, request->now) != PHASE_BEFORE;
}

bool page_hides_contest(struct request *request)
{
	if (is_announced(request))
		return false;
	page_problem(request, 404);
	return true;
}

static struct url url_of(struct text text)
{
	struct url url = { TEXT_EMPTY };
	return url_parse(text, &url) == 0 ? url : (struct url){ TEXT_EMPTY };
}

static bool is_password(struct text name)
{
	return text_starts_with(name, TEXT("matkhau")) ||
	       text_starts_with(name, TEXT("mat-khau"));
}

/* What was posted goes into the page, so that it can be sent again as it was. */
static void keep_form(const struct request *request, struct problem_view *v)
{
	const struct form *form = &request->form;
	struct problem_field *fields;

	if (request->method != METHOD_POST || form->n == 0)
		return;
	fields = arena_array(request->arena, (size_t)form->n, sizeof(*fields));
	if (!fields)
		return;
	for (int i = 0; i < form->n; i++) {
		bool secret = is_password(form->fields[i].name);
		bool token = text_equal_z(form->fields[i].name, "_token");
		fields[i] = (struct problem_field){
			form->fields[i].name, secret ? TEXT_EMPTY : form->fields[i].value, secret,
		};
		if (token && request->form_expired)
			fields[i].value = request->host->token(request);
		v->has_password |= secret;
	}
	v->fields = fields;
	v->n_fields = form->n;
	v->action = url_of(request->path);
}

/* When even the page does not fit: fixed bytes that need no memory. */
static void reply_short(struct request *request, int status)
{
	reply_html(request, status, TEXT(
		"<!doctype html><html lang=\"vi\"><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
		"<title>Hệ thống đang đông</title><h1>Hệ thống đang đông</h1>"
		"<p>Xin thử lại sau ít phút. Những gì đã báo là đã lưu hoặc đã nộp thì vẫn còn.</p>"
		"<p lang=\"en\">The system is busy. Please try again in a few minutes. "
		"Whatever was confirmed as saved or submitted is kept.</p></html>"));
}

static void fill(const struct request *request, const struct problem *problem, int status,
		 struct problem_view *v)
{
	bool announced = is_announced(request);

	v->page = page_view_of(request, page_text(request, problem->title), "");
	v->page.is_private = v->page.narrow = true;
	v->page.absolute_url = TEXT_EMPTY;
	if (!announced)
		page_view_forget_contest(&v->page);
	v->home = URL("/");
	if (announced)
		v->home = url_of(page_path(request, ""));
	if (announced && status == 401)
		v->sign_in = url_of(page_path(request, "/dang-nhap"));
	if (status == 503 || status == 401 || status == 429 || request->form_expired)
		keep_form(request, v);
	if (status == 500)
		v->request_id = text_format(request->arena, "%016llx",
					    (unsigned long long)request->id);
	if (status == 503)
		v->refresh_s = WAIT_S + (int)random_below(WAIT_JITTER_S);
}

static struct problem_view view_of(const struct problem *problem)
{
	return (struct problem_view){
		.title = problem->title, .what = problem->what,
		.advice = problem->advice, .home = { TEXT_EMPTY }, .sign_in = { TEXT_EMPTY },
		.action = { TEXT_EMPTY }, .request_id = TEXT_EMPTY, .wait = TEXT_EMPTY,
	};
}

void page_too_many(struct request *request, struct text what, int64_t wait_ms)
{
	struct problem_view v = view_of(&too_many);
	int seconds = (int)((wait_ms + TIME_SECOND_MS - 1) / TIME_SECOND_MS);

	security_note(request, "held-by-address", TEXT_EMPTY);
	request->reply = (struct reply){ .status = 429, .retry_after_s = seconds };
	v.what = what;
	v.wait = page_duration(request, seconds);
	fill(request, &too_many, 429, &v);
	page_render(request, 429, view_problem, &v);
	if (arena_failed(request->arena))
		reply_short(request, 429);
}

void page_problem(struct request *request, int status)
{
	const struct problem *problem = find_problem(status);
	struct problem_view v = view_of(problem);

	if (status == 403 && request->method == METHOD_POST)
		security_note(request, "form-refused", TEXT_EMPTY);
	request->reply = (struct reply){
		.status = status, .retry_after_s = status == 503 ? WAIT_S : 0,
	};
	if (status == 401 && lost_session_show(request))
		return;
	fill(request, problem, status, &v);
	if (status == 503)
		page_render(request, status, view_waiting, &v);
	else
		page_render(request, status, view_problem, &v);
	if (arena_failed(request->arena))
		reply_short(request, status);
}

void page_turn(struct request *request, const struct route_turn *turn)
{
	struct turn_view v = {
		.is_start = turn->is_start, .before = turn->before,
		.ask_again_s = turn->ask_again_s, .path = url_of(turn->path),
		.left = turn->left_s > 0 ? page_duration(request, turn->left_s) : TEXT_EMPTY,
	};

	request->reply = (struct reply){ .retry_after_s = turn->ask_again_s };
	page_render(request, 202, view_turn, &v);
	if (arena_failed(request->arena))
		reply_short(request, 503);
}
