/* Writing the thể lệ: numbered articles, and numbers, dates and times as
 * Vietnamese documents write them. Only the rules_text*.c files include this. */
#ifndef RULES_RULES_PUT_H
#define RULES_RULES_PUT_H

#include "rules/profile.h"

struct rules_page {
	struct arena *arena;
	struct buf buf;
	const struct profile *profile;
	const char *contest;	/* "hội thi" or "cuộc thi", as in its title */
	int article;		/* number of the one being written */
	int clause;		/* number of the last one in it */
	bool is_pending;	/* something was left out since it is undecided */
};

void rules_page_init(struct rules_page *page, struct arena *arena,
		     const struct profile *profile);

void rules_put(struct rules_page *page, const char *format, ...) PRINTF(2, 3);

/* Ends the article before and begins the next: "## Điều 5. Số lượt thi". */
void rules_put_article(struct rules_page *page, const char *title);

/* Begins the next numbered clause, or a dash below the clause. The caller goes
 * on in the same line and ends it. */
void rules_put_clause(struct rules_page *page);
void rules_put_dash(struct rules_page *page);

/* Says that rules are still to come, when something was left out. */
void rules_put_pending(struct rules_page *page);

/* A text from the profile, in which no character means anything to Markdown. */
struct text rules_plain(struct arena *arena, struct text text);

/* 12345 as "12.345"; 3 as "03", the way counts are written in documents. */
struct text rules_number(struct arena *arena, int64_t number);
struct text rules_count(struct arena *arena, int64_t number);

/* Thousandths without needless places: 1500 as "1,5", 500 as "0,5". */
struct text rules_decimal(struct arena *arena, int64_t thousandths);

/* "08 giờ 00 ngày 20/9/2024". Midnight begins a day as a start, and ends the
 * day before as an end: "24 giờ 00 ngày 04/10/2024". */
struct text rules_start(struct arena *arena, int64_t ms);
struct text rules_end(struct arena *arena, int64_t ms);

/* "20/9/2024": days below 10 and the months 1 and 2 have a leading zero. */
struct text rules_date(struct arena *arena, int64_t ms);

/* "2024-09-20" in the same form. */
struct text rules_iso_date(struct arena *arena, struct text iso);

/* "30 phút", "1 giờ", "1 phút 30 giây". */
struct text rules_duration(struct arena *arena, int64_t s);

#endif
