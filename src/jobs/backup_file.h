/* The file of a backup: a database, compressed, then sealed (base/sealed_file.h). Its
 * bytes are in docs/backup.md. */
#ifndef JOBS_BACKUP_FILE_H
#define JOBS_BACKUP_FILE_H

#include "base/sealed_file.h"

#include <stdatomic.h>

struct backup_file {
	int64_t bytes;		/* of the file */
	int64_t database_bytes;
	struct hash sha256;	/* of the file; only of one that was written */
};

/* Writes what the file `from` holds from its beginning to the new file `to`, and brings
 * that to disk. Given up when *stop (may be NULL) becomes true, with ECANCELED. 0 done,
 * -1 errno. */
int backup_file_write(int from, int to, const struct sealed_key *public_key,
		      const atomic_bool *stop, struct backup_file *ret) MUST_CHECK;

enum backup_file_answer {
	BACKUP_FILE_DONE,
	BACKUP_FILE_NONE,	/* it is no backup, or one of a later version */
	BACKUP_FILE_OTHER_KEY,	/* it was made with another public key */
	BACKUP_FILE_DAMAGED,
	BACKUP_FILE_UNREAD,	/* it cannot be read (errno) */
	BACKUP_FILE_UNWRITTEN,	/* the database cannot be written (errno), or memory is out */
};

/* Writes the database of the backup `from` into the empty file `to`, and brings it to
 * disk. */
enum backup_file_answer backup_file_read(int from, const struct sealed_key *private_key, int to,
					 struct backup_file *ret) MUST_CHECK;

#endif
