#include "disk_model.h"

#include "base/compiler.h"

#include <assert.h>

static void *must(void *ptr)
{
	if (!ptr)
		abort();
	return ptr;
}

uint64_t disk_random(struct disk *disk)
{
	uint64_t x = disk->random += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* ---- contents ---- */

static void put_length(struct content *content, size_t len)
{
	if (len > content->cap) {
		content->cap = len * 2;
		content->bytes = must(realloc(content->bytes, content->cap));
	}
	if (len > content->len)
		memset(content->bytes + content->len, 0, len - content->len);
	content->len = len;
}

static void put_bytes(struct content *content, const char *bytes, size_t n, size_t at)
{
	if (at + n > content->len)
		put_length(content, at + n);
	memcpy(content->bytes + at, bytes, n);
}

static void copy_content(struct content *to, const struct content *from)
{
	put_length(to, 0);
	if (from->len)
		put_bytes(to, from->bytes, from->len, 0);
}

static void add_change(struct inode *inode, const void *bytes, size_t n, size_t at)
{
	struct change *change;

	if (inode->n_changes == inode->cap_changes) {
		inode->cap_changes = inode->cap_changes * 2 + 16;
		inode->changes = must(realloc(inode->changes,
					      inode->cap_changes * sizeof(*inode->changes)));
	}
	change = &inode->changes[inode->n_changes++];
	*change = (struct change){ .at = at, .n = n };
	if (bytes) {
		change->bytes = must(malloc(n + 1));
		memcpy(change->bytes, bytes, n);
	}
}

static void forget_changes(struct inode *inode)
{
	while (inode->n_changes)
		free(inode->changes[--inode->n_changes].bytes);
}

void inode_write(struct inode *inode, const void *bytes, size_t n, size_t at)
{
	put_bytes(&inode->now, bytes, n, at);
	add_change(inode, bytes, n, at);
}

void inode_truncate(struct inode *inode, size_t len)
{
	put_length(&inode->now, len);
	add_change(inode, NULL, 0, len);
}

void inode_sync(struct inode *inode)
{
	for (size_t i = 0; i < inode->n_changes; i++) {
		const struct change *change = &inode->changes[i];
		if (change->bytes)
			put_bytes(&inode->safe, change->bytes, change->n, change->at);
		else
			put_length(&inode->safe, change->at);
	}
	forget_changes(inode);
}

/* How much of what was not synced reaches the surface, for one file at one cut. */
enum luck {
	LUCK_NONE,
	LUCK_ALL,
	LUCK_FIRST,	/* in the order of writing, up to some moment */
	LUCK_WRITES,	/* some writes whole, others not */
	LUCK_SECTORS,	/* each sector by itself; one in eight of those is torn */
	LUCK_COUNT
};

static void put_sectors(struct disk *disk, struct content *to, const struct change *change)
{
	size_t done = 0;

	while (done < change->n) {
		size_t n = SECTOR_BYTES - (change->at + done) % SECTOR_BYTES;
		uint64_t chance = disk_random(disk);
		if (n > change->n - done)
			n = change->n - done;
		if (chance & 1)
			put_bytes(to, change->bytes + done,
				  (chance >> 1) % 8 ? n : (size_t)(chance >> 8) % n, change->at + done);
		done += n;
	}
}

static void put_by_luck(struct disk *disk, struct inode *inode)
{
	enum luck luck = (enum luck)(disk_random(disk) % LUCK_COUNT);
	size_t first = inode->n_changes ? disk_random(disk) % (inode->n_changes + 1) : 0;

	for (size_t i = 0; i < inode->n_changes; i++) {
		const struct change *change = &inode->changes[i];
		bool coin = disk_random(disk) & 1;
		if (luck == LUCK_NONE || (luck == LUCK_FIRST && i > first) ||
		    (luck == LUCK_WRITES && !coin))
			continue;
		if (!change->bytes)
			put_length(&inode->safe, luck == LUCK_SECTORS && !coin ? inode->safe.len
									       : change->at);
		else if (luck == LUCK_SECTORS || (luck == LUCK_FIRST && i == first))
			put_sectors(disk, &inode->safe, change);
		else
			put_bytes(&inode->safe, change->bytes, change->n, change->at);
	}
	forget_changes(inode);
}

void inode_lose(struct disk *disk, struct inode *inode)
{
	put_by_luck(disk, inode);
}

struct inode *inode_new(void)
{
	struct inode *inode = must(calloc(1, sizeof(*inode)));
	inode->refs = 1;
	return inode;
}

struct inode *inode_ref(struct inode *inode)
{
	if (inode)
		inode->refs++;
	return inode;
}

struct inode *inode_unref(struct inode *inode)
{
	if (!inode || --inode->refs)
		return NULL;
	forget_changes(inode);
	free(inode->changes);
	free(inode->now.bytes);
	free(inode->safe.bytes);
	free(inode);
	return NULL;
}

struct shared *shared_new(void)
{
	return must(calloc(1, sizeof(struct shared)));
}

void shared_add(struct shared *shared, size_t bytes)
{
	shared->regions[shared->n++] = must(calloc(1, bytes));
}

struct shared *shared_unref(struct shared *shared)
{
	if (!shared || --shared->refs)
		return NULL;
	for (int i = 0; i < shared->n; i++)
		free(shared->regions[i]);
	free(shared);
	return NULL;
}

/* ---- the folder ---- */

struct entry *disk_entry(struct disk *disk, const char *name, bool make)
{
	struct entry *unused = NULL;

	for (int i = 0; i < FILES_MAX; i++) {
		struct entry *entry = &disk->entries[i];
		if (entry->name && strcmp(entry->name, name) == 0)
			return entry;
		if (!entry->name && !unused)
			unused = entry;
	}
	if (make)
		((struct entry *)must(unused))->name = must(strdup(name));
	return make ? unused : NULL;
}

static void settle(struct entry *entry, struct inode *inode)
{
	inode_ref(inode);
	inode_unref(entry->now);
	inode_unref(entry->safe);
	entry->now = inode;
	entry->safe = inode_ref(inode);
}

void folder_sync(struct disk *disk)
{
	for (int i = 0; i < FILES_MAX; i++)
		settle(&disk->entries[i], disk->entries[i].now);
}

/* ---- faults and ends ---- */

static bool ends_with(const char *name, const char *suffix)
{
	size_t a = strlen(name), b = strlen(suffix);
	return a >= b && strcmp(name + a - b, suffix) == 0;
}

static bool is_change(enum disk_op op)
{
	return op == DISK_WRITE || op == DISK_SYNC || op == DISK_TRUNCATE || op == DISK_DELETE;
}

enum strike disk_strike(struct disk *disk, enum disk_op op, const char *name)
{
	if (disk->stopped)
		return STRIKE_DEAD;
	disk->counts[op]++;
	if (is_change(op) && disk->stop_in && --disk->stop_in == 0) {
		disk->stopped = true;
		return STRIKE_STOP;
	}
	if (!disk->fault.n || disk->fault.op != op || !ends_with(name, disk->fault.suffix))
		return STRIKE_NONE;
	if (disk->fault.n > 1) {
		disk->fault.n--;
		return STRIKE_NONE;
	}
	disk->struck++;
	if (disk->fault.times > 0 && --disk->fault.times == 0)
		disk->fault.n = 0;
	return STRIKE_FAULT;
}

void disk_fault(struct disk *disk, enum disk_op op, const char *suffix, int64_t n, int64_t times,
		enum disk_how how)
{
	disk->fault.op = op;
	disk->fault.suffix = suffix;
	disk->fault.n = n;
	disk->fault.times = times;
	disk->fault.how = how;
	disk->struck = 0;
}

int64_t disk_struck(const struct disk *disk)
{
	return disk->struck;
}

int64_t disk_count(const struct disk *disk, enum disk_op op)
{
	return disk->counts[op];
}

void disk_stop(struct disk *disk, int64_t n)
{
	disk->stop_in = n;
	if (n == 0)
		disk->stopped = true;
}

bool disk_stopped(const struct disk *disk)
{
	return disk->stopped;
}

/* No handle of the old life counts here any more. */
static void leave(struct inode *inode)
{
	if (inode) {
		inode->handles = NULL;
		inode->shared = NULL;
	}
}

static void cut(struct disk *disk, struct inode *inode)
{
	if (!inode)
		return;
	put_by_luck(disk, inode);
	copy_content(&inode->now, &inode->safe);
}

void disk_restart(struct disk *disk, enum disk_end end)
{
	for (int i = 0; i < FILES_MAX; i++) {
		struct entry *entry = &disk->entries[i];
		leave(entry->now);
		leave(entry->safe);
		if (end != DISK_CUT)
			continue;
		if (entry->now != entry->safe)
			settle(entry, disk_random(disk) & 1 ? entry->now : entry->safe);
		cut(disk, entry->now);
	}
	disk->life++;
	disk->stopped = false;
	disk->stop_in = 0;
	disk_fault(disk, DISK_OPEN, "", 0, 0, DISK_FAILS);
	/* SQLite draws its salts anew, from this disk's seed. */
	sqlite3_randomness(0, NULL);
}

static struct inode *copy_inode(const struct inode *from)
{
	struct inode *inode;

	if (!from)
		return NULL;
	inode = inode_new();
	copy_content(&inode->now, &from->now);
	copy_content(&inode->safe, &from->now);
	return inode;
}

void disk_keep(struct disk *disk)
{
	for (int i = 0; i < FILES_MAX; i++) {
		struct entry *entry = &disk->entries[i];
		inode_unref(entry->kept);
		entry->kept = copy_inode(entry->now);
	}
}

void disk_bring_back(struct disk *disk)
{
	disk_restart(disk, DISK_KILLED);
	for (int i = 0; i < FILES_MAX; i++) {
		struct inode *inode = copy_inode(disk->entries[i].kept);
		settle(&disk->entries[i], inode);
		inode_unref(inode);
	}
}

struct disk *disk_new(uint64_t seed)
{
	struct disk *disk = must(calloc(1, sizeof(*disk)));

	disk->random = seed;
	disk->fault.suffix = "";
	disk_vfs_init(disk);
	if (sqlite3_initialize() != SQLITE_OK || sqlite3_vfs_register(&disk->vfs, 1) != SQLITE_OK)
		abort();
	sqlite3_randomness(0, NULL);
	return disk;
}

struct disk *disk_free(struct disk *disk)
{
	if (!disk)
		return NULL;
	sqlite3_vfs_unregister(&disk->vfs);
	for (int i = 0; i < FILES_MAX; i++) {
		inode_unref(disk->entries[i].now);
		inode_unref(disk->entries[i].safe);
		inode_unref(disk->entries[i].kept);
		free(disk->entries[i].name);
	}
	free(disk);
	return NULL;
}
