#include "pages/work.h"

#include "base/bytes.h"
#include "base/random.h"

#include <pthread.h>

#define ISSUED_BYTES 6
#define NUMBER_BYTES 2
#define RANDOM_BYTES 8
#define MAC_BYTES 16
#define HEAD_BYTES (ISSUED_BYTES + NUMBER_BYTES + RANDOM_BYTES)
#define CHALLENGE_BYTES (HEAD_BYTES + MAC_BYTES)

/* Over time, random, browser and contest; the key's number is not in it. */
static int mac(const struct keys *keys, int number, const unsigned char head[HEAD_BYTES],
	       int64_t device, int64_t contest, int *ret_number, struct hash *ret)
{
	unsigned char data[4 + HEAD_BYTES + 16] = "work";

	memcpy(data + 4, head, HEAD_BYTES);
	bytes_put(data + 4 + ISSUED_BYTES, NUMBER_BYTES, 0);
	bytes_put(data + 4 + HEAD_BYTES, 8, (uint64_t)device);
	bytes_put(data + 4 + HEAD_BYTES + 8, 8, (uint64_t)contest);
	return keys_mac(keys, KEY_SESSION, number, text_from_bytes(data, sizeof(data)), ret_number,
			ret);
}

struct text work_challenge(struct arena *arena, const struct keys *keys, int64_t device,
			   int64_t contest, int64_t now)
{
	unsigned char bytes[CHALLENGE_BYTES] = { 0 };
	struct hash hash;
	int number;

	bytes_put(bytes, ISSUED_BYTES, (uint64_t)now);
	random_bytes(bytes + ISSUED_BYTES + NUMBER_BYTES, RANDOM_BYTES);
	if (mac(keys, 0, bytes, device, contest, &number, &hash) != 0)
		return TEXT_EMPTY;
	bytes_put(bytes + ISSUED_BYTES, NUMBER_BYTES, (uint64_t)number);
	memcpy(bytes + HEAD_BYTES, hash.bytes, MAC_BYTES);
	return text_hex(arena, bytes, sizeof(bytes));
}

static bool has_zero_bits(const struct hash *hash)
{
	uint64_t front = bytes_get(hash->bytes, 8);
	return front >> (64 - WORK_BITS) == 0;
}

static bool is_number(struct text text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!memchr("0123456789abcdef", text.ptr[i], 16))
			return false;
	return text.len > 0 && text.len <= WORK_NUMBER_CHARS;
}

/* Whether we made it for this browser and contest. */
static bool is_ours(const struct keys *keys, const unsigned char bytes[CHALLENGE_BYTES],
		    int64_t device, int64_t contest)
{
	int number = (int)bytes_get(bytes + ISSUED_BYTES, NUMBER_BYTES), found;
	struct hash hash;

	return number > 0 && mac(keys, number, bytes, device, contest, &found, &hash) == 0 &&
	       text_equal_secret(text_from_bytes(hash.bytes, MAC_BYTES),
				 text_from_bytes(bytes + HEAD_BYTES, MAC_BYTES));
}

enum work_verdict work_check(const struct keys *keys, struct text proof, int64_t device,
			     int64_t contest, int64_t now)
{
	struct text challenge = text_part(proof, 0, WORK_CHALLENGE_CHARS);
	unsigned char bytes[CHALLENGE_BYTES];

	if (proof.len == 0)
		return WORK_ABSENT;
	if (text_unhex(challenge, bytes, sizeof(bytes)) != 0 ||
	    !is_number(text_part(proof, WORK_CHALLENGE_CHARS, proof.len)) ||
	    !is_ours(keys, bytes, device, contest))
		return WORK_WRONG;
	int64_t issued = (int64_t)bytes_get(bytes, ISSUED_BYTES);
	if (now < issued || now - issued >= WORK_LIFE_MS)
		return WORK_EXPIRED;
	struct hash hash = hash_sha256(proof);
	return has_zero_bits(&hash) ? WORK_FINE : WORK_WRONG;
}

/* --- what was used */

/* Slots that one proof may stand in. */
#define WAYS 8

struct slot {
	uint64_t challenge, who;	/* hashed; 0 empty */
	int64_t used_at;
};

struct work_used {
	pthread_mutex_t lock;
	unsigned char secret[HASH_BYTES];	/* so that nobody can aim at a slot */
	size_t sets;
	struct slot slots[];
};

struct work_used *work_used_new(size_t proofs)
{
	size_t sets = proofs / WAYS + 1;
	struct work_used *used = mem_new(sizeof(*used) + sets * WAYS * sizeof(struct slot));

	if (!used)
		return NULL;
	used->sets = sets;
	random_bytes(used->secret, sizeof(used->secret));
	pthread_mutex_init(&used->lock, NULL);
	return used;
}

struct work_used *work_used_free(struct work_used *used)
{
	if (used)
		pthread_mutex_destroy(&used->lock);
	return mem_free(used);
}

static uint64_t hashed(const struct work_used *used, struct text text)
{
	struct hash hash = hash_keyed(used->secret, text);
	uint64_t value = bytes_get(hash.bytes, 8);
	return value ? value : 1;
}

/* The proof's slot, or else the one that was used longest ago. */
static struct slot *find(struct work_used *used, uint64_t challenge)
{
	struct slot *set = &used->slots[challenge % used->sets * WAYS], *oldest = set;

	for (int i = 0; i < WAYS; i++) {
		if (set[i].challenge == challenge)
			return &set[i];
		if (set[i].used_at < oldest->used_at)
			oldest = &set[i];
	}
	return oldest;
}

bool work_use(struct work_used *used, struct text proof, struct text who, int64_t now)
{
	/* Of one challenge there are many numbers that do: all are one proof. */
	uint64_t challenge = hashed(used, text_part(proof, 0, WORK_CHALLENGE_CHARS));
	uint64_t person = hashed(used, who);

	pthread_mutex_lock(&used->lock);
	struct slot *slot = find(used, challenge);
	bool mine = slot->challenge != challenge || slot->who == person;
	if (mine)
		*slot = (struct slot){ challenge, person, now };
	pthread_mutex_unlock(&used->lock);
	return mine;
}
