#include "cli/contest_folder.h"

#include "base/file.h"

#include <errno.h>

#define FILE_BYTES_MAX (64 << 20)

struct reading {
	struct arena *arena;
	const char *dir;
	int64_t now;
	struct contest_folder *folder;
	struct buf *problems;
	int n;
};

static void complain(struct reading *r, struct text line)
{
	buf_text(r->problems, line);
	buf_char(r->problems, '\n');
	r->n++;
}

/* A file of the folder; one that is missing or too large is a problem unless it
 * is optional. */
static bool read_one(struct reading *r, struct text name, bool optional, struct text *ret)
{
	const char *path = text_z(r->arena, text_format(r->arena, "%s/%.*s", r->dir, TEXT_ARGS(name)));
	int answer = file_read(r->arena, path, FILE_BYTES_MAX, ret);

	if (answer == 0)
		return true;
	if (answer < 0 && errno == ENOENT && optional)
		return false;
	complain(r, text_format(r->arena, "%.*s: %s", TEXT_ARGS(name),
				answer > 0 ? "tệp quá lớn" : strerror(errno)));
	return false;
}

static void complain_csv(struct reading *r, struct text name, const struct csv_problems *problems)
{
	for (int i = 0; i < problems->n; i++) {
		const struct csv_problem *p = &problems->items[i];
		complain(r, p->column ? text_format(r->arena, "%.*s:%d:%d: %.*s", TEXT_ARGS(name),
						    p->line, p->column, TEXT_ARGS(p->reason))
				      : text_format(r->arena, "%.*s:%d: %.*s", TEXT_ARGS(name), p->line,
						    TEXT_ARGS(p->reason)));
	}
	if (problems->n_all > problems->n)
		complain(r, text_format(r->arena, "%.*s: … và %d lỗi nữa", TEXT_ARGS(name),
					problems->n_all - problems->n));
}

static bool read_profile(struct reading *r, enum profile_stage stage)
{
	struct profile_problems *problems = arena_alloc(r->arena, sizeof(*problems));

	if (!problems || !read_one(r, TEXT("profile.json"), false, &r->folder->profile_json))
		return false;
	int answer = profile_parse(r->arena, r->folder->profile_json, stage, &r->folder->profile,
				   problems);
	for (int i = 0; i < problems->n; i++)
		complain(r, text_format(r->arena, "profile.json: %.*s: %.*s",
					TEXT_ARGS(problems->items[i].path),
					TEXT_ARGS(problems->items[i].reason)));
	return answer == 0;
}

static bool read_units(struct reading *r)
{
	struct csv_problems *problems = arena_alloc(r->arena, sizeof(*problems));
	struct text file;

	if (!problems || !read_one(r, TEXT("units.csv"), false, &file))
		return false;
	int answer = contest_read_units(r->arena, file, &r->folder->profile, &r->folder->units,
					problems);
	if (answer > 0)
		complain_csv(r, TEXT("units.csv"), problems);
	return answer == 0;
}

static void read_bank(struct reading *r, const struct profile_bank *bank, struct folder_bank *ret)
{
	struct csv_problems *problems = arena_alloc(r->arena, sizeof(*problems));
	struct text file;

	ret->code = bank->code;
	if (!problems || !read_one(r, bank->file, false, &file))
		return;
	ret->file = file;
	ret->file_hash = hash_sha256(file);
	if (contest_read_bank(r->arena, file, &ret->questions, problems) > 0)
		complain_csv(r, bank->file, problems);
	ret->items = arena_array(r->arena, (size_t)ret->questions.n + 1, sizeof(*ret->items));
	for (int i = 0; ret->items && i < ret->questions.n; i++)
		ret->items[i] = (struct bank_item){ ret->questions.items[i].topic,
						    ret->questions.items[i].difficulty,
						    ret->questions.items[i].key };
}

/* Whether the banks that papers are drawn from can fill the blueprint. */
static void check_draws(struct reading *r)
{
	const struct profile *profile = &r->folder->profile;

	for (int b = 0; b < profile->n_banks; b++) {
		const struct folder_bank *bank = &r->folder->banks[b];
		bool drawn = false;
		for (int g = 0; g < profile->n_groups; g++)
			drawn |= text_equal(profile->groups[g].bank, bank->code);
		if (!drawn || !bank->items)
			continue;
		struct text shortage = draw_shortage(r->arena, profile, bank->items,
						     bank->questions.n);
		if (shortage.len)
			complain(r, text_format(r->arena, "%.*s: %.*s",
						TEXT_ARGS(profile->banks[b].file), TEXT_ARGS(shortage)));
	}
}

