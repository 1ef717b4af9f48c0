/* The ticks of consent on a form, and the representative (cha, mẹ hoặc người giám
 * hộ) of someone under 16. Fields: dongy, and for minors daidien, dongydd, congbodd,
 * congbo. */
#ifndef PAGES_CONSENT_FORM_H
#define PAGES_CONSENT_FORM_H

#include "pages/consent.h"
#include "pages/consent_view.h"
#include "pages/page.h"
#include "rules/person.h"

/* In the order of the form. */
enum consent_field {
	CONSENT_GUARDIAN,	/* daidien */
	CONSENT_BY_GUARDIAN,	/* dongydd */
	CONSENT_BY_SELF,	/* dongy */
	CONSENT_FIELD_COUNT
};

struct consent_form {
	bool minor;
	struct text guardian_typed;
	struct text guardian;		/* as read; empty where there is a problem */
	bool by_guardian, by_self;
	bool publish_guardian, publish_child;
	struct text problems[CONSENT_FIELD_COUNT];	/* "" none; in the reader's language */
};

/* Whether someone else has to agree for a person born then: now, contest clock. */
bool consent_needs_guardian(const struct request *request, const struct birth *birth);

/* Reads the posted form of someone of that name. */
void consent_form_read(const struct request *request, bool minor, struct text name,
		       struct consent_form *ret);
bool consent_form_is_wrong(const struct consent_form *form);

/* Appends what is wrong, with the fields. */
void consent_form_problems(const struct consent_form *form, struct problem_list *ret);

/* The part of a page, for someone of that name; sentences live in the arena. */
void consent_form_show(struct request *request, const struct consent_form *form, struct text name,
		       struct consent_view *ret);

/* What a consent leaves in the store. */
struct consent_record {
	struct text version, hash;
	struct text guardian_sealed;	/* "" none */
	int64_t publish_guardian, publish_child;
};

/* Of `entry`, for the sentences as the reader sees them now. */
void consent_record_of(struct request *request, const struct consent_form *form, int64_t entry,
		       struct consent_record *ret);

/* Writes who agreed for an entry, or takes it away; negative as the store. */
int consent_write_guardian(struct db *db, int64_t entry, const struct consent_record *record,
			   int64_t now) MUST_CHECK;

/* Writes all of a new consent of an entry. */
int consent_write(struct db *db, int64_t entry, const struct consent_record *record,
		  int64_t now) MUST_CHECK;

#endif
