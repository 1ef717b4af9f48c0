#include "rules/password.h"

#include "base/unicode.h"
#include "rules/password_common.h"
#include "rules/person.h"
#include "rules/profile.h"

#define WORDS_MAX 128		/* of a text that words are looked for in */
#define CONTEST_STEM_MIN 4	/* shorter words of a title say nothing */
#define BLOCK_MAX 4		/* "abcabcabc", "20242024" */
#define RUN_MIN 3		/* "123", "qwe" */

struct text password_read(struct arena *arena, struct text typed)
{
	return unicode_nfc(arena, typed);
}

static struct text without_spaces(struct arena *arena, struct text text)
{
	struct buf buf;

	buf_init(&buf, arena, text.len + 1);
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != ' ')
			buf_char(&buf, text.ptr[i]);
	return buf_done(&buf);
}

/* "Mật-Khẩu 123" becomes "matkhau123". */
static struct text plain(struct arena *arena, struct text text)
{
	return without_spaces(arena, unicode_fold(arena, text));
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_number(struct text text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_digit(text.ptr[i]))
			return false;
	return text.len > 0;
}

/* Without the digits at its end. */
static struct text stem_of(struct text text)
{
	while (text.len && is_digit(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

/* Whether `text` is one word of `of`, or several that follow each other there,
 * written together. */
static bool is_words_of(struct arena *arena, struct text text, struct text of)
{
	struct text rest = unicode_fold(arena, of), words[WORDS_MAX];
	int n = 0;

	while (rest.ptr && n < WORDS_MAX)
		words[n++] = text_cut(&rest, ' ');
	for (int i = 0; i < n; i++) {
		struct text left = text;
		for (int k = i; k < n && left.len && text_starts_with(left, words[k]); k++)
			left = text_part(left, words[k].len, left.len);
		if (left.len == 0 && text.len)
			return true;
	}
	return false;
}

/* --- the person */

static bool is_birth(struct arena *arena, struct text number, struct text birth_iso)
{
	struct birth b;

	if (person_birth_from_iso(birth_iso, &b) != 0 || b.month == 0)
		return false;
	const struct text dresses[] = {
		text_format(arena, "%02d%02d%04d", b.day, b.month, b.year),
		text_format(arena, "%04d%02d%02d", b.year, b.month, b.day),
		text_format(arena, "%02d%02d%04d", b.month, b.day, b.year),
		text_format(arena, "%04d%02d%02d", b.year, b.day, b.month),
	};
	for (size_t i = 0; i < ARRAY_LEN(dresses); i++)
		if (text_equal(number, dresses[i]))
			return true;
	return false;
}

enum password_verdict password_judge_owner(struct arena *arena, struct text password,
					   const struct password_owner *owner)
{
	struct text all = plain(arena, password), stem = stem_of(all);

	if (is_words_of(arena, all, owner->name) || is_words_of(arena, stem, owner->name) ||
	    is_birth(arena, all, owner->birth_iso))
		return PASSWORD_ONESELF;
	return PASSWORD_FINE;
}

/* --- the contest */

static bool is_of_contest(struct arena *arena, struct text all, struct text stem,
			  const struct profile *profile)
{
	const struct text known[] = { profile->title, profile->short_title, profile->code,
				      profile->organizer };

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (is_words_of(arena, all, known[i]) ||
		    (stem.len >= CONTEST_STEM_MIN && is_words_of(arena, stem, known[i])))
			return true;
	return false;
}

/* --- everybody */

static bool has(const char *const *table, int n, struct text text)
{
	int low = 0, high = n;

	while (low < high) {
		int middle = low + (high - low) / 2;
		int order = text_compare(text_from_z(table[middle]), text);
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool is_common(struct text all, struct text stem)
{
	return has(password_common, n_password_common, all) ||
	       has(password_stems, n_password_stems, stem);
}

/* One block of few characters over and over, the last time perhaps cut off. */
static bool is_repeated(struct text text)
{
	for (size_t block = 1; block <= BLOCK_MAX; block++) {
		size_t i = block;
		while (i < text.len && text.ptr[i] == text.ptr[i - block])
			i++;
		if (i >= text.len && text.len >= 2 * block)
			return true;
	}
	return false;
}

/* How many characters at the front follow `row`, up (1) or down (-1). */
static size_t along(struct text text, const char *row, int step)
{
	const char *at = text.len ? strchr(row, text.ptr[0]) : NULL;
	size_t n = 0;

	while (at && n < text.len && *at && *at == text.ptr[n]) {
		n++;
		at = at == row && step < 0 ? NULL : at + step;
	}
	return n;
}

/* The longest run at the front of a text: of a row, or of one character. */
static size_t run_at(struct text text)
{
	static const char *const rows[] = { "1234567890", "0123456789", "qwertyuiop", "asdfghjkl",
					    "zxcvbnm", "abcdefghijklmnopqrstuvwxyz" };
	size_t longest = 1;

	while (longest < text.len && text.ptr[longest] == text.ptr[0])
		longest++;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (int step = -1; step <= 1; step += 2) {
			size_t n = along(text, rows[i], step);
			longest = n > longest ? n : longest;
		}
	return longest;
}

/* Nothing but runs: "12345678", "abcd4321", "qwertyuiop". */
static bool is_runs(struct text text)
{
	while (text.len) {
		size_t n = run_at(text);
		if (n < RUN_MIN)
			return false;
		text = text_part(text, n, text.len);
	}
	return true;
}

static bool is_years(struct text text)
{
	if (text.len % 4)
		return false;
	for (size_t i = 0; i < text.len; i += 4)
		if (memcmp(text.ptr + i, "19", 2) != 0 && memcmp(text.ptr + i, "20", 2) != 0)
			return false;
	return true;
}

static bool is_any_phone(struct arena *arena, struct text number)
{
	struct text e164;
	enum phone_verdict verdict = person_read_phone(arena, number, &e164);
	return verdict == PHONE_FINE || verdict == PHONE_CONVERTED;
}

/* Signs alone fold to nothing: "!!!!!!!!". */
static bool is_one_sign(struct text password)
{
	size_t at = 0;
	uint32_t first = text_next_char(password, &at);

	while (at < password.len)
		if (text_next_char(password, &at) != first)
			return false;
	return true;
}

static enum password_verdict judge_pattern(struct arena *arena, struct text password,
					   struct text all)
{
	if (is_one_sign(password))
		return PASSWORD_REPEATED;
	if (all.len < PASSWORD_CHARS_MIN)	/* signs made it longer */
		return PASSWORD_FINE;
	if (is_number(all) && is_years(all))
		return PASSWORD_YEARS;
	if (is_repeated(all))
		return PASSWORD_REPEATED;
	if (is_runs(all))
		return PASSWORD_RUN;
	if (is_number(all) && is_any_phone(arena, all))
		return PASSWORD_PHONE;
	return PASSWORD_FINE;
}

enum password_verdict password_judge(struct arena *arena, struct text password,
				     const struct profile *profile)
{
	size_t chars = text_count_chars(password);

	if (chars == 0)
		return PASSWORD_EMPTY;
	if (chars < PASSWORD_CHARS_MIN)
		return PASSWORD_SHORT;
	if (chars > PASSWORD_CHARS_MAX)
		return PASSWORD_LONG;
	struct text all = plain(arena, password), stem = stem_of(all);
	enum password_verdict verdict = judge_pattern(arena, password, all);
	if (verdict != PASSWORD_FINE)
		return verdict;
	if (is_of_contest(arena, all, stem, profile))
		return PASSWORD_CONTEST;
	return is_common(all, stem) ? PASSWORD_COMMON : PASSWORD_FINE;
}
