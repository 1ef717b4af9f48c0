/* A disk in memory under SQLite, whose faults and power cuts follow from a seed.
 *
 * What was synced stands. What was only written stands as long as the power does:
 * after a cut each sector of it is there, torn or not, and so is each file made or
 * removed since its folder was synced. A sync that fails takes its writes for
 * done, as Linux does: they can be read until the power goes, and no later sync
 * brings them to the surface.
 *
 * A disk is SQLite's default file system while it lives, one at a time. For
 * programs of one thread: a lock that is not to be had is not waited for. */
#ifndef TESTS_SIM_DISK_H
#define TESTS_SIM_DISK_H

#include <stdbool.h>
#include <stdint.h>

struct disk;

enum disk_op {
	DISK_OPEN,
	DISK_READ,
	DISK_WRITE,
	DISK_SYNC,
	DISK_TRUNCATE,
	DISK_DELETE,
	DISK_SIZE,	/* asking for it */
	DISK_LOCK,
	DISK_MAP,	/* a part of the index that connections share */
	DISK_OPS
};

enum disk_how {
	DISK_FAILS,	/* an I/O error; nothing was done */
	DISK_SHORT,	/* of writes: half of it is written, then an I/O error */
	DISK_FULL,	/* of writes: half of it is written, then no room is left */
};

/* Ends of a process. */
enum disk_end {
	DISK_KILLED,	/* all that was written is there */
	DISK_CUT,	/* the power went */
};

/* An empty disk. Ends the test when memory is out, as everything here. */
struct disk *disk_new(uint64_t seed);

/* All connections are to be closed. Takes NULL, returns NULL. */
struct disk *disk_free(struct disk *disk);

/* The n-th `op` (1: the next) on files whose names end in `suffix`, and those
 * after it, `times` in all (-1: until told), go wrong. n = 0 mends the disk. */
void disk_fault(struct disk *disk, enum disk_op op, const char *suffix, int64_t n, int64_t times,
		enum disk_how how);

/* How often the fault struck. */
int64_t disk_struck(const struct disk *disk);

/* How many of `op` there were. */
int64_t disk_count(const struct disk *disk, enum disk_op op);

/* The disk stops in the middle of the n-th change from now (write, sync, truncation,
 * removal): nothing can be done any more. 0: at once. */
void disk_stop(struct disk *disk, int64_t n);
bool disk_stopped(const struct disk *disk);

/* The process ended, before or at the stop: connections that are open by now only
 * answer I/O errors and change nothing. The next ones find what is left. */
void disk_restart(struct disk *disk, enum disk_end end);

/* Keeps what is there, all connections being closed, and brings it back, as often as
 * is wished; a process between the two has ended. */
void disk_keep(struct disk *disk);
void disk_bring_back(struct disk *disk);

#endif
