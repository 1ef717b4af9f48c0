/* A copy of a database that is written all the while, and what is told of erasures
 * outside of it. */
#include "base/random.h"
#include "base/time.h"
#include "store/engine.h"
#include "store/person.h"
#include "store/store.h"
#include "store_queries.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ROWS 3000	/* of about a page each: some dozen slices */
#define ROW_BYTES 3000

struct fixture {
	char dir[64];
	struct arena *arena;
	struct store *store;
	_Atomic int64_t count;	/* transactions that were acknowledged */
	atomic_bool over;
};

static void open_store(struct fixture *f)
{
	const struct store_options options = { .dir = f->dir, .create = true, .threads = true };
	struct text why = TEXT_EMPTY;

	if (store_open(f->arena, &options, &f->store, &why) != 0)
		fail_msg("%.*s", TEXT_ARGS(why));
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/hoithi-copy-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->arena = arena_new((size_t)1 << 30);
	open_store(f);
	*state = f;
	return 0;
}

static int remove_entry(const char *path, const struct stat *info UNUSED, int flag UNUSED,
			struct FTW *ftw UNUSED)
{
	return remove(path);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->store);
	nftw(f->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	arena_free(f->arena);
	free(f);
	return 0;
}

static const char *path_of(struct fixture *f, const char *name)
{
	return text_z(f->arena, text_format(f->arena, "%s/%s", f->dir, name));
}

/* --- copies */

static int put(struct db *db, int64_t row, int64_t value)
{
	char name[32], wide[ROW_BYTES + 1];

	snprintf(name, sizeof(name), "row-%05lld", (long long)row);
	snprintf(wide, sizeof(wide), "%0*lld", ROW_BYTES, (long long)value);
	return q_setting_put(db, text_from_z(name), text_from_z(wide));
}

static int fill(void *ctx, struct db *db)
{
	(void)ctx;
	for (int64_t row = 0; row < ROWS; row++)
		if (put(db, row, 0) < 0)
			return STORE_FAILED;
	return STORE_ONE;
}

/* Transaction number n writes n into row 0 and into one of the others: from row 0 it can
 * be told what stands in each. */
static int64_t row_of(int64_t n)
{
	return 1 + n * 1009 % (ROWS - 1);
}

static int count_up(void *ctx, struct db *db)
{
	struct fixture *f = ctx;
	int64_t n = f->count + 1;

	return put(db, row_of(n), n) < 0 ? STORE_FAILED : put(db, 0, n);
}

static void *keep_counting(void *arg)
{
	struct fixture *f = arg;

	while (!f->over)
		if (store_call(f->store, STORE_CLASS_SAVE, "count", count_up, f) > 0)
			f->count++;
	return NULL;
}

static int64_t value_in(struct fixture *f, struct db *db, int64_t row)
{
	struct q_setting_get value;
	char name[32];
	int64_t number = -1;

	snprintf(name, sizeof(name), "row-%05lld", (long long)row);
	assert_int_equal(q_setting_get(db, f->arena, text_from_z(name), &value), 1);
	assert_int_equal(text_to_int64(value.value, &number), 0);
	return number;
}

/* Gives the copy a folder of its own, as a database. */
static struct db *open_copy(struct fixture *f, int fd, const char *name)
{
	static char bytes[1 << 20];
	const char *dir = path_of(f, name);
	char error[256];
	struct db *db;
	ssize_t n;

	assert_int_equal(mkdir(dir, 0700), 0);
	FILE *file = fopen(text_z(f->arena, text_format(f->arena, "%s/hoithi.db", dir)), "wbe");
	assert_non_null(file);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		assert_int_equal(fwrite(bytes, 1, (size_t)n, file), n);
	assert_int_equal(fclose(file), 0);
	close(fd);
	assert_int_equal(db_open(dir, DB_WRITE, &db, error), 0);
	return db;
}

/* One moment of the source, between the two numbers. */
static void check_copy(struct fixture *f, struct db *db, int64_t from, int64_t to)
{
	assert_int_equal(db_number(db, "SELECT count(*) FROM pragma_integrity_check WHERE "
				       "integrity_check <> 'ok'", -1), 0);
	int64_t n = value_in(f, db, 0);
	assert_in_range(n, from, to);
	for (int64_t i = n; i > 0 && i > n - ROWS / 2; i--)
		assert_int_equal(value_in(f, db, row_of(i)), i);
}

