/* Step 2 of registering, the form: what was typed, what was read of it, and all
 * that is wrong or odd about it at once. */
#ifndef PAGES_REGISTER_FORM_H
#define PAGES_REGISTER_FORM_H

#include "pages/register_unit.h"
#include "rules/person.h"


/* Inputs of the form; their ids are those names. */
enum register_field {
	REGISTER_NAME,		/* hoten */
	REGISTER_BIRTH,		/* ngaysinh */
	REGISTER_PHONE,		/* sdt */
	REGISTER_PASSWORD,	/* matkhau */
	REGISTER_CONSENT,	/* dongy */
	REGISTER_INVITATION,	/* moi: or a proof of work (register_surge.h) */
	REGISTER_FIELD_COUNT
};

struct register_form {
	/* as typed */
	struct text name_typed, birth_typed, phone_typed;
	bool consents;
	bool confirmed;			/* the warnings were shown before */
	bool shared;			/* "máy dùng chung" */
	bool doubtful;			/* see door.h: shown again, as typed */
	struct text invitation, proof;
	bool invited;			/* the code is right: no proof is needed */

	/* as read; empty where there is a problem */
	struct text name, birth_iso, phone, password;
	struct text birth_read, phone_read;	/* as people write them */

	/* "" none; in the reader's language */
	struct text problems[REGISTER_FIELD_COUNT];
	struct text warnings[REGISTER_FIELD_COUNT];
};

void register_form_read(struct request *request, struct register_form *ret);

/* Name and birth date alone, into a form that is empty. */
void register_form_read_who(const struct request *request, struct register_form *form);

bool register_form_is_wrong(const struct register_form *form);
bool register_form_is_odd(const struct register_form *form);


/* The page; `form` is NULL at first sight, `taken` says that the number is. */
void register_form_show(struct request *request, const struct unit_choice *choice,
			const struct page_entry *entry, const struct register_form *form,
			bool taken,
			int status);

#endif
