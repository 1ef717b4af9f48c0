#include "pages/account.h"

#include "base/code.h"
#include "base/time.h"
#include "pages/identity.h"
#include "pages/patience.h"
#include "rules/person.h"

#include "store_queries.h"

/* Appends one person; 0 done, negative as the store. */
static int add(struct request *request, struct db *db, int64_t person,
	       struct account ret[ACCOUNTS_MAX], int *n)
{
	struct account one = { .person = person, .code = TEXT_EMPTY, .name = TEXT_EMPTY,
			       .birth_iso = TEXT_EMPTY };
	struct q_person_get row;
	struct q_entry_of entry;
	int result = q_person_get(db, request->arena, person, &row);

	if (result < 0)
		return result;
	if (result == 0 || row.password_hash.len == 0 || *n == ACCOUNTS_MAX)
		return 0;
	one.epoch = row.epoch;
	one.password_hash = row.password_hash;
	if (keys_unseal(request->site->keys, KEY_PERSONAL, request->arena, "person_data.name",
			person, row.name_sealed, &one.name) != 0 ||
	    keys_unseal(request->site->keys, KEY_PERSONAL, request->arena, "person_data.birth",
			person, row.birth_sealed, &one.birth_iso) != 0)
		return STORE_FAILED;
	result = q_entry_of(db, request->arena, request->contest->id, person, &entry);
	if (result < 0)
		return result;
	if (result > 0)
		one.code = entry.code;
	ret[(*n)++] = one;
	return 0;
}

static int find_by_phone(struct request *request, struct db *db, struct text phone,
			 struct account ret[ACCOUNTS_MAX])
{
	struct hash index = keys_blind_index(request->site->keys, "phone", phone);
	struct q_person_by_identity *rows;
	int n_rows = q_person_by_identity(db, request->arena, IDENTITY_PHONE, hash_text(&index), &rows);
	int n = 0;

	for (int i = 0; i < n_rows; i++)
		if (add(request, db, rows[i].person, ret, &n) < 0)
			return STORE_FAILED;
	return n_rows < 0 ? n_rows : n;
}

int account_find(struct request *request, struct db *db, struct text who,
		 struct account ret[ACCOUNTS_MAX])
{
	struct q_person_by_entry_code row;
	struct text phone, code = code_read(request->arena, who);
	int n = 0;

	switch (person_read_phone(request->arena, who, &phone)) {
	case PHONE_FINE:
	case PHONE_CONVERTED:
		n = find_by_phone(request, db, phone, ret);
		request->several_people = n > 1;
		return n;
	case PHONE_EMPTY:
	case PHONE_NO_MOBILE:
		break;
	}
	if (code.len == 0)
		return 0;
	int result = q_person_by_entry_code(db, request->contest->id, code, &row);
	if (result > 0)
		result = add(request, db, row.person, ret, &n);
	return result < 0 ? result : n;
}

struct text account_try_like(const struct account_try *try)
{
	for (int i = 0; i < try->n; i++)
		if (!try->compared[i])
			return try->people[i].password_hash;
	return TEXT_EMPTY;
}

/* Algorithm, cost and salt: what stands before the last "$". */
static struct text salt_of(struct text encoded)
{
	size_t len = encoded.len;

	while (len && encoded.ptr[len - 1] != '$')
		len--;
	return text_part(encoded, 0, len);
}

bool account_password_is(struct text kept, struct text encoded)
{
	return kept.len && text_equal_secret(kept, encoded);
}

bool account_try_compare(struct account_try *try)
{
	struct text salt = salt_of(try->encoded);
	bool all = true;

	for (int i = 0; i < try->n; i++) {
		if (text_equal(salt_of(try->people[i].password_hash), salt)) {
			try->compared[i] = true;
			try->matches[i] = account_password_is(try->people[i].password_hash,
							      try->encoded);
		}
		all = all && try->compared[i];
	}
	return all;
}

struct text account_key(const struct request *request, struct text who)
{
	struct text phone, code = code_read(request->arena, who);

	switch (person_read_phone(request->arena, who, &phone)) {
	case PHONE_FINE:
	case PHONE_CONVERTED:
		return phone;
	case PHONE_EMPTY:
	case PHONE_NO_MOBILE:
		break;
	}
	return code.len ? code : who;
}

struct text account_wait(struct request *request, struct text who)
{
	int64_t wait_ms = patience_wait_ms(request->site->patience, account_key(request, who),
					   account_browser(request), request->arrived_at);
	int64_t seconds = (wait_ms + TIME_SECOND_MS - 1) / TIME_SECOND_MS;

	if (seconds == 0)
		return TEXT_EMPTY;
	request->reply.retry_after_s = (int)seconds;
	return page_duration(request, seconds);
}

int64_t account_browser(const struct request *request)
{
	return request->several_people ? 0 : request->session.device;
}

void account_succeeded(const struct request *request, struct text who)
{
	if (!request->several_people)
		patience_succeeded(request->site->patience, account_key(request, who),
				   request->session.device, request->arrived_at);
}
