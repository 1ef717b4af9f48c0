-- What operators and background jobs do to people.

-- query entry_papers: how many papers an entry began
-- in entry int64
-- out one n int64
SELECT COUNT(*) FROM paper WHERE entry_id = $1

-- query entry_move_unit: another unit of the same group, also after papers were begun
-- in entry int64, unit int64, unit_written text
-- out none
UPDATE entry SET unit_id = $2, unit_written = $3 WHERE id = $1

-- query entries_of_person: in which contests a person is
-- in person int64
-- out many id int64, contest int64
SELECT id, contest_id FROM entry WHERE person_id = $1 ORDER BY id LIMIT 1000

-- query phone_take_back: a phone is no longer known of a person
-- in person int64, phone_sealed blob
-- out none
UPDATE person_data SET phone_sealed = $2 WHERE person_id = $1

-- query same_people: entries whose name and birth date another person of the contest has too
-- in contest int64
-- out many name_birth_index blob, code text
SELECT d.name_birth_index, e.code FROM entry e JOIN person_data d ON d.person_id = e.person_id
WHERE e.contest_id = $1 AND LENGTH(d.name_birth_index) > 0
AND NOT EXISTS (SELECT 1 FROM entry_end n WHERE n.entry_id = e.id)
AND EXISTS (SELECT 1 FROM person_data o JOIN entry f ON f.person_id = o.person_id
WHERE o.name_birth_index = d.name_birth_index AND o.person_id <> d.person_id
AND f.contest_id = $1
AND NOT EXISTS (SELECT 1 FROM entry_end m WHERE m.entry_id = f.id))
ORDER BY d.name_birth_index, e.code LIMIT 2000

-- query places_by_phone: the places of a ranking up to one, of each phone together
-- in ranking int64, up_to int64
-- out many phone_index blob, code text, group_id int64, place int64
SELECT i.value_index, e.code, r.group_id, r.place
FROM ranking_place r JOIN entry e ON e.id = r.entry_id
JOIN identity i ON i.person_id = e.person_id AND i.kind = 2
WHERE r.ranking_id = $1 AND r.place <= $2 ORDER BY i.value_index, e.code LIMIT 100000

-- query people_known: people of a contest of whom something is known, in order of their ids
-- in contest int64, after int64
-- out many person int64
SELECT e.person_id FROM entry e JOIN person p ON p.id = e.person_id
WHERE e.contest_id = $1 AND e.person_id > $2 AND p.erased_at = -1
ORDER BY e.person_id LIMIT 100

-- query people_count: how many people of a contest are known still, and how many were erased
-- in contest int64
-- out one known int64, erased int64
SELECT COALESCE(SUM(CASE WHEN p.erased_at = -1 THEN 1 ELSE 0 END), 0),
COALESCE(SUM(CASE WHEN p.erased_at = -1 THEN 0 ELSE 1 END), 0)
FROM entry e JOIN person p ON p.id = e.person_id WHERE e.contest_id = $1

-- query person_is_known: whether something is known of a person
-- in person int64
-- out one id int64
SELECT id FROM person WHERE id = $1 AND erased_at = -1

-- query winners_known: of how many winners of a ranking something is known
-- in ranking int64, up_to int64
-- out one n int64
SELECT COUNT(*) FROM ranking_place r JOIN entry e ON e.id = r.entry_id
JOIN person p ON p.id = e.person_id
WHERE r.ranking_id = $1 AND r.place <= $2 AND p.erased_at = -1

-- query sealed_people: what is sealed about people
-- in after int64
-- out many person int64, name_sealed blob, birth_sealed blob, phone_sealed blob
SELECT person_id, name_sealed, birth_sealed, phone_sealed FROM person_data
WHERE person_id > $1 ORDER BY person_id LIMIT 200

-- query person_reseal: the same under another key
-- in person int64, name_sealed blob, birth_sealed blob, phone_sealed blob
-- out none
UPDATE person_data SET name_sealed = $2, birth_sealed = $3, phone_sealed = $4 WHERE person_id = $1

-- query sealed_guardians: what is sealed about guardians
-- in after int64
-- out many entry int64, name_sealed blob
SELECT entry_id, name_sealed FROM guardian WHERE entry_id > $1 ORDER BY entry_id LIMIT 200

-- query guardian_reseal: the same under another key
-- in entry int64, name_sealed blob
-- out none
UPDATE guardian SET name_sealed = $2 WHERE entry_id = $1

-- query sealed_exclusions: what is sealed about who may not take part
-- in after int64
-- out many id int64, who_sealed blob
SELECT id, who_sealed FROM exclusion WHERE id > $1 ORDER BY id LIMIT 200

-- query exclusion_reseal: the same under another key
-- in id int64, who_sealed blob
-- out none
UPDATE exclusion SET who_sealed = $2 WHERE id = $1
