#include "pages/allowance.h"

#include "base/hash.h"
#include "base/random.h"

#include <pthread.h>

/* Slots that one key may stand in. */
#define WAYS 8

struct slot {
	uint64_t key;		/* hashed; 0 empty */
	int64_t full_at;	/* from then on nothing is lacking */
};

struct allowance {
	pthread_mutex_t lock;
	unsigned char secret[HASH_BYTES];	/* so that nobody can aim at a slot */
	int64_t burst, interval_ms;
	size_t sets;
	struct slot slots[];
};

struct allowance *allowance_new(size_t keys, int burst, int64_t interval_ms)
{
	size_t sets = keys / WAYS + 1;
	size_t bytes = sizeof(struct allowance) + sets * WAYS * sizeof(struct slot);
	struct allowance *allowance = mem_new(bytes);

	if (!allowance)
		return NULL;
	allowance->burst = burst;
	allowance->interval_ms = interval_ms;
	allowance->sets = sets;
	random_bytes(allowance->secret, sizeof(allowance->secret));
	pthread_mutex_init(&allowance->lock, NULL);
	return allowance;
}

struct allowance *allowance_free(struct allowance *allowance)
{
	if (allowance)
		pthread_mutex_destroy(&allowance->lock);
	return mem_free(allowance);
}

static uint64_t hashed(const struct allowance *allowance, uint64_t key)
{
	struct hash hash = hash_keyed(allowance->secret, text_from_bytes(&key, sizeof(key)));
	uint64_t ret;

	memcpy(&ret, hash.bytes, sizeof(ret));
	return ret ? ret : 1;
}

static struct slot *find(struct allowance *allowance, uint64_t key)
{
	struct slot *set = &allowance->slots[key % allowance->sets * WAYS];

	for (int i = 0; i < WAYS; i++)
		if (set[i].key == key)
			return &set[i];
	return NULL;
}

/* The one that lacks least makes room: one that lacks nothing loses nothing, and
 * of the others it is the one that has taken least lately. */
static struct slot *make_room(struct allowance *allowance, uint64_t key)
{
	struct slot *set = &allowance->slots[key % allowance->sets * WAYS];
	struct slot *slot = set;

	for (int i = 1; i < WAYS; i++)
		if (set[i].full_at < slot->full_at)
			slot = &set[i];
	*slot = (struct slot){ .key = key, .full_at = INT64_MIN };
	return slot;
}

int64_t allowance_take(struct allowance *allowance, uint64_t key, int64_t now)
{
	int64_t wait = 0;

	key = hashed(allowance, key);
	pthread_mutex_lock(&allowance->lock);
	struct slot *slot = find(allowance, key);
	if (!slot)
		slot = make_room(allowance, key);
	int64_t full_at = slot->full_at > now ? slot->full_at : now;
	int64_t most = now + (allowance->burst - 1) * allowance->interval_ms;
	if (full_at <= most)
		slot->full_at = full_at + allowance->interval_ms;
	else
		wait = full_at - most;
	pthread_mutex_unlock(&allowance->lock);
	return wait;
}

void allowance_give_back(struct allowance *allowance, uint64_t key)
{
	pthread_mutex_lock(&allowance->lock);
	struct slot *slot = find(allowance, hashed(allowance, key));
	if (slot)
		slot->full_at -= allowance->interval_ms;
	pthread_mutex_unlock(&allowance->lock);
}