static void a_copy_is_of_one_moment_while_all_is_written(void **state)
{
	struct fixture *f = *state;
	struct text why = TEXT_EMPTY;
	pthread_t thread;
	struct { int fd; int64_t before, after; } copies[3];

	assert_int_equal(store_call(f->store, STORE_CLASS_BACKGROUND, "fill", fill, f), 1);
	assert_int_equal(pthread_create(&thread, NULL, keep_counting, f), 0);
	for (size_t i = 0; i < ARRAY_LEN(copies); i++) {
		copies[i].before = f->count;
		if (store_copy(f->store, f->arena, NULL, &copies[i].fd, &why) != 0)
			fail_msg("%.*s", TEXT_ARGS(why));
		copies[i].after = f->count;
		/* It did not wait for the writer to rest, nor the writer for it. */
		assert_true(copies[i].after > copies[i].before);
	}
	f->over = true;
	pthread_join(thread, NULL);
	assert_int_equal(access(path_of(f, "copy.part"), F_OK), -1);
	for (size_t i = 0; i < ARRAY_LEN(copies); i++) {
		struct db *db = open_copy(f, copies[i].fd, (const char *[]){ "a", "b", "c" }[i]);
		check_copy(f, db, copies[i].before, copies[i].after + 1);
		db_close(db);
	}
}

#define OTHER_ROW (ROWS + 1)	/* and the next: never one without the other */
#define TOO_LONG_MS 20000

struct other {
	struct fixture *f;
	_Atomic int64_t n;	/* transactions */
	atomic_bool too_long;
};

/* As a command does in its own process: by a connection of its own. */
static void *keep_writing_elsewhere(void *arg)
{
	struct other *other = arg;
	char error[256];
	struct db *db;

	if (db_open(other->f->dir, DB_WRITE, &db, error) < 0)
		return NULL;
	int64_t began = time_mono_ms();
	while (!other->f->over) {
		int64_t n = other->n + 1;
		if (db_begin(db) < 0 || put(db, OTHER_ROW, n) < 0 || put(db, OTHER_ROW + 1, n) < 0 ||
		    db_commit(db) < 0)
			db_rollback(db);
		else
			other->n = n;
		other->too_long = time_mono_ms() - began > TOO_LONG_MS;
		usleep(1000);
	}
	db_close(db);
	return NULL;
}

static void a_copy_is_made_though_others_write_too(void **state)
{
	struct fixture *f = *state;
	struct other other = { .f = f };
	struct text why = TEXT_EMPTY;
	pthread_t theirs;
	int fd;

	assert_int_equal(store_call(f->store, STORE_CLASS_BACKGROUND, "fill", fill, f), 1);
	assert_int_equal(pthread_create(&theirs, NULL, keep_writing_elsewhere, &other), 0);
	while (other.n < 10)
		usleep(1000);
	int64_t before = other.n;
	int result = store_copy(f->store, f->arena, &other.too_long, &fd, &why);
	int64_t after = other.n;
	f->over = true;
	pthread_join(theirs, NULL);
	if (result != 0)
		fail_msg("%.*s", TEXT_ARGS(why));
	/* It did not wait for them to rest. */
	assert_true(after > before);
	struct db *db = open_copy(f, fd, "a");
	check_copy(f, db, 0, 0);
	assert_in_range(value_in(f, db, OTHER_ROW), before, after + 1);
	assert_int_equal(value_in(f, db, OTHER_ROW), value_in(f, db, OTHER_ROW + 1));
	db_close(db);
}

static void a_copy_is_given_up(void **state)
{
	struct fixture *f = *state;
	const atomic_bool stop = true;
	struct text why = TEXT_EMPTY;
	int fd = -7;

	assert_int_equal(store_call(f->store, STORE_CLASS_BACKGROUND, "fill", fill, f), 1);
	assert_int_equal(store_copy(f->store, f->arena, &stop, &fd, &why), -1);
	assert_int_equal(fd, -7);
	assert_non_null(strstr(text_z(f->arena, why), "the server is ending"));
	assert_int_equal(access(path_of(f, "copy.part"), F_OK), -1);
	/* The writer goes on, and the next copy is one. */
	assert_int_equal(store_call(f->store, STORE_CLASS_SAVE, "count", count_up, f), 1);
	assert_int_equal(store_copy(f->store, f->arena, NULL, &fd, &why), 0);
	struct db *db = open_copy(f, fd, "a");
	check_copy(f, db, 1, 1);
	db_close(db);
}

/* --- erasures */

