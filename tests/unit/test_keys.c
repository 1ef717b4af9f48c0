#include "base/keys.h"

#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define HEX_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEX_B "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct arena *arena;
static char above[64];	/* a folder of the test's own */
static char dir[80];

static int set_up(void **state)
{
	(void)state;
	(void)snprintf(above, sizeof(above), "/tmp/hoithi-keys-XXXXXX");
	arena = arena_new(4 << 20);
	if (!arena || !mkdtemp(above))
		return -1;
	(void)snprintf(dir, sizeof(dir), "%s/keys", above);
	return 0;
}

static const char *path_of(const char *name)
{
	return text_z(arena, text_format(arena, "%s/%s", dir, name));
}

static const char *path_of_purpose(int purpose)
{
	struct text name = text_format(arena, "%s.key", keys_purpose_name((enum key_purpose)purpose));
	return path_of(text_z(arena, name));
}

static int tear_down(void **state)
{
	(void)state;
	for (int i = 0; i < KEY_PURPOSE_COUNT; i++)
		(void)unlink(path_of_purpose(i));
	(void)rmdir(dir);
	int left = rmdir(above);
	arena = arena_free(arena);
	return left;
}

static struct keys *open_keys(void)
{
	struct keys *keys = NULL;
	struct text path;
	assert_int_equal(keys_open(arena, dir, &keys, &path), 0);
	assert_non_null(keys);
	return keys;
}

/* Opening answers so and names that file. */
static void assert_answer(int answer, const char *path)
{
	struct keys *keys = NULL;
	struct text named = TEXT_EMPTY;
	assert_int_equal(keys_open(arena, dir, &keys, &named), answer);
	assert_null(keys);
	assert_true(text_equal_z(named, path));
}

static void write_file(const char *path, const char *bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
	close(fd);
}

static void creates_and_opens(void **state)
{
	struct stat stat_before, stat_after;
	(void)state;

	mode_t mask = umask(0);
	assert_int_equal(keys_create(dir), 0);
	umask(mask);
	assert_int_equal(stat(dir, &stat_before), 0);
	assert_int_equal(stat_before.st_mode & 0777, 0700);
	for (int i = 0; i < KEY_PURPOSE_COUNT; i++) {
		assert_int_equal(stat(path_of_purpose(i), &stat_before), 0);
		assert_int_equal(stat_before.st_mode & 0777, 0600);
		assert_int_equal(stat_before.st_size, 2 + 64 + 1);
		assert_int_equal(stat_before.st_nlink, 1);
	}
	struct keys *keys = open_keys();
	struct hash before = keys_blind_index(keys, "phone", TEXT("+84912345678"));
	keys_free(keys);

	/* Only what is missing is made. */
	assert_int_equal(stat(path_of("index.key"), &stat_before), 0);
	assert_int_equal(unlink(path_of("bank.key")), 0);
	assert_answer(1, path_of("bank.key"));
	assert_int_equal(keys_create(dir), 0);
	assert_int_equal(stat(path_of("index.key"), &stat_after), 0);
	assert_int_equal(stat_before.st_ino, stat_after.st_ino);
	keys = open_keys();
	struct hash after = keys_blind_index(keys, "phone", TEXT("+84912345678"));
	assert_memory_equal(&before, &after, sizeof(before));
	assert_null(keys_free(keys));
	assert_null(keys_free(NULL));
}

static void cannot_create(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s/none/keys", above);
	assert_int_equal(keys_create(dir), 1);
	assert_int_equal(errno, ENOENT);
	(void)snprintf(dir, sizeof(dir), "/dev/null");
	assert_int_equal(keys_create(dir), 1);
	assert_int_equal(errno, ENOTDIR);
	(void)snprintf(dir, sizeof(dir), "%s/keys", above);
}

