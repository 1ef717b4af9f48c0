#include "base/file.h"
#include "base/security_log.h"
#include "base/text.h"
#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>
#include <sys/stat.h>

static char dir[] = "/tmp/test_security_log.XXXXXX";
static char path[64];

static struct text file_of(struct arena *arena)
{
	struct text text = TEXT_EMPTY;

	assert_int_equal(file_read(arena, path, 16 << 20, &text), 0);
	return text;
}

static void a_line_an_event(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct security_log *log = security_log_new(path);
	struct stat stat_of;

	(void)state;
	assert_int_equal(security_log_write(log, "sign-in", "client=%s", "10.0.0.1"), 0);
	assert_int_equal(security_log_write(log, "odd", "a=%s", "x\ny\033z"), 0);
	struct text rest = file_of(arena);
	struct text first = text_cut(&rest, '\n'), second = text_cut(&rest, '\n');
	assert_true(text_ends_with(first, TEXT("+07:00 sign-in client=10.0.0.1")));
	assert_true(text_ends_with(second, TEXT(" odd a=x?y?z")));
	assert_int_equal(rest.len, 0);
	assert_int_equal(stat(path, &stat_of), 0);
	assert_int_equal(stat_of.st_mode & 0777, 0600);
	/* Renamed away, as a rotation does: the next line makes a new file. */
	assert_int_equal(rename(path, text_z(arena, text_format(arena, "%s.1", path))), 0);
	assert_int_equal(security_log_write(log, "again", "a=%d", 1), 0);
	assert_true(text_ends_with(file_of(arena), TEXT(" again a=1\n")));
	security_log_free(log);
	assert_int_equal(unlink(path), 0);
	arena_free(arena);
}

static int64_t clock_ms;

static int64_t read_clock(void *ctx)
{
	(void)ctx;
	return clock_ms;
}

static int lines_of(struct arena *arena)
{
	int lines = 0;

	arena_reset(arena);
	for (struct text rest = file_of(arena); rest.len; lines++)
		(void)text_cut(&rest, '\n');
	return lines;
}

/* However many events there are, the file grows by a bounded number of lines, and says
 * how many it lacks. */
static void nobody_fills_the_disk(void **state)
{
	struct arena *arena = arena_new(64 << 20);
	struct security_log *log = security_log_new(path);

	(void)state;
	clock_ms = INT64_C(1730000000000);
	time_set_source(read_clock, NULL);
	for (int i = 0; i < 3 * SECURITY_LOG_BURST; i++)
		assert_int_equal(security_log_write(log, "flood", "i=%d", i), 0);
	assert_int_equal(lines_of(arena), SECURITY_LOG_BURST);
	clock_ms += 1000;
	for (int i = 0; i < 3 * SECURITY_LOG_BURST; i++)
		assert_int_equal(security_log_write(log, "flood", "i=%d", i), 0);
	assert_int_equal(lines_of(arena), SECURITY_LOG_BURST + 1 + SECURITY_LOG_RATE);
	struct text wanted = text_format(arena, " left-out lines=%d\n", 2 * SECURITY_LOG_BURST);
	assert_true(text_find(file_of(arena), wanted, 0) > 0);
	time_set_source(NULL, NULL);
	security_log_free(log);
	assert_int_equal(unlink(path), 0);
	arena_free(arena);
}

static void none_is_no_trouble(void **state)
{
	struct security_log *log = security_log_new("/nowhere/at/all");

	(void)state;
	assert_int_equal(security_log_write(NULL, "x", "y=%d", 1), 0);
	assert_int_equal(security_log_write(log, "x", "y=%d", 1), 1);
	security_log_free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_an_event), cmocka_unit_test(nobody_fills_the_disk),
		cmocka_unit_test(none_is_no_trouble),
	};

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/security.log", dir);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
