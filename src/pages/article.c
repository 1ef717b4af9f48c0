#include "pages/article.h"

#include "base/time.h"
#include "pages/figures.h"
#include "pages/page.h"
#include "pages/problem.h"
#include "pages/route.h"

#include "views/views.h"

#define NEWS_MAX 200

/* A news item comes out on the day it is dated. */
static int64_t out_at(const struct article *article)
{
	int64_t ms;
	return time_parse(article->dated, &ms) == 0 ? ms : INT64_MIN;
}

int article_news(const struct request *request, struct news_item *ret, int max, int64_t *ret_next)
{
	const struct contest *contest = request->contest;
	int n = 0;

	for (int i = 0; i < contest->n_articles; i++) {
		const struct article *article = &contest->articles[i];
		if (!text_equal_z(article->kind, "news"))
			continue;
		if (out_at(article) > request->now) {
			if (out_at(article) < *ret_next)
				*ret_next = out_at(article);
			continue;
		}
		if (n < max)
			ret[n++] = (struct news_item){
				article->slug, article->title, article->summary,
				figure_date(request->arena, article->dated),
			};
	}
	return n;
}

/* ---- headings ---- */

/* Level of the heading tag at `at` ("<h3>" or "</h3>"); 0 it is none. */
static int heading_level(struct text html, size_t at)
{
	size_t digit = at + (html.ptr[at + 1] == '/' ? 3 : 2);

	if (digit + 1 >= html.len || html.ptr[digit - 1] != 'h' || html.ptr[digit + 1] != '>')
		return 0;
	char c = html.ptr[digit];
	return c >= '1' && c <= '6' ? c - '0' : 0;
}

static int top_level(struct text html, int *ret_count)
{
	int top = 7;

	*ret_count = 0;
	for (size_t i = 0; i + 4 < html.len; i++) {
		bool opens = html.ptr[i] == '<' && html.ptr[i + 1] == 'h';
		int level = opens ? heading_level(html, i) : 0;
		if (level && level < top) {
			top = level;
			*ret_count = 0;
		}
		*ret_count += level && level == top;
	}
	return top;
}

/* Moves all headings so that the highest becomes `wanted`; sanitized markup holds
 * "<h" nowhere else. */
static struct text move_headings(struct arena *arena, struct text html, int top, int wanted)
{
	char *copy = arena_alloc(arena, html.len + 1);

	if (!copy)
		return TEXT_EMPTY;
	memcpy(copy, html.ptr, html.len);
	for (size_t i = 0; i + 4 < html.len; i++) {
		int level = html.ptr[i] == '<' ? heading_level(html, i) : 0;
		if (!level)
			continue;
		int moved = level - top + wanted;
		copy[i + (html.ptr[i + 1] == '/' ? 3 : 2)] = (char)('0' + (moved > 6 ? 6 : moved));
	}
	return text_from_bytes(copy, html.len);
}

/* A text whose first line is its only title keeps it as the page's heading; else
 * its sections stand below the article's title. */
static void put_text(const struct request *request, const struct article *article,
		     struct article_view *v)
{
	int count;
	int top = top_level(article->html, &count);
	bool titled = count == 1 && article->html.len > 4 && article->html.ptr[0] == '<' &&
		      article->html.ptr[1] == 'h' && heading_level(article->html, 0) == top;

	v->title = titled ? TEXT_EMPTY : article->title;
	v->html = html_safe_unchecked(top > 6 ? article->html
					      : move_headings(request->arena, article->html, top,
							      titled ? 1 : 2));
}

/* ---- pages ---- */

static void show(struct request *request, const struct article *article, const char *section,
		 int64_t next)
{
	struct article_view v = {
		.page = page_view_of(request, article->title, section), .dated = TEXT_EMPTY,
		.is_news = text_equal_z(article->kind, "news"),
	};

	v.page.narrow = true;
	if (article->summary.len)
		v.page.description = article->summary;
	if (v.is_news)
		v.dated = figure_date(request->arena, article->dated);
	put_text(request, article, &v);
	page_render(request, 200, view_article, &v);
	page_is_public(request, next);
}

static void show_first(struct request *request, const char *kind, const char *section)
{
	if (page_hides_contest(request))
		return;
	for (int i = 0; i < request->contest->n_articles; i++)
		if (text_equal_z(request->contest->articles[i].kind, kind)) {
			show(request, &request->contest->articles[i], section,
			     page_next_change(request));
			return;
		}
	page_problem(request, 404);
}

void page_guide_show(struct request *request)
{
	show_first(request, "guide", "guide");
}

void page_faq_show(struct request *request)
{
	show_first(request, "faq", "faq");
}

void page_news_show(struct request *request)
{
	if (page_hides_contest(request))
		return;
	const struct article *article = contest_article(request->contest, "news", request->part);
	if (!article || out_at(article) > request->now) {
		page_problem(request, 404);
		return;
	}
	show(request, article, "news", page_next_change(request));
}

void page_news_list_show(struct request *request)
{
	if (page_hides_contest(request))
		return;
	struct news_list_view v = {
		.page = page_view_of(request, page_text(request, T("Tin tức")), "news"),
		.items = arena_array(request->arena, NEWS_MAX, sizeof(*v.items)),
	};
	int64_t next = page_next_change(request);
	if (v.items)
		v.n_items = article_news(request, v.items, NEWS_MAX, &next);
	page_render(request, 200, view_news_list, &v);
	page_is_public(request, next);
}
