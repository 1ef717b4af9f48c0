/* What disk.c keeps and disk_vfs.c gives to SQLite. */
#ifndef TESTS_SIM_DISK_MODEL_H
#define TESTS_SIM_DISK_MODEL_H

#include "disk.h"

#include <sqlite3.h>
#include <stddef.h>

#define FILES_MAX 32
#define SECTOR_BYTES 512

struct content {
	char *bytes;
	size_t len, cap;
};

/* A write, or the new length of a file (no bytes). */
struct change {
	size_t at, n;
	char *bytes;
};

/* The index that connections to one file share. */
#define REGIONS_MAX 64

struct shared {
	int refs;
	int n;
	void *regions[REGIONS_MAX];
};

struct inode {
	int refs;
	struct content now, safe;	/* as read; as synced */
	struct change *changes;		/* from the one to the other */
	size_t n_changes, cap_changes;
	struct handle *handles;		/* of this life */
	struct shared *shared;
};

struct entry {
	char *name;
	struct inode *now, *safe;
	struct inode *kept;
};

struct disk {
	sqlite3_vfs vfs;
	uint64_t random;
	struct entry entries[FILES_MAX];
	int life;	/* restarts so far */
	bool stopped;
	int64_t stop_in;
	int64_t counts[DISK_OPS];
	struct {
		enum disk_op op;
		const char *suffix;
		int64_t n, times;
		enum disk_how how;
	} fault;
	int64_t struck;
};

/* An open file. */
struct handle {
	sqlite3_file base;
	struct disk *disk;
	struct inode *inode;
	struct handle *next;
	const char *name;	/* of a file without one: "" */
	int life;
	int level;		/* SQLITE_LOCK_… */
	struct shared *shared;
	unsigned int reads, writes;	/* its locks of the index, a bit a slot */
	bool syncs_folder;	/* its first sync does */
};

uint64_t disk_random(struct disk *disk);

/* What befalls an operation. */
enum strike {
	STRIKE_NONE,
	STRIKE_FAULT,
	STRIKE_STOP,	/* the disk stops in the middle of it */
	STRIKE_DEAD,	/* it had stopped before */
};

enum strike disk_strike(struct disk *disk, enum disk_op op, const char *name);

struct entry *disk_entry(struct disk *disk, const char *name, bool make);
struct inode *inode_new(void);
struct inode *inode_ref(struct inode *inode);
struct inode *inode_unref(struct inode *inode);
struct shared *shared_new(void);	/* without a reference */
void shared_add(struct shared *shared, size_t bytes);
struct shared *shared_unref(struct shared *shared);

void inode_write(struct inode *inode, const void *bytes, size_t n, size_t at);
void inode_truncate(struct inode *inode, size_t len);
void inode_sync(struct inode *inode);

/* A sync that failed. */
void inode_lose(struct disk *disk, struct inode *inode);

void folder_sync(struct disk *disk);

void disk_vfs_init(struct disk *disk);

#endif
