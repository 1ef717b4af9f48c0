/* What the load programs are told: "--name value" pairs, and files of lines. */
#ifndef BENCH_ARGUMENTS_H
#define BENCH_ARGUMENTS_H

#include "base/text.h"

enum argument_type { ARGUMENT_TEXT, ARGUMENT_COUNT, ARGUMENT_DECIMAL };

struct argument {
	const char *name;
	enum argument_type type;
	void *to;		/* const char *, int64_t or double; counts and decimals are
				 * at least 0 */
};

/* 0 done, 2 wrongly called, which was said on stderr. */
int arguments_read(int argc, char **argv, const struct argument *table, size_t n) MUST_CHECK;

/* Says what is wrong; 2. */
int arguments_misused(const char *what);

/* The lines of a file that are not empty. 0 done, 1 there are none, which was said. */
int arguments_lines(struct arena *arena, const char *path, const struct text **ret,
		    int *ret_n) MUST_CHECK;

#endif
