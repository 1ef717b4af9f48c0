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

-- query same_people: people after one of them, and whether another of the contest has their name and birth date
-- The cross join begins with the name, not with all entries.
-- in contest int64, after int64
-- out each person int64, name_birth_index blob, code text, same int64
SELECT e.person_id, d.name_birth_index, e.code, CASE WHEN LENGTH(d.name_birth_index) > 0
AND NOT EXISTS (SELECT 1 FROM entry_end n WHERE n.entry_id = e.id)
AND EXISTS (SELECT 1 FROM person_data o CROSS JOIN entry f
WHERE o.name_birth_index = d.name_birth_index AND o.person_id <> d.person_id
AND f.contest_id = $1 AND f.person_id = o.person_id
AND NOT EXISTS (SELECT 1 FROM entry_end m WHERE m.entry_id = f.id))
THEN 1 ELSE 0 END
FROM entry e JOIN person_data d ON d.person_id = e.person_id
WHERE e.contest_id = $1 AND e.person_id > $2 ORDER BY e.person_id

-- query places_by_phone: the phones of a group's places in order, from a number
-- in ranking int64, group_id int64, first int64
-- out each number int64, place int64, phone_index blob, code text
SELECT r.number, r.place, COALESCE(i.value_index, ''), e.code
FROM ranking_place r JOIN entry e ON e.id = r.entry_id
LEFT JOIN identity i ON i.person_id = e.person_id AND +i.kind = 2
WHERE r.ranking_id = $1 AND r.group_id = $2 AND r.number >= $3 ORDER BY r.number

-- query people_known: people of a contest of whom something is known, in order of their ids
-- in contest int64, after int64
-- out many person int64
SELECT e.person_id FROM entry e JOIN person p ON p.id = e.person_id
WHERE e.contest_id = $1 AND e.person_id > $2 AND p.erased_at = -1
ORDER BY e.person_id LIMIT 100

-- query people_of_contest: people after one of them, and whether something is known of them still
-- in contest int64, after int64
-- out each person int64, known int64
SELECT e.person_id, CASE WHEN p.erased_at = -1 THEN 1 ELSE 0 END
FROM entry e JOIN person p ON p.id = e.person_id
WHERE e.contest_id = $1 AND e.person_id > $2 ORDER BY e.person_id

-- query person_is_known: whether something is known of a person
-- in person int64
-- out one id int64
SELECT id FROM person WHERE id = $1 AND erased_at = -1

-- query places_known: a group's places in order, from a number, and whether something is known of who has them
-- in ranking int64, group_id int64, first int64
-- out each number int64, place int64, known int64
SELECT r.number, r.place, CASE WHEN p.erased_at = -1 THEN 1 ELSE 0 END
FROM ranking_place r JOIN entry e ON e.id = r.entry_id JOIN person p ON p.id = e.person_id
WHERE r.ranking_id = $1 AND r.group_id = $2 AND r.number >= $3 ORDER BY r.number

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
