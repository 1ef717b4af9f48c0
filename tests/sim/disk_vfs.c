/* The disk as SQLite's file system: the methods of sqlite3_vfs and of an open
 * file, with the locks and the shared index that WAL mode needs. */
#include "disk_model.h"

#include "base/compiler.h"
#include "base/time.h"

#define UNIX_EPOCH_JULIAN_MS INT64_C(210866760000000)

static struct handle *handle_of(sqlite3_file *file)
{
	return (struct handle *)file;
}

static enum strike strike(struct handle *handle, enum disk_op op)
{
	return handle->life != handle->disk->life ? STRIKE_DEAD
						  : disk_strike(handle->disk, op, handle->name);
}

/* ---- an open file ---- */

static int file_read(sqlite3_file *file, void *ret, int n, sqlite3_int64 at)
{
	struct handle *handle = handle_of(file);
	const struct content *content = &handle->inode->now;
	size_t there = (size_t)at < content->len ? content->len - (size_t)at : 0;

	if (strike(handle, DISK_READ))
		return SQLITE_IOERR_READ;
	if (there >= (size_t)n) {
		memcpy(ret, content->bytes + at, (size_t)n);
		return SQLITE_OK;
	}
	memset(ret, 0, (size_t)n);
	if (there)
		memcpy(ret, content->bytes + at, there);
	return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
	struct handle *handle = handle_of(file);
	enum disk_how how = handle->disk->fault.how;
	size_t done = 0;

	switch (strike(handle, DISK_WRITE)) {
	case STRIKE_NONE:
		inode_write(handle->inode, bytes, (size_t)n, (size_t)at);
		return SQLITE_OK;
	case STRIKE_FAULT:
		done = how == DISK_FAILS ? 0 : (size_t)n / 2;
		break;
	case STRIKE_STOP:
		how = DISK_SHORT;
		done = disk_random(handle->disk) % ((size_t)n + 1);
		break;
	case STRIKE_DEAD:
		return SQLITE_IOERR_WRITE;
	}
	if (done)
		inode_write(handle->inode, bytes, done, (size_t)at);
	return how == DISK_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 len)
{
	struct handle *handle = handle_of(file);

	if (strike(handle, DISK_TRUNCATE))
		return SQLITE_IOERR_TRUNCATE;
	inode_truncate(handle->inode, (size_t)len);
	return SQLITE_OK;
}

static int file_sync(sqlite3_file *file, int flags UNUSED)
{
	struct handle *handle = handle_of(file);

	switch (strike(handle, DISK_SYNC)) {
	case STRIKE_NONE:
		break;
	case STRIKE_FAULT:
		inode_lose(handle->disk, handle->inode);
		return SQLITE_IOERR_FSYNC;
	case STRIKE_STOP:
	case STRIKE_DEAD:
		return SQLITE_IOERR_FSYNC;
	}
	inode_sync(handle->inode);
	if (handle->syncs_folder)
		folder_sync(handle->disk);
	handle->syncs_folder = false;
	return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	struct handle *handle = handle_of(file);

	if (strike(handle, DISK_SIZE))
		return SQLITE_IOERR_FSTAT;
	*ret = (sqlite3_int64)handle->inode->now.len;
	return SQLITE_OK;
}

/* The highest level that another connection has. */
static int level_of_others(const struct handle *handle)
{
	int level = SQLITE_LOCK_NONE;

	for (const struct handle *h = handle->inode->handles; h; h = h->next)
		if (h != handle && h->level > level)
			level = h->level;
	return level;
}

static int file_lock(sqlite3_file *file, int level)
{
	struct handle *handle = handle_of(file);
	int others = level_of_others(handle);

	if (handle->level >= level)
		return SQLITE_OK;
	if (strike(handle, DISK_LOCK))
		return SQLITE_IOERR_LOCK;
	if (others >= (level == SQLITE_LOCK_SHARED ? SQLITE_LOCK_PENDING : SQLITE_LOCK_RESERVED))
		return SQLITE_BUSY;
	if (level == SQLITE_LOCK_EXCLUSIVE && others >= SQLITE_LOCK_SHARED) {
		handle->level = SQLITE_LOCK_PENDING;
		return SQLITE_BUSY;
	}
	handle->level = level;
	return SQLITE_OK;
}

static int file_unlock(sqlite3_file *file, int level)
{
	struct handle *handle = handle_of(file);

	if (handle->level > level)
		handle->level = level;
	return SQLITE_OK;
}

static int file_check_lock(sqlite3_file *file, int *ret)
{
	struct handle *handle = handle_of(file);

	*ret = handle->level >= SQLITE_LOCK_RESERVED ||
	       level_of_others(handle) >= SQLITE_LOCK_RESERVED;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *file UNUSED, int op UNUSED, void *arg UNUSED)
{
	return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file UNUSED)
{
	return 4096;
}

