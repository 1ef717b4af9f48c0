#include "browser.h"

#include "http/cookie.h"
#include "http/form.h"

#define HOPS_MAX 4

void browser_take_cookie(struct browser *browser, const struct world_answer *answer)
{
	struct text set = world_header(answer, "Set-Cookie");
	struct text pair = text_cut(&set, ';');

	if (text_starts_with(pair, text_from_z(session_cookie_name(false))))
		snprintf(browser->cookie, sizeof(browser->cookie), "%.*s", TEXT_ARGS(pair));
}

struct asking {
	struct browser *browser;
	struct page *page;
};

static void answered(void *ctx, const struct world_answer *answer)
{
	const struct asking *asking = ctx;
	struct page *page = asking->page;

	page->done = true;
	if (!answer)
		return;
	browser_take_cookie(asking->browser, answer);
	page->status = answer->status;
	page->location = text_copy(page->arena, world_header(answer, "Location"));
	page->body = text_copy(page->arena, answer->body);
}

struct page browser_ask(struct world *w, struct browser *browser, struct arena *arena,
			struct text target, const struct text *form)
{
	struct page page = { .arena = arena, .location = TEXT_EMPTY, .body = TEXT_EMPTY };
	struct asking asking = { browser, &page };
	const struct world_request request = {
		.method = form ? METHOD_POST : METHOD_GET, .target = target,
		.cookies = text_from_z(browser->cookie), .form = form ? *form : TEXT_EMPTY,
		.address = browser->address,
	};

	world_request(w, &request, answered, &asking);
	while (!page.done && world_step(w))
		;
	return page;
}

struct page browser_go(struct world *w, struct browser *browser, struct arena *arena,
		       struct text target, const struct text *form)
{
	struct page page = browser_ask(w, browser, arena, target, form);

	for (int i = 0; page.status == 303 && i < HOPS_MAX; i++) {
		/* What stands behind "#" stays in the browser. */
		struct text rest = page.location;
		page = browser_ask(w, browser, arena, text_cut(&rest, '#'), NULL);
	}
	return page;
}

struct text page_field(struct text html, const char *name)
{
	char mark[64];
	struct text rest;

	snprintf(mark, sizeof(mark), "name=\"%s\" value=\"", name);
	ptrdiff_t at = text_find(html, text_from_z(mark), 0);
	if (at < 0)
		return TEXT_EMPTY;
	rest = text_part(html, (size_t)at + strlen(mark), html.len);
	return text_cut(&rest, '"');
}

void form_add(struct buf *form, const char *name, struct text value)
{
	if (form->len)
		buf_char(form, '&');
	buf_z(form, name);
	buf_char(form, '=');
	buf_text(form, percent_encode(form->arena, value));
}
