/* The form of a compiled catalogue: a hash table by message content, filled by
 * tools/langc and read by lang.c. */
#ifndef LANG_TABLE_H
#define LANG_TABLE_H

#include "base/text.h"

struct lang_entry {
	struct text id;		/* an empty slot has length 0 */
	struct text text;
	struct text plural;	/* empty when the message has no plural forms */
};

/* Open addressing: a message stands in the first free slot from its hash on.
 * At least one slot is empty. */
struct lang_table {
	const struct lang_entry *slots;
	uint32_t mask;		/* number of slots - 1; the number is a power of two */
};

extern const struct lang_table lang_table_en;

/* Eight bytes a step: a multiply and a fold. Not for hostile input, since all
 * ids are ours. */
static inline uint32_t lang_hash(struct text id)
{
	uint64_t hash = id.len * 0x9e3779b97f4a7c15u;
	size_t at = 0;

	while (at < id.len) {
		uint64_t word = 0;
		size_t len = id.len - at < sizeof(word) ? id.len - at : sizeof(word);
		memcpy(&word, id.ptr + at, len);
		hash = (hash ^ word) * 0xff51afd7ed558ccdu;
		hash ^= hash >> 32;
		at += len;
	}
	return (uint32_t)hash;
}

#endif