static int add_people(void *ctx, struct db *db)
{
	(void)ctx;
	for (int64_t person = 1; person <= 9; person++)
		if (q_person_add(db, person, 0) <= 0)
			return STORE_FAILED;
	return STORE_ONE;
}

struct erasing {
	int64_t from, to;
	int answer;	/* at the end */
};

static int erase(void *ctx, struct db *db)
{
	const struct erasing *e = ctx;

	for (int64_t person = e->from; person <= e->to; person++)
		if (person_erase(db, person, 1000 + person) < 0)
			return STORE_FAILED;
	return e->answer;
}

static struct erasures read_log(struct fixture *f)
{
	struct erasures found = { 0 };
	int line;

	assert_int_equal(erasures_read(f->arena, path_of(f, ERASURES_NAME), &found, &line), 0);
	return found;
}

static void who_is_erased_is_told_once_and_nobody_else(void **state)
{
	struct fixture *f = *state;
	struct erasing two = { 1, 2, STORE_ONE }, fails = { 3, 5, STORE_FAILED };
	struct erasing again = { 1, 3, STORE_ONE };
	struct store_job jobs[] = {
		{ .class = STORE_CLASS_DOOR, .kind = STORE_CALL, .fn = erase, .ctx = &fails },
		{ .class = STORE_CLASS_DOOR, .kind = STORE_CALL, .fn = erase, .ctx = &again },
	};

	assert_int_equal(store_call(f->store, STORE_CLASS_DOOR, "add", add_people, f), 1);
	assert_int_equal(read_log(f).n, 0);
	assert_int_equal(store_call(f->store, STORE_CLASS_DOOR, "erase", erase, &two), 1);
	store_write_all(f->store, jobs, ARRAY_LEN(jobs));
	struct erasures found = read_log(f);
	assert_int_equal(found.n, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(found.list[i].person, i + 1);
		assert_int_equal(found.list[i].at, 1001 + i);
	}
}

static void lists_are_put_together(void **state)
{
	struct fixture *f = *state;
	struct erasure list[] = { { 7, 300 }, { 5, 100 }, { 7, 200 }, { 6, 300 } };
	const struct erasures all = { list, ARRAY_LEN(list) };
	struct erasures found = { list, 1 };
	const char *path = path_of(f, "list");
	int line;

	assert_int_equal(erasures_write(f->arena, path, &all), 0);
	assert_int_equal(erasures_read(f->arena, path, &found, &line), 0);
	assert_int_equal(found.n, 1 + ARRAY_LEN(list));
	assert_memory_equal(found.list + 1, list, sizeof(list));
	erasures_settle(&found);
	static const struct erasure wanted[] = { { 5, 100 }, { 7, 200 }, { 6, 300 } };
	assert_int_equal(found.n, ARRAY_LEN(wanted));
	assert_memory_equal(found.list, wanted, sizeof(wanted));
	erasures_settle(&(struct erasures){ 0 });
}

static void only_lines_are_erasures(void **state)
{
	static const struct { const char *bytes; int answer, value; } cases[] = {
		{ "", 0, 0 },
		{ "2024-10-04T08:00:00+07:00 erase 12", 0, 0 },
		{ "2024-10-04T08:00:00.123+07:00 erase 12\n2024-10-04", 0, 1 },
		{ "\n", 1, 1 },
		{ "2024-10-04T08:00:00+07:00 erase 12\nnonsense\n", 1, 2 },
		{ "2024-10-04T08:00:00+07:00 erase \n", 1, 1 },
		{ "2024-10-04T08:00:00+07:00 move 12\n", 1, 1 },
		{ "2024-10-04T08:00:00+07:00 erase 12 13\n", 1, 1 },
		{ "yesterday erase 12\n", 1, 1 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct erasures found = { 0 };
		int line = 0;
		FILE *file = fopen(path_of(f, "lines"), "we");
		assert_non_null(file);
		assert_true(fputs(cases[i].bytes, file) >= 0);
		assert_int_equal(fclose(file), 0);
		assert_int_equal(erasures_read(f->arena, path_of(f, "lines"), &found, &line),
				 cases[i].answer);
		assert_int_equal(cases[i].answer ? line : found.n, cases[i].value);
	}
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(a_copy_is_of_one_moment_while_all_is_written),
		WITH_STORE(a_copy_is_made_though_others_write_too),
		WITH_STORE(a_copy_is_given_up),
		WITH_STORE(who_is_erased_is_told_once_and_nobody_else),
		WITH_STORE(lists_are_put_together),
		WITH_STORE(only_lines_are_erasures),
	};
	if (random_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
