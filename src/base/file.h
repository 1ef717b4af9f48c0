/* Reading and writing whole files, and what else is done with paths. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/text.h"

/* Reads a file of at most `limit` bytes into the arena. 0 done, 1 it is larger,
 * -1 errno says why not. */
int file_read(struct arena *arena, const char *path, size_t limit, struct text *ret) MUST_CHECK;

/* Writes a file whole: under another name first, synced, then renamed over
 * `path`. 0 done, -1 errno. */
int file_write(struct arena *arena, const char *path, struct text bytes) MUST_CHECK;

/* Names of a folder's entries that end with `suffix`, sorted by bytes; at most
 * `max`. Returns how many, 0 also when there is no such folder, -1 errno. */
int file_list(struct arena *arena, const char *dir, const char *suffix, struct text *ret, int max);

/* Writes all of it to an open file. 0 done, -1 errno. */
int file_write_all(int fd, struct text bytes) MUST_CHECK;

/* Brings a folder's entries to disk: names that were made or changed. 0 done, -1 errno. */
int file_sync_folder(const char *dir) MUST_CHECK;

/* Whether `path` is `dir` or lies below it, links followed. Of two that are there. */
bool file_is_inside(const char *path, const char *dir);

/* How many files this process has open, or -1 errno. With thousands it takes tens of
 * milliseconds: not for threads that serve. */
int file_count_open(void);

#endif
