-- query person_by_identity: people found by a blind index
-- in kind int64, value_index blob
-- out many person int64
SELECT person_id FROM identity WHERE kind = $1 AND value_index = $2 ORDER BY person_id LIMIT 20

-- query person_by_entry_code: who has this mã dự thi
-- in contest int64, code text
-- out one person int64
SELECT person_id FROM entry WHERE contest_id = $1 AND code = $2

-- query person_get: a person with sealed data
-- in person int64
-- out one epoch int64, name_sealed blob, birth_sealed blob, phone_sealed blob, password_hash text
SELECT p.epoch, d.name_sealed, d.birth_sealed, d.phone_sealed, d.password_hash
FROM person p JOIN person_data d ON d.person_id = p.id WHERE p.id = $1

-- query session_person: who a session is of, and whether its browser was ended
-- in person int64, device int64
-- out one epoch int64, name_sealed blob, birth_sealed blob, phone_sealed blob, device_ended_at int64
SELECT p.epoch, d.name_sealed, d.birth_sealed, d.phone_sealed,
COALESCE((SELECT v.ended_at FROM device v WHERE v.person_id = p.id AND v.device = $2), -1)
FROM person p JOIN person_data d ON d.person_id = p.id WHERE p.id = $1

-- query person_add: a new person
-- in id int64, now int64
-- out none
INSERT INTO person (id, created_at, epoch, erased_at) VALUES ($1, $2, 0, -1)

-- query person_data_add: what is known of them
-- in person int64, name_sealed blob, birth_sealed blob, phone_sealed blob, name_birth_index blob, password_hash text
-- out none
INSERT INTO person_data (person_id, name_sealed, birth_sealed, phone_sealed, name_birth_index, password_hash)
VALUES ($1, $2, $3, $4, $5, $6)

-- query identity_add: a way to find them
-- in kind int64, value_index blob, person int64
-- out none
INSERT INTO identity (kind, value_index, person_id) VALUES ($1, $2, $3)

-- query entry_add: a person enters a contest
-- in id int64, contest int64, person int64, code text, group_id int64, unit int64, unit_written text, consent_version text, consent_hash blob, now int64
-- out none
INSERT INTO entry (id, contest_id, person_id, code, group_id, unit_id, unit_written,
consent_version, consent_hash, consent_at, registered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)

-- query entry_of: a person's entry in a contest
-- in contest int64, person int64
-- out one id int64, code text, group_id int64, unit int64, unit_written text, consent_version text, registered_at int64
SELECT id, code, group_id, unit_id, unit_written, consent_version, registered_at
FROM entry WHERE contest_id = $1 AND person_id = $2

-- query entry_move: another group or unit, while there is no paper
-- in entry int64, group_id int64, unit int64, unit_written text
-- out none
UPDATE entry SET group_id = $2, unit_id = $3, unit_written = $4
WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM paper WHERE entry_id = $1)

-- query entry_by_code: an entry by its mã dự thi
-- in contest int64, code text
-- out one id int64, person int64, group_id int64, unit int64, registered_at int64
SELECT id, person_id, group_id, unit_id, registered_at FROM entry
WHERE contest_id = $1 AND code = $2

-- query entries_with_people: the entries of people after one of them, with what exclusions are matched by
-- Of an erased person nothing is known: empty. ended is 0, or why an entry takes part no more.
-- in contest int64, after int64
-- out each entry int64, person int64, code text, unit int64, name_sealed blob, birth_sealed blob, phone_sealed blob, ended int64, into_code text
SELECT e.id, e.person_id, e.code, e.unit_id, COALESCE(d.name_sealed, ''),
COALESCE(d.birth_sealed, ''), COALESCE(d.phone_sealed, ''), COALESCE(n.kind, 0),
COALESCE(i.code, '')
FROM entry e LEFT JOIN person_data d ON d.person_id = e.person_id
LEFT JOIN entry_end n ON n.entry_id = e.id LEFT JOIN entry i ON i.id = n.into_entry
WHERE e.contest_id = $1 AND e.person_id > $2 ORDER BY e.person_id

-- query entries_count: people registered in a contest
-- in contest int64
-- out one n int64
SELECT COUNT(*) FROM entry WHERE contest_id = $1

-- query entries_of_identity: who of the people of a blind index is in a contest
-- The cross join keeps SQLite from going through all entries of the contest.
-- in contest int64, kind int64, value_index blob
-- out many person int64, entry int64, group_id int64
SELECT e.person_id, e.id, e.group_id FROM identity i CROSS JOIN entry e
WHERE i.kind = $2 AND i.value_index = $3 AND e.person_id = i.person_id AND e.contest_id = $1
ORDER BY i.person_id LIMIT 100

-- query entry_in_group: whether an entry is in a group and takes part
-- in entry int64, group_id int64
-- out one id int64
SELECT id FROM entry WHERE id = $1 AND group_id = $2
AND NOT EXISTS (SELECT 1 FROM entry_end WHERE entry_id = $1)

-- query person_mark_erased: nothing is known of them from now on; every session ends
-- in person int64, now int64
-- out none
UPDATE person SET erased_at = $2, epoch = epoch + 1 WHERE id = $1 AND erased_at = -1

-- query guardians_delete: who agreed for them
-- in person int64
-- out none
DELETE FROM guardian WHERE entry_id IN (SELECT id FROM entry WHERE person_id = $1)

-- query recovery_delete: their slip
-- in person int64
-- out none
DELETE FROM recovery WHERE person_id = $1

-- query resets_delete: codes that operators gave out
-- in person int64
-- out none
DELETE FROM password_reset WHERE person_id = $1

-- query devices_delete: their browsers
-- in person int64
-- out none
DELETE FROM device WHERE person_id = $1

-- query identities_delete: all by which they can be found
-- in person int64
-- out none
DELETE FROM identity WHERE person_id = $1

-- query person_data_delete: their sealed data
-- in person int64
-- out none
DELETE FROM person_data WHERE person_id = $1

-- query entry_end_put: an entry takes part no more
-- in entry int64, kind int64, into_entry int64, now int64
-- out none
INSERT INTO entry_end (entry_id, kind, into_entry, ended_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (entry_id) DO NOTHING

-- query entry_end_of: whether and why an entry takes part no more
-- in entry int64
-- out one kind int64, into_entry int64, ended_at int64
SELECT kind, into_entry, ended_at FROM entry_end WHERE entry_id = $1