/* As the real one says of itself: a write spoils no byte beside it. */
static int file_traits(sqlite3_file *file UNUSED)
{
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int file_map(sqlite3_file *file, int region, int bytes, int extend, void volatile **ret)
{
	struct handle *handle = handle_of(file);
	struct inode *inode = handle->inode;

	*ret = NULL;
	if (strike(handle, DISK_MAP) || region >= REGIONS_MAX)
		return SQLITE_IOERR_SHMMAP;
	if (!handle->shared) {
		if (!inode->shared)
			inode->shared = shared_new();
		handle->shared = inode->shared;
		handle->shared->refs++;
	}
	while (handle->shared->n <= region && extend)
		shared_add(handle->shared, (size_t)bytes);
	if (region < handle->shared->n)
		*ret = handle->shared->regions[region];
	return SQLITE_OK;
}

/* In that index: whether others read or write what these slots stand for. */
static bool is_held(const struct handle *handle, unsigned int slots, bool shared)
{
	for (const struct handle *h = handle->inode->handles; h; h = h->next)
		if (h != handle && ((h->writes & slots) || (!shared && (h->reads & slots))))
			return true;
	return false;
}

static int file_lock_slots(sqlite3_file *file, int first, int n, int flags)
{
	struct handle *handle = handle_of(file);
	unsigned int slots = ((1U << n) - 1) << first;
	bool shared = flags & SQLITE_SHM_SHARED;

	if (flags & SQLITE_SHM_UNLOCK) {
		*(shared ? &handle->reads : &handle->writes) &= ~slots;
		return SQLITE_OK;
	}
	if (strike(handle, DISK_LOCK))
		return SQLITE_IOERR_SHMLOCK;
	if (is_held(handle, slots, shared))
		return SQLITE_BUSY;
	*(shared ? &handle->reads : &handle->writes) |= slots;
	return SQLITE_OK;
}

static void file_barrier(sqlite3_file *file UNUSED)
{
}

static int file_unmap(sqlite3_file *file, int removes UNUSED)
{
	struct handle *handle = handle_of(file);

	if (handle->shared && handle->shared->refs == 1 && handle->life == handle->disk->life)
		handle->inode->shared = NULL;
	handle->shared = shared_unref(handle->shared);
	handle->reads = handle->writes = 0;
	return SQLITE_OK;
}

static int file_close(sqlite3_file *file)
{
	struct handle *handle = handle_of(file);

	(void)file_unmap(file, 0);
	for (struct handle **at = &handle->inode->handles; *at; at = &(*at)->next)
		if (*at == handle) {
			*at = handle->next;
			break;
		}
	handle->inode = inode_unref(handle->inode);
	return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
	.iVersion = 2, .xClose = file_close, .xRead = file_read, .xWrite = file_write,
	.xTruncate = file_truncate, .xSync = file_sync, .xFileSize = file_size,
	.xLock = file_lock, .xUnlock = file_unlock, .xCheckReservedLock = file_check_lock,
	.xFileControl = file_control, .xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_traits, .xShmMap = file_map, .xShmLock = file_lock_slots,
	.xShmBarrier = file_barrier, .xShmUnmap = file_unmap,
};

/* ---- the file system ---- */

static struct disk *disk_of(sqlite3_vfs *vfs)
{
	return vfs->pAppData;
}

/* SQLite syncs the folder with the first sync of a log that it would have made, also
 * when it was there: an earlier process may not have come to it. */
#define LOGS (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL)

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret)
{
	struct disk *disk = disk_of(vfs);
	struct handle *handle = handle_of(file);
	bool creates = flags & SQLITE_OPEN_CREATE;
	struct entry *entry = name ? disk_entry(disk, name, creates) : NULL;
	bool is_new = !entry || !entry->now;

	memset(handle, 0, sizeof(*handle));
	if (disk_strike(disk, DISK_OPEN, name ? name : "") || (is_new && !creates))
		return SQLITE_CANTOPEN;
	handle->inode = is_new ? inode_new() : inode_ref(entry->now);
	if (is_new && entry)
		entry->now = inode_ref(handle->inode);
	handle->base.pMethods = &methods;
	handle->disk = disk;
	handle->name = name ? name : "";
	handle->life = disk->life;
	handle->syncs_folder = creates && (flags & LOGS);
	handle->next = handle->inode->handles;
	handle->inode->handles = handle;
	if (ret)
		*ret = flags;
	return SQLITE_OK;
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int syncs)
{
	struct disk *disk = disk_of(vfs);
	struct entry *entry = disk_entry(disk, name, false);

	if (disk_strike(disk, DISK_DELETE, name))
		return SQLITE_IOERR_DELETE;
	if (!entry || !entry->now)
		return SQLITE_IOERR_DELETE_NOENT;
	entry->now = inode_unref(entry->now);
	if (syncs)
		folder_sync(disk);
	return SQLITE_OK;
}

/* Like the real one, which takes an empty file for none. */
static int disk_access(sqlite3_vfs *vfs, const char *name, int flags UNUSED, int *ret)
{
	const struct entry *entry = disk_entry(disk_of(vfs), name, false);

	*ret = entry && entry->now && entry->now->now.len > 0;
	return SQLITE_OK;
}

static int disk_path(sqlite3_vfs *vfs UNUSED, const char *name, int n, char *ret)
{
	snprintf(ret, (size_t)n, "%s", name);
	return SQLITE_OK;
}

static int disk_randomness(sqlite3_vfs *vfs, int n, char *ret)
{
	for (int i = 0; i < n; i++)
		ret[i] = (char)disk_random(disk_of(vfs));
	return n;
}

static int disk_sleep(sqlite3_vfs *vfs UNUSED, int us)
{
	return us;
}

static int disk_time(sqlite3_vfs *vfs UNUSED, sqlite3_int64 *ret)
{
	*ret = UNIX_EPOCH_JULIAN_MS + time_now_ms();
	return SQLITE_OK;
}

void disk_vfs_init(struct disk *disk)
{
	disk->vfs = (sqlite3_vfs){
		.iVersion = 2, .szOsFile = sizeof(struct handle), .mxPathname = 1024,
		.zName = "sim", .pAppData = disk, .xOpen = disk_open, .xDelete = disk_delete,
		.xAccess = disk_access, .xFullPathname = disk_path,
		.xRandomness = disk_randomness, .xSleep = disk_sleep,
		.xCurrentTimeInt64 = disk_time,
	};
}
