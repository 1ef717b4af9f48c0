/* The world itself: one contestant registers, starts, saves, submits and sees the
 * result, through a restart; and what is asked the same way is answered the same way. */
#include "browser.h"

#include "base/hash.h"
#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CONTEST "/binh-phuoc-2024"
#define PAPER CONTEST "/bai-thi/chinh-thuc-1"
#define QUESTIONS 30

struct stage {
	struct world *w;
	struct browser browser;
	struct arena *arena;
	struct hash trace;	/* of all that was answered */
};

static struct page go(struct stage *s, const char *target, const struct text *form)
{
	struct page page = browser_go(s->w, &s->browser, s->arena, text_from_z(target), form);

	s->trace = hash_sha256(text_format(s->arena, "%.*s%d %.*s", TEXT_ARGS(hash_text(&s->trace)),
					   page.status, TEXT_ARGS(page.body)));
	return page;
}

static struct buf form_of(struct stage *s, const struct page *page)
{
	struct buf form;

	buf_init(&form, s->arena, FORM_BYTES_MAX);
	form_add(&form, "_token", page_field(page->body, "_token"));
	return form;
}

static void sign_up(struct stage *s)
{
	struct page page = go(s, CONTEST "/dang-ky?nhom=nhom1&dv=SNV-VP", NULL);
	struct buf form = form_of(s, &page);

	assert_int_equal(page.status, 200);
	world_pass(s->w, 5 * TIME_SECOND_MS);
	form_add(&form, "nhom", TEXT("nhom1"));
	form_add(&form, "dv", TEXT("SNV-VP"));
	form_add(&form, "hoten", TEXT("Nguyễn Thị An"));
	form_add(&form, "ngaysinh", TEXT("02011990"));
	form_add(&form, "sdt", TEXT("0912345671"));
	form_add(&form, "matkhau", TEXT("chuon-chuon-bay-thap"));
	form_add(&form, "dongy", TEXT("1"));
	struct text bytes = buf_done(&form);
	page = go(s, CONTEST "/dang-ky", &bytes);
	assert_int_equal(page.status, 200);
	assert_true(text_find(page.body, TEXT("Bạn đã đăng ký xong."), 0) >= 0);
}

static struct page start(struct stage *s)
{
	struct page page = go(s, CONTEST "/vao-thi", NULL);
	struct buf form = form_of(s, &page);
	struct text bytes = buf_done(&form);

	page = go(s, CONTEST "/vao-thi", &bytes);
	assert_int_equal(page.status, 200);
	assert_int_equal(page_field(page.body, "base").len, QUESTIONS);
	return page;
}

/* All answers are `option`. */
static struct text paper_form(struct stage *s, const struct page *page, const char *option)
{
	static const char *const kept[] = { "rev", "no", "base", "baseflags", "basep" };
	struct buf form = form_of(s, page);
	char name[8];

	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		form_add(&form, kept[i], page_field(page->body, kept[i]));
	for (int i = 1; i <= QUESTIONS; i++) {
		snprintf(name, sizeof(name), "a%d", i);
		form_add(&form, name, text_from_z(option));
	}
	form_add(&form, "p", TEXT("17"));
	return buf_done(&form);
}

static struct hash run(uint64_t seed)
{
	struct stage s = { .w = world_new(seed, NULL, 0), .browser = { .address = 0x0a000001 },
			   .arena = arena_new(64 << 20) };

	assert_non_null(s.arena);
	world_pass(s.w, sample_moment("2024-09-20T09:00:00+07:00") - s.w->now);
	sign_up(&s);
	struct page page = start(&s);
	struct text form = paper_form(&s, &page, "1");
	page = go(&s, PAPER "/luu", &form);
	assert_string_equal(text_z(s.arena, page_field(page.body, "base")),
			    "111111111111111111111111111111");
	world_stop(s.w, false);
	world_start(s.w);
	form = paper_form(&s, &page, "2");
	page = go(&s, PAPER "/nop", &form);
	assert_int_equal(page.status, 200);
	assert_true(text_find(page.body, TEXT("Mã biên nhận"), 0) >= 0);
	assert_true(text_find(page.body, TEXT("17 người"), 0) >= 0);
	world_jobs(s.w);
	arena_free(s.arena);
	world_free(s.w);
	return s.trace;
}

static void test_one_contestant(void **state UNUSED)
{
	struct hash first = run(1), again = run(1), other = run(2);

	assert_memory_equal(&first, &again, sizeof(first));
	assert_memory_not_equal(&first, &other, sizeof(first));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_contestant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
