#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define BIG 100000	/* several chunks of reading */

static char dir[64];
static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/hoithi-file-XXXXXX");
	arena = arena_new(16 << 20);
	return arena && mkdtemp(dir) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *info UNUSED, int flag UNUSED,
			struct FTW *ftw UNUSED)
{
	return remove(path);
}

static int tear_down(void **state)
{
	(void)state;
	arena = arena_free(arena);
	return nftw(dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *path_of(const char *name)
{
	return text_z(arena, text_format(arena, "%s/%s", dir, name));
}

/* All bytes there are, over and over. */
static struct text bytes_of(size_t n)
{
	unsigned char *bytes = arena_alloc(arena, n);

	assert_true(bytes || n == 0);
	for (size_t i = 0; i < n; i++)
		bytes[i] = (unsigned char)(i % 251 + i % 256);
	return text_from_bytes(bytes, n);
}

static void write_file(const char *name, struct text bytes)
{
	assert_int_equal(file_write(arena, path_of(name), bytes), 0);
}

static struct text read_file(const char *name)
{
	struct text bytes = TEXT_EMPTY;

	assert_int_equal(file_read(arena, path_of(name), BIG, &bytes), 0);
	return bytes;
}

static int count_entries(void)
{
	struct text names[64];
	int n = file_list(arena, dir, "", names, ARRAY_LEN(names));

	assert_true(n >= 2);
	return n - 2;	/* "." and ".." */
}

static void what_was_written_is_read(void **state)
{
	static const size_t sizes[] = { 0, 1, 16383, 16384, 16385, 32768, BIG };
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct text bytes = bytes_of(sizes[i]);
		write_file("a", bytes);
		assert_true(text_equal(read_file("a"), bytes));
	}
	assert_int_equal(count_entries(), 1);
}

static void a_file_may_be_as_large_as_the_limit(void **state)
{
	static const size_t limits[] = { 0, 1, 10, 16384, 16385, 40000 };
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		struct text ret = TEXT("untouched");
		write_file("a", bytes_of(limits[i] + 1));
		assert_int_equal(file_read(arena, path_of("a"), limits[i], &ret), 1);
		assert_true(text_equal_z(ret, "untouched"));
		write_file("a", bytes_of(limits[i]));
		assert_int_equal(file_read(arena, path_of("a"), limits[i], &ret), 0);
		assert_int_equal(ret.len, limits[i]);
	}
}

static void what_cannot_be_read_says_why(void **state)
{
	struct text ret = TEXT("untouched");
	(void)state;

	errno = 0;
	assert_int_equal(file_read(arena, path_of("none"), 10, &ret), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(file_read(arena, dir, 10, &ret), -1);
	assert_int_equal(errno, EISDIR);
	write_file("a", TEXT("a"));
	assert_int_equal(file_read(arena, path_of("a/b"), 10, &ret), -1);
	assert_int_equal(errno, ENOTDIR);
	assert_true(text_equal_z(ret, "untouched"));
}

static void a_full_arena_is_no_memory(void **state)
{
	struct arena *small = arena_new(20000);
	struct text ret = TEXT("untouched");
	(void)state;

	write_file("a", bytes_of(BIG));
	errno = 0;
	assert_int_equal(file_read(small, path_of("a"), BIG, &ret), -1);
	assert_int_equal(errno, ENOMEM);
	assert_true(text_equal_z(ret, "untouched"));
	arena_free(small);
}

/* Who reads the old file while the new one comes sees the old one whole. */
static void a_file_is_replaced_not_changed(void **state)
{
	char old[16] = { 0 };
	(void)state;

	write_file("a", TEXT("old and longer"));
	int fd = open(path_of("a"), O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	write_file("a", TEXT("new"));
	assert_int_equal(read(fd, old, sizeof(old) - 1), 14);
	close(fd);
	assert_string_equal(old, "old and longer");
	assert_true(text_equal_z(read_file("a"), "new"));
	assert_int_equal(count_entries(), 1);
}

static void what_cannot_be_written_leaves_nothing(void **state)
{
	(void)state;
	assert_int_equal(file_write(arena, path_of("none/a"), TEXT("x")), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(count_entries(), 0);
	/* The new name can be written, and then not be moved to its place. */
	assert_int_equal(mkdir(path_of("folder"), 0700), 0);
	assert_int_equal(file_write(arena, path_of("folder"), TEXT("x")), -1);
	assert_int_equal(errno, EISDIR);
	assert_int_equal(count_entries(), 1);
}

static void a_left_over_of_a_crash_is_no_hindrance(void **state)
{
	(void)state;
	write_file("a.new", TEXT("half of a longer text"));
	write_file("a", TEXT("whole"));
	assert_true(text_equal_z(read_file("a"), "whole"));
	assert_int_equal(count_entries(), 1);
}

static void a_folder_is_listed_in_order(void **state)
{
	static const char *const made[] = { "b.md", "a.md", "B.md", "10.md", "9.md", "a.txt", "md",
					    ".md", "a.md.new", "đ.md" };
	static const char *const listed[] = { ".md", "10.md", "9.md", "B.md", "a.md", "b.md",
					      "đ.md" };
	struct text names[16];
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(made); i++)
		write_file(made[i], TEXT("x"));
	int n = file_list(arena, dir, ".md", names, ARRAY_LEN(names));
	assert_int_equal(n, ARRAY_LEN(listed));
	for (int i = 0; i < n; i++)
		assert_true(text_equal_z(names[i], listed[i]));
	assert_int_equal(file_list(arena, dir, ".csv", names, ARRAY_LEN(names)), 0);
}

static void no_more_are_listed_than_asked_for(void **state)
{
	struct text names[4] = { TEXT("0"), TEXT("1"), TEXT("2"), TEXT("untouched") };
	(void)state;

	for (int i = 0; i < 6; i++)
		write_file(text_z(arena, text_format(arena, "%d.md", i)), TEXT("x"));
	assert_int_equal(file_list(arena, dir, ".md", names, 3), 3);
	assert_true(text_equal_z(names[3], "untouched"));
	assert_int_equal(file_list(arena, dir, ".md", names, 0), 0);
}

static void a_missing_folder_is_empty_but_a_file_is_none(void **state)
{
	struct text names[2];
	(void)state;

	assert_int_equal(file_list(arena, path_of("none"), ".md", names, 2), 0);
	write_file("a", TEXT("x"));
	assert_int_equal(file_list(arena, path_of("a"), ".md", names, 2), -1);
	assert_int_equal(errno, ENOTDIR);
}

static void open_files_are_counted(void **state)
{
	int before = file_count_open(), fd = open("/dev/null", O_RDONLY);

	(void)state;
	assert_true(before >= 3 && fd >= 0);
	assert_int_equal(file_count_open(), before + 1);
	close(fd);
	assert_int_equal(file_count_open(), before);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(what_was_written_is_read),
		IN_FOLDER(a_file_may_be_as_large_as_the_limit),
		IN_FOLDER(what_cannot_be_read_says_why),
		IN_FOLDER(a_full_arena_is_no_memory),
		IN_FOLDER(a_file_is_replaced_not_changed),
		IN_FOLDER(what_cannot_be_written_leaves_nothing),
		IN_FOLDER(a_left_over_of_a_crash_is_no_hindrance),
		IN_FOLDER(a_folder_is_listed_in_order),
		IN_FOLDER(no_more_are_listed_than_asked_for),
		IN_FOLDER(a_missing_folder_is_empty_but_a_file_is_none),
		IN_FOLDER(open_files_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
