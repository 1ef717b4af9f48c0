-- query guardian_put: who agrees for an entry of someone under 16
-- in entry int64, name_sealed blob, now int64, publish_guardian int64, publish_child int64
-- out none
INSERT INTO guardian (entry_id, name_sealed, agreed_at, publish_guardian, publish_child)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (entry_id) DO UPDATE SET name_sealed = excluded.name_sealed,
agreed_at = excluded.agreed_at, publish_guardian = excluded.publish_guardian,
publish_child = excluded.publish_child

-- query guardian_of: who agreed for an entry
-- in entry int64
-- out one name_sealed blob, agreed_at int64, publish_guardian int64, publish_child int64
SELECT name_sealed, agreed_at, publish_guardian, publish_child FROM guardian WHERE entry_id = $1

-- query guardian_delete: nobody has to agree for them
-- in entry int64
-- out none
DELETE FROM guardian WHERE entry_id = $1

-- query entry_consent: what a person agreed to, and when
-- in entry int64
-- out one version text, hash blob, at_ms int64
SELECT consent_version, consent_hash, consent_at FROM entry WHERE id = $1

-- query entry_consent_put: they agreed anew
-- in entry int64, version text, hash blob, now int64
-- out none
UPDATE entry SET consent_version = $2, consent_hash = $3, consent_at = $4 WHERE id = $1

-- query person_correct: another name or birth date
-- in person int64, name_sealed blob, birth_sealed blob, name_birth_index blob
-- out none
UPDATE person_data SET name_sealed = $2, birth_sealed = $3, name_birth_index = $4
WHERE person_id = $1

-- query identity_change: a person is found by another index in place of an old one
-- in kind int64, old_index blob, person int64, new_index blob
-- out none
UPDATE identity SET value_index = $4 WHERE kind = $1 AND value_index = $2 AND person_id = $3

-- query papers_of_person: how many papers someone has in all contests, and how many are open
-- The cross joins keep SQLite from going through all entries: each contest has one.
-- in person int64
-- out one n int64, open int64
SELECT COUNT(*), COALESCE(SUM(CASE WHEN p.state = 0 THEN 1 ELSE 0 END), 0)
FROM contest c CROSS JOIN entry e CROSS JOIN paper p
WHERE e.contest_id = c.id AND e.person_id = $1 AND p.entry_id = e.id

-- query published_places_of_person: the places someone has in rankings that were published
-- in person int64
-- out many contest int64, round int64, ranking int64, rules_version int64, place int64
SELECT u.contest_id, u.round_id, u.ranking_id, k.rules_version, r.place
FROM publication u CROSS JOIN entry e CROSS JOIN ranking_place r CROSS JOIN ranking k
WHERE e.contest_id = u.contest_id AND e.person_id = $1 AND r.ranking_id = u.ranking_id
AND r.entry_id = e.id AND k.id = u.ranking_id ORDER BY u.id

-- query entries_elsewhere: other contests that someone entered
-- in person int64, contest int64
-- out many contest_code text, entry_code text, registered_at int64
SELECT c.code, e.code, e.registered_at FROM contest c CROSS JOIN entry e
WHERE e.contest_id = c.id AND e.person_id = $1 AND c.id <> $2 ORDER BY c.id

-- query devices_ever: the browsers that a person signed in on, over or not
-- in person int64
-- out many browser text, shared int64, signed_in_at int64, ended_at int64
SELECT browser, shared, signed_in_at, ended_at FROM device
WHERE person_id = $1 ORDER BY signed_in_at DESC LIMIT 200

-- query recovery_of: when a person's slip was made
-- in person int64
-- out one made_at int64
SELECT made_at FROM recovery WHERE person_id = $1

-- query resets_of: codes that operators gave out for a person
-- in person int64
-- out many actor text, until_ms int64, used_at int64
SELECT actor, until_ms, used_at FROM password_reset WHERE person_id = $1 ORDER BY id LIMIT 200
