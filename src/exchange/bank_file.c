#include "exchange/contest_files.h"

#include "base/unicode.h"
#include "exchange/contest_check.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define TOPIC_CHARS_MAX 20

enum column { CODE, TOPIC, DIFFICULTY, BODY, A, B, C, D, KEY, BASIS, COLUMNS };

static const char *const columns[COLUMNS] = {
	[CODE] = "code", [TOPIC] = "topic", [DIFFICULTY] = "difficulty", [BODY] = "body", [A] = "a",
	[B] = "b", [C] = "c", [D] = "d", [KEY] = "key", [BASIS] = "basis",
};

static int read_key(const struct check *check)
{
	struct text key = check->row->fields[KEY];
	struct text quote = csv_quote(key);

	if (key.len == 1 && key.ptr[0] >= 'A' && key.ptr[0] <= 'D')
		return key.ptr[0] - 'A';
	if (key.len == 1 && key.ptr[0] >= 'a' && key.ptr[0] <= 'd')
		return key.ptr[0] - 'a';
	check_fail(check, KEY, "đáp án “%.*s” phải là A, B, C hoặc D", TEXT_ARGS(quote));
	return 0;
}

static void read_options(const struct check *check, struct question_row *ret)
{
	for (int i = 0; i < PROFILE_OPTIONS; i++) {
		ret->options[i] = check_text(check, A + i, true, QUESTION_OPTION_CHARS_MAX);
		for (int j = 0; j < i; j++)
			if (ret->options[i].len && text_equal(ret->options[i], ret->options[j])) {
				check_fail(check, A + i, "trùng với phương án %c", 'A' + j);
				break;
			}
	}
}

static void read_row(const struct check *check, struct question_row *ret)
{
	check_code(check, CODE, UPPER LOWER DIGITS "._-", QUESTION_CODE_CHARS_MAX);
	ret->code = check->row->fields[CODE];
	check_code(check, TOPIC, LOWER DIGITS "-", TOPIC_CHARS_MAX);
	ret->topic = check->row->fields[TOPIC];
	ret->difficulty = check_int(check, DIFFICULTY, 1, 3);
	ret->body = check_text(check, BODY, true, QUESTION_BODY_CHARS_MAX);
	read_options(check, ret);
	ret->key = read_key(check);
	ret->basis = check_text(check, BASIS, false, QUESTION_BASIS_CHARS_MAX);
}

/* What makes a question the one it is; empty when the body has no letters to
 * compare. */
static struct text identify(struct arena *arena, const struct question_row *question)
{
	struct text body = unicode_fold(arena, question->body);
	struct text right = unicode_fold(arena, question->options[question->key]);

	if (body.len == 0)
		return TEXT_EMPTY;
	/* Folded texts have no line ends. */
	return text_format(arena, "%.*s\n%.*s", TEXT_ARGS(body), TEXT_ARGS(right));
}

/* Notes rows whose code, or whose `whole` question, an earlier row has. */
static int check_doubles(struct check *check, const struct csv_table *table,
			 const struct question_row *questions, bool whole)
{
	struct row_index index;

	if (row_index_new(check->arena, table->n_rows, &index) < 0)
		return -1;
	for (int i = 0; i < table->n_rows; i++) {
		index.items[i].row = i;
		index.items[i].key = whole ? identify(check->arena, &questions[i])
					   : questions[i].code;
	}
	if (arena_failed(check->arena))
		return -1;
	row_index_sort(&index);
	for (int i = 0; i < table->n_rows; i++) {
		const struct row_key *item = &index.items[i];
		int first = row_index_find(&index, item->key);
		if (item->key.len == 0 || first == item->row)
			continue;
		check->row = &table->rows[item->row];
		check_fail(check, whole ? BODY : CODE,
			   whole ? "câu hỏi và đáp án đúng trùng với câu ở dòng %d"
				 : "mã này đã có ở dòng %d", table->rows[first].line);
	}
	return 0;
}

int contest_read_bank(struct arena *arena, struct text file, struct question_rows *ret,
		      struct csv_problems *ret_problems)
{
	struct check check = { arena, ret_problems, NULL };
	struct csv_table table;
	int answer = csv_read(arena, file, columns, COLUMNS, &table, ret_problems);

	if (answer < 0)
		return -1;
	if (table.n_rows > CONTEST_QUESTIONS_MAX || (answer == 0 && table.n_rows == 0)) {
		csv_problem_format(ret_problems, arena, 1, 0, "có %d câu hỏi, cần từ 1 đến %d",
				   table.n_rows, CONTEST_QUESTIONS_MAX);
		return arena_failed(arena) ? -1 : 1;
	}
	struct question_row *questions = arena_array(arena, (size_t)table.n_rows + 1,
						     sizeof(*questions));
	if (!questions)
		return -1;
	for (int i = 0; i < table.n_rows; i++) {
		check.row = &table.rows[i];
		read_row(&check, &questions[i]);
	}
	if (check_doubles(&check, &table, questions, false) < 0 ||
	    check_doubles(&check, &table, questions, true) < 0 || arena_failed(arena))
		return -1;
	csv_problems_sort(ret_problems);
	if (ret_problems->n_all)
		return 1;
	*ret = (struct question_rows){ questions, table.n_rows };
	return 0;
}
