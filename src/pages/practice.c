#include "pages/practice.h"

#include "base/random.h"
#include "pages/page.h"
#include "pages/practice_view.h"
#include "pages/route.h"
#include "rules/draw.h"
#include "rules/score.h"

#include "views/views.h"

struct practice {
	const struct bank *bank;
	unsigned char seed[DRAW_SEED_BYTES];
	struct drawn_paper drawn;
	struct profile profile;		/* the contest's, with a free draw of its own */
};

/* Draws from the seed of the form or address, or a new one when that is none.
 * NULL: a reply was left, there is no practice. */
static struct practice *draw(struct request *request, const struct form *form)
{
	const struct profile *profile = &page_rules(request)->profile;
	const struct bank *bank = contest_bank(request->contest, profile->practice_bank);
	struct practice *p = arena_alloc(request->arena, sizeof(*p));

	if (contest_phase(request->contest, request->now) == PHASE_BEFORE ||
	    profile->practice_bank.len == 0 || !bank || bank->n == 0) {
		page_problem(request, 404);
		return NULL;
	}
	if (!p) {
		page_problem(request, 503);
		return NULL;
	}
	p->bank = bank;
	p->profile = *profile;
	p->profile.n_questions = profile->practice_questions < bank->n ? profile->practice_questions
								       : bank->n;
	p->profile.n_strata = 0;
	p->profile.shuffle_questions = p->profile.shuffle_options = 1;
	p->profile.points_per_question = 1;
	if (text_unhex(form_value(form, "de"), p->seed, sizeof(p->seed)) != 0)
		random_bytes(p->seed, sizeof(p->seed));
	if (draw_paper(&p->profile, bank->items, bank->n, p->seed, &p->drawn) != 0) {
		page_problem(request, 404);
		return NULL;
	}
	return p;
}

static void fill_item(const struct practice *p, int i, char answer, struct practice_item_view *item)
{
	static const char *const letters[] = { "A", "B", "C", "D" };
	const struct drawn_item *drawn = &p->drawn.items[i];
	const struct bank_question *question = &p->bank->questions[drawn->number];
	int key = p->bank->items[drawn->number].key;

	item->number = i + 1;
	item->body = html_safe_unchecked(question->body_html);
	item->basis = question->basis;
	item->answered = answer != '0';
	for (int k = 0; k < PROFILE_OPTIONS; k++) {
		struct practice_option_view *option = &item->options[k];
		*option = (struct practice_option_view){
			.position = k + 1, .letter = text_from_z(letters[k]),
			.html = html_safe_unchecked(question->option_html[drawn->options[k]]),
			.chosen = answer == '1' + k, .right = drawn->options[k] == key,
		};
		if (option->right)
			item->key = option->letter;
		if (option->right && option->chosen)
			item->right = true;
	}
}

void page_practice_show(struct request *request)
{
	const struct practice *p = draw(request, &request->query);
	struct text answers = form_value(&request->query, "tl");

	if (!p)
		return;
	enum phase phase = contest_phase(request->contest, request->now);
	struct practice_view v = {
		.page = page_view_of(request, page_text(request, T("Thi thử")), "practice"),
		.seed = text_hex(request->arena, p->seed, sizeof(p->seed)), .n_items = p->drawn.n,
		.items = arena_array(request->arena, (size_t)p->drawn.n, sizeof(*v.items)),
		.done = score_is_vector(answers, p->drawn.n) && form_has(&request->query, "de"),
		.open = phase == PHASE_OPEN,
		.may_register = phase == PHASE_OPEN || phase == PHASE_ANNOUNCED,
	};
	if (!v.items) {
		page_problem(request, 503);
		return;
	}
	for (int i = 0; i < v.n_items; i++) {
		fill_item(p, i, v.done ? answers.ptr[i] : '0', &v.items[i]);
		v.correct += v.items[i].right;
		v.n_blank += !v.items[i].answered;
	}
	v.page.narrow = true;
	page_render(request, 200, view_practice, &v);
}

/* The vector of the fields c1, c2, … */
static struct text read_answers(const struct request *request, int n)
{
	char *answers = arena_alloc(request->arena, (size_t)n);
	char name[16];

	for (int i = 0; answers && i < n; i++) {
		(void)snprintf(name, sizeof(name), "c%d", i + 1);
		struct text value = form_value(&request->form, name);
		answers[i] = value.len == 1 && value.ptr[0] >= '1' && value.ptr[0] <= '4'
			? value.ptr[0] : '0';
	}
	return answers ? text_from_bytes(answers, (size_t)n) : TEXT_EMPTY;
}

void page_practice_post(struct request *request)
{
	const struct practice *p = draw(request, &request->form);

	if (!p)
		return;
	struct text seed = text_hex(request->arena, p->seed, sizeof(p->seed));
	struct text answers = read_answers(request, p->drawn.n);
	reply_see_other(request, text_format(request->arena, "/%.*s/thi-thu?de=%.*s&tl=%.*s",
					     TEXT_ARGS(request->contest->code), TEXT_ARGS(seed),
					     TEXT_ARGS(answers)));
}
