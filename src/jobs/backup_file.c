#include "jobs/backup_file.h"

#include "base/file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define BLOCK_BYTES 65536
/* The written file goes to disk a piece at a time, so that it never comes down at once
 * on a disk that saves are waiting for. */
#define SYNC_BYTES (INT64_C(8) << 20)
#define HEAD_BYTES_MAX 64
#define DATABASE "hoithi.db"
#define END "end\n"

struct writing {
	struct sealed_writer *sealed;
	int to;
	int64_t synced;
	z_stream z;
	unsigned char plain[BLOCK_BYTES], packed[BLOCK_BYTES];
};

/* Compresses and seals; Z_FINISH ends the stream. */
static int pack(struct writing *w, const void *ptr, size_t len, int flush)
{
	w->z.next_in = (unsigned char *)ptr;
	w->z.avail_in = (uInt)len;
	do {
		w->z.next_out = w->packed;
		w->z.avail_out = sizeof(w->packed);
		(void)deflate(&w->z, flush);
		if (sealed_write(w->sealed, text_from_bytes(w->packed, sizeof(w->packed) -
								       w->z.avail_out)) != 0)
			return -1;
	} while (w->z.avail_out == 0);
	if (sealed_writer_bytes(w->sealed) - w->synced < SYNC_BYTES)
		return 0;
	w->synced = sealed_writer_bytes(w->sealed);
	return fdatasync(w->to);
}

static int pack_file(struct writing *w, int from, int64_t size, const atomic_bool *stop)
{
	while (size > 0) {
		ssize_t n = read(from, w->plain, size < BLOCK_BYTES ? (size_t)size : BLOCK_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0 || (stop && *stop))
			errno = n == 0 ? EIO : ECANCELED;
		if (n <= 0 || (stop && *stop) || pack(w, w->plain, (size_t)n, Z_NO_FLUSH) != 0)
			return -1;
		size -= n;
	}
	return 0;
}

static int write_all(struct writing *w, int from, int64_t size, const atomic_bool *stop)
{
	char head[HEAD_BYTES_MAX];
	int len = snprintf(head, sizeof(head), "%s %lld\n", DATABASE, (long long)size);

	if (pack(w, head, (size_t)len, Z_NO_FLUSH) != 0 || pack_file(w, from, size, stop) != 0 ||
	    pack(w, END, strlen(END), Z_FINISH) != 0 || sealed_write_end(w->sealed) != 0)
		return -1;
	return fsync(w->to);
}

static void writing_free(struct writing *w)
{
	if (!w)
		return;
	(void)deflateEnd(&w->z);
	sealed_writer_free(w->sealed);
	mem_free(w);
}

int backup_file_write(int from, int to, const struct sealed_key *public_key,
		      const atomic_bool *stop, struct backup_file *ret)
{
	struct writing *w = mem_new(sizeof(*w));
	struct stat info;
	int result = -1;

	errno = ENOMEM;
	if (!w)
		return -1;
	w->to = to;
	/* What is sealed in it does not get smaller, so the fastest level does. */
	if (deflateInit(&w->z, Z_BEST_SPEED) == Z_OK && fstat(from, &info) == 0) {
		w->sealed = sealed_writer_new(to, public_key);
		result = w->sealed ? write_all(w, from, info.st_size, stop) : -1;
	}
	if (result == 0)
		*ret = (struct backup_file){ sealed_writer_bytes(w->sealed), info.st_size,
					     sealed_writer_hash(w->sealed) };
	int error = errno;
	writing_free(w);
	errno = error;
	return result;
}

struct reading {
	int to;
	int64_t left;		/* bytes of the database that are to come; -1 its line is */
	char line[HEAD_BYTES_MAX];
	size_t line_len;
	struct backup_file *ret;
	z_stream z;
	bool is_over;		/* the compressed stream is */
	unsigned char plain[BLOCK_BYTES];
};

/* Takes the line that stands before the database. False when it is another. */
static bool take_head(struct reading *r)
{
	struct text rest = text_from_bytes(r->line, r->line_len - 1);

	r->line_len = 0;
	return text_equal(text_cut(&rest, ' '), TEXT(DATABASE)) && rest.ptr &&
	       text_to_int64(rest, &r->left) == 0 && r->left >= 0;
}

