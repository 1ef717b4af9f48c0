/* The thể lệ: a profile in words, as Markdown in Vietnamese. */
#ifndef RULES_RULES_TEXT_H
#define RULES_RULES_TEXT_H

#include "rules/profile.h"

/* The whole thể lệ, printed from the values. Where values are undecided it
 * prints what is decided and the sentence "Thể lệ sẽ được Ban Tổ chức công bố
 * trước giờ khai mạc". Empty only when the arena is full. */
struct text rules_text_markdown(struct arena *arena, const struct profile *profile);

/* The prediction question with its definition, as on the paper; "" when there
 * is none. `group` and `round` name its scope. */
struct text rules_text_prediction(struct arena *arena, const struct profile *profile,
				  const struct profile_group *group,
				  const struct profile_round *round);

#endif
