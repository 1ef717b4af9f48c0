#include "base/random.h"
#include "base/sealed_file.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define HEAD_BYTES 152
#define CHUNK_BYTES (SEALED_CHUNK_BYTES + SEALED_CHUNK_MORE)
#define BYTES_MAX 400000

static char dir[64], public_path[128], private_path[128];
static struct sealed_key public_key, private_key;
static unsigned char plain[BYTES_MAX], opened[BYTES_MAX];
static FILE *file;	/* a sealed one */

static int set_up(void **state)
{
	const char *which;
	(void)state;

	snprintf(dir, sizeof(dir), "/tmp/hoithi-sealed-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(public_path, sizeof(public_path), "%s/public", dir);
	snprintf(private_path, sizeof(private_path), "%s/private", dir);
	assert_int_equal(sealed_pair_create(public_path, private_path, &which), 0);
	assert_int_equal(sealed_key_read(public_path, SEALED_PUBLIC, &public_key), 0);
	assert_int_equal(sealed_key_read(private_path, SEALED_PRIVATE, &private_key), 0);
	for (size_t i = 0; i < BYTES_MAX; i++)
		plain[i] = (unsigned char)(i % 251 + i / 65536);
	file = tmpfile();
	return file ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *info UNUSED, int flag UNUSED,
			struct FTW *ftw UNUSED)
{
	return remove(path);
}

static int tear_down(void **state)
{
	(void)state;
	fclose(file);
	return nftw(dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Seals the first `len` bytes in pieces of `piece`; how long the file is. */
static off_t seal(size_t len, size_t piece)
{
	int fd = fileno(file);

	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	struct sealed_writer *writer = sealed_writer_new(fd, &public_key);
	assert_non_null(writer);
	for (size_t at = 0; at < len; at += piece) {
		struct text bytes = text_part(text_from_bytes(plain, len), at, piece);
		assert_int_equal(sealed_write(writer, bytes), 0);
	}
	assert_int_equal(sealed_write_end(writer), 0);
	assert_int_equal(sealed_writer_bytes(writer), lseek(fd, 0, SEEK_END));
	sealed_writer_free(writer);
	return lseek(fd, 0, SEEK_END);
}

/* Opens it to its end or to what is wrong; *ret_len plain bytes came. */
static enum sealed_answer open_all(size_t *ret_len)
{
	struct sealed_reader *reader = NULL;
	struct text chunk;

	*ret_len = 0;
	assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);
	enum sealed_answer answer = sealed_reader_new(fileno(file), &private_key, &reader);
	while (answer == SEALED_CHUNK && (answer = sealed_read(reader, &chunk)) == SEALED_CHUNK) {
		assert_true(*ret_len + chunk.len <= sizeof(opened));
		memcpy(opened + *ret_len, chunk.ptr, chunk.len);
		*ret_len += chunk.len;
	}
	sealed_reader_free(reader);
	return answer;
}

static void what_was_sealed_is_opened(void **state)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 131072, 131073, BYTES_MAX };
	static const size_t pieces[] = { 1000, 65536, BYTES_MAX };
	size_t len;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (size_t j = 0; j < ARRAY_LEN(pieces); j++) {
			size_t chunks = sizes[i] ? (sizes[i] - 1) / SEALED_CHUNK_BYTES + 1 : 1;
			assert_int_equal(seal(sizes[i], pieces[j]),
					 HEAD_BYTES + sizes[i] + chunks * SEALED_CHUNK_MORE);
			assert_int_equal(open_all(&len), SEALED_END);
			assert_int_equal(len, sizes[i]);
			assert_memory_equal(opened, plain, len);
		}
}

