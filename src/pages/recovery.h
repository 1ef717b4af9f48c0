/* Coming back without the password: the code on one's slip (phiếu dự thi), or one
 * that an operator gave out. Neither needs a message to be sent.
 *   POST /{contest}/phieu-du-thi     password → a new slip with a new code, shown once
 *   GET  /{contest}/quen-mat-khau    the form `forgot`
 *   POST /{contest}/quen-mat-khau    phone + code → new password and a new slip */
#ifndef PAGES_RECOVERY_H
#define PAGES_RECOVERY_H

#include "pages/request.h"

struct db;
struct keys;

#define RECOVERY_DIGITS 10

/* A new code, as ten digits. */
struct text recovery_code_new(struct arena *arena);

/* What someone typed, without spaces, dots and hyphens; empty when those are not
 * ten digits. */
struct text recovery_code_read(struct arena *arena, struct text typed);

/* What is kept of a person's code: a keyed hash, so that the folder alone does
 * not let anybody try the ten digits. */
struct hash recovery_index(const struct keys *keys, struct arena *arena, int64_t person,
			   struct text code);

/* A slip to show, and why it is shown. */
struct slip_shown {
	enum {
		SLIP_ASKED,	/* its owner asked for a new one */
		SLIP_REGISTERED,
		SLIP_PASSWORD,	/* after a forgotten password */
	} why;
	struct text name, unit, group, entry_code;
	struct text recovery_code;	/* the digits */
};

/* As the answer to a POST: the code is nowhere else to be had again. */
void slip_show(struct request *request, const struct slip_shown *slip);

int slip_load(struct request *request, struct db *db);
void page_slip_post(struct request *request);
int forgot_load(struct request *request, struct db *db);
void page_forgot_show(struct request *request);
void page_forgot_post(struct request *request);

#endif
