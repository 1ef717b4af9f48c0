#include "rules/draw.h"

#include "base/hash.h"

#include <assert.h>

#define WORDS_PER_BLOCK (HASH_BYTES / 4)
#define ENCODED_ITEM_BYTES 3

static_assert(DRAW_BANK_MAX <= UINT16_MAX, "drawn_item.number");

/* The numbers that a seed yields. */
struct stream {
	struct text seed;
	uint64_t next_block;
	struct hash block;
	int n_used;	/* words of `block` */
};

static struct stream stream_from_seed(const unsigned char seed[DRAW_SEED_BYTES])
{
	return (struct stream){ .seed = text_from_bytes(seed, DRAW_SEED_BYTES),
				.n_used = WORDS_PER_BLOCK };
}

static void stream_next_block(struct stream *stream)
{
	unsigned char counter[8];

	for (int i = 0; i < 8; i++)
		counter[i] = (unsigned char)(stream->next_block >> (56 - 8 * i));
	const struct text parts[] = {
		TEXT("hoithi draw 1\0"),
		stream->seed,
		text_from_bytes(counter, sizeof(counter)),
	};
	stream->block = hash_sha256_parts(parts, ARRAY_LEN(parts));
	stream->next_block++;
	stream->n_used = 0;
}

static uint32_t stream_word(struct stream *stream)
{
	if (stream->n_used == WORDS_PER_BLOCK)
		stream_next_block(stream);
	const unsigned char *p = stream->block.bytes + 4 * stream->n_used;
	stream->n_used++;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int stream_below(struct stream *stream, int n)
{
	assert(n > 0);
	const uint64_t all = UINT64_C(1) << 32;
	uint64_t usable = all - all % (uint64_t)n;
	uint32_t word;

	do
		word = stream_word(stream);
	while (word >= usable);
	return (int)(word % (uint32_t)n);
}

static bool stratum_fits(const struct profile_stratum *stratum, const struct bank_item *item)
{
	return (stratum->difficulty == 0 || stratum->difficulty == item->difficulty) &&
	       (stratum->topic.len == 0 || text_equal(stratum->topic, item->topic));
}

/* The profile's strata, or the one that stands for none, kept in `whole`. */
static const struct profile_stratum *profile_strata(const struct profile *profile,
						    struct profile_stratum *whole, int *ret_n)
{
	*whole = (struct profile_stratum){ .topic = TEXT_EMPTY, .count = profile->n_questions };
	*ret_n = profile->n_strata > 0 ? profile->n_strata : 1;
	return profile->n_strata > 0 ? profile->strata : whole;
}

/* Marks the stratum's items as taken; 1 when there are too few. */
static int take_stratum(const struct profile_stratum *stratum, const struct bank_item *bank,
			int n_bank, struct stream *stream, bool *taken)
{
	uint16_t candidates[DRAW_BANK_MAX];
	int size = 0;

	for (int i = 0; i < n_bank; i++)
		if (!taken[i] && stratum_fits(stratum, &bank[i]))
			candidates[size++] = (uint16_t)i;
	if (size < stratum->count)
		return 1;
	for (int i = 0; i < stratum->count; i++) {
		int other = i + stream_below(stream, size - i);
		uint16_t drawn = candidates[other];
		candidates[other] = candidates[i];
		candidates[i] = drawn;
		taken[drawn] = true;
	}
	return 0;
}

static void shuffle_items(struct stream *stream, struct drawn_paper *paper)
{
	for (int i = paper->n - 1; i > 0; i--) {
		int other = stream_below(stream, i + 1);
		struct drawn_item item = paper->items[i];
		paper->items[i] = paper->items[other];
		paper->items[other] = item;
	}
}

static void order_options(struct stream *stream, bool shuffle, struct drawn_item *item)
{
	for (int i = 0; i < PROFILE_OPTIONS; i++)
		item->options[i] = (uint8_t)i;
	for (int i = PROFILE_OPTIONS - 1; shuffle && i > 0; i--) {
		int other = stream_below(stream, i + 1);
		uint8_t option = item->options[i];
		item->options[i] = item->options[other];
		item->options[other] = option;
	}
}

int draw_paper(const struct profile *profile, const struct bank_item *bank, int n_bank,
	       const unsigned char seed[DRAW_SEED_BYTES], struct drawn_paper *ret)
{
	assert(n_bank >= 0 && n_bank <= DRAW_BANK_MAX);
	assert(profile->shuffle_questions >= 0 && profile->shuffle_options >= 0);
	assert(profile->n_strata > 0 || (profile->n_strata == 0 && profile->n_questions > 0));
	struct stream stream = stream_from_seed(seed);
	struct profile_stratum whole;
	int n_strata;
	const struct profile_stratum *strata = profile_strata(profile, &whole, &n_strata);
	bool taken[DRAW_BANK_MAX] = { false };
	struct drawn_paper paper = { .n = 0 };

	for (int i = 0; i < n_strata; i++)
		if (take_stratum(&strata[i], bank, n_bank, &stream, taken))
			return 1;
	for (int i = 0; i < n_bank; i++) {
		if (!taken[i])
			continue;
		assert(paper.n < PROFILE_QUESTIONS_MAX);
		paper.items[paper.n++].number = (uint16_t)i;
	}
	if (profile->shuffle_questions)
		shuffle_items(&stream, &paper);
	for (int i = 0; i < paper.n; i++)
		order_options(&stream, profile->shuffle_options, &paper.items[i]);
	*ret = paper;
	return 0;
}

/* "Phần 2 của đề (chủ đề cds, độ khó 3)", or "Đề thi" when there are no parts. */
static struct text stratum_name(struct arena *arena, const struct profile *profile, int number)
{
	const struct profile_stratum *stratum = &profile->strata[number];

	if (profile->n_strata <= 0)
		return TEXT("Đề thi");
	struct text topic = stratum->topic.len
		? text_format(arena, "chủ đề %.*s", TEXT_ARGS(stratum->topic))
		: TEXT("mọi chủ đề");
	struct text difficulty = stratum->difficulty
		? text_format(arena, "độ khó %d", stratum->difficulty)
		: TEXT("mọi độ khó");
	return text_format(arena, "Phần %d của đề (%.*s, %.*s)", number + 1, TEXT_ARGS(topic),
			   TEXT_ARGS(difficulty));
}

struct text draw_shortage(struct arena *arena, const struct profile *profile,
			  const struct bank_item *bank, int n_bank)
{
	struct profile_stratum whole;
	int n_strata;
	const struct profile_stratum *strata = profile_strata(profile, &whole, &n_strata);

	if (profile->n_strata < 0)
		return TEXT_EMPTY;
	for (int s = 0; s < n_strata; s++) {
		int has = 0;
		for (int i = 0; i < n_bank; i++)
			has += stratum_fits(&strata[s], &bank[i]);
		if (has >= strata[s].count)
			continue;
		struct text name = stratum_name(arena, profile, s);
		return text_format(arena, "%.*s cần %d câu, ngân hàng chỉ có %d câu.",
				   TEXT_ARGS(name), strata[s].count, has);
	}
	return TEXT_EMPTY;
}

struct text draw_encode(struct arena *arena, const struct drawn_paper *paper)
{
	unsigned char bytes[PROFILE_QUESTIONS_MAX * ENCODED_ITEM_BYTES];
	unsigned char *out = bytes;

	assert(paper->n >= 0 && paper->n <= PROFILE_QUESTIONS_MAX);
	for (int i = 0; i < paper->n; i++) {
		const struct drawn_item *item = &paper->items[i];
		*out++ = (unsigned char)(item->number >> 8);
		*out++ = (unsigned char)(item->number & 0xff);
		*out++ = (unsigned char)(item->options[0] << 6 | item->options[1] << 4 |
					 item->options[2] << 2 | item->options[3]);
	}
	return text_copy(arena, text_from_bytes(bytes, (size_t)(out - bytes)));
}

/* Reads one item; 1 when its options are no order of 0 1 2 3. */
static int decode_item(const unsigned char *p, struct drawn_item *ret)
{
	int seen = 0;

	ret->number = (uint16_t)(p[0] << 8 | p[1]);
	for (int i = 0; i < PROFILE_OPTIONS; i++) {
		ret->options[i] = (p[2] >> (6 - 2 * i)) & 3;
		seen |= 1 << ret->options[i];
	}
	return seen != 15;
}

int draw_decode(struct text bytes, struct drawn_paper *ret)
{
	const unsigned char *p = (const unsigned char *)bytes.ptr;
	struct drawn_paper paper = { .n = 0 };

	if (bytes.len == 0 || bytes.len % ENCODED_ITEM_BYTES != 0 ||
	    bytes.len > PROFILE_QUESTIONS_MAX * ENCODED_ITEM_BYTES)
		return 1;
	for (size_t at = 0; at < bytes.len; at += ENCODED_ITEM_BYTES) {
		struct drawn_item *item = &paper.items[paper.n];
		if (decode_item(p + at, item))
			return 1;
		for (int i = 0; i < paper.n; i++)
			if (paper.items[i].number == item->number)
				return 1;
		paper.n++;
	}
	*ret = paper;
	return 0;
}