static void answers_what_is_wrong(void **state)
{
	(void)state;
	assert_answer(1, dir);
	assert_int_equal(keys_create(dir), 0);
	assert_int_equal(chmod(dir, 0750), 0);
	assert_answer(2, dir);
	assert_int_equal(chmod(dir, 0701), 0);
	assert_answer(2, dir);
	assert_int_equal(chmod(dir, 0700), 0);
	for (int i = 0; i < KEY_PURPOSE_COUNT; i++) {
		assert_int_equal(chmod(path_of_purpose(i), 0640), 0);
		assert_answer(2, path_of_purpose(i));
		assert_int_equal(chmod(path_of_purpose(i), 0604), 0);
		assert_answer(2, path_of_purpose(i));
		assert_int_equal(chmod(path_of_purpose(i), 0400), 0);
	}
	keys_free(open_keys());
}

static void answers_malformed(void **state)
{
	static const char *const bad[] = {
		"", "\n", "1", "1 ", HEX_A, "1  " HEX_A, "0 " HEX_A, "-1 " HEX_A, "65536 " HEX_A,
		"100000 " HEX_A, "1 " HEX_A "0", "1 " HEX_A "\r\n", "1 zz" HEX_A, "1 " HEX_A "\n\n",
		"1 " HEX_A "\n1 " HEX_B "\n", "# x\n1 " HEX_A,
	};
	(void)state;

	assert_int_equal(keys_create(dir), 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		write_file(path_of("bank.key"), bad[i]);
		assert_answer(3, path_of("bank.key"));
	}
	struct buf file;
	buf_init(&file, arena, 1 << 20);
	for (int i = 1; i <= KEYS_RING_MAX; i++)
		buf_format(&file, "%d %s\n", i, HEX_A);
	write_file(path_of("bank.key"), text_z(arena, buf_done(&file)));
	keys_free(open_keys());
	buf_format(&file, "%d %s\n", KEYS_RING_MAX + 1, HEX_A);
	write_file(path_of("bank.key"), text_z(arena, buf_done(&file)));
	assert_answer(3, path_of("bank.key"));
	write_file(path_of("bank.key"), "65535 " HEX_A);
	keys_free(open_keys());
	/* Blind indexes are never made anew, so a second key would be a mistake. */
	write_file(path_of("index.key"), "1 " HEX_A "\n2 " HEX_B "\n");
	assert_answer(3, path_of("index.key"));
	assert_int_equal(unlink(path_of("index.key")), 0);
	assert_int_equal(mkdir(path_of("index.key"), 0700), 0);
	assert_answer(3, path_of("index.key"));
	assert_int_equal(rmdir(path_of("index.key")), 0);
}

static void seals_and_opens(void **state)
{
	struct text plain;
	(void)state;

	assert_int_equal(keys_create(dir), 0);
	struct keys *keys = open_keys();
	static const struct text values[] = { TEXT(""), TEXT("x"), TEXT("Điểu K'Rứt"), TEXT("a\0b") };
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		struct text sealed = keys_seal(keys, KEY_PERSONAL, arena, "person.name", -7, values[i]);
		assert_int_equal(sealed.len, values[i].len + KEYS_SEAL_BYTES);
		assert_int_equal(sealed.ptr[0], 0);
		assert_int_equal(sealed.ptr[1], 1);
		struct text again = keys_seal(keys, KEY_PERSONAL, arena, "person.name", -7, values[i]);
		assert_false(text_equal(sealed, again));
		assert_int_equal(keys_unseal(keys, KEY_PERSONAL, arena, "person.name", -7, sealed, &plain), 0);
		assert_true(text_equal(plain, values[i]));
		assert_int_equal(keys_unseal(keys, KEY_PERSONAL, arena, "person.nam", -7, sealed, &plain), 1);
		assert_int_equal(keys_unseal(keys, KEY_PERSONAL, arena, "person.name", -8, sealed, &plain), 1);
		assert_int_equal(keys_unseal(keys, KEY_BANK, arena, "person.name", -7, sealed, &plain), 1);
	}
	keys_free(keys);
}

