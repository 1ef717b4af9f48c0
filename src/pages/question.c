#include "pages/question.h"

#define CONTENT_BYTES_MAX (256 << 10)
#define SEPARATOR '\0'

/* Body, options and basis, each ended by NUL, which none of them can hold. */
static struct text content_bytes(struct arena *arena, const struct question_content *content)
{
	struct buf buf;

	buf_init(&buf, arena, CONTENT_BYTES_MAX);
	buf_text(&buf, content->body);
	buf_char(&buf, SEPARATOR);
	for (int i = 0; i < PROFILE_OPTIONS; i++) {
		buf_text(&buf, content->options[i]);
		buf_char(&buf, SEPARATOR);
	}
	buf_text(&buf, content->basis);
	return buf_done(&buf);
}

struct text question_seal(const struct keys *keys, struct arena *arena, int64_t question,
			  const struct question_content *content)
{
	return keys_seal(keys, KEY_BANK, arena, "question_text.text", question,
			 content_bytes(arena, content));
}

struct text question_seal_key(const struct keys *keys, struct arena *arena, int64_t question,
			      int key)
{
	char letter = (char)('A' + key);
	return keys_seal(keys, KEY_BANK, arena, "question_version.key", question,
			 text_from_bytes(&letter, 1));
}

int question_unseal(const struct keys *keys, struct arena *arena, int64_t question,
		    struct text sealed, struct question_content *ret)
{
	struct text plain;

	if (keys_unseal(keys, KEY_BANK, arena, "question_text.text", question, sealed, &plain) != 0)
		return 1;
	ret->body = text_cut(&plain, SEPARATOR);
	for (int i = 0; i < PROFILE_OPTIONS; i++)
		ret->options[i] = text_cut(&plain, SEPARATOR);
	ret->basis = text_cut(&plain, SEPARATOR);
	return 0;
}

int question_unseal_key(const struct keys *keys, struct arena *arena, int64_t question,
			struct text sealed)
{
	struct text plain;

	if (keys_unseal(keys, KEY_BANK, arena, "question_version.key", question, sealed, &plain) != 0 ||
	    plain.len != 1)
		return -1;
	return plain.ptr[0] - 'A';
}

struct hash question_hash(struct arena *arena, const struct question_content *content, int key)
{
	char letter = (char)('A' + key);
	struct text parts[] = { content_bytes(arena, content), text_from_bytes(&letter, 1) };
	return hash_sha256_parts(parts, ARRAY_LEN(parts));
}
