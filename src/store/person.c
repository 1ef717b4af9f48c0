#include "store/person.h"

#include "store_queries.h"

int person_erase(struct db *db, int64_t person, int64_t now)
{
	int erased = q_person_mark_erased(db, person, now);

	if (erased <= 0)
		return erased;
	if (q_guardians_delete(db, person) < 0 || q_recovery_delete(db, person) < 0 ||
	    q_resets_delete(db, person) < 0 || q_devices_delete(db, person) < 0 ||
	    q_identities_delete(db, person) < 0 || q_person_data_delete(db, person) < 0)
		return STORE_FAILED;
	return db_note_erasure(db, person, now) < 0 ? STORE_FAILED : STORE_ONE;
}