/* What was decompressed: a line, the database, a line. */
static enum backup_file_answer take(struct reading *r, struct text bytes)
{
	while (bytes.len) {
		if (r->left > 0) {
			struct text part = text_part(bytes, 0, (size_t)r->left);
			if (file_write_all(r->to, part) != 0)
				return BACKUP_FILE_UNWRITTEN;
			r->left -= (int64_t)part.len;
			r->ret->database_bytes += (int64_t)part.len;
			bytes = text_part(bytes, part.len, bytes.len);
			continue;
		}
		if (r->line_len == sizeof(r->line))
			return BACKUP_FILE_DAMAGED;
		r->line[r->line_len++] = bytes.ptr[0];
		if (r->left < 0 && bytes.ptr[0] == '\n' && !take_head(r))
			return BACKUP_FILE_NONE;
		bytes = text_part(bytes, 1, bytes.len);
	}
	return BACKUP_FILE_DONE;
}

static enum backup_file_answer unpack(struct reading *r, struct text chunk)
{
	enum backup_file_answer answer = BACKUP_FILE_DONE;

	r->z.next_in = (unsigned char *)chunk.ptr;
	r->z.avail_in = (uInt)chunk.len;
	while (answer == BACKUP_FILE_DONE && !r->is_over) {
		r->z.next_out = r->plain;
		r->z.avail_out = sizeof(r->plain);
		int code = inflate(&r->z, Z_NO_FLUSH);
		if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
			return BACKUP_FILE_DAMAGED;
		r->is_over = code == Z_STREAM_END;
		answer = take(r, text_from_bytes(r->plain, sizeof(r->plain) - r->z.avail_out));
		if (r->z.avail_out)
			break;
	}
	if (r->is_over && r->z.avail_in)
		return BACKUP_FILE_DAMAGED;
	return answer;
}

static enum backup_file_answer answer_of(enum sealed_answer answer)
{
	switch (answer) {
	case SEALED_FAILED:
		return BACKUP_FILE_UNREAD;
	case SEALED_NO_FILE:
		return BACKUP_FILE_NONE;
	case SEALED_OTHER_KEY:
		return BACKUP_FILE_OTHER_KEY;
	case SEALED_END:
	case SEALED_CHUNK:
		return BACKUP_FILE_DONE;
	case SEALED_DAMAGED:
		break;
	}
	return BACKUP_FILE_DAMAGED;
}

static enum backup_file_answer read_all(struct reading *r, struct sealed_reader *sealed)
{
	enum backup_file_answer answer = BACKUP_FILE_DONE;
	enum sealed_answer found;
	struct text chunk;

	while (answer == BACKUP_FILE_DONE && (found = sealed_read(sealed, &chunk)) != SEALED_END)
		answer = found == SEALED_CHUNK ? unpack(r, chunk) : answer_of(found);
	if (answer == BACKUP_FILE_DONE &&
	    (!r->is_over || r->left != 0 ||
	     !text_equal(text_from_bytes(r->line, r->line_len), TEXT(END))))
		return BACKUP_FILE_DAMAGED;
	return answer == BACKUP_FILE_DONE && fsync(r->to) != 0 ? BACKUP_FILE_UNWRITTEN : answer;
}

enum backup_file_answer backup_file_read(int from, const struct sealed_key *private_key, int to,
					 struct backup_file *ret)
{
	struct sealed_reader *sealed = NULL;
	struct reading *r = mem_new(sizeof(*r));

	*ret = (struct backup_file){ 0 };
	if (!r || inflateInit(&r->z) != Z_OK) {
		errno = ENOMEM;
		mem_free(r);
		return BACKUP_FILE_UNWRITTEN;
	}
	r->to = to;
	r->left = -1;
	r->ret = ret;
	enum sealed_answer found = sealed_reader_new(from, private_key, &sealed);
	enum backup_file_answer answer = found == SEALED_CHUNK ? read_all(r, sealed)
							       : answer_of(found);
	int error = errno;
	sealed_reader_free(sealed);
	(void)inflateEnd(&r->z);
	mem_free(r);
	errno = error;
	return answer;
}
