#include "pages/patience.h"

#include "base/hash.h"
#include "base/random.h"

#include <pthread.h>

/* Slots that one key may stand in. */
#define WAYS 8

struct slot {
	uint64_t key;		/* 0 empty */
	int64_t last_ms;	/* when something was noted here */
	int64_t until_ms;	/* no try before */
	int failures;
	bool known;		/* a browser that has signed in here */
};

struct patience {
	pthread_mutex_t lock;
	unsigned char secret[HASH_BYTES];	/* so that nobody can aim at a slot */
	size_t sets;
	struct slot slots[];
};

struct patience *patience_new(size_t accounts)
{
	size_t sets = accounts / WAYS + 1;
	struct patience *patience = mem_new(sizeof(*patience) + sets * WAYS * sizeof(struct slot));

	if (!patience)
		return NULL;
	patience->sets = sets;
	random_bytes(patience->secret, sizeof(patience->secret));
	pthread_mutex_init(&patience->lock, NULL);
	return patience;
}

struct patience *patience_free(struct patience *patience)
{
	if (patience)
		pthread_mutex_destroy(&patience->lock);
	return mem_free(patience);
}

/* Of the account alone, or of one browser at it. */
static uint64_t key_of(const struct patience *patience, struct text account, int64_t device)
{
	unsigned char bytes[HASH_BYTES + sizeof(device)];
	struct hash hash = hash_keyed(patience->secret, account);
	uint64_t key;

	memcpy(bytes, hash.bytes, HASH_BYTES);
	memcpy(bytes + HASH_BYTES, &device, sizeof(device));
	hash = hash_keyed(patience->secret, text_from_bytes(bytes, sizeof(bytes)));
	memcpy(&key, hash.bytes, sizeof(key));
	return key ? key : 1;
}

static struct slot *find(struct patience *patience, uint64_t key, int64_t now)
{
	struct slot *set = &patience->slots[key % patience->sets * WAYS];

	for (int i = 0; i < WAYS; i++)
		if (set[i].key == key && now - set[i].last_ms < PATIENCE_FORGET_MS)
			return &set[i];
	return NULL;
}

/* The slot of a key, made in place of the one that was quiet longest. */
static struct slot *take(struct patience *patience, uint64_t key, int64_t now)
{
	struct slot *set = &patience->slots[key % patience->sets * WAYS];
	struct slot *slot = find(patience, key, now);

	if (!slot) {
		slot = set;
		for (int i = 1; i < WAYS; i++)
			if (set[i].last_ms < slot->last_ms)
				slot = &set[i];
		*slot = (struct slot){ .key = key };
	}
	slot->last_ms = now;
	return slot;
}

/* The key that a try of this browser counts under. */
static uint64_t counted_key(struct patience *patience, struct text account, int64_t device,
			    int64_t now)
{
	uint64_t own = key_of(patience, account, device);
	const struct slot *slot = find(patience, own, now);
	return slot && slot->known ? own : key_of(patience, account, 0);
}

int64_t patience_wait_ms(struct patience *patience, struct text account, int64_t device, int64_t now)
{
	pthread_mutex_lock(&patience->lock);
	uint64_t key = counted_key(patience, account, device, now);
	const struct slot *slot = find(patience, key, now);
	int64_t wait = slot && slot->until_ms > now ? slot->until_ms - now : 0;
	pthread_mutex_unlock(&patience->lock);
	return wait;
}

bool patience_knows(struct patience *patience, struct text account, int64_t device, int64_t now)
{
	pthread_mutex_lock(&patience->lock);
	const struct slot *slot = find(patience, key_of(patience, account, device), now);
	bool knows = slot && slot->known;
	pthread_mutex_unlock(&patience->lock);
	return knows;
}

static int64_t wait_after(int failures)
{
	int64_t wait = PATIENCE_FIRST_WAIT_MS;

	if (failures < PATIENCE_FREE)
		return 0;
	for (int i = PATIENCE_FREE; i < failures && wait < PATIENCE_LONGEST_WAIT_MS; i++)
		wait *= 2;
	return wait < PATIENCE_LONGEST_WAIT_MS ? wait : PATIENCE_LONGEST_WAIT_MS;
}

int64_t patience_take(struct patience *patience, struct text account, int64_t device, int64_t now)
{
	pthread_mutex_lock(&patience->lock);
	uint64_t key = counted_key(patience, account, device, now);
	const struct slot *found = find(patience, key, now);
	int64_t wait = found && found->until_ms > now ? found->until_ms - now : 0;
	if (wait == 0) {
		struct slot *slot = take(patience, key, now);
		if (slot->failures < INT32_MAX)
			slot->failures++;
		int64_t longer = wait_after(slot->failures);
		/* A try that arrived a moment before this one waits for nothing. */
		slot->until_ms = longer ? now + longer : 0;
	}
	pthread_mutex_unlock(&patience->lock);
	return wait;
}

void patience_give_back(struct patience *patience, struct text account, int64_t device, int64_t now)
{
	pthread_mutex_lock(&patience->lock);
	struct slot *slot = find(patience, counted_key(patience, account, device, now), now);
	if (slot && slot->failures > 0) {
		/* The wait that this try began ends with it. */
		bool its_own = slot->until_ms == now + wait_after(slot->failures);
		slot->failures--;
		if (its_own || slot->failures < PATIENCE_FREE)
			slot->until_ms = 0;
	}
	pthread_mutex_unlock(&patience->lock);
}

void patience_succeeded(struct patience *patience, struct text account, int64_t device, int64_t now)
{
	pthread_mutex_lock(&patience->lock);
	struct slot *slot = take(patience, key_of(patience, account, device), now);
	slot->known = true;
	slot->failures = 0;
	slot->until_ms = 0;
	pthread_mutex_unlock(&patience->lock);
}
