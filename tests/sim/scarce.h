/* What SQLite can run out of beside the disk: memory, and what its own fault points
 * stand for (SQLITE_TESTCTRL_FAULT_INSTALL). One at a time. */
#ifndef TESTS_SIM_SCARCE_H
#define TESTS_SIM_SCARCE_H

#include <stdint.h>

enum scarce {
	SCARCE_MEMORY,
	SCARCE_POINTS,
};

/* Before SQLite's first use. */
void scarce_init(void);

/* As disk_fault: the n-th allocation or point from now on, and those after it, `times`
 * in all (-1: until told), is refused. n = 0 ends it. */
void scarce_fault(enum scarce what, int64_t n, int64_t times);

/* How often since then. */
int64_t scarce_struck(void);

#endif
