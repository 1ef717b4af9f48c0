/* "Dữ liệu của tôi": all that is kept about a person, why, who sees it and until when,
 * and their rights: to have it (tai-ve), correct it, end it (rut-lai), erase it (xoa).
 *   GET  /{contest}/du-lieu          the page, with all forms
 *   GET  /{contest}/du-lieu/tai-ve   the same as JSON
 *   POST /{contest}/du-lieu/rut-lai  consent is withdrawn: no more papers, none counts
 *   POST /{contest}/du-lieu/xoa      all that is personal is removed
 * Both end every session and are acts of the person (store/act.h). */
#ifndef PAGES_MY_DATA_H
#define PAGES_MY_DATA_H

#include "pages/consent.h"
#include "pages/hold.h"
#include "pages/own_password.h"
#include "pages/register_form.h"
#include "pages/sitting.h"

struct my_data {
	struct sitting sitting;		/* first, see page.h */
	struct own_password password;	/* of form `erase` */
	struct q_entry_consent consent;
	struct text sentences[CONSENT_SENTENCES_MAX];	/* that were agreed to */
	int n_sentences;		/* 0: not known any more */
	bool has_guardian;
	struct q_guardian_of guardian;
	struct text guardian_name;
	bool has_slip;
	struct q_recovery_of slip;
	struct q_devices_ever *devices;
	int n_devices;
	struct q_resets_of *resets;
	int n_resets;
	struct q_entries_elsewhere *elsewhere;
	int n_elsewhere;
	struct hold hold;
};

/* What is wrong with one of the page's forms, in the reader's language; "" nothing. */
struct my_data_problems {
	struct text name, birth;		/* form `correct` … */
	struct text name_typed, birth_typed;	/* … and what was typed; "" as stored */
	struct text withdraw;			/* form `withdraw` */
	struct text erase, password;		/* form `erase` */
};

int my_data_load(struct request *request, struct db *db);

/* Whether someone else had to agree when they registered, going by that birth date. */
bool my_data_is_minor(const struct request *request, const struct my_data *data,
		      const struct birth *birth);

/* A moment of the machine's clock as people read it. */
struct text my_data_moment(const struct request *request, int64_t machine_ms);

/* The page; `problems` may be NULL. */
void my_data_show(struct request *request, const struct my_data_problems *problems, int status);

void page_my_data_show(struct request *request);
void page_my_data_file(struct request *request);
void page_withdraw_post(struct request *request);
void page_erase_post(struct request *request);

#endif
