#include "base/mem.h"

#include <assert.h>
#include <stdatomic.h>

/* Small enough for the pages of a phone, large enough that most requests need
 * one block only. */
#define FIRST_BLOCK_BYTES 16384
#define ALIGNMENT 16

struct block {
	struct block *next;	/* the block before this one, NULL at the first */
	size_t cap;		/* bytes of data */
	size_t used;		/* bytes of data handed out */
	_Alignas(ALIGNMENT) unsigned char data[];
};

struct arena {
	struct block *newest;
	size_t limit;		/* bytes that all blocks may hold together */
	size_t held;		/* bytes that all blocks hold together */
	size_t used;		/* bytes handed out */
	bool failed;
};

static atomic_int_fast64_t fail_countdown;
static atomic_bool fail_all_after, has_failed;

bool mem_fail_nth(int64_t n, bool and_all_after)
{
	atomic_store(&fail_all_after, and_all_after);
	atomic_store(&fail_countdown, n);
	return atomic_exchange(&has_failed, false);
}

static bool told_to_fail(void)
{
	if (atomic_load_explicit(&fail_countdown, memory_order_relaxed) == 0)
		return false;
	int64_t left = atomic_fetch_sub(&fail_countdown, 1);
	if (left > 1)
		return false;
	if (left == 1 || atomic_load(&fail_all_after))
		atomic_store(&has_failed, true);
	if (left == 1 && !atomic_load(&fail_all_after))
		return true;
	/* Keep the counter from running to zero while all are to fail. */
	atomic_store(&fail_countdown, atomic_load(&fail_all_after) ? 1 : 0);
	return atomic_load(&fail_all_after);
}

void *mem_new(size_t bytes)
{
	return told_to_fail() ? NULL : calloc(1, bytes ? bytes : 1);
}

void *mem_array(size_t count, size_t bytes)
{
	size_t total;
	if (__builtin_mul_overflow(count, bytes, &total))
		return NULL;
	return mem_new(total);
}

void *mem_resize(void *ptr, size_t bytes)
{
	return told_to_fail() ? NULL : realloc(ptr, bytes ? bytes : 1);
}

void *mem_free(void *ptr)
{
	free(ptr);
	return NULL;
}

static struct block *block_new(size_t cap)
{
	struct block *block;
	size_t bytes;

	if (__builtin_add_overflow(sizeof(*block), cap, &bytes))
		return NULL;
	block = malloc(bytes);
	if (!block)
		return NULL;
	block->next = NULL;
	block->cap = cap;
	block->used = 0;
	return block;
}

struct arena *arena_new(size_t limit_bytes)
{
	struct arena *arena = mem_new(sizeof(*arena));
	if (!arena)
		return NULL;
	arena->limit = limit_bytes;
	return arena;
}

static void free_blocks(struct block *block)
{
	while (block) {
		struct block *next = block->next;
		free(block);
		block = next;
	}
}

struct arena *arena_free(struct arena *arena)
{
	if (arena) {
		free_blocks(arena->newest);
		free(arena);
	}
	return NULL;
}

void arena_freep(struct arena **arena)
{
	*arena = arena_free(*arena);
}

/* Adds a block with room for `bytes`. */
static bool add_block(struct arena *arena, size_t bytes)
{
	size_t cap = arena->newest ? arena->newest->cap * 2 : FIRST_BLOCK_BYTES;
	size_t room = arena->limit - arena->held;

	if (cap < bytes)
		cap = bytes;
	if (cap > room)
		cap = room;
	if (cap < bytes)
		return false;

	struct block *block = block_new(cap);
	if (!block)
		return false;
	block->next = arena->newest;
	arena->newest = block;
	arena->held += cap;
	return true;
}

/* arena_alloc without zeroes. */
static void *take(struct arena *arena, size_t bytes)
{
	size_t rounded;

	assert(arena);
	if (__builtin_add_overflow(bytes, ALIGNMENT - 1, &rounded))
		goto failed;
	rounded &= ~(size_t)(ALIGNMENT - 1);
	if (arena->failed)
		return NULL;
	if (told_to_fail())
		goto failed;
	struct block *block = arena->newest;
	if (!block || block->cap - block->used < rounded) {
		if (!add_block(arena, rounded))
			goto failed;
		block = arena->newest;
	}
	void *ptr = block->data + block->used;
	block->used += rounded;
	arena->used += rounded;
	return ptr;
failed:
	arena->failed = true;
	return NULL;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
	void *ptr = take(arena, bytes);
	return ptr ? memset(ptr, 0, bytes) : NULL;
}

void *arena_array(struct arena *arena, size_t count, size_t bytes)
{
	size_t total;
	if (__builtin_mul_overflow(count, bytes, &total)) {
		arena->failed = true;
		return NULL;
	}
	return arena_alloc(arena, total);
}

void *arena_grow_raw(struct arena *arena, void *ptr, size_t old_bytes,
		     size_t new_bytes)
{
	size_t old_rounded = (old_bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	struct block *block = arena->newest;

	assert(new_bytes >= old_bytes);
	if (arena->failed)
		return NULL;
	if (ptr && block && new_bytes <= SIZE_MAX - ALIGNMENT &&
	    (unsigned char *)ptr + old_rounded == block->data + block->used) {
		size_t new_rounded = (new_bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
		size_t extra = new_rounded - old_rounded;
		if (block->cap - block->used >= extra) {
			block->used += extra;
			arena->used += extra;
			return ptr;
		}
	}
	void *grown = take(arena, new_bytes);
	if (grown && old_bytes)
		memcpy(grown, ptr, old_bytes);
	return grown;
}

void *arena_grow(struct arena *arena, void *ptr, size_t old_bytes,
		 size_t new_bytes)
{
	unsigned char *grown = arena_grow_raw(arena, ptr, old_bytes, new_bytes);
	if (grown)
		memset(grown + old_bytes, 0, new_bytes - old_bytes);
	return grown;
}

bool arena_failed(const struct arena *arena)
{
	return arena->failed;
}

void arena_fail(struct arena *arena)
{
	arena->failed = true;
}

void arena_reset(struct arena *arena)
{
	struct block *first = arena->newest;

	while (first && first->next) {
		struct block *next = first->next;
		arena->held -= first->cap;
		free(first);
		first = next;
	}
	if (first)
		first->used = 0;
	arena->newest = first;
	arena->used = 0;
	arena->failed = false;
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}
