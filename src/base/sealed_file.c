#include "base/sealed_file.h"

#include "base/keys_internal.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <unistd.h>

#define MAGIC "hoithi backup 1\n"
#define MAGIC_BYTES (sizeof(MAGIC) - 1)
#define BOX_BYTES (crypto_secretstream_xchacha20poly1305_KEYBYTES + crypto_box_SEALBYTES)
#define STREAM_BYTES crypto_secretstream_xchacha20poly1305_HEADERBYTES

static_assert(HASH_BYTES == crypto_box_PUBLICKEYBYTES, "X25519 public key");
static_assert(HASH_BYTES == crypto_box_SECRETKEYBYTES, "X25519 private key");
static_assert(SEALED_CHUNK_MORE == crypto_secretstream_xchacha20poly1305_ABYTES, "chunk");

/* What stands before the chunks. */
struct head {
	unsigned char magic[MAGIC_BYTES];
	unsigned char public_key[HASH_BYTES];
	unsigned char box[BOX_BYTES];
	unsigned char stream[STREAM_BYTES];
};

static_assert(sizeof(struct head) == 16 + 32 + 80 + 24, "no gaps in the head");

struct sealed_writer {
	int fd;
	int64_t bytes;
	crypto_hash_sha256_state hash;
	crypto_secretstream_xchacha20poly1305_state stream;
	size_t len;	/* of `plain`; only the last chunk is shorter than the others */
	unsigned char plain[SEALED_CHUNK_BYTES];
	unsigned char sealed[SEALED_CHUNK_BYTES + SEALED_CHUNK_MORE];
};

static int put(struct sealed_writer *writer, const void *ptr, size_t len)
{
	crypto_hash_sha256_update(&writer->hash, ptr, len);
	writer->bytes += (int64_t)len;
	return keys_write_all(writer->fd, ptr, len);
}

/* Draws the stream's key, and leaves it sealed in the head. */
static int make_head(struct sealed_writer *writer, const struct sealed_key *public_key,
		     struct head *head)
{
	unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES];

	crypto_secretstream_xchacha20poly1305_keygen(key);
	memcpy(head->magic, MAGIC, MAGIC_BYTES);
	memcpy(head->public_key, public_key->bytes, HASH_BYTES);
	int result = crypto_box_seal(head->box, key, sizeof(key), public_key->bytes);
	crypto_secretstream_xchacha20poly1305_init_push(&writer->stream, head->stream, key);
	sodium_memzero(key, sizeof(key));
	if (result != 0)
		errno = EINVAL;	/* a public key of small order */
	return result;
}

struct sealed_writer *sealed_writer_new(int fd, const struct sealed_key *public_key)
{
	struct sealed_writer *writer = mem_new(sizeof(*writer));
	struct head head;

	if (!writer) {
		errno = ENOMEM;
		return NULL;
	}
	writer->fd = fd;
	crypto_hash_sha256_init(&writer->hash);
	if (make_head(writer, public_key, &head) != 0 || put(writer, &head, sizeof(head)) != 0)
		return sealed_writer_free(writer);
	return writer;
}

/* The version is in what each chunk is bound to. */
static int put_chunk(struct sealed_writer *writer, unsigned char tag)
{
	crypto_secretstream_xchacha20poly1305_push(&writer->stream, writer->sealed, NULL,
						   writer->plain, writer->len,
						   (const unsigned char *)MAGIC, MAGIC_BYTES, tag);
	int result = put(writer, writer->sealed, writer->len + SEALED_CHUNK_MORE);
	writer->len = 0;
	return result;
}

int sealed_write(struct sealed_writer *writer, struct text bytes)
{
	while (bytes.len) {
		/* Not before more comes: a full chunk may be the last. */
		if (writer->len == SEALED_CHUNK_BYTES && put_chunk(writer, 0) != 0)
			return -1;
		struct text part = text_part(bytes, 0, SEALED_CHUNK_BYTES - writer->len);
		memcpy(writer->plain + writer->len, part.ptr, part.len);
		writer->len += part.len;
		bytes = text_part(bytes, part.len, bytes.len);
	}
	return 0;
}

