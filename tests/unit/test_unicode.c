#include "base/unicode.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(64 << 20);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena = arena_free(arena);
	return 0;
}

static void assert_text(struct text text, const char *expected)
{
	if (!text_equal_z(text, expected))
		fail_msg("“%.*s” is not “%s”", TEXT_ARGS(text), expected);
}

static void assert_fold(const char *text, const char *expected)
{
	assert_text(unicode_fold(arena, text_from_z(text)), expected);
}

static void folds(void **state)
{
	(void)state;
	assert_fold("", "");
	assert_fold("Trường THPT  Hùng-Vương", "truong thpt hung vuong");
	assert_fold("  Đăk Ơ, Bù Gia Mập! ", "dak o bu gia map");
	assert_fold("ĐIỂU K'RỨT", "dieu k rut");
	assert_fold("HOÀ hòa Hoa\xcc\x80", "hoa hoa hoa");
	assert_fold("ASCII only, 42", "ascii only 42");
	assert_fold("---", "");
	assert_fold("–…–", "");
	assert_fold("Ｆｕｌｌ　ｗｉｄｔｈ ① m² Ⅷ ﬁ", "full width 1 m2 viii fi");
	assert_fold("Straße", "strasse");
	assert_fold("İI", "ii");
	assert_fold("soft\xc2\xad" "hyphen", "softhyphen");
	assert_fold("Иван", "иван");
	assert_fold("aàáảãạăằắẳẵặâầấẩẫậ", "aaaaaaaaaaaaaaaaaa");
	assert_fold("eèéẻẽẹêềếểễệ iìíỉĩị oòóỏõọôồốổỗộơờớởỡợ", "eeeeeeeeeeee iiiiii oooooooooooooooooo");
	assert_fold("uùúủũụưừứửữự yỳýỷỹỵ đĐ", "uuuuuuuuuuuu yyyyyy dd");
}

static void composes(void **state)
{
	(void)state;
	assert_text(unicode_nfc(arena, TEXT("")), "");
	assert_text(unicode_nfc(arena, TEXT("ascii")), "ascii");
	assert_text(unicode_nfc(arena, TEXT("Tie\xcc\x82\xcc\x81ng Vie\xcc\xa3\xcc\x82t")), "Tiếng Việt");
	assert_text(unicode_nfc(arena, TEXT("Ⅷ ﬁ")), "Ⅷ ﬁ");
	assert_true(unicode_is_nfc(TEXT("Tiếng Việt")));
	assert_true(unicode_is_nfc(TEXT("")));
	assert_false(unicode_is_nfc(TEXT("Tie\xcc\x82ng")));
}

static uint64_t random_state;

static uint32_t random_below(uint32_t bound)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(random_state >> 33) % bound;
}

static void put_char(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_char(out, (char)c);
	} else if (c < 0x800) {
		buf_char(out, (char)(0xc0 | c >> 6));
		buf_char(out, (char)(0x80 | (c & 63)));
	} else if (c < 0x10000) {
		buf_char(out, (char)(0xe0 | c >> 12));
		buf_char(out, (char)(0x80 | (c >> 6 & 63)));
		buf_char(out, (char)(0x80 | (c & 63)));
	} else {
		buf_char(out, (char)(0xf0 | c >> 18));
		buf_char(out, (char)(0x80 | (c >> 12 & 63)));
		buf_char(out, (char)(0x80 | (c >> 6 & 63)));
		buf_char(out, (char)(0x80 | (c & 63)));
	}
}

static struct text nfd(struct text text)
{
	UErrorCode error = U_ZERO_ERROR;
	UChar from[256], to[2048];
	char out[8192];
	int32_t len;

	u_strFromUTF8(from, ARRAY_LEN(from), &len, text.ptr, (int32_t)text.len, &error);
	len = unorm2_normalize(unorm2_getNFDInstance(&error), from, len, to, ARRAY_LEN(to), &error);
	u_strToUTF8(out, sizeof(out), &len, to, len, &error);
	assert_true(U_SUCCESS(error));
	return text_copy(arena, text_from_bytes(out, (size_t)len));
}

