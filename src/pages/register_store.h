/* What registering reads and writes. A phone serves as many people as the profile
 * allows (people_per_phone): those of groups that choose an agency and those of
 * groups that choose a commune are counted apart. */
#ifndef PAGES_REGISTER_STORE_H
#define PAGES_REGISTER_STORE_H

#include "pages/consent_form.h"
#include "pages/device.h"
#include "pages/identity.h"
#include "pages/page.h"

/* Whether another than `person` (0: nobody yet) may enter `group` with this
 * phone. 1 yes, 0 no, negative as the store. */
int phone_has_room(struct arena *arena, struct db *db, const struct contest *contest,
		   const struct profile *profile, const struct contest_ids *ids, int group,
		   struct text phone_index, int64_t person) MUST_CHECK;

/* Someone who is there already: the very same phone, name and birth date. */
struct known_person {
	int64_t id;		/* 0 nobody */
	int64_t epoch;
	struct text password_hash;
	bool entered;		/* in this contest */
};

int known_person_load(struct arena *arena, struct db *db, int64_t contest, struct text person_index,
		      struct known_person *ret) MUST_CHECK;

enum register_outcome {
	REGISTER_DONE,
	REGISTER_FOUND,		/* the person is there by now: `found` */
	REGISTER_FULL,		/* the phone serves as many as it may */
};

#define REGISTER_CODES 4
#define ENTRY_CODE_CHARS 8
#define ENTRY_CODE_BYTES 5

struct register_job {
	/* in */
	struct arena *arena;
	const struct contest *contest;
	const struct profile *profile;
	const struct contest_ids *ids;
	struct identity_indexes indexes;
	bool person_is_new;		/* else only the entry is made, of the one `found` */
	int64_t person, entry;		/* ids */
	struct text name_sealed, birth_sealed, phone_sealed, password_hash;
	int group;			/* number in the profile */
	int64_t unit;
	struct text unit_written;
	struct consent_record consent;
	struct text recovery_index;	/* of the new person's slip */
	struct device_note device;
	int64_t now;			/* machine clock */
	struct text codes[REGISTER_CODES];	/* to try as mã dự thi */
	/* out */
	enum register_outcome outcome;
	struct known_person found;
	struct text code;		/* mã dự thi of the new entry */
};

/* A transaction for request_write: STORE_ONE, and `outcome` says what came of it. */
int register_job_run(void *job, struct db *db) MUST_CHECK;

/* Draws the codes. */
void register_job_draw_codes(struct register_job *job);

#endif
