/* Files for the build-time programs, which end at the first failure: these
 * functions print it and exit. */
#ifndef TOOLS_IO_H
#define TOOLS_IO_H

#include "base/text.h"

/* The whole file, 64 MiB at most. */
struct text io_read(struct arena *arena, const char *path);

/* Writes the file. */
void io_write(const char *path, struct text text);

/* What follows the last slash. */
struct text io_name(const char *path);

_Noreturn void io_fail(const char *format, ...) PRINTF(1, 2);

#endif
