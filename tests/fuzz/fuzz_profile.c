/* Any bytes are a profile or have problems that can be shown, and what is a
 * profile can be printed as a thể lệ and used without further checks. */
#include "rules/phase.h"
#include "rules/rules_text.h"

#include <assert.h>

#define ARENA_BYTES ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_problems(const struct profile_problems *problems)
{
	assert(problems->n > 0 && problems->n <= PROFILE_PROBLEMS_MAX);
	for (int i = 0; i < problems->n; i++) {
		assert(text_is_utf8(problems->items[i].path));
		assert(text_is_utf8(problems->items[i].reason));
		assert(problems->items[i].reason.len > 0);
	}
}

static void check_texts(struct arena *arena, const struct profile *profile)
{
	struct text text = rules_text_markdown(arena, profile);

	assert(text.len > 0 && text_is_utf8(text));
	for (int i = 0; i < profile->n_groups; i++) {
		text = rules_text_prediction(arena, profile, &profile->groups[i],
					     &profile->rounds[0]);
		assert(text_is_utf8(text));
	}
}

static void check_use(const struct profile *profile)
{
	for (int i = 0; i < profile->n_rounds; i++) {
		const struct profile_round *round = &profile->rounds[i];
		int64_t from, to, start = round->open_at;
		assert(phase_open_round(profile, start) == round);
		assert(phase_may_start(profile, start) == 0);
		assert(phase_deadline(profile, round, start) > start);
		phase_attempt_period(profile, round, start, &from, &to);
		assert(from <= start && start < to);
		assert(phase_at(profile, INT64_MIN, start) == PHASE_OPEN);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct profile draft, open;
	static struct profile_problems problems;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct text json = text_from_bytes(data, size);

	if (!arena)
		return 0;
	int for_announce = profile_parse(arena, json, PROFILE_FOR_ANNOUNCE, &draft, &problems);
	assert(for_announce >= 0);
	if (for_announce == 1)
		check_problems(&problems);
	else
		check_texts(arena, &draft);
	int for_open = profile_parse(arena, json, PROFILE_FOR_OPEN, &open, &problems);
	if (for_open == 1)
		check_problems(&problems);
	if (for_open == 0) {
		assert(for_announce == 0);
		check_use(&open);
	}
	if (for_announce == 0)
		assert((for_open == 0) == (profile_undecided(&draft, NULL, 0) == 0));
	assert(!arena_failed(arena));
	arena = arena_free(arena);
	return 0;
}
