#include "base/metric.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct arena *arena;
static struct buf page;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	buf_init(&page, arena, 1 << 16);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void assert_page(const char *wanted)
{
	assert_string_equal(text_z(arena, buf_done(&page)), wanted);
}

static void a_duration_is_within_the_bound_it_reaches(void **state)
{
	static const int64_t us[] = { -1, 0, 1000, 1001, 49999, 50000, 50001, 10000000, 10000001 };
	struct metric_histogram times = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(us); i++)
		metric_observe_us(&times, us[i]);
	metric_print_seconds(&page, "t_seconds", "class=\"save\"", &times);
	assert_page("t_seconds_bucket{class=\"save\",le=\"0.001\"} 3\n"
		    "t_seconds_bucket{class=\"save\",le=\"0.002\"} 4\n"
		    "t_seconds_bucket{class=\"save\",le=\"0.005\"} 4\n"
		    "t_seconds_bucket{class=\"save\",le=\"0.01\"} 4\n"
		    "t_seconds_bucket{class=\"save\",le=\"0.02\"} 4\n"
		    "t_seconds_bucket{class=\"save\",le=\"0.05\"} 6\n"
		    "t_seconds_bucket{class=\"save\",le=\"0.1\"} 7\n"
		    "t_seconds_bucket{class=\"save\",le=\"0.2\"} 7\n"
		    "t_seconds_bucket{class=\"save\",le=\"0.5\"} 7\n"
		    "t_seconds_bucket{class=\"save\",le=\"1\"} 7\n"
		    "t_seconds_bucket{class=\"save\",le=\"2\"} 7\n"
		    "t_seconds_bucket{class=\"save\",le=\"5\"} 7\n"
		    "t_seconds_bucket{class=\"save\",le=\"10\"} 8\n"
		    "t_seconds_bucket{class=\"save\",le=\"+Inf\"} 9\n"
		    "t_seconds_sum{class=\"save\"} 20.152002\n"
		    "t_seconds_count{class=\"save\"} 9\n");
}

static void pieces_are_counted_whole(void **state)
{
	struct metric_histogram batch = { 0 };

	(void)state;
	metric_observe(&batch, 1);
	metric_observe(&batch, 256);
	metric_observe(&batch, 10001);
	metric_print(&page, "jobs", "", &batch);
	assert_page("jobs_bucket{le=\"1\"} 1\njobs_bucket{le=\"2\"} 1\njobs_bucket{le=\"5\"} 1\n"
		    "jobs_bucket{le=\"10\"} 1\njobs_bucket{le=\"20\"} 1\njobs_bucket{le=\"50\"} 1\n"
		    "jobs_bucket{le=\"100\"} 1\njobs_bucket{le=\"200\"} 1\n"
		    "jobs_bucket{le=\"500\"} 2\njobs_bucket{le=\"1000\"} 2\n"
		    "jobs_bucket{le=\"2000\"} 2\njobs_bucket{le=\"5000\"} 2\n"
		    "jobs_bucket{le=\"10000\"} 2\njobs_bucket{le=\"+Inf\"} 3\n"
		    "jobs_sum 10258\njobs_count 3\n");
}

static void a_metric_has_a_head_and_lines(void **state)
{
	(void)state;
	metric_one(&page, "a_total", "counter", "Some things.", UINT64_MAX);
	metric_head(&page, "b_seconds", "gauge", "Some time.");
	metric_line_seconds(&page, "b_seconds", "x=\"1\"", 1500000);
	assert_page("# HELP a_total Some things.\n# TYPE a_total counter\n"
		    "a_total 18446744073709551615\n"
		    "# HELP b_seconds Some time.\n# TYPE b_seconds gauge\n"
		    "b_seconds{x=\"1\"} 1.500000\n");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_duration_is_within_the_bound_it_reaches),
		TEST(pieces_are_counted_whole),
		TEST(a_metric_has_a_head_and_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
