#include "crowd/page.h"

#include <stdio.h>

bool page_ends_well(struct text page)
{
	return text_ends_with(text_trim(page), TEXT("</html>"));
}

bool page_may_start(struct text page)
{
	return page_ends_well(page) && text_has(page, "<form id=\"start\"");
}

bool page_token(struct text page, struct text *ret)
{
	return text_between(page, "name=\"_token\" value=\"", '"', ret) && ret->len > 0;
}

bool page_paper_part(struct text location, const char *contest, struct text *ret)
{
	char begin[128];

	snprintf(begin, sizeof(begin), "/%s/bai-thi/", contest);
	*ret = text_part(location, strlen(begin), location.len);
	return text_starts_with(location, text_from_z(begin)) && ret->len > 0;
}

int page_paper_items(struct text page)
{
	struct text digits;
	int64_t n;

	return text_between(page, "data-n=\"", '"', &digits) && text_to_int64(digits, &n) == 0 &&
			       n > 0 && n < 10000 ? (int)n : 0;
}

bool page_paper_has_prediction(struct text page)
{
	return text_has(page, "id=\"du-doan\"");
}

bool page_paper_is_whole(struct text page, const char *contest, struct text part)
{
	int n = page_paper_items(page);
	char submit[160];

	snprintf(submit, sizeof(submit), "formaction=\"/%s/bai-thi/%.*s/nop\"", contest,
		 TEXT_ARGS(part));
	return n > 0 && page_ends_well(page) && text_has(page, submit) &&
	       text_count(page, "<fieldset id=\"cau-") ==
		       n + page_paper_has_prediction(page) &&
	       text_count(page, "type=\"radio\"") == 4 * n;
}

bool page_is_slip(struct text page, struct text *ret_code)
{
	return page_ends_well(page) && text_between(page, "id=\"ma-du-thi\">", '<', ret_code) &&
	       text_has(page, "id=\"ma-khoi-phuc\"");
}

bool page_asks_again(struct text page, int64_t *ret_s, struct text *ret_path)
{
	struct text rest;

	if (!text_between(page, "<meta http-equiv=\"refresh\" content=\"", '"', &rest))
		return false;
	if (text_to_int64(text_cut(&rest, ';'), ret_s) != 0)
		return false;
	rest = text_trim(rest);
	*ret_path = text_starts_with(rest, TEXT("url=")) ?
		text_part(rest, strlen("url="), rest.len) : TEXT_EMPTY;
	return true;
}

bool answer_session(const struct answer *answer, struct text *ret)
{
	struct text rest = answer->set_cookie;
	struct text pair = text_cut(&rest, ';');

	*ret = text_part(pair, 7, pair.len);
	return text_starts_with(pair, TEXT("hoithi="));
}