int sealed_write_end(struct sealed_writer *writer)
{
	return put_chunk(writer, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
}

int64_t sealed_writer_bytes(const struct sealed_writer *writer)
{
	return writer->bytes;
}

struct hash sealed_writer_hash(const struct sealed_writer *writer)
{
	crypto_hash_sha256_state state = writer->hash;
	struct hash hash;

	crypto_hash_sha256_final(&state, hash.bytes);
	return hash;
}

struct sealed_writer *sealed_writer_free(struct sealed_writer *writer)
{
	int before = errno;

	if (writer)
		sodium_memzero(writer, sizeof(*writer));
	mem_free(writer);
	errno = before;
	return NULL;
}

struct sealed_reader {
	int fd;
	bool is_over;
	crypto_secretstream_xchacha20poly1305_state stream;
	unsigned char plain[SEALED_CHUNK_BYTES];
	unsigned char sealed[SEALED_CHUNK_BYTES + SEALED_CHUNK_MORE];
};

/* As many of `len` bytes as there are; -1 errno. */
static ssize_t read_all(int fd, unsigned char *ptr, size_t len)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = read(fd, ptr + got, len - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

static enum sealed_answer open_head(struct sealed_reader *reader, const struct head *head,
				    const struct sealed_key *private_key)
{
	unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
	unsigned char public_key[HASH_BYTES];

	crypto_scalarmult_base(public_key, private_key->bytes);
	if (memcmp(head->public_key, public_key, HASH_BYTES) != 0)
		return SEALED_OTHER_KEY;
	int result = crypto_box_seal_open(key, head->box, BOX_BYTES, public_key,
					  private_key->bytes);
	if (result == 0)
		result = crypto_secretstream_xchacha20poly1305_init_pull(&reader->stream,
									 head->stream, key);
	sodium_memzero(key, sizeof(key));
	return result == 0 ? SEALED_CHUNK : SEALED_DAMAGED;
}

enum sealed_answer sealed_reader_new(int fd, const struct sealed_key *private_key,
				     struct sealed_reader **ret)
{
	struct sealed_reader *reader = mem_new(sizeof(*reader));
	enum sealed_answer answer = SEALED_FAILED;
	struct head head;

	if (!reader) {
		errno = ENOMEM;
		return SEALED_FAILED;
	}
	reader->fd = fd;
	ssize_t n = read_all(fd, (unsigned char *)&head, sizeof(head));
	if (n >= 0 && ((size_t)n < MAGIC_BYTES || memcmp(head.magic, MAGIC, MAGIC_BYTES) != 0))
		answer = SEALED_NO_FILE;
	else if (n >= 0 && (size_t)n < sizeof(head))
		answer = SEALED_DAMAGED;
	else if (n >= 0)
		answer = open_head(reader, &head, private_key);
	if (answer == SEALED_CHUNK)
		*ret = reader;
	else
		sealed_reader_free(reader);
	return answer;
}

enum sealed_answer sealed_read(struct sealed_reader *reader, struct text *ret)
{
	unsigned long long len = 0;
	unsigned char tag = 0;

	ssize_t n = read_all(reader->fd, reader->sealed, sizeof(reader->sealed));
	if (n < 0)
		return SEALED_FAILED;
	if (reader->is_over)
		return n == 0 ? SEALED_END : SEALED_DAMAGED;
	if (n < SEALED_CHUNK_MORE ||
	    crypto_secretstream_xchacha20poly1305_pull(&reader->stream, reader->plain, &len, &tag,
						       reader->sealed, (unsigned long long)n,
						       (const unsigned char *)MAGIC,
						       MAGIC_BYTES) != 0)
		return SEALED_DAMAGED;
	reader->is_over = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	*ret = text_from_bytes(reader->plain, (size_t)len);
	return SEALED_CHUNK;
}

struct sealed_reader *sealed_reader_free(struct sealed_reader *reader)
{
	int before = errno;

	if (reader)
		sodium_memzero(reader, sizeof(*reader));
	mem_free(reader);
	errno = before;
	return NULL;
}