/* Folding sees no difference between equivalent spellings and is done at once. */
static void assert_fold_laws(struct text text)
{
	struct text folded = unicode_fold(arena, text);
	bool lawful = text_equal(unicode_fold(arena, folded), folded) &&
		      text_equal(unicode_fold(arena, unicode_nfc(arena, text)), folded) &&
		      text_equal(unicode_fold(arena, nfd(text)), folded) && text_is_utf8(folded);
	if (!lawful)
		fail_msg("“%.*s” folds to “%.*s”", TEXT_ARGS(text), TEXT_ARGS(folded));
	struct text composed = unicode_nfc(arena, text);
	assert_true(unicode_is_nfc(composed));
	assert_true(text_equal(unicode_nfc(arena, composed), composed));
}

static void folds_every_character_once(void **state)
{
	(void)state;
	for (uint32_t c = 1; c <= 0x10ffff; c++) {
		struct buf out;
		if ((c >= 0xd800 && c <= 0xdfff) || (c >= 0x20000 && c < 0xe0000) || c > 0xe01ff)
			continue;
		if (c % 64 == 0)
			arena_reset(arena);
		buf_init(&out, arena, 16);
		put_char(&out, c);
		assert_fold_laws(buf_done(&out));
	}
}

static void folds_random_texts_once(void **state)
{
	/* Characters that meet: letters with marks, marks, signs, other scripts. */
	static const struct { uint32_t from, n; } ranges[] = {
		{ 0x20, 0x5f }, { 0xc0, 0x140 }, { 0x300, 0x70 }, { 0x1ea0, 0x5a }, { 0x370, 0x90 },
		{ 0x1f00, 0x100 }, { 0xac00, 0x100 }, { 0x1100, 0x100 }, { 0xfb00, 0x50 },
		{ 0x900, 0x80 }, { 0x2000, 0x70 }, { 0xff01, 0x5e }, { 0x1d400, 0x100 },
	};
	(void)state;
	random_state = 1;
	for (int round = 0; round < 20000; round++) {
		struct buf out;
		arena_reset(arena);
		buf_init(&out, arena, 256);
		for (uint32_t n = 1 + random_below(12); n; n--) {
			uint32_t range = random_below(ARRAY_LEN(ranges));
			put_char(&out, ranges[range].from + random_below(ranges[range].n));
		}
		assert_fold_laws(buf_done(&out));
	}
}

static void folds_long_texts(void **state)
{
	struct buf out;
	(void)state;
	buf_init(&out, arena, 1 << 20);
	for (int i = 0; i < 5000; i++)
		buf_z(&out, "Đ\xef\xb7\xba ");	/* ﷺ-like: one that becomes eighteen */
	struct text folded = unicode_fold(arena, buf_done(&out));
	assert_true(folded.len > buf_done(&out).len);
	assert_true(text_starts_with(folded, TEXT("d")));
	assert_true(text_equal(unicode_fold(arena, folded), folded));
}

static void classifies(void **state)
{
	(void)state;
	assert_int_equal(unicode_classify('a'), UNICODE_LATIN);
	assert_int_equal(unicode_classify(0x1ebf), UNICODE_LATIN);
	assert_int_equal(unicode_classify(0x438), UNICODE_LETTER);
	assert_int_equal(unicode_classify(0x301), UNICODE_MARK);
	assert_int_equal(unicode_classify('7'), UNICODE_DIGIT);
	assert_int_equal(unicode_classify(0x667), UNICODE_OTHER);
	assert_int_equal(unicode_classify(0xa0), UNICODE_SPACE);
	assert_int_equal(unicode_classify('\n'), UNICODE_SPACE);
	assert_int_equal(unicode_classify(1), UNICODE_CONTROL);
	assert_int_equal(unicode_classify(0x200b), UNICODE_INVISIBLE);
	assert_int_equal(unicode_classify(0x202e), UNICODE_INVISIBLE);
	assert_int_equal(unicode_classify('<'), UNICODE_OTHER);
	assert_int_equal(unicode_classify(0x1f600), UNICODE_OTHER);
}