/* Also between two chunks, each of which is right. */
static void what_is_cut_is_damaged(void **state)
{
	static const off_t cuts[] = { 16, 151, HEAD_BYTES, HEAD_BYTES + 1, HEAD_BYTES + CHUNK_BYTES,
				      HEAD_BYTES + CHUNK_BYTES + 17, HEAD_BYTES + 2 * CHUNK_BYTES };
	size_t len;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		seal(200000, 65536);
		assert_int_equal(ftruncate(fileno(file), cuts[i]), 0);
		assert_int_equal(open_all(&len), SEALED_DAMAGED);
	}
	assert_int_equal(ftruncate(fileno(file), 15), 0);
	assert_int_equal(open_all(&len), SEALED_NO_FILE);
}

static void nothing_stands_behind_the_last_chunk(void **state)
{
	unsigned char last[CHUNK_BYTES];
	size_t len;
	(void)state;

	off_t end = seal(SEALED_CHUNK_BYTES, 65536);
	assert_int_equal(pread(fileno(file), last, CHUNK_BYTES, HEAD_BYTES), CHUNK_BYTES);
	assert_int_equal(pwrite(fileno(file), last, CHUNK_BYTES, end), CHUNK_BYTES);
	assert_int_equal(open_all(&len), SEALED_DAMAGED);
	assert_int_equal(ftruncate(fileno(file), end + 1), 0);
	assert_int_equal(open_all(&len), SEALED_DAMAGED);
	assert_int_equal(ftruncate(fileno(file), end), 0);
	assert_int_equal(open_all(&len), SEALED_END);
}

static void a_changed_bit_is_seen(void **state)
{
	size_t len;
	(void)state;

	off_t end = seal(70000, 65536);
	for (off_t at = 0; at < end; at += at < 400 ? 1 : 997) {
		unsigned char byte;
		assert_int_equal(pread(fileno(file), &byte, 1, at), 1);
		byte ^= 4;
		assert_int_equal(pwrite(fileno(file), &byte, 1, at), 1);
		assert_int_equal(open_all(&len), at < 16 ? SEALED_NO_FILE :
				 at < 48 ? SEALED_OTHER_KEY : SEALED_DAMAGED);
		byte ^= 4;
		assert_int_equal(pwrite(fileno(file), &byte, 1, at), 1);
	}
	assert_int_equal(open_all(&len), SEALED_END);
}

static int write_key(const char *path, const char *line)
{
	struct sealed_key key;
	FILE *to = fopen(path, "we");

	assert_non_null(to);
	assert_true(fputs(line, to) >= 0);
	assert_int_equal(fclose(to), 0);
	assert_int_equal(chmod(path, 0600), 0);
	return sealed_key_read(path, SEALED_PRIVATE, &key);
}

static void key_files_are_read_strictly(void **state)
{
#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	struct sealed_key key;
	char path[128];
	(void)state;

	snprintf(path, sizeof(path), "%s/key", dir);
	assert_int_equal(write_key(path, "hoithi-backup-private " HEX "\n"), 0);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(sealed_key_read(path, SEALED_PRIVATE, &key), 2);
	assert_int_equal(sealed_key_read(path, SEALED_PUBLIC, &key), 4);
	assert_int_equal(write_key(path, "hoithi-backup-public " HEX "\n"), 4);
	assert_int_equal(write_key(path, ""), 3);
	assert_int_equal(write_key(path, "1 " HEX "\n"), 3);
	assert_int_equal(write_key(path, "hoithi-backup-private " HEX), 3);
	assert_int_equal(write_key(path, "hoithi-backup-private " HEX "\n\n"), 3);
	assert_int_equal(write_key(path, "hoithi-backup-private " HEX "00\n"), 3);
	assert_int_equal(write_key(path, "hoithi-backup-private g" HEX "\n"), 3);
	assert_int_equal(sealed_key_read(dir, SEALED_PRIVATE, &key), 1);
	assert_int_equal(errno, EISDIR);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(what_was_sealed_is_opened),
		IN_FOLDER(what_is_cut_is_damaged),
		IN_FOLDER(nothing_stands_behind_the_last_chunk),
		IN_FOLDER(a_changed_bit_is_seen),
		IN_FOLDER(key_files_are_read_strictly),
	};
	if (random_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
