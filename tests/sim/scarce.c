#include "scarce.h"

#include "base/compiler.h"

#include <sqlite3.h>
#include <stdbool.h>

static enum scarce what;
static int64_t left, times_left, struck;
static sqlite3_mem_methods real;

static bool strikes(enum scarce one)
{
	if (one != what || !left)
		return false;
	if (left > 1) {
		left--;
		return false;
	}
	struck++;
	if (times_left > 0 && --times_left == 0)
		left = 0;
	return true;
}

static void *scarce_malloc(int bytes)
{
	return strikes(SCARCE_MEMORY) ? NULL : real.xMalloc(bytes);
}

static void *scarce_realloc(void *ptr, int bytes)
{
	return strikes(SCARCE_MEMORY) ? NULL : real.xRealloc(ptr, bytes);
}

static int meet_point(int number)
{
	/* 0 is called at installation. */
	return number && strikes(SCARCE_POINTS);
}

void scarce_init(void)
{
	sqlite3_mem_methods methods;

	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real) != SQLITE_OK)
		abort();
	methods = real;
	methods.xMalloc = scarce_malloc;
	methods.xRealloc = scarce_realloc;
	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK ||
	    sqlite3_test_control(SQLITE_TESTCTRL_FAULT_INSTALL, meet_point) != SQLITE_OK)
		abort();
}

void scarce_fault(enum scarce one, int64_t n, int64_t times)
{
	what = one;
	left = n;
	times_left = times;
	struck = 0;
}

int64_t scarce_struck(void)
{
	return struck;
}
