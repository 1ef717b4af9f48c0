/* The browsers that people are signed in on: noted at each sign-in, listed on one's
 * own page, ended there. */
#ifndef PAGES_DEVICE_H
#define PAGES_DEVICE_H

#include "pages/request.h"

struct db;

/* Family and system of the browser that posted ("Chrome, Android"), as much as a
 * person needs to tell their own apart; never the header as it was sent. */
struct text device_browser(const struct request *request);

/* A sign-in, as data for the transaction that it belongs to. */
struct device_note {
	int64_t person, device, now;
	struct text browser;
	bool shared;
};

struct device_note device_note_of(const struct request *request, int64_t person);

/* Notes it, in the open transaction. */
int device_note_write(const struct device_note *note, struct db *db) MUST_CHECK;

/* What stands for one of a person's browsers in a form: says nothing of the number
 * in its cookie. */
struct text device_handle(const struct request *request, int64_t person, int64_t device);

/* POST /{contest}/thiet-bi: ends one of the person's other browsers, or all. */
int device_end_load(struct request *request, struct db *db);
void page_device_end_post(struct request *request);

#endif