static void check_practice(struct reading *r)
{
	const struct profile *profile = &r->folder->profile;

	for (int b = 0; b < profile->n_banks; b++)
		if (text_equal(profile->banks[b].code, profile->practice_bank) &&
		    r->folder->banks[b].questions.n < profile->practice_questions)
			complain(r, text_format(r->arena, "%.*s: thi thử cần %d câu, tệp có %d",
						TEXT_ARGS(profile->banks[b].file),
						profile->practice_questions,
						r->folder->banks[b].questions.n));
}

/* Units that are not right are not held against this file too. */
static void read_exclusions(struct reading *r, bool has_units)
{
	struct csv_problems *problems = arena_alloc(r->arena, sizeof(*problems));
	struct text file;

	if (!problems || !read_one(r, TEXT("exclusions.csv"), true, &file))
		return;
	if (contest_read_exclusions(r->arena, file, has_units ? &r->folder->units : NULL, r->now,
				    &r->folder->exclusions, problems) > 0)
		complain_csv(r, TEXT("exclusions.csv"), problems);
}

static void add_page(struct reading *r, const char *file_name, const char *kind, const char *title)
{
	struct text markdown;

	if (!read_one(r, text_from_z(file_name), true, &markdown))
		return;
	if (!text_is_utf8(markdown)) {
		complain(r, text_format(r->arena, "%s: không phải UTF-8", file_name));
		return;
	}
	r->folder->articles[r->folder->n_articles++] = (struct folder_article){
		.kind = text_from_z(kind), .slug = TEXT_EMPTY, .title = text_from_z(title),
		.summary = TEXT_EMPTY, .dated = TEXT_EMPTY, .markdown = markdown,
	};
}

static void add_news(struct reading *r, struct text file_name)
{
	struct text path = text_format(r->arena, "news/%.*s", TEXT_ARGS(file_name));
	struct text slug = text_part(file_name, 0, file_name.len - strlen(".md"));
	struct news_file news;
	struct text bytes, reason;

	if (!read_one(r, path, false, &bytes))
		return;
	if (contest_read_news(r->arena, bytes, &news, &reason) != 0) {
		complain(r, text_format(r->arena, "%.*s: %.*s", TEXT_ARGS(path), TEXT_ARGS(reason)));
		return;
	}
	for (size_t i = 0; i < slug.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", slug.ptr[i])) {
			complain(r, text_format(r->arena, "%.*s: tên tệp chỉ gồm a-z, 0-9 và dấu -",
						TEXT_ARGS(path)));
			return;
		}
	r->folder->articles[r->folder->n_articles++] = (struct folder_article){
		TEXT("news"), slug, news.title, news.summary, news.date, news.body,
	};
}

static void read_articles(struct reading *r)
{
	struct text *names = arena_array(r->arena, FOLDER_NEWS_MAX, sizeof(*names));
	const char *dir = text_z(r->arena, text_format(r->arena, "%s/news", r->dir));
	int n = names ? file_list(r->arena, dir, ".md", names, FOLDER_NEWS_MAX) : 0;

	add_page(r, "guide.md", "guide", "Hướng dẫn dự thi");
	add_page(r, "faq.md", "faq", "Câu hỏi thường gặp");
	for (int i = 0; i < n; i++)
		add_news(r, names[i]);
}

int contest_folder_read(struct arena *arena, const char *dir, enum profile_stage stage, int64_t now,
			struct contest_folder *ret, struct buf *problems)
{
	struct reading r = { arena, dir, now, ret, problems, 0 };

	/* Without a right profile nothing else can be judged. */
	if (read_profile(&r, stage)) {
		bool has_units = read_units(&r);
		for (int i = 0; i < ret->profile.n_banks; i++)
			read_bank(&r, &ret->profile.banks[i], &ret->banks[i]);
		check_draws(&r);
		check_practice(&r);
		read_exclusions(&r, has_units);
		read_articles(&r);
	}
	return arena_failed(arena) ? -1 : r.n;
}
