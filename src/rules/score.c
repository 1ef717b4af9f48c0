#include "rules/score.h"

#include <assert.h>

bool score_is_vector(struct text answers, int n)
{
	if (n < 0 || answers.len != (size_t)n)
		return false;
	for (size_t i = 0; i < answers.len; i++)
		if (answers.ptr[i] < '0' || answers.ptr[i] > '0' + PROFILE_OPTIONS)
			return false;
	return true;
}

int score_count_answered(struct text answers)
{
	int n = 0;
	for (size_t i = 0; i < answers.len; i++)
		n += answers.ptr[i] != '0';
	return n;
}

struct score score_paper(const struct profile *profile, const struct bank_item *bank, int n_bank,
			 const struct drawn_paper *paper, struct text answers)
{
	struct score score = { .correct = 0 };

	assert(score_is_vector(answers, paper->n));
	for (int i = 0; i < paper->n; i++) {
		const struct drawn_item *item = &paper->items[i];
		assert(item->number < n_bank);
		int position = answers.ptr[i] - '1';
		if (position >= 0 && item->options[position] == bank[item->number].key)
			score.correct++;
	}
	score.points = score.correct * profile->points_per_question;
	score.perfect = paper->n > 0 && score.correct == paper->n;
	return score;
}

struct text score_merge(struct arena *arena, struct text base, struct text posted,
			struct text stored)
{
	assert(base.len == posted.len && base.len == stored.len);
	char *merged = arena_alloc(arena, stored.len ? stored.len : 1);

	if (!merged)
		return TEXT_EMPTY;
	for (size_t i = 0; i < stored.len; i++)
		merged[i] = posted.ptr[i] != base.ptr[i] ? posted.ptr[i] : stored.ptr[i];
	return text_from_bytes(merged, stored.len);
}

/* The mark between groups of digits that `text` begins with; empty for none. */
static struct text leading_mark(struct text text)
{
	static const struct text marks[] = {
		{ ".", 1 }, { ",", 1 }, { " ", 1 }, { "\u00a0", 2 }, { "\u202f", 3 },
	};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (text_starts_with(text, marks[i]))
			return marks[i];
	return TEXT_EMPTY;
}

static struct text trim_wide(struct text text)
{
	static const struct text blanks[] = { { "\u00a0", 2 }, { "\u202f", 3 } };
	size_t len;

	do {
		text = text_trim(text);
		len = text.len;
		for (size_t i = 0; i < ARRAY_LEN(blanks); i++) {
			if (text_starts_with(text, blanks[i]))
				text = text_part(text, blanks[i].len, text.len);
			if (text_ends_with(text, blanks[i]))
				text = text_part(text, 0, text.len - blanks[i].len);
		}
	} while (text.len < len);
	return text;
}

/* Takes the digits at the front of `*rest` into `*value`; how many there were,
 * or -1 when the number grows past PREDICTION_MAX. */
static int take_digits(struct text *rest, int64_t *value)
{
	size_t n = 0;

	for (; n < rest->len && rest->ptr[n] >= '0' && rest->ptr[n] <= '9'; n++) {
		*value = *value * 10 + (rest->ptr[n] - '0');
		if (*value > PREDICTION_MAX)
			return -1;
	}
	/* More zeros than an int counts are as good as too large. */
	if (n > 1000)
		return -1;
	*rest = text_part(*rest, n, rest->len);
	return (int)n;
}

int score_read_prediction(struct text typed, int64_t *ret)
{
	struct text rest = trim_wide(typed);
	bool from_zero = text_starts_with(rest, TEXT("0"));
	int64_t value = 0;
	int n = take_digits(&rest, &value);

	if (n <= 0)
		return 1;
	struct text mark = leading_mark(rest);
	if (rest.len && (mark.len == 0 || n > 3 || from_zero))
		return 1;
	while (rest.len) {
		if (!text_starts_with(rest, mark))
			return 1;
		rest = text_part(rest, mark.len, rest.len);
		if (take_digits(&rest, &value) != 3)
			return 1;
	}
	*ret = value;
	return 0;
}

struct text score_format_number(struct arena *arena, int64_t number)
{
	char out[32];
	size_t at = sizeof(out);
	uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	for (int n = 0; n == 0 || left > 0; n++) {
		if (n > 0 && n % 3 == 0)
			out[--at] = '.';
		out[--at] = (char)('0' + left % 10);
		left /= 10;
	}
	if (number < 0)
		out[--at] = '-';
	return text_copy(arena, text_from_bytes(out + at, sizeof(out) - at));
}
