#include "rules/person.h"

#include "base/unicode.h"

/* Spaces and invisible characters may be many in what is pasted. */
#define TYPED_BYTES_MAX 4096
#define MARKS_MAX 2
#define RUN_ODD 4

/* What was seen of a name so far. */
struct survey {
	int words;
	int letters;
	int marks;		/* since the last letter */
	int run;		/* the same letter, so many times */
	uint32_t last_letter;
	bool other_letter;	/* not all letters are the same */
	bool odd;
	bool refused;
};

/* ’ ‘ ` ´ and their like are typed for ', dashes for -. */
static uint32_t plain_sign(uint32_t c)
{
	switch (c) {
	case '\'':
	case '`':
	case 0xb4:
	case 0x2b9:
	case 0x2bb:
	case 0x2bc:
	case 0x2018:
	case 0x2019:
	case 0x201b:
	case 0x2032:
	case 0xff07:
		return '\'';
	case '-':
	case 0x2010:
	case 0x2011:
	case 0x2012:
	case 0x2013:
	case 0x2014:
	case 0x2212:
	case 0xff0d:
		return '-';
	case '.':
		return '.';
	default:
		return 0;
	}
}

static void survey_letter(struct survey *survey, uint32_t c, bool latin)
{
	/* Good enough to see aaaa and AAaa; other letters have no run to speak of. */
	uint32_t low = c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;

	survey->run = survey->letters && low == survey->last_letter ? survey->run + 1 : 1;
	survey->other_letter |= survey->letters && low != survey->last_letter;
	survey->odd |= !latin || survey->run == RUN_ODD;
	survey->last_letter = low;
	survey->letters++;
	survey->marks = 0;
}

/* Adds a character that is not space, with the space before it if one is due. */
static void take_char(struct survey *survey, struct buf *out, struct text bytes, uint32_t c,
		      bool new_word)
{
	uint32_t sign = plain_sign(c);
	enum unicode_class class = unicode_classify(c);

	if (new_word) {
		if (survey->words++)
			buf_char(out, ' ');
		survey->odd |= sign != 0;
		survey->marks = -1;
	}
	if (sign) {
		buf_char(out, (char)sign);
		survey->marks = -1;
		return;
	}
	if (class == UNICODE_LATIN || class == UNICODE_LETTER) {
		survey_letter(survey, c, class == UNICODE_LATIN);
	} else if (class == UNICODE_MARK) {
		survey->refused |= survey->marks < 0 || ++survey->marks > MARKS_MAX;
	} else if (class == UNICODE_DIGIT) {
		survey->odd = true;
		survey->marks = -1;
	} else {
		survey->refused = true;
	}
	buf_text(out, bytes);
}

enum name_verdict person_read_name(struct arena *arena, struct text typed, struct text *ret)
{
	struct survey survey = { .marks = -1 };
	struct buf out;
	bool gap = true;

	if (typed.len > TYPED_BYTES_MAX || !text_is_utf8(typed))
		return NAME_REFUSED;
	/* Form C of some characters is three times as long. */
	buf_init(&out, arena, 4 * TYPED_BYTES_MAX);
	struct text text = unicode_nfc(arena, typed);
	for (size_t at = 0; at < text.len && !survey.refused;) {
		size_t from = at;
		uint32_t c = text_next_char(text, &at);
		enum unicode_class class = unicode_classify(c);
		if (class == UNICODE_SPACE) {
			gap = true;
		} else if (class != UNICODE_INVISIBLE) {
			take_char(&survey, &out, text_part(text, from, at - from), c, gap);
			gap = false;
		}
	}
	/* Once more: what was taken out may have parted a letter from its mark. */
	struct text tidy = unicode_nfc(arena, buf_done(&out));
	if (survey.refused || survey.letters == 0 || arena_failed(arena) ||
	    text_count_chars(tidy) > PERSON_NAME_CHARS_MAX)
		return NAME_REFUSED;
	*ret = tidy;
	return survey.odd || survey.words == 1 || !survey.other_letter ? NAME_ODD : NAME_FINE;
}
