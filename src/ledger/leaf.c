#include "ledger/leaf.h"

#include <assert.h>

#define LEAF_HEAD "hoithi paper v1\n"

/* The canonical bytes while they are written. */
struct writer {
	struct text salt;
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

static struct hash field_salt(struct text salt, int number)
{
	unsigned char message[] = "hoithi field\0";
	/* The literal's own end is where the number goes. */
	message[sizeof(message) - 1] = (unsigned char)number;
	return hash_hmac_sha256(salt, text_from_bytes(message, sizeof(message)));
}

static void field_text(struct writer *writer, struct text value)
{
	struct hash salt = field_salt(writer->salt, ++writer->n_fields);
	const struct text parts[] = { hash_text(&salt), value };
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
	struct writer writer = { .salt = text_from_bytes(salt, LEAF_SALT_BYTES) };
	const unsigned char count = LEAF_FIELDS;

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
