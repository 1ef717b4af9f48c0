/* Finding who is meant by a phone number or a mã dự thi. */
#ifndef PAGES_ACCOUNT_H
#define PAGES_ACCOUNT_H

#include "pages/page.h"

#define ACCOUNTS_MAX 20		/* people of one phone; as query person_by_identity */

struct account {
	int64_t person;
	int64_t epoch;
	struct text password_hash;
	struct text name;
	struct text birth_iso;
	struct text code;	/* mã dự thi in this contest, "" not entered */
};

/* The people with a password whom `who` names, as typed: all of a phone, or the one
 * of a mã dự thi. Returns how many; negative as the store. */
int account_find(struct request *request, struct db *db, struct text who,
		 struct account ret[ACCOUNTS_MAX]) MUST_CHECK;

/* A password that is tried on people. People of a phone share a salt, so that one
 * hash answers for all of them, and costs what it costs for a phone that nobody has:
 * neither time nor words tell who is registered.
 *
 *   do request_hash(request, try.password, account_try_like(&try), &try.encoded, …)
 *   until account_try_compare(&try) */
struct account_try {
	struct text password;
	struct account people[ACCOUNTS_MAX];
	bool compared[ACCOUNTS_MAX], matches[ACCOUNTS_MAX];
	int n;
	struct text encoded;	/* the password's hash, as request_hash left it */
};

/* Whose salt and cost the next hash is to have; "" when there is nobody. */
struct text account_try_like(const struct account_try *try);

/* Compares all who have the salt of `encoded`. True when everybody was compared. */
bool account_try_compare(struct account_try *try);

/* Whether `encoded`, hashed like an account's, is its password. */
bool account_password_is(struct text kept, struct text encoded);

/* What wrong passwords of `who` are counted under (patience.h): one spelling for
 * all that name the same account. */
struct text account_key(const struct request *request, struct text who);

/* How long this browser has to wait before its next try at that account, as the
 * reader's text ("2 phút"); "" not at all. Sets retry_after of the reply. */
struct text account_wait(struct request *request, struct text who);

/* The browser whose own count holds here; 0 none has one, since the phone serves
 * several people and who signs in as one of them may be guessing at another. */
int64_t account_browser(const struct request *request);

/* The password was right: this browser is known there from now on, unless several
 * people have the phone. That it is tried at all is counted by limit_try. */
void account_succeeded(const struct request *request, struct text who);

#endif
