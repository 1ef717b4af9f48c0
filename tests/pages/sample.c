#include "sample.h"

#include "base/code.h"
#include "base/file.h"
#include "base/random.h"
#include "base/time.h"
#include "pages/identity.h"
#include "pages/submission.h"
#include "store_queries.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define FILE_BYTES_MAX (4 << 20)
#define EXAMPLE "examples/binh-phuoc-2024"
#define HOLDER 7

static int64_t read_clock(void *ctx)
{
	return ((struct sample *)ctx)->now;
}

/* SplitMix64: the same keys, seeds and codes in every run. */
static void fill_random(void *ctx, void *ret, size_t len)
{
	uint64_t *random = &((struct sample *)ctx)->random;

	for (size_t i = 0; i < len; i++) {
		uint64_t x = *random += UINT64_C(0x9e3779b97f4a7c15);
		x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
		x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
		((unsigned char *)ret)[i] = (unsigned char)(x ^ (x >> 31));
	}
}

int64_t sample_moment(const char *iso)
{
	int64_t ms = 0;
	assert_int_equal(time_parse(text_from_z(iso), &ms), 0);
	return ms;
}

static const char *path_of(struct sample *s, const char *rest)
{
	return text_z(s->arena, text_format(s->arena, "%s/%s", s->dir, rest));
}

static struct text read_whole(struct sample *s, const char *path)
{
	struct text bytes = TEXT_EMPTY;

	if (file_read(s->arena, path, FILE_BYTES_MAX, &bytes) != 0)
		fail_msg("cannot read %s: %s", path, strerror(errno));
	return bytes;
}

static void copy_file(struct sample *s, const char *root, const char *name)
{
	const char *from = text_z(s->arena, text_format(s->arena, "%s/" EXAMPLE "/%s", root, name));
	const char *to = path_of(s, text_z(s->arena, text_format(s->arena, "contest/%s", name)));

	assert_int_equal(file_write(s->arena, to, read_whole(s, from)), 0);
}

static void copy_folder(struct sample *s)
{
	static const char *const files[] = { "profile.json", "units.csv",      "bank.csv",
					     "practice.csv", "exclusions.csv", "guide.md",
					     "faq.md" };
	const char *root = getenv("HOITHI_SOURCE_ROOT");
	struct text news[FOLDER_NEWS_MAX];

	root = root ? root : ".";
	assert_int_equal(mkdir(path_of(s, "contest"), 0700), 0);
	assert_int_equal(mkdir(path_of(s, "contest/news"), 0700), 0);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		copy_file(s, root, files[i]);
	int n = file_list(s->arena,
			  text_z(s->arena, text_format(s->arena, "%s/" EXAMPLE "/news", root)),
			  ".md", news, ARRAY_LEN(news));
	assert_true(n > 0);
	for (int i = 0; i < n; i++)
		copy_file(s, root, text_z(s->arena, text_format(s->arena, "news/%.*s",
								TEXT_ARGS(news[i]))));
}

static void open_store(struct sample *s)
{
	struct store_options options = { .dir = path_of(s, "data"), .create = true,
					 .fatal = s->fatal, .failed = s->failed,
					 .ctx = s->fatal_ctx };
	struct text why = TEXT_EMPTY;
	int answer = store_open(s->arena, &options, &s->site.store, &why);

	if (answer)
		fail_msg("store_open answers %d: %.*s", answer, TEXT_ARGS(why));
}

static int load(void *ctx, struct db *db)
{
	return contest_cache_load(ctx, db);
}

void sample_reload(struct sample *s)
{
	assert_int_equal(store_read(s->site.store, "contests", load, s->site.contests, NULL), 0);
}