static void notices_changes(void **state)
{
	struct text plain = TEXT("untouched");
	(void)state;

	assert_int_equal(keys_create(dir), 0);
	struct keys *keys = open_keys();
	struct text sealed = keys_seal(keys, KEY_BANK, arena, "q.body", 5, TEXT("Ai?"));
	char *bytes = (char *)text_z(arena, sealed);
	for (size_t i = 0; i < sealed.len; i++)
		for (int bit = 0; bit < 8; bit++) {
			bytes[i] = (char)(sealed.ptr[i] ^ 1 << bit);
			assert_int_equal(keys_unseal(keys, KEY_BANK, arena, "q.body", 5,
						     text_from_bytes(bytes, sealed.len), &plain), 1);
			bytes[i] = sealed.ptr[i];
		}
	for (size_t len = 0; len < sealed.len; len++)
		assert_int_equal(keys_unseal(keys, KEY_BANK, arena, "q.body", 5,
					     text_from_bytes(bytes, len), &plain), 1);
	assert_true(text_equal_z(plain, "untouched"));
	keys_free(keys);
}

static void turns_keys_over(void **state)
{
	struct text plain;
	struct hash mac, old_mac;
	int number;
	(void)state;

	assert_int_equal(keys_create(dir), 0);
	write_file(path_of("personal.key"), "7 " HEX_A "\n");
	struct keys *keys = open_keys();
	struct text old = keys_seal(keys, KEY_PERSONAL, arena, "p", 1, TEXT("old"));
	assert_int_equal(keys_mac(keys, KEY_PERSONAL, 0, TEXT("x"), &number, &old_mac), 0);
	assert_int_equal(number, 7);
	keys_free(keys);

	write_file(path_of("personal.key"), "300 " HEX_B "\n7 " HEX_A);
	keys = open_keys();
	assert_int_equal(keys_unseal(keys, KEY_PERSONAL, arena, "p", 1, old, &plain), 0);
	assert_true(text_equal_z(plain, "old"));
	struct text new = keys_seal(keys, KEY_PERSONAL, arena, "p", 1, TEXT("new"));
	assert_int_equal((unsigned char)new.ptr[0] << 8 | (unsigned char)new.ptr[1], 300);
	assert_int_equal(keys_unseal(keys, KEY_PERSONAL, arena, "p", 1, new, &plain), 0);
	assert_int_equal(keys_mac(keys, KEY_PERSONAL, 0, TEXT("x"), &number, &mac), 0);
	assert_int_equal(number, 300);
	assert_memory_not_equal(&mac, &old_mac, sizeof(mac));
	assert_int_equal(keys_mac(keys, KEY_PERSONAL, 7, TEXT("x"), &number, &mac), 0);
	assert_int_equal(number, 7);
	assert_memory_equal(&mac, &old_mac, sizeof(mac));
	assert_int_equal(keys_mac(keys, KEY_PERSONAL, 8, TEXT("x"), &number, &mac), 1);
	keys_free(keys);

	write_file(path_of("personal.key"), "300 " HEX_B "\n");
	keys = open_keys();
	assert_int_equal(keys_unseal(keys, KEY_PERSONAL, arena, "p", 1, old, &plain), 1);
	keys_free(keys);
}

static void indexes_blindly(void **state)
{
	(void)state;
	assert_int_equal(keys_create(dir), 0);
	write_file(path_of("index.key"), "1 " HEX_A "\n");
	struct keys *keys = open_keys();
	struct hash a = keys_blind_index(keys, "phone", TEXT("+84912345678"));
	struct hash other_kind = keys_blind_index(keys, "phon", TEXT("e\0+84912345678"));
	struct hash other_value = keys_blind_index(keys, "phone", TEXT("+84912345679"));
	assert_memory_not_equal(&a, &other_kind, sizeof(a));
	assert_memory_not_equal(&a, &other_value, sizeof(a));
	/* Stored for good: as this, or every index in every database is lost. */
	unsigned char key[HASH_BYTES];
	assert_int_equal(text_unhex(TEXT(HEX_A), key, sizeof(key)), 0);
	struct hash known = hash_keyed(key, TEXT("phone\0+84912345678"));
	assert_memory_equal(&a, &known, sizeof(a));
	assert_true(text_equal_z(text_hex(arena, a.bytes, sizeof(a.bytes)),
				 "91669fbc9e8a2fa695ca6c700950f86b81a745d298ef3a328ab3bf9361540709"));
	keys_free(keys);
}