/* Words that stand in their order, each before the next. */
static void assert_order(const char *list, int (*compare)(struct text, struct text), char separator)
{
	struct text words[32];
	int n = 0;
	for (struct text rest = text_from_z(list); rest.ptr;)
		words[n++] = text_cut(&rest, separator);
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++) {
			int order = compare(words[i], words[j]);
			if ((order > 0) - (order < 0) != (i > j) - (i < j))
				fail_msg("“%.*s” “%.*s”: %d", TEXT_ARGS(words[i]), TEXT_ARGS(words[j]),
					 order);
		}
}

static void orders(void **state)
{
	(void)state;
	assert_order("An Ánh Ăn Ân Ẩn Dung Dũng Đào Đức Oanh Ổn Ơn Uyên Ưng", unicode_compare_vi, ' ');
	assert_order("ba bà bả bã bá bạ", unicode_compare_vi, ' ');
	assert_order("a ă â b c d đ e ê g h i k l m n o ô ơ p q r s t u ư v x y", unicode_compare_vi, ' ');
	assert_int_equal(unicode_compare_vi(TEXT("hoa\xcc\x80"), TEXT("hoà")), 0);
	assert_true(unicode_compare_vi(TEXT_EMPTY, TEXT("a")) < 0);
	assert_int_equal(unicode_compare_vi(TEXT_EMPTY, (struct text){ NULL, 0 }), 0);
}

static void orders_names(void **state)
{
	(void)state;
	assert_order("An|Lê An|Lê Thị An|Nguyễn An|Nguyễn Văn An|Nguyễn Văn Ánh|Lê Ẩn|Trần Đức Anh Dũng|"
		     "Lê Văn Đào", unicode_compare_names_vi, '|');
	assert_int_equal(unicode_compare_names_vi(TEXT("Lê An"), TEXT(" Lê  An ")), 0);
	assert_int_equal(unicode_compare_names_vi(TEXT_EMPTY, TEXT(" ")), 0);
}

static void *compare_often(void *wrong)
{
	static const char *const names[] = { "An", "Ánh", "Ăn", "Ân", "Ẩn", "Dung", "Dũng", "Đào" };
	for (int round = 0; round < 2000; round++)
		for (size_t i = 0; i + 1 < ARRAY_LEN(names); i++)
			if (unicode_compare_vi(text_from_z(names[i]), text_from_z(names[i + 1])) >= 0)
				*(bool *)wrong = true;
	return NULL;
}

static void orders_in_many_threads(void **state)
{
	pthread_t threads[4];
	bool wrong[ARRAY_LEN(threads)] = { false };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, compare_often, &wrong[i]), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		pthread_join(threads[i], NULL);
		assert_false(wrong[i]);
	}
}

static void survives_lack_of_memory(void **state)
{
	static char long_text[4000];
	(void)state;
	for (size_t i = 0; i < sizeof(long_text); i += 2)
		memcpy(long_text + i, "\xc4\x91", 2);
	for (int n = 1; n < 20; n++) {
		struct arena *small = arena_new(1 << 20);
		mem_fail_nth(n, false);
		struct text folded = unicode_fold(small, text_from_bytes(long_text, sizeof(long_text)));
		mem_fail_nth(0, false);
		assert_int_equal(folded.len, arena_failed(small) ? 0 : sizeof(long_text) / 2);
		arena_free(small);
		small = arena_new(1 << 20);
		mem_fail_nth(n, false);
		struct text normal = unicode_nfc(small, text_from_bytes(long_text, sizeof(long_text)));
		mem_fail_nth(0, false);
		assert_int_equal(normal.len, arena_failed(small) ? 0 : sizeof(long_text));
		arena_free(small);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(orders_in_many_threads), TEST(folds), TEST(composes),
		TEST(folds_every_character_once), TEST(folds_random_texts_once),
		TEST(folds_long_texts), TEST(classifies), TEST(orders), TEST(orders_names),
		TEST(survives_lack_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
