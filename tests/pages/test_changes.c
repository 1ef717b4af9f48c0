/* What a later apply may not do, and what it takes away. */
#include "sample.h"

#include "base/file.h"
#include "base/time.h"
#include "pages/exclusion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define OPEN "2024-09-20T08:00:00+07:00"
#define FILE_BYTES_MAX (4 << 20)

static int set_up(void **state)
{
	struct contest_apply apply;

	if (sample_set_up(state) != 0)
		return -1;
	struct sample *s = *state;
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	return 0;
}

static const char *path_of(struct sample *s, const char *rest)
{
	return text_z(s->arena, text_format(s->arena, "%s/contest/%s", s->dir, rest));
}

/* Applies, and nothing comes of it but the reason. */
static void assert_refused(struct sample *s, int64_t effective_at, const char *why)
{
	struct contest_apply apply;

	assert_int_equal(sample_apply(s, effective_at, &apply), STORE_NONE);
	if (text_find(apply.refused, text_from_z(why), 0) < 0)
		fail_msg("“%.*s” does not say “%s”", TEXT_ARGS(apply.refused), why);
	const struct contest *contest = sample_contest(s);
	assert_int_equal(contest->n_rules, 1);
	assert_int_equal(contest->n_banks, 2);
	contest_release(contest);
}

/* Papers stand in it: without it they could be neither shown nor ranked. */
static void a_round_cannot_be_renamed(void **state)
{
	struct sample *s = *state;

	sample_edit(s, "profile.json", "\"code\": \"chinh-thuc\"", "\"code\": \"dot-1\"");
	assert_refused(s, s->now, "chinh-thuc");
	assert_refused(s, s->now + TIME_DAY_MS, "chinh-thuc");
}

static void a_group_cannot_be_renamed(void **state)
{
	struct sample *s = *state;

	sample_edit(s, "profile.json", "\"code\": \"nhom2\"", "\"code\": \"nguoi-dan\"");
	assert_refused(s, s->now, "nhom2");
}

/* All but two hard questions of a topic become ones of middling difficulty. */
static void soften_bank(struct sample *s)
{
	struct text bytes, rest;
	struct buf out;
	ptrdiff_t at;

	assert_int_equal(file_read(s->arena, path_of(s, "bank.csv"), FILE_BYTES_MAX, &bytes), 0);
	buf_init(&out, s->arena, FILE_BYTES_MAX);
	rest = bytes;
	for (int i = 0; (at = text_find(rest, TEXT(",cds,3,"), 0)) >= 0; i++) {
		buf_text(&out, text_part(rest, 0, (size_t)at));
		buf_z(&out, i < 2 ? ",cds,3," : ",cds,2,");
		rest = text_part(rest, (size_t)at + strlen(",cds,3,"), rest.len);
	}
	buf_text(&out, rest);
	assert_int_equal(file_write(s->arena, path_of(s, "bank.csv"), buf_done(&out)), 0);
}

static void ask_fewer_hard_ones(struct sample *s)
{
	sample_edit(s, "profile.json", "{ \"topic\": \"cds\", \"difficulty\": 2, \"count\": 6 }",
		    "{ \"topic\": \"cds\", \"difficulty\": 2, \"count\": 7 }");
	sample_edit(s, "profile.json", "{ \"topic\": \"cds\", \"difficulty\": 3, \"count\": 3 }",
		    "{ \"topic\": \"cds\", \"difficulty\": 3, \"count\": 2 }");
}

/* A bank is drawn from at once: every start until its rules hold would fail. */
static void a_bank_cannot_come_before_its_rules(void **state)
{
	struct sample *s = *state;
	int64_t later = sample_moment(OPEN) + TIME_DAY_MS;
	struct contest_apply apply;

	ask_fewer_hard_ones(s);
	soften_bank(s);
	assert_refused(s, later, "bank.csv");
	s->now = later;
	assert_int_equal(sample_apply(s, later, &apply), STORE_ONE);
	assert_int_equal(apply.banks_changed, 1);
	assert_true(apply.rules_changed);
}

/* Rules to come are held against a later bank too. */
static void a_bank_has_to_fit_rules_to_come(void **state)
{
	struct sample *s = *state;
	int64_t later = sample_moment(OPEN) + TIME_DAY_MS;
	struct contest_apply apply;

	sample_edit(s, "profile.json", "\"time_limit_s\": 1800", "\"time_limit_s\": 1200");
	assert_int_equal(sample_apply(s, later, &apply), STORE_ONE);
	ask_fewer_hard_ones(s);
	soften_bank(s);
	/* Version 1 holds until then, version 2 from then on for a day. */
	assert_int_equal(sample_apply(s, later + TIME_DAY_MS, &apply), STORE_NONE);
	/* In force at once, and newer than version 2, which never will be. */
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
}

static void news_that_is_taken_out_is_gone(void **state)
{
	struct sample *s = *state;
	struct text slug = TEXT("2024-09-09-phat-dong"), bytes;
	const char *path = path_of(s, "news/2024-09-09-phat-dong.md");
	struct contest_apply apply;

	const struct contest *contest = sample_contest(s);
	int n = contest->n_articles;
	assert_non_null(contest_article(contest, "news", slug));
	contest_release(contest);
	assert_int_equal(file_read(s->arena, path, FILE_BYTES_MAX, &bytes), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	contest = sample_contest(s);
	assert_int_equal(contest->n_articles, n - 1);
	assert_null(contest_article(contest, "news", slug));
	contest_release(contest);
	assert_int_equal(file_write(s->arena, path, bytes), 0);
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	contest = sample_contest(s);
	assert_int_equal(contest->n_articles, n);
	assert_non_null(contest_article(contest, "news", slug));
	contest_release(contest);
}

static bool is_excluded(struct sample *s, const char *name, const char *birth, const char *phone)
{
	const struct contest *contest = sample_contest(s);
	struct identity_indexes indexes;

	identity_of_person(s->keys, s->arena, text_from_z(name), text_from_z(birth),
			   text_from_z(phone), &indexes);
	bool found = exclusion_match(contest, &indexes, -1);
	contest_release(contest);
	return found;
}

/* The list has Đỗ Minh Khuê with birth date and phone. */
static void a_phone_excludes_nobody_of_another_name(void **state)
{
	struct sample *s = *state;

	assert_true(is_excluded(s, "Đỗ Minh Khuê", "1988-11-02", "+84912345678"));
	assert_true(is_excluded(s, "đỗ minh  khuê", "1990", "+84900000254"));
	assert_false(is_excluded(s, "Đỗ Minh Tú", "1988-11-02", "+84900000254"));
	assert_false(is_excluded(s, "Đỗ Minh Khuê", "1990", "+84912345678"));
}

#define APPLIED(test) cmocka_unit_test_setup_teardown(test, set_up, sample_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		APPLIED(a_round_cannot_be_renamed),
		APPLIED(a_group_cannot_be_renamed),
		APPLIED(a_bank_cannot_come_before_its_rules),
		APPLIED(a_bank_has_to_fit_rules_to_come),
		APPLIED(news_that_is_taken_out_is_gone),
		APPLIED(a_phone_excludes_nobody_of_another_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