static void signs(void **state)
{
	unsigned char signature[KEYS_SIGNATURE_BYTES], public[HASH_BYTES];
	(void)state;

	assert_int_equal(keys_create(dir), 0);
	/* RFC 8032, 7.1, test 2. */
	write_file(path_of("log.key"),
		   "1 " HEX_A "\n"
		   "2 4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb\n");
	struct keys *keys = open_keys();
	keys_public(keys, public);
	assert_true(text_equal_z(text_hex(arena, public, sizeof(public)),
				 "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
	keys_sign(keys, TEXT("\x72"), signature);
	assert_true(text_equal_z(
		text_hex(arena, signature, sizeof(signature)),
		"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
		"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"));
	assert_int_equal(crypto_sign_verify_detached(signature, (const unsigned char *)"\x72", 1, public), 0);
	keys_free(keys);
}

/* ---- rotating ---- */

static int rotate(struct keys *keys, enum key_purpose purpose)
{
	int number = 0;
	int answer = keys_rotate(keys, dir, purpose, &number);

	if (answer == 0)
		assert_int_equal(number, keys_newest_number(keys, purpose));
	return answer;
}

static void rotates(void **state)
{
	struct text plain;
	struct hash mac;
	int number = 0;
	(void)state;

	assert_int_equal(keys_create(dir), 0);
	struct keys *keys = open_keys();
	struct text old = keys_seal(keys, KEY_PERSONAL, arena, "p", 1, TEXT("x"));
	assert_int_equal(keys_sealed_number(old), 1);
	assert_int_equal(keys_sealed_number(TEXT("x")), 0);
	assert_int_equal(rotate(keys, KEY_PERSONAL), 0);
	assert_int_equal(rotate(keys, KEY_SESSION), 0);
	struct text new = keys_seal(keys, KEY_PERSONAL, arena, "p", 1, TEXT("y"));
	assert_int_equal(keys_sealed_number(new), 2);
	assert_int_equal(keys_newest_number(keys, KEY_BANK), 1);
	assert_int_equal(keys_mac(keys, KEY_SESSION, 0, TEXT("x"), &number, &mac), 0);
	assert_int_equal(number, 2);
	assert_int_equal(keys_mac(keys, KEY_SESSION, 1, TEXT("x"), &number, &mac), 0);
	/* The same in memory and in the file. */
	struct keys *again = open_keys();
	const struct keys *both[] = { keys, again };
	for (int i = 0; i < 2; i++) {
		assert_int_equal(keys_unseal(both[i], KEY_PERSONAL, arena, "p", 1, old, &plain), 0);
		assert_true(text_equal_z(plain, "x"));
		assert_int_equal(keys_unseal(both[i], KEY_PERSONAL, arena, "p", 1, new, &plain), 0);
		assert_true(text_equal_z(plain, "y"));
	}
	keys_free(again);
	keys_free(keys);
}

static void rotates_its_own_file_only(void **state)
{
	(void)state;
	assert_int_equal(keys_create(dir), 0);
	write_file(path_of("personal.key"), "1 " HEX_A "\n2 " HEX_B "\n");
	struct keys *keys = open_keys();
	/* Another key, a newer one, one less at the end; an old one may be gone. */
	write_file(path_of("personal.key"), "1 " HEX_A "\n2 " HEX_A "\n");
	assert_int_equal(rotate(keys, KEY_PERSONAL), 4);
	write_file(path_of("personal.key"), "1 " HEX_A "\n2 " HEX_B "\n3 " HEX_A "\n");
	assert_int_equal(rotate(keys, KEY_PERSONAL), 4);
	write_file(path_of("personal.key"), "1 " HEX_A "\n");
	assert_int_equal(rotate(keys, KEY_PERSONAL), 4);
	write_file(path_of("personal.key"), "nonsense\n");
	assert_int_equal(rotate(keys, KEY_PERSONAL), 3);
	assert_int_equal(unlink(path_of("personal.key")), 0);
	assert_int_equal(rotate(keys, KEY_PERSONAL), 1);
	assert_int_equal(keys_newest_number(keys, KEY_PERSONAL), 2);
	write_file(path_of("personal.key"), "2 " HEX_B);
	assert_int_equal(rotate(keys, KEY_PERSONAL), 0);
	assert_int_equal(keys_newest_number(keys, KEY_PERSONAL), 3);
	assert_int_equal(rename(dir, path_of("../away")), 0);
	assert_int_equal(rotate(keys, KEY_BANK), 1);
	assert_int_equal(errno, ENOENT);
	keys_free(keys);
	assert_int_equal(rename(text_z(arena, text_format(arena, "%s/away", above)), dir), 0);
	keys = open_keys();
	assert_int_equal(keys_newest_number(keys, KEY_PERSONAL), 3);
	keys_free(keys);
}

struct sealing {
	struct keys *keys;
	struct arena *arena;
	int wrong;
};

/* Seals and opens while keys are added: none is seen half. */
static void *seal_and_open(void *ctx)
{
	struct sealing *s = ctx;
	struct text plain;

	for (int number = 0; number < KEYS_RING_MAX;) {
		arena_reset(s->arena);
		struct text sealed = keys_seal(s->keys, KEY_BANK, s->arena, "p", 1, TEXT("x"));
		number = keys_sealed_number(sealed);
		s->wrong += keys_unseal(s->keys, KEY_BANK, s->arena, "p", 1, sealed, &plain) != 0;
	}
	return NULL;
}

static void rotates_until_full_while_in_use(void **state)
{
	pthread_t thread;
	(void)state;

	assert_int_equal(keys_create(dir), 0);
	struct sealing s = { open_keys(), arena_new(4096), 0 };
	assert_int_equal(pthread_create(&thread, NULL, seal_and_open, &s), 0);
	for (int i = 1; i < KEYS_RING_MAX; i++)
		assert_int_equal(rotate(s.keys, KEY_BANK), 0);
	assert_int_equal(rotate(s.keys, KEY_BANK), 5);
	pthread_join(thread, NULL);
	assert_int_equal(s.wrong, 0);
	arena_free(s.arena);
	keys_free(s.keys);
	s.keys = open_keys();
	assert_int_equal(keys_newest_number(s.keys, KEY_BANK), KEYS_RING_MAX);
	keys_free(s.keys);
}

static void survives_lack_of_memory(void **state)
{
	struct text text;
	(void)state;

	assert_int_equal(keys_create(dir), 0);
	mem_fail_nth(1, true);
	struct keys *keys = NULL;
	int answer = keys_open(arena, dir, &keys, &text);
	mem_fail_nth(0, false);
	assert_int_equal(answer, -1);
	keys = open_keys();
	struct text sealed = keys_seal(keys, KEY_BANK, arena, "p", 1, TEXT("x"));
	struct arena *full = arena_new(0);
	assert_int_equal(keys_seal(keys, KEY_BANK, full, "p", 1, TEXT("x")).len, 0);
	assert_int_equal(keys_unseal(keys, KEY_BANK, full, "p", 1, sealed, &text), -1);
	assert_true(arena_failed(full));
	arena_free(full);
	keys_free(keys);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(creates_and_opens), TEST(cannot_create),	TEST(answers_what_is_wrong),
		TEST(answers_malformed), TEST(seals_and_opens), TEST(notices_changes),
		TEST(turns_keys_over),	 TEST(indexes_blindly), TEST(signs),
		TEST(survives_lack_of_memory), TEST(rotates), TEST(rotates_its_own_file_only),
		TEST(rotates_until_full_while_in_use),
	};
	if (random_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
