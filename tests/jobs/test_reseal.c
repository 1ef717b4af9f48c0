/* Sealing anew what an older key sealed: people in more than one slice, guardians and
 * the list of exclusions. */
#include "sample.h"

#include "jobs/pace.h"
#include "jobs/reseal.h"
#include "store_queries.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define N_PEOPLE 250	/* a slice has 200 */

static struct sample_person person = { .name = "Phạm Thị Nhàn", .birth = "1991-02-03",
				       .unit = "SNV-VP" };

/* A guardian of the last person. */
static void add_guardian(struct sample *s, struct text sealed)
{
	const char *path = text_z(s->arena, text_format(s->arena, "%s/data/hoithi.db", s->dir));
	sqlite3 *db;
	sqlite3_stmt *insert;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	int answer = sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO guardian VALUES (?, ?, 0, 0, 0)",
					-1, &insert, NULL);
	assert_int_equal(answer, SQLITE_OK);
	assert_int_equal(sqlite3_bind_int64(insert, 1, person.entry), SQLITE_OK);
	assert_int_equal(sqlite3_bind_blob(insert, 2, sealed.ptr, (int)sealed.len, SQLITE_STATIC),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
	sqlite3_finalize(insert);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int set_up(void **state)
{
	if (sample_set_up_applied(state) != 0)
		return -1;
	struct sample *s = *state;
	for (int i = 0; i < N_PEOPLE; i++) {
		person.phone = text_z(s->arena, text_format(s->arena, "+849%08d", i));
		sample_enter(s, &person);
	}
	add_guardian(s, keys_seal(s->keys, KEY_PERSONAL, s->arena, "guardian.name", person.entry,
				  TEXT("Phạm Văn Cha")));
	return 0;
}

static void rotate(struct sample *s)
{
	const char *dir = text_z(s->arena, text_format(s->arena, "%s/keys", s->dir));
	int number;

	assert_int_equal(keys_rotate(s->keys, dir, KEY_PERSONAL, &number), 0);
}

static struct resealed reseal(struct sample *s)
{
	struct resealed done;

	assert_true(reseal_run(&s->site, TEXT("cli:test"), NULL, &done) >= 0);
	return done;
}

/* ---- what is stored ---- */

struct counting {
	struct sample *s;
	int numbers[4];		/* values by the number of their key */
};

static void count(struct counting *c, const char *place, int64_t row, struct text sealed,
		  const char *plain)
{
	struct text found;

	int answer = keys_unseal(c->s->keys, KEY_PERSONAL, c->s->arena, place, row, sealed, &found);

	assert_int_equal(answer, 0);
	if (plain)
		assert_true(text_equal_z(found, plain));
	c->numbers[keys_sealed_number(sealed)]++;
}

static int count_all(void *ctx, struct db *db)
{
	struct counting *c = ctx;
	struct arena *arena = c->s->arena;
	struct q_sealed_people *people;
	struct q_sealed_guardians *guardians;
	struct q_sealed_exclusions *exclusions;
	int n = 0;

	for (int64_t after = 0; (n = q_sealed_people(db, arena, after, &people)) > 0;
	     after = people[n - 1].person)
		for (int i = 0; i < n; i++) {
			count(c, "person_data.name", people[i].person, people[i].name_sealed,
			      person.name);
			count(c, "person_data.birth", people[i].person, people[i].birth_sealed,
			      person.birth);
			count(c, "person_data.phone", people[i].person, people[i].phone_sealed,
			      NULL);
		}
	n = q_sealed_guardians(db, arena, 0, &guardians);
	for (int i = 0; i < n; i++)
		count(c, "guardian.name", guardians[i].entry, guardians[i].name_sealed,
		      "Phạm Văn Cha");
	n = q_sealed_exclusions(db, arena, 0, &exclusions);
	assert_true(n > 0);
	for (int i = 0; i < n; i++)
		count(c, "exclusion.who", exclusions[i].id, exclusions[i].who_sealed, NULL);
	return n;
}

static struct counting count_by_key(struct sample *s)
{
	struct counting c = { .s = s };

	assert_true(store_read(s->site.store, "count", count_all, &c, NULL) >= 0);
	return c;
}

/* ---- the tests ---- */

static void all_is_sealed_under_the_newest_key(void **state)
{
	struct sample *s = *state;
	int all = count_by_key(s).numbers[1];

	assert_true(all > 3 * N_PEOPLE + 1);
	rotate(s);
	struct resealed done = reseal(s);
	assert_int_equal(done.key, 2);
	assert_int_equal(done.people, N_PEOPLE);
	assert_int_equal(done.guardians, 1);
	assert_int_equal(done.exclusions, all - 3 * N_PEOPLE - 1);
	assert_int_equal(done.unread, 0);
	struct counting after = count_by_key(s);
	assert_int_equal(after.numbers[1], 0);
	assert_int_equal(after.numbers[2], all);
}

/* Once more does nothing; and only what is older is touched after another rotation. */
static void once_more_does_nothing(void **state)
{
	struct sample *s = *state;

	rotate(s);
	(void)reseal(s);
	struct resealed again = reseal(s);
	assert_int_equal(again.people + again.guardians + again.exclusions, 0);
	rotate(s);
	person.phone = "+84987654321";
	sample_enter(s, &person);
	assert_int_equal(count_by_key(s).numbers[3], 3);
	assert_int_equal(reseal(s).people, N_PEOPLE);
	assert_int_equal(count_by_key(s).numbers[2], 0);
}

static void what_no_key_opens_is_left_and_told(void **state)
{
	struct sample *s = *state;

	/* Sealed for another place. */
	add_guardian(s, keys_seal(s->keys, KEY_PERSONAL, s->arena, "guardian.other", person.entry,
				  TEXT("x")));
	rotate(s);
	struct resealed done = reseal(s);
	assert_int_equal(done.unread, 1);
	assert_int_equal(done.guardians, 0);
	assert_int_equal(done.people, N_PEOPLE);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, sample_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_is_sealed_under_the_newest_key),
		TEST(once_more_does_nothing),
		TEST(what_no_key_opens_is_left_and_told),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	pace_set_rows(1);	/* the same in as many slices as there are rows */
	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
