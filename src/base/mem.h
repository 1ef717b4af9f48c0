/* Memory: the only place that calls malloc.
 *
 * Nearly everything lives in an arena: one a request, one a job, one a command.
 * An arena is freed whole, so nothing inside it is freed by itself. It has a
 * limit given at creation. When it is full or the machine is out of memory,
 * arena_alloc answers NULL and the arena is marked as failed for good; text and
 * buffer functions then yield empty text instead of crashing, and whoever owns
 * the arena looks at arena_failed once at the end (a request answers 503).
 *
 * An arena is used by one thread at a time. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* A new arena that holds at most `limit_bytes`; NULL when memory is out. */
struct arena *arena_new(size_t limit_bytes) MUST_CHECK;

/* Frees the arena and all in it. Takes NULL. Always returns NULL. */
struct arena *arena_free(struct arena *arena);

/* For CLEANUP. */
void arena_freep(struct arena **arena);

/* Zeroed memory aligned for any type; NULL (and a failed arena) when full. */
void *arena_alloc(struct arena *arena, size_t bytes) MUST_CHECK;

/* The same for `count` members of `bytes` each, checked for overflow. */
void *arena_array(struct arena *arena, size_t count, size_t bytes) MUST_CHECK;

/* Makes the block `ptr` of `old_bytes`, allocated from this arena, hold
 * `new_bytes`, in place when it is the newest block. The added bytes are zero. */
void *arena_grow(struct arena *arena, void *ptr, size_t old_bytes,
		 size_t new_bytes) MUST_CHECK;

/* The same for bytes that are written at once: what is added is not zeroed. */
void *arena_grow_raw(struct arena *arena, void *ptr, size_t old_bytes,
		     size_t new_bytes) MUST_CHECK;

bool arena_failed(const struct arena *arena);

/* Marks the arena as failed, for callers that hit a limit of their own. */
void arena_fail(struct arena *arena);

/* Forgets everything in the arena but keeps its first block for reuse, and
 * forgets a failure. */
void arena_reset(struct arena *arena);

/* Bytes handed out so far. */
size_t arena_used(const struct arena *arena);

/* Memory that outlives requests. Zeroed; NULL when memory is out. */
void *mem_new(size_t bytes) MUST_CHECK;
void *mem_array(size_t count, size_t bytes) MUST_CHECK;

/* realloc with the same seam; on NULL the old block stands. */
void *mem_resize(void *ptr, size_t bytes) MUST_CHECK;

/* Takes NULL, always returns NULL. */
void *mem_free(void *ptr);

/* Test seam: the n-th allocation from now on (1 = the next) fails, and every
 * one after it when `and_all_after`. 0 switches it off. One from an arena counts
 * whether or not it needs a new block: any may be the one that does. Answers
 * whether any failed since the last call. */
bool mem_fail_nth(int64_t n, bool and_all_after);

#endif
