/* Included before every file of the project (see meson.build): calls that are
 * unsafe, that depend on the process-wide locale or time zone, or that would
 * go around a seam of base/ are compile errors. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok gets
#pragma GCC poison atoi atol atoll strtol strtoul gmtime localtime mktime
#pragma GCC poison ctime asctime rand srand srandom system

#endif
