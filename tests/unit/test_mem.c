#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool is_zero(const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i])
			return false;
	return true;
}

static void gives_zeroed_aligned_memory(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	(void)state;

	for (size_t bytes = 0; bytes < 3000; bytes += 7) {
		unsigned char *ptr = arena_alloc(arena, bytes);
		assert_non_null(ptr);
		assert_int_equal((uintptr_t)ptr % _Alignof(max_align_t), 0);
		assert_true(is_zero(ptr, bytes));
		memset(ptr, 0xff, bytes);
	}
	arena_reset(arena);
	unsigned char *ptr = arena_alloc(arena, 16000);
	assert_true(is_zero(ptr, 16000));
	assert_null(arena_free(arena));
	assert_null(arena_free(NULL));
}

static void keeps_its_limit(void **state)
{
	(void)state;
	for (size_t limit = 0; limit < 100000; limit += 9973) {
		struct arena *arena = arena_new(limit);
		size_t given = 0;
		while (arena_alloc(arena, 512))
			given += 512;
		assert_true(given <= limit);
		/* All but what the ends of a few blocks take. */
		assert_true(given + 8 * 512 > limit);
		assert_int_equal(arena_used(arena), given);
		assert_true(arena_failed(arena));
		arena_free(arena);
	}
}

static void stays_failed_until_reset(void **state)
{
	struct arena *arena = arena_new(20000);
	(void)state;

	unsigned char *ptr = arena_alloc(arena, 100);
	assert_non_null(ptr);
	assert_null(arena_alloc(arena, 20001));
	assert_true(arena_failed(arena));
	assert_null(arena_alloc(arena, 1));
	assert_null(arena_grow(arena, ptr, 100, 101));
	arena_reset(arena);
	assert_false(arena_failed(arena));
	assert_int_equal(arena_used(arena), 0);
	assert_non_null(arena_alloc(arena, 1));
	arena_fail(arena);
	assert_null(arena_alloc(arena, 1));
	arena_freep(&arena);
	assert_null(arena);
}

static void refuses_sizes_that_overflow(void **state)
{
	struct arena *arena = arena_new(SIZE_MAX);
	(void)state;

	assert_null(arena_alloc(arena, SIZE_MAX));
	arena_reset(arena);
	assert_null(arena_array(arena, SIZE_MAX / 2, 3));
	assert_true(arena_failed(arena));
	arena_reset(arena);
	void *ptr = arena_alloc(arena, 0);
	assert_non_null(ptr);
	assert_null(arena_grow(arena, ptr, 0, SIZE_MAX));
	arena_free(arena);
	assert_null(mem_array(SIZE_MAX / 2, 3));
}

static void grows_in_place_or_moves(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	(void)state;

	unsigned char *ptr = arena_alloc(arena, 10);
	memset(ptr, 1, 10);
	unsigned char *grown = arena_grow(arena, ptr, 10, 1000);
	assert_ptr_equal(grown, ptr);
	assert_true(is_zero(grown + 10, 990));
	memset(grown, 2, 1000);
	assert_non_null(arena_alloc(arena, 1));
	unsigned char *moved = arena_grow(arena, grown, 1000, 2000);
	assert_ptr_not_equal(moved, grown);
	assert_int_equal(moved[0], 2);
	assert_int_equal(moved[999], 2);
	assert_true(is_zero(moved + 1000, 1000));
	assert_non_null(arena_grow(arena, NULL, 0, 5));
	arena_free(arena);
}

/* A block grown step by step, with others between, keeps what was in it. */
static void grows_at_random(void **state)
{
	uint64_t random = 5;
	(void)state;

	for (int round = 0; round < 200; round++) {
		struct arena *arena = arena_new(4 << 20);
		unsigned char *ptr = NULL;
		size_t len = 0;
		while (len < 20000) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
			size_t more = (size_t)(random >> 40) % 900;
			unsigned char *grown = arena_grow(arena, ptr, len, len + more);
			assert_non_null(grown);
			assert_true(is_zero(grown + len, more));
			for (size_t i = 0; i < len; i += 97)
				assert_int_equal(grown[i], i % 251);
			for (size_t i = len; i < len + more; i++)
				grown[i] = (unsigned char)(i % 251);
			ptr = grown;
			len += more;
			if (random >> 33 & 1)
				memset(arena_alloc(arena, 24), 0xee, 24);
		}
		arena_free(arena);
	}
}

static void fails_when_told(void **state)
{
	(void)state;
	mem_fail_nth(2, false);
	void *first = mem_new(1);
	void *second = mem_new(1);
	void *third = mem_new(1);
	assert_non_null(first);
	assert_null(second);
	assert_non_null(third);
	assert_true(mem_fail_nth(1, true));
	assert_null(mem_resize(first, 100));
	assert_null(mem_new(1));
	assert_null(arena_new(10));
	assert_true(mem_fail_nth(2, false));
	first = mem_resize(first, 100);
	assert_non_null(first);
	assert_false(mem_fail_nth(0, false));
	assert_null(mem_free(first));
	mem_free(third);
	assert_null(mem_free(NULL));

	struct arena *arena = arena_new(1 << 20);
	mem_fail_nth(1, false);
	assert_null(arena_alloc(arena, 1));
	assert_true(arena_failed(arena));
	mem_fail_nth(0, false);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_zeroed_aligned_memory),
		cmocka_unit_test(keeps_its_limit),
		cmocka_unit_test(stays_failed_until_reset),
		cmocka_unit_test(refuses_sizes_that_overflow),
		cmocka_unit_test(grows_in_place_or_moves),
		cmocka_unit_test(grows_at_random),
		cmocka_unit_test(fails_when_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
