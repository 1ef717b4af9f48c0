/* libFuzzer: csv_read, and the bank and units readers above it. What is read is
 * written and must read the same; nothing may be both refused and without a
 * reason. */
#include "exchange/contest_files.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const columns[] = { "a", "b", "c" };

static const struct profile profile = {
	.blocks = { { { "tinh", 4 }, { "Tỉnh", 5 } }, { { "xa", 2 }, { "Xã", 3 } } },
	.n_blocks = 2,
};

static void check_problems(int answer, const struct csv_problems *problems)
{
	assert(answer != 0 || problems->n_all == 0);
	assert(answer != 1 || problems->n_all > 0);
	if (answer != 1)
		return;
	for (int i = 0; i < problems->n; i++) {
		assert(problems->items[i].line >= 1);
		assert(problems->items[i].reason.len && text_is_utf8(problems->items[i].reason));
		assert(i == 0 || problems->items[i].line >= problems->items[i - 1].line);
	}
}

/* The guard against formulas is written and not taken off. */
static bool is_written(struct text field, struct text read)
{
	if (text_starts_with(read, TEXT("'")) && !text_starts_with(field, TEXT("'")))
		read = text_part(read, 1, read.len);
	return text_equal(field, read);
}

static void write_and_read(struct arena *arena, const struct csv_table *table, size_t size)
{
	struct csv_problems problems;
	struct csv_table again;
	struct buf out;

	buf_init(&out, arena, size * 8 + 4096);
	for (int i = 0; i < 3; i++)
		csv_write_field(&out, i == 0, text_from_z(columns[i]));
	csv_write_end(&out);
	for (int i = 0; i < table->n_rows; i++) {
		for (int j = 0; j < 3; j++)
			csv_write_field(&out, j == 0, table->rows[i].fields[j]);
		csv_write_end(&out);
	}
	int answer = csv_read(arena, buf_done(&out), columns, 3, &again, &problems);
	if (answer < 0)
		return;
	assert(answer == 0 && again.n_rows == table->n_rows);
	for (int i = 0; i < table->n_rows; i++)
		for (int j = 0; j < 3; j++)
			assert(is_written(table->rows[i].fields[j], again.rows[i].fields[j]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(64 << 20);
	struct text file = text_from_bytes(data, size);
	struct csv_problems problems;
	struct question_rows bank;
	struct csv_table table;
	struct unit_rows units;

	if (!arena)
		return 0;
	int answer = csv_read(arena, file, columns, 3, &table, &problems);
	check_problems(answer, &problems);
	if (answer == 0)
		write_and_read(arena, &table, size);
	answer = contest_read_bank(arena, file, &bank, &problems);
	check_problems(answer, &problems);
	answer = contest_read_units(arena, file, &profile, &units, &problems);
	check_problems(answer, &problems);
	for (int i = 0; answer == 0 && i < units.n; i++)
		assert(units.items[i].parent < i && units.items[i].level <= UNIT_LEVEL_MAX);
	arena_free(arena);
	return 0;
}
