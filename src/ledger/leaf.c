#include "ledger/leaf.h"

#include <assert.h>

#define LEAF_HEAD "hoithi paper v1\n"

/* The canonical bytes while they are written. */
struct writer {
	struct hash salts[LEAF_FIELDS];	/* of the fields */
	unsigned char bytes[LEAF_BYTES];
	size_t len;
	int n_fields;	/* written so far */
};

static_assert(sizeof(LEAF_HEAD) - 1 + 1 + LEAF_FIELDS * HASH_BYTES == LEAF_BYTES, "head");
static_assert(LEAF_FIELDS <= 255, "the number of a field is one byte");

static void writer_add(struct writer *writer, const void *bytes, size_t len)
{
	assert(len <= LEAF_BYTES - writer->len);
	memcpy(writer->bytes + writer->len, bytes, len);
	writer->len += len;
}

static void make_salts(struct text salt, struct hash ret[LEAF_FIELDS])
{
	static const char head[] = "hoithi field\0";	/* its own end is where the number goes */
	char messages[LEAF_FIELDS][sizeof(head)];
	struct text texts[LEAF_FIELDS];

	for (int i = 0; i < LEAF_FIELDS; i++) {
		memcpy(messages[i], head, sizeof(head));
		messages[i][sizeof(head) - 1] = (char)(i + 1);
		texts[i] = text_from_bytes(messages[i], sizeof(head));
	}
	hash_hmac_sha256_each(salt, texts, LEAF_FIELDS, ret);
}

static void field_text(struct writer *writer, struct text value)
{
	const struct text parts[] = { hash_text(&writer->salts[writer->n_fields++]), value };
	struct hash commitment = hash_sha256_parts(parts, ARRAY_LEN(parts));

	writer_add(writer, commitment.bytes, HASH_BYTES);
}

static void field_int(struct writer *writer, int64_t value)
{
	unsigned char bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)((uint64_t)value >> (56 - 8 * i));
	field_text(writer, text_from_bytes(bytes, sizeof(bytes)));
}

struct text leaf_bytes(struct arena *arena, const struct leaf_paper *paper,
		       const unsigned char salt[LEAF_SALT_BYTES])
{
	struct writer writer = { .len = 0 };
	const unsigned char count = LEAF_FIELDS;

	make_salts(text_from_bytes(salt, LEAF_SALT_BYTES), writer.salts);
	writer_add(&writer, LEAF_HEAD, sizeof(LEAF_HEAD) - 1);
	writer_add(&writer, &count, 1);
	field_text(&writer, paper->contest);
	field_text(&writer, paper->round);
	field_text(&writer, paper->group);
	field_text(&writer, paper->entry);
	field_int(&writer, paper->attempt);
	field_int(&writer, paper->rules_version);
	field_text(&writer, hash_text(&paper->rules_hash));
	field_text(&writer, hash_text(&paper->bank_hash));
	field_int(&writer, paper->draw_version);
	field_text(&writer, paper->seed);
	field_text(&writer, paper->drawn);
	field_text(&writer, paper->answers);
	field_int(&writer, paper->prediction);
	field_int(&writer, paper->started_at);
	field_int(&writer, paper->submitted_at);
	field_int(&writer, paper->elapsed_ms);
	field_int(&writer, paper->score_points);
	assert(writer.n_fields == LEAF_FIELDS && writer.len == LEAF_BYTES);
	return text_copy(arena, text_from_bytes(writer.bytes, writer.len));
}

struct hash leaf_hash(struct text bytes)
{
	const struct text parts[] = { TEXT("\0"), bytes };

	return hash_sha256_parts(parts, ARRAY_LEN(parts));
}
