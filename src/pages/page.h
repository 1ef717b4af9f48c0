/* What most pages do: fill the layout's part of their view, render it, and speak
 * of addresses and texts in one way. */
#ifndef PAGES_PAGE_H
#define PAGES_PAGE_H

#include "pages/contest.h"
#include "pages/page_view.h"
#include "pages/request.h"
#include "pages/site.h"
#include "store/job.h"
#include "store/store.h"

/* The layout's part. `section` as in page_view. */
struct page_view page_view_of(const struct request *request, struct text title,
			      const char *section);

/* Renders `view` with `v` as the reply. */
#define page_render(request, status, view, v)                                          \
	do {                                                                           \
		struct html page_out;                                                  \
		struct buf page_buf;                                                   \
		page_begin(request, &page_out, &page_buf);                             \
		view(&page_out, v);                                                    \
		page_end(request, status, &page_buf);                                  \
	} while (0)

void page_begin(const struct request *request, struct html *out, struct buf *buf);
void page_end(struct request *request, int status, const struct buf *buf);

/* Marks the reply as the same for everyone until `fresh_until` (contest clock;
 * INT64_MAX: until something changes). */
void page_is_public(struct request *request, int64_t fresh_until);

/* "/{code}" followed by `rest` ("/bai-thi/1-2"). */
struct text page_path(const struct request *request, const char *rest);

/* The message in the reader's language, with arguments. */
struct text page_text(const struct request *request, struct text message);
struct text page_text1(const struct request *request, struct text message, struct lang_arg a);
struct text page_text2(const struct request *request, struct text message, struct lang_arg a,
		       struct lang_arg b);

/* Appends a problem of the field with that id; "" is none. */
void problem_list_add(struct problem_list *list, const char *field, struct text problem);

/* "45 giây", "3 phút": rounded up. */
struct text page_duration(const struct request *request, int64_t seconds);

/* The rules in force now. */
const struct rules_in_force *page_rules(const struct request *request);

/* The next moment at which a public page of the contest changes by itself. */
int64_t page_next_change(const struct request *request);

/* Reads the signed-in person's entry; request->page must begin with this. */
struct page_entry {
	bool signed_in;		/* the session's epoch is the person's, and nobody ended
				 * this browser's */
	bool entered;		/* has an entry in this contest */
	int64_t id;
	struct text code;	/* mã dự thi */
	int group;		/* number in the profile in force; -1 unknown */
	int64_t group_id;
	const struct contest_unit *unit;	/* NULL when it is not known any more */
	struct text unit_written;
	struct text consent_version;	/* agreed to */
	int64_t registered_at;		/* machine clock */
	struct text name;
	struct text birth_iso;
	struct text phone;	/* E.164 */
};

/* 0 done (signed_in and entered say what there is), negative as the store. */
int page_load_entry(struct request *request, struct db *db, struct page_entry *ret) MUST_CHECK;

/* Leads someone who is not signed in, or has not entered, to the page for it.
 * True when a reply was left. */
bool page_lead_to_entry(struct request *request, const struct page_entry *entry);

/* Hands the store a transaction of the door (register, sign in, profile) and goes on
 * with `then`; page_problem 503 when the arena is full, which it is too when `ctx` is
 * NULL. `key` as in store_job: the entry, or 0. */
void page_write_door(struct request *request, const char *name, int64_t key,
		     int (*fn)(void *ctx, struct db *db), void *ctx, request_fn *then);

/* What to say when a write came back without being done: true when it left a
 * reply (busy or failed), so that the caller goes no further. */
bool page_write_failed(struct request *request);

#endif
