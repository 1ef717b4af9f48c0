/* Who is met by the list of exclusions, and who is only alike. */
#include "pages/exclusion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { TOP = 100, OFFICE = 101, DESK = 102, OTHER = 103 };

static struct contest_unit units[] = {
	{ .id = TOP, .parent = -1 },
	{ .id = OFFICE, .parent = 0 },
	{ .id = DESK, .parent = 1 },
	{ .id = OTHER, .parent = 0 },
};
static int64_t ids_sorted[] = { TOP, OFFICE, DESK, OTHER };
static int index_sorted[] = { 0, 1, 2, 3 };

static struct contest contest = {
	.units = units, .n_units = ARRAY_LEN(units),
	.unit_ids_sorted = ids_sorted, .unit_index_sorted = index_sorted,
};

static struct hash index_of(const char *what)
{
	return hash_sha256(text_from_z(what));
}

/* A person by what is indexed of them; NULL: unknown. */
struct person {
	struct hash name_birth, name_year, name_phone;
	struct identity_indexes indexes;
};

static const struct identity_indexes *person(struct person *p, const char *name_birth,
					     const char *name_year, const char *name_phone)
{
	p->name_birth = index_of(name_birth ? name_birth : "");
	p->name_year = index_of(name_year ? name_year : "");
	p->name_phone = index_of(name_phone ? name_phone : "");
	p->indexes = (struct identity_indexes){
		.person = TEXT_EMPTY,
		.name_birth = name_birth ? hash_text(&p->name_birth) : TEXT_EMPTY,
		.name_year = name_year ? hash_text(&p->name_year) : TEXT_EMPTY,
		.phone = TEXT_EMPTY,
		.name_phone = name_phone ? hash_text(&p->name_phone) : TEXT_EMPTY,
	};
	return &p->indexes;
}

static void exclude(struct exclusion *exclusions, int n)
{
	contest.exclusions = exclusions;
	contest.n_exclusions = n;
}

static void test_whole_date(void **state)
{
	struct exclusion list[] = {
		{ .name_birth_index = index_of("an 1976-03-14"),
		  .name_year_index = index_of("an 1976"), .has_name = true, .unit = -1 },
	};
	struct person p;

	(void)state;
	exclude(list, 1);
	const struct identity_indexes *same = person(&p, "an 1976-03-14", "an 1976", "1");
	assert_ptr_equal(exclusion_match(&contest, same, DESK), &list[0]);
	/* A namesake of the same year is somebody else … */
	assert_null(exclusion_match(&contest, person(&p, "an 1976-03-15", "an 1976", "1"), DESK));
	/* … but who gives no more than the year is met by it. */
	assert_non_null(exclusion_match(&contest, person(&p, NULL, "an 1976", "1"), DESK));
	assert_null(exclusion_match(&contest, person(&p, NULL, "an 1977", "1"), DESK));
}

static void test_year_alone(void **state)
{
	struct exclusion list[] = {
		{ .name_year_index = index_of("an 1976"), .has_name = true, .unit = -1 },
	};
	struct person p;

	(void)state;
	exclude(list, 1);
	assert_non_null(exclusion_match(&contest, person(&p, "an 1976-03-14", "an 1976", "1"), -1));
	assert_non_null(exclusion_match(&contest, person(&p, NULL, "an 1976", "1"), -1));
	assert_null(exclusion_match(&contest, person(&p, "binh 1976-03-14", "binh 1976", "1"), -1));
}

static void test_name_and_phone(void **state)
{
	struct exclusion list[] = {
		{ .phone_index = index_of("an +84900000254"), .has_phone = true, .unit = -1 },
	};
	struct person p;

	(void)state;
	exclude(list, 1);
	assert_non_null(exclusion_match(&contest, person(&p, "x", "y", "an +84900000254"), OTHER));
	assert_null(exclusion_match(&contest, person(&p, "x", "y", "an +84900000255"), OTHER));
	assert_null(exclusion_match(&contest, person(&p, "x", "y", "binh +84900000254"), OTHER));
	assert_null(exclusion_match(&contest, person(&p, NULL, NULL, NULL), OTHER));
}

static void test_unit(void **state)
{
	struct exclusion list[] = { { .unit = OFFICE } };
	struct person p;

	(void)state;
	exclude(list, 1);
	const struct identity_indexes *somebody = person(&p, "x", "y", "1");
	assert_non_null(exclusion_match(&contest, somebody, OFFICE));
	assert_non_null(exclusion_match(&contest, somebody, DESK));
	assert_null(exclusion_match(&contest, somebody, TOP));
	assert_null(exclusion_match(&contest, somebody, OTHER));
	assert_null(exclusion_match(&contest, somebody, -1));
	assert_null(exclusion_match(&contest, somebody, 999));
}

static void test_nothing_meets_nothing(void **state)
{
	/* A name without a birth date has no index, and so meets nobody. */
	struct exclusion list[] = { { .unit = -1 }, { .has_name = true, .unit = -1 },
				    { .has_phone = true, .unit = -1 } };
	struct person p;

	(void)state;
	exclude(list, ARRAY_LEN(list));
	assert_null(exclusion_match(&contest, person(&p, NULL, NULL, NULL), -1));
	assert_null(exclusion_match(&contest, person(&p, "x", "y", "z"), DESK));
	exclude(NULL, 0);
	assert_null(exclusion_match(&contest, person(&p, "x", "y", "z"), DESK));
}

static void test_first_of_several(void **state)
{
	struct exclusion list[] = {
		{ .unit = OTHER },
		{ .phone_index = index_of("1"), .has_phone = true, .unit = -1 },
		{ .unit = OFFICE },
	};
	struct person p;

	(void)state;
	exclude(list, ARRAY_LEN(list));
	assert_ptr_equal(exclusion_match(&contest, person(&p, "x", "y", "1"), OFFICE), &list[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_date),
		cmocka_unit_test(test_year_alone),
		cmocka_unit_test(test_name_and_phone),
		cmocka_unit_test(test_unit),
		cmocka_unit_test(test_nothing_meets_nothing),
		cmocka_unit_test(test_first_of_several),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
