#include "pages/paper_post.h"

#include "base/random.h"

/* 0-based: "a1" is 0. -1 when the name is not the letter and a number of 1 to n as
 * the page writes it, without leading zeros. */
static int item_of(struct text name, char letter, int n)
{
	int number = 0;

	if (name.len < 2 || name.ptr[0] != letter || name.ptr[1] == '0')
		return -1;
	for (size_t i = 1; i < name.len; i++) {
		if (name.ptr[i] < '0' || name.ptr[i] > '9')
			return -1;
		number = number * 10 + name.ptr[i] - '0';
		if (number > n)
			return -1;
	}
	return number - 1;
}

/* One character an item from fields "a1" … "aN": '0' where there is none. Backwards,
 * so that the first of several counts, as everywhere. */
static int read_vector(const struct request *request, char letter, int n, char highest,
		       struct text *ret)
{
	const struct form *form = &request->form;
	char *vector = arena_alloc(request->arena, (size_t)n);

	if (!vector)
		return 1;
	memset(vector, '0', (size_t)n);
	for (int i = form->n - 1; i >= 0; i--) {
		int item = item_of(form->fields[i].name, letter, n);
		struct text value = form->fields[i].value;
		if (item < 0)
			continue;
		if (value.len > 1 || (value.len && (value.ptr[0] < '0' || value.ptr[0] > highest)))
			return 1;
		vector[item] = value.len ? value.ptr[0] : '0';
	}
	*ret = text_from_bytes(vector, (size_t)n);
	return 0;
}

static bool is_flags(struct text flags, int n)
{
	if (flags.len != (size_t)n)
		return false;
	for (size_t i = 0; i < flags.len; i++)
		if (flags.ptr[i] != '0' && flags.ptr[i] != '1')
			return false;
	return true;
}

int paper_post_read_as(struct request *request, const struct profile *profile, int n,
		       struct paper_post *ret)
{
	const struct form *form = &request->form;
	struct text typed = text_trim(form_value(form, "p"));

	*ret = (struct paper_post){ .prediction = PREDICTION_MISSING,
				    .base_prediction = PREDICTION_MISSING };
	if (text_to_int64(form_value(form, "rev"), &ret->revision) != 0 ||
	    text_to_int64(form_value(form, "no"), &ret->save_no) != 0)
		return 1;
	/* The page's script merges by itself and leaves this one out. */
	if (form_has(form, "basep") &&
	    text_to_int64(form_value(form, "basep"), &ret->base_prediction) != 0)
		return 1;
	ret->base = form_value(form, "base");
	ret->base_flags = form_value(form, "baseflags");
	if (!score_is_vector(ret->base, n) || !is_flags(ret->base_flags, n) ||
	    read_vector(request, 'a', n, '4', &ret->answers) != 0 ||
	    read_vector(request, 'f', n, '1', &ret->flags) != 0)
		return 1;
	ret->prediction_wrong = profile->prediction_target != PREDICTION_NONE && typed.len &&
				score_read_prediction(typed, &ret->prediction) != 0;
	return 0;
}

int paper_post_read(struct request *request, const struct open_paper *paper, struct paper_post *ret)
{
	int answer = paper_post_read_as(request, &paper->rules->profile, paper->drawn.n, ret);

	if (answer == 0 && ret->prediction_wrong)
		ret->prediction = paper->row.prediction;
	return answer;
}

void paper_post_fill(struct request *request, const struct open_paper *paper,
		     const struct paper_post *post, struct job_save *ret)
{
	*ret = (struct job_save){
		.paper = paper->row.id, .holder = request->session.device,
		.revision = post->revision, .save_no = post->save_no, .now = request->now,
		.answers = post->answers, .flags = post->flags, .prediction = post->prediction,
		.arena = request->arena,
	};
}

void paper_post_rebase(struct request *request, struct paper_post *post,
		       const struct job_save *met)
{
	post->answers = score_merge(request->arena, post->base, post->answers, met->stored_answers);
	post->flags = score_merge(request->arena, post->base_flags, post->flags, met->stored_flags);
	post->base = met->stored_answers;
	post->base_flags = met->stored_flags;
	if (post->prediction == post->base_prediction)
		post->prediction = met->stored_prediction;
	post->base_prediction = met->stored_prediction;
	post->revision = met->stored_revision;
}