int sample_set_up(void **state)
{
	struct sample *s = calloc(1, sizeof(*s));
	struct text path;

	assert_non_null(s);
	*state = s;
	assert_int_equal(random_init(), 0);
	snprintf(s->dir, sizeof(s->dir), "/tmp/hoithi-sample-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	s->arena = arena_new(256 << 20);
	s->now = sample_moment("2024-09-01T08:00:00+07:00");
	time_set_source(read_clock, s);
	random_set_source(fill_random, s);
	copy_folder(s);
	assert_int_equal(keys_create(path_of(s, "keys")), 0);
	assert_int_equal(keys_open(s->arena, path_of(s, "keys"), &s->keys, &path), 0);
	open_store(s);
	id_source_init(&s->ids, 0, 0);
	s->site.keys = s->keys;
	s->site.ids = &s->ids;
	s->site.public_url = TEXT_EMPTY;
	s->site.contests = contest_cache_new(s->keys);
	assert_non_null(s->site.contests);
	return 0;
}

int sample_set_up_applied(void **state)
{
	struct contest_apply apply;

	if (sample_set_up(state) != 0)
		return -1;
	struct sample *s = *state;
	assert_int_equal(sample_apply(s, s->now, &apply), STORE_ONE);
	return 0;
}

static int remove_entry(const char *path, const struct stat *info UNUSED, int flag UNUSED,
			struct FTW *ftw UNUSED)
{
	return remove(path);
}

int sample_tear_down(void **state)
{
	struct sample *s = *state;

	store_close(s->site.store);
	contest_cache_free(s->site.contests);
	keys_free(s->keys);
	time_set_source(NULL, NULL);
	random_set_source(NULL, NULL);
	nftw(s->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	arena_free(s->arena);
	free(s);
	return 0;
}

void sample_reopen(struct sample *s)
{
	s->site.store = store_close(s->site.store);
	open_store(s);
	sample_reload(s);
}

void sample_edit(struct sample *s, const char *file, const char *old, const char *fresh)
{
	const char *path = path_of(s, text_z(s->arena, text_format(s->arena, "contest/%s", file)));
	struct text bytes = read_whole(s, path), needle = text_from_z(old);
	ptrdiff_t at = text_find(bytes, needle, 0);

	if (at < 0 || text_find(bytes, needle, (size_t)at + 1) >= 0)
		fail_msg("%s does not hold “%s” once", file, old);
	struct text after = text_part(bytes, (size_t)at + needle.len, bytes.len);
	assert_int_equal(file_write(s->arena, path,
				    text_format(s->arena, "%.*s%s%.*s", (int)at, bytes.ptr, fresh,
						TEXT_ARGS(after))), 0);
}

int sample_apply(struct sample *s, int64_t effective_at, struct contest_apply *ret)
{
	struct contest_folder *folder = arena_alloc(s->arena, sizeof(*folder));
	struct buf problems;

	assert_non_null(folder);
	buf_init(&problems, s->arena, FILE_BYTES_MAX);
	if (contest_folder_read(s->arena, path_of(s, "contest"), PROFILE_FOR_ANNOUNCE, s->now,
				folder, &problems) != 0)
		fail_msg("%.*s", TEXT_ARGS(buf_done(&problems)));
	*ret = (struct contest_apply){
		.arena = s->arena, .keys = s->keys, .ids = &s->ids, .folder = folder,
		.actor = TEXT("cli:test"), .now = s->now, .contest_now = s->now,
		.effective_at = effective_at, .refused = TEXT_EMPTY,
	};
	int result =
	    store_call(s->site.store, STORE_CLASS_BACKGROUND, "apply", contest_apply_run, ret);
	sample_reload(s);
	return result;
}

const struct contest *sample_contest(struct sample *s)
{
	const struct contest *contest = contest_acquire(s->site.contests, TEXT("binh-phuoc-2024"),
							s->now);

	assert_non_null(contest);
	return contest;
}

int64_t sample_round(struct sample *s)
{
	const struct contest *contest = sample_contest(s);
	int64_t round = contest_ids_of(contest, contest_rules(contest, s->now))->rounds[0];

	contest_release(contest);
	return round;
}

/* ---- people ---- */

struct entering {
	struct sample *s;
	struct sample_person *person;
};

static struct text seal(struct sample *s, const char *place, int64_t id, const char *plain)
{
	return keys_seal(s->keys, KEY_PERSONAL, s->arena, place, id, text_from_z(plain));
}

static int enter(void *ctx, struct db *db)
{
	struct sample *s = ((struct entering *)ctx)->s;
	struct sample_person *p = ((struct entering *)ctx)->person;
	const struct contest *contest = sample_contest(s);
	const struct contest_unit *unit = contest_unit_by_code(contest, text_from_z(p->unit));
	int64_t id = id_next(&s->ids);
	struct identity_indexes indexes;

	assert_non_null(unit);
	identity_of_person(s->keys, s->arena, text_from_z(p->name), text_from_z(p->birth),
			   text_from_z(p->phone), &indexes);
	const struct q_entry_add_in entry = {
		.id = p->entry, .contest = contest->id, .person = id, .code = p->code,
		.group_id = contest->ids[0].groups[p->group], .unit = unit->id,
		.unit_written = TEXT_EMPTY, .consent_version = TEXT("1"),
		.consent_hash = indexes.phone, .now = s->now,
	};
	bool done = q_person_add(db, id, s->now) > 0 &&
		    q_person_data_add(db, id, seal(s, "person_data.name", id, p->name),
				      seal(s, "person_data.birth", id, p->birth),
				      seal(s, "person_data.phone", id, p->phone),
				      indexes.name_birth, TEXT_EMPTY) > 0 &&
		    q_identity_add(db, IDENTITY_PHONE, indexes.phone, id) > 0 &&
		    q_entry_add(db, &entry) > 0;
	contest_release(contest);
	return done ? STORE_ONE : STORE_FAILED;
}

void sample_enter(struct sample *s, struct sample_person *person)
{
	struct entering entering = { s, person };
	unsigned char bytes[5];

	random_bytes(bytes, sizeof(bytes));
	person->entry = id_next(&s->ids);
	person->code = code_from_bytes(s->arena, bytes, 8, false);
	assert_int_equal(store_call(s->site.store, STORE_CLASS_DOOR, "enter", enter, &entering),
			 STORE_ONE);
}

/* ---- papers ---- */

static void count_done(struct store_job *job)
{
	++*(int *)job->done_ctx;
}

static void run(struct sample *s, struct store_job *job)
{
	int n = 0;

	job->done = count_done;
	job->done_ctx = &n;
	store_write(s->site.store, job);
	while (store_step(s->site.store) > 0)
		;
	assert_int_equal(n, 1);
	assert_int_equal(job->result, STORE_ONE);
}

/* Draws from the newest bank by the rules in force. */
static void draw(struct sample *s, const struct contest *contest, struct sample_paper *paper,
		 struct job_start *start)
{
	const struct profile *profile = &contest_rules(contest, s->now)->profile;
	const struct bank *bank = contest_bank(contest, profile->groups[paper->person->group].bank);
	unsigned char *seed = arena_alloc(s->arena, DRAW_SEED_BYTES);
	struct drawn_paper *drawn = arena_alloc(s->arena, sizeof(*drawn));
	char *zeros = arena_alloc(s->arena, PROFILE_QUESTIONS_MAX);

	assert_true(bank && seed && drawn && zeros);
	random_bytes(seed, DRAW_SEED_BYTES);
	assert_int_equal(draw_paper(profile, bank->items, bank->n, seed, drawn), 0);
	memset(zeros, '0', (size_t)drawn->n);
	paper->drawn = start->drawn = draw_encode(s->arena, drawn);
	paper->keys = arena_array(s->arena, (size_t)bank->n, sizeof(*paper->keys));
	assert_non_null(paper->keys);
	memcpy(paper->keys, bank->items, (size_t)bank->n * sizeof(*bank->items));
	start->bank = bank->id;
	start->seed = text_from_bytes(seed, DRAW_SEED_BYTES);
	start->answers = start->flags = text_from_bytes(zeros, (size_t)drawn->n);
}

struct sample_paper sample_start(struct sample *s, const struct sample_person *person, int attempt)
{
	struct sample_paper paper = { .id = id_next(&s->ids), .holder = HOLDER, .person = person,
				      .attempt = attempt };
	const struct contest *contest = sample_contest(s);
	const struct rules_in_force *rules = contest_rules(contest, s->now);
	const struct profile_round *round = &rules->profile.rounds[0];
	const struct contest_ids *ids = contest_ids_of(contest, rules);
	struct store_job job = { .class = STORE_CLASS_START, .kind = STORE_START,
				 .key = person->entry };

	job.start = (struct job_start){
		.id = paper.id, .contest = contest->id, .round = ids->rounds[0],
		.entry = person->entry, .group = ids->groups[person->group], .attempt = attempt,
		.rules_version = rules->version, .draw_version = DRAW_VERSION, .holder = HOLDER,
		.open_at = round->open_at, .close_at = round->close_at,
		.time_limit_ms = rules->profile.time_limit_s * TIME_SECOND_MS,
		.latest_end = rules->profile.at_close == AT_CLOSE_CUT ? round->close_at : INT64_MAX,
	};
	draw(s, contest, &paper, &job.start);
	run(s, &job);
	assert_int_equal(job.start.paper, paper.id);
	contest_release(contest);
	return paper;
}

struct text sample_answers(struct sample *s, const struct sample_paper *paper, int correct)
{
	struct drawn_paper drawn;
	char *answers = arena_alloc(s->arena, PROFILE_QUESTIONS_MAX);

	assert_int_equal(draw_decode(paper->drawn, &drawn), 0);
	assert_non_null(answers);
	for (int i = 0; i < drawn.n; i++) {
		int position = 0;
		while (drawn.items[i].options[position] != paper->keys[drawn.items[i].number].key)
			position++;
		if (i >= correct)
			position = (position + 1) % PROFILE_OPTIONS;
		answers[i] = (char)('1' + position);
	}
	return text_from_bytes(answers, (size_t)drawn.n);
}

static struct store_job save_job(struct sample *s, const struct sample_paper *paper,
				 int64_t revision, struct text answers, int64_t prediction)
{
	return (struct store_job){
		.class = STORE_CLASS_SAVE, .kind = STORE_SAVE, .key = paper->id,
		.save = { .paper = paper->id, .holder = paper->holder, .revision = revision,
			  .save_no = (int64_t)(random_u64() >> 1), .now = s->now,
			  .answers = answers, .flags = answers, .prediction = prediction,
			  .arena = s->arena },
	};
}

enum save_verdict sample_save(struct sample *s, const struct sample_paper *paper, int64_t revision,
			      struct text answers, int64_t prediction)
{
	struct store_job job = save_job(s, paper, revision, answers, prediction);

	run(s, &job);
	return job.save.verdict;
}

void sample_submit(struct sample *s, const struct sample_paper *paper, int correct,
		   int64_t prediction)
{
	const struct contest *contest = sample_contest(s);
	struct text answers = sample_answers(s, paper, correct);
	struct store_job job = save_job(s, paper, 0, answers, prediction);
	struct q_paper_get row;

	sample_stored(s, paper, &row);
	const struct submission submission = {
		.contest = contest, .rules_version = row.rules_version, .bank = row.bank,
		.draw_version = row.draw_version, .round = contest->ids[0].rounds[0],
		.group = row.group_id, .entry_code = paper->person->code,
		.attempt = paper->attempt, .seed = row.seed, .drawn = row.drawn,
		.answers = answers, .prediction = prediction, .started_at = row.started_at,
		.deadline_at = row.deadline_at, .submitted_at = s->now,
	};
	job.kind = STORE_SUBMIT;
	assert_int_equal(submission_fill(s->arena, &submission, &job.save), 0);
	assert_int_equal(job.save.correct, correct);
	run(s, &job);
	assert_int_equal(job.save.verdict, SAVE_DONE);
	contest_release(contest);
}

struct stored {
	struct sample *s;
	const struct sample_paper *paper;
	int64_t round;
	struct q_paper_get *ret;
};

static int read_stored(void *ctx, struct db *db)
{
	const struct stored *stored = ctx;
	return q_paper_get(db, stored->s->arena, stored->paper->person->entry, stored->round,
			   stored->paper->attempt, stored->ret);
}

void sample_stored(struct sample *s, const struct sample_paper *paper, struct q_paper_get *ret)
{
	struct stored stored = { s, paper, sample_round(s), ret };

	assert_int_equal(store_read(s->site.store, "paper", read_stored, &stored, NULL), STORE_ONE);
	assert_int_equal(ret->id, paper->id);
}
